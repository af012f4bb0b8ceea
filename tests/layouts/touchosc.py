"""A `.tosc` file as TouchOSC reads it: a tree of controls, and their scripts with stand-ins for what it gives them."""

import importlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

Lua = Any


@dataclass
class Control:
    """One node: what is set of it, and the messages it sends."""

    kind: str
    properties: dict[str, object]
    values: dict[str, str]
    messages: list[ElementTree.Element]
    types: dict[str, str]
    children: list["Control"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.properties["name"])

    def all(self) -> Iterator["Control"]:
        yield self
        for child in self.children:
            yield from child.all()


def opened(content: bytes) -> Control:
    root = ElementTree.fromstring(zlib.decompress(content))
    assert root.tag == "lexml" and root.get("version") == "3"
    (node,) = root
    return _control(node)


def _control(node: ElementTree.Element) -> Control:
    return Control(
        node.attrib["type"],
        {text(entry, "key"): _typed(entry) for entry in node.iterfind("properties/property")},
        {text(entry, "key"): text(entry, "default") for entry in node.iterfind("values/value")},
        node.findall("messages/osc"),
        {text(entry, "key"): entry.attrib["type"] for entry in node.iterfind("properties/property")},
        [_control(child) for child in node.iterfind("children/node")],
    )


def _typed(entry: ElementTree.Element) -> object:
    value = entry.find("value")
    assert value is not None
    match entry.attrib["type"]:
        case "b":
            return {"0": False, "1": True}[value.text or ""]
        case "i":
            return int(value.text or "")
        case "f":
            return float(value.text or "")
        case "r":
            return tuple(float(text(value, part)) for part in "xywh")
        case "c":
            return tuple(float(text(value, part)) for part in "rgba")
    assert entry.attrib["type"] == "s"
    return value.text or ""


def text(element: ElementTree.Element, tag: str) -> str:
    found = element.find(tag)
    assert found is not None, f"<{element.tag}> without <{tag}>"
    return found.text or ""


def address(message: ElementTree.Element) -> str:
    return "".join(text(part, "value") for part in message.iterfind("path/partial"))


class Played:
    """The layout in play: `sent` is what its scripts send; a script hears of each value that changes."""

    def __init__(self, control: Control) -> None:
        self.lua: Lua = importlib.import_module("lupa.lua51").LuaRuntime(register_eval=False)
        self.sent: list[tuple[object, ...]] = []
        self.now_ms = 0.0
        given = self.lua.globals()
        given.sendOSC = lambda *words: self.sent.append(words)
        given.getMillis = lambda: self.now_ms
        given.Color = lambda *parts: self.lua.table_from(parts)
        self._make = self.lua.execute(
            """
            return function(name, values, children, script, tag)
              local kept = values
              local control = { name = name, children = children, values = {}, tag = tag }
              local own = setmetatable({ self = control }, { __index = _G })
              if script then setfenv(assert(loadstring(script)), own)() end
              setmetatable(control.values, {
                __index = kept,
                __newindex = function(_, key, value)
                  if kept[key] == value then return end
                  kept[key] = value
                  local hears = rawget(own, 'onValueChanged')
                  if hears then hears(key) end
                end,
              })
              for i = 1, #children do
                children[i].parent = control
                children[children[i].name] = children[i]
              end
              control.call = function(which, ...) return rawget(own, which)(...) end
              return control
            end
            """
        )
        self.root = self._made(control)

    def _made(self, control: Control) -> Lua:
        numbers = {"true": True, "false": False}
        values = {
            key: value if key == "text" else numbers.get(value, float(value) if value not in numbers else value)
            for key, value in control.values.items()
        }
        children = self.lua.table_from([self._made(child) for child in control.children])
        script, tag = (control.properties.get(key) for key in ("script", "tag"))
        return self._make(control.name, self.lua.table_from(values), children, script, tag)

    def value(self, *names: str, key: str = "x") -> object:
        """Of the control that is called so, a name for each group that it is in."""
        return self._values(names)[key]

    def turn(self, *names: str, key: str = "x", to: object) -> None:
        self._values(names)[key] = to

    def _values(self, names: tuple[str, ...]) -> Lua:
        control = self.root
        for name in names:
            control = control.children[name]
        return control["values"]

    def hear(self, path: str, *values: object) -> None:
        arguments = self.lua.table_from([self.lua.table_from({"value": value}) for value in values])
        self.root.call("onReceiveOSC", self.lua.table_from([path, arguments]), None)

    def update(self) -> None:
        self.root.call("update")
