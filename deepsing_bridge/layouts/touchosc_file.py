"""The file of a TouchOSC layout: XML of nodes with properties, values and messages, compressed.

The format is Hexler's own and has no published schema. What is written here is what layouts of its editor hold, as
the packages tosclib and py2tosc read and write them; version 3 is opened by every later one too.
"""

import uuid
import zlib
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

CONNECTIONS = "11111"  # on every one that is set up

Frame = tuple[float, float, float, float]
Colour = tuple[float, float, float, float]
PLAIN: Colour = (0.16, 0.16, 0.19, 1)

_TAGS = {bool: "b", int: "i", float: "f", str: "s"}
_DEFAULTS = {"x": "0", "touch": "false", "text": ""}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "deepsing-bridge layouts")


@dataclass
class Node:
    """A control. `path` makes its ID; `values` are those that do not begin at nothing."""

    kind: str
    path: str
    frame: Frame
    colour: Colour = PLAIN
    properties: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    messages: list[ElementTree.Element] = field(default_factory=list)
    children: "list[Node]" = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def packed(page: Node) -> bytes:
    """A layout of one page as TouchOSC reads it."""
    root = ElementTree.Element("lexml", version="3")
    root.append(_element(page))
    return zlib.compress(b"<?xml version='1.0' encoding='UTF-8'?>\n" + ElementTree.tostring(root, "utf-8"), 9)


def osc(
    address: str, *arguments: ElementTree.Element, condition: str = "ANY", receive: bool = True
) -> ElementTree.Element:
    """A message to `address` when `x` changes, and from there if it is to be heard."""
    message = ElementTree.Element("osc")
    flags = {"enabled": True, "send": True, "receive": receive, "feedback": False}
    for tag, flag in flags.items():
        _text(message, tag, str(int(flag)))
    _text(message, "connections", CONNECTIONS)
    trigger = ElementTree.SubElement(ElementTree.SubElement(message, "triggers"), "trigger")
    _text(trigger, "var", "x")
    _text(trigger, "condition", condition)
    ElementTree.SubElement(message, "path").append(argument("CONSTANT", "STRING", address))
    ElementTree.SubElement(message, "arguments").extend(arguments)
    return message


def argument(kind: str, conversion: str, value: str, low: float = 0, high: float = 1) -> ElementTree.Element:
    """A part of an address, or a value: `x`, 0..1, becomes low..high."""
    partial = ElementTree.Element("partial")
    for tag, text in (("type", kind), ("conversion", conversion), ("value", value)):
        _text(partial, tag, text)
    _text(partial, "scaleMin", f"{low:g}")
    _text(partial, "scaleMax", f"{high:g}")
    return partial


def _element(node: Node) -> ElementTree.Element:
    element = ElementTree.Element("node", ID=str(uuid.uuid5(_NAMESPACE, node.path)), type=node.kind)
    properties = ElementTree.SubElement(element, "properties")
    named = {"name": node.name, "frame": node.frame, "color": node.colour, **node.properties}
    for key, value in sorted(named.items()):
        _property(properties, key, value)
    values = ElementTree.SubElement(element, "values")
    for key in ("text" if node.kind == "LABEL" else "x", "touch"):
        if node.kind != "GROUP" or key == "touch":
            _value(values, key, node.values.get(key, _DEFAULTS[key]))
    if node.messages:
        ElementTree.SubElement(element, "messages").extend(node.messages)
    if node.children:
        ElementTree.SubElement(element, "children").extend(map(_element, node.children))
    return element


def _property(properties: ElementTree.Element, key: str, value: Any) -> None:
    parts = {"frame": "xywh", "color": "rgba", "textColor": "rgba"}.get(key)
    kind = ("r" if key == "frame" else "c") if parts else _TAGS[type(value)]
    element = ElementTree.SubElement(properties, "property", type=kind)
    _text(element, "key", key)
    if parts:
        whole = ElementTree.SubElement(element, "value")
        for part, number in zip(parts, value, strict=True):
            _text(whole, part, f"{number:g}")
    else:
        _text(element, "value", str(int(value)) if isinstance(value, bool) else str(value))


def _value(values: ElementTree.Element, key: str, default: str) -> None:
    element = ElementTree.SubElement(values, "value")
    told = {"key": key, "locked": "0", "lockedDefaultCurrent": "0", "default": default, "defaultPull": "0"}
    for tag, text in told.items():
        _text(element, tag, text)


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text
