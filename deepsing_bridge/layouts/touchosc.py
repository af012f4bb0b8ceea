"""A layout for TouchOSC, the one of 2021 and later: XML of nodes with properties, values and messages, compressed.

The format is Hexler's own and has no published schema. What is written here is what layouts of its editor hold, as
the packages tosclib and py2tosc read and write them; version 3 is opened by every later one too.
"""

import json
import uuid
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from xml.etree import ElementTree

from ..live.messages import ROOT
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    SILENCE_MS,
    SIZES,
    TRANSPORT,
    Bridge,
    Button,
    by_hand,
    by_message,
    cue_buttons,
    decimals,
    place,
    title,
    with_control,
)

WIDTH, HEIGHT = 1024, 768
ROW, A_ROW = 56, 9  # below that, of buttons: its height, and how many there are in one
RECEIVE_PORT = 9000  # TouchOSC's own default
CONNECTIONS = "11111"  # on every one that is set up
MOMENTARY, TOGGLE = 0, 2  # the values of buttonType
LEFT = 1  # of textAlignH, whose 2 is the middle

Frame = tuple[float, float, float, float]
Colour = tuple[float, float, float, float]

BACKGROUND: Colour = (0.08, 0.08, 0.1, 1)
CONTROL: Colour = (0.3, 0.55, 0.85, 1)
CHOICE: Colour = (0.45, 0.4, 0.7, 1)
PLAIN: Colour = (0.16, 0.16, 0.19, 1)
MARGIN, GAP = 16, 8

_TAGS = {bool: "b", int: "i", float: "f", str: "s"}
_DEFAULTS = {"x": "0", "touch": "false", "text": ""}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "deepsing-bridge layouts")

SCRIPT = """\
-- Shows what the bridge tells, and subscribes wherever nothing was heard for a while.
local RECEIVE_PORT, SILENCE_MS = {port}, {silence}
local SHOWN = {shown}
local CHOICES = {choices}
local heard = -SILENCE_MS

-- A value that a script sets would be sent: the tag says that it was told.
local function tell(switch, x)
  switch.tag = tostring(x)
  switch.values.x = x
end

function update()
  local now = getMillis()
  if now - heard >= SILENCE_MS then
    heard = now
    sendOSC('{root}/subscribe', RECEIVE_PORT)
  end
end

function onReceiveOSC(message, connections)
  local path, arguments = message[1], message[2]
  heard = getMillis()
  for _, shown in ipairs(SHOWN[path] or {{}}) do
    local argument = arguments[shown.at]
    if argument then
      local number = type(argument.value) == 'number'
      self.children[shown.name].values.text = number and string.format('%.1f', argument.value) or argument.value
    end
  end
  local group = CHOICES[path] and arguments[1] and self.children[CHOICES[path]]
  if group then
    for i = 1, #group.children do
      local button = group.children[i]
      button.values.x = button.name == arguments[1].value and 1 or 0
    end
  end
  if path == '{root}/loop' and arguments[1] then
    tell(self.children.loop, arguments[1].value)
  elseif path == '{root}/param/dim' and arguments[1] then
    tell(self.children.blackout, arguments[1].value == 0 and 1 or 0)
  end
  if path == '{root}/scene' and arguments[{colour}] then
    local hex = arguments[{colour}].value
    local function part(from) return tonumber(hex:sub(from, from + 1), 16) / 255 end
    self.children.feeling.color = Color(part(2), part(4), part(6), 1)
  end
  return false
end
"""

FADER_SCRIPT = """\
function onValueChanged(key)
  if key == 'x' then
    local value = {low} + self.values.x * ({high} - {low})
    self.parent.children['{name} value'].values.text = string.format('%.{decimals}f', value)
  end
end

function init()
  onValueChanged('x')
end
"""

SWITCH_SCRIPT = """\
-- Sends what is switched here, and not what was told.
function onValueChanged(key)
  local x = tostring(self.values.x)
  if key == 'x' and x ~= self.tag then
    self.tag = x
    sendOSC('{address}', {value})
  end
end
"""

CHOICE_SCRIPT = """\
-- One of its neighbours is lit: the one that was pressed last.
function onValueChanged(key)
  if key ~= 'x' then return end
  local lit = false
  local buttons = self.parent.children
  for i = 1, #buttons do
    local button = buttons[i]
    if button.name ~= self.name then
      if self.values.x == 1 then button.values.x = 0 end
      lit = lit or button.values.x == 1
    end
  end
  if self.values.touch and self.values.x == 0 and not lit then self.values.x = 1 end
end
"""


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


def layout(vocabulary: Vocabulary, bridge: Bridge) -> bytes:
    """The file. Where the bridge is, is a setting of TouchOSC's, not of its layouts."""
    root = ElementTree.Element("lexml", version="3")
    root.append(_element(_page(vocabulary, bridge)))
    return zlib.compress(b"<?xml version='1.0' encoding='UTF-8'?>\n" + ElementTree.tostring(root, "utf-8"), 9)


def _page(vocabulary: Vocabulary, bridge: Bridge) -> Node:
    cues = cue_buttons(bridge)
    return Node(
        "GROUP",
        "deepsing",
        (0, 0, WIDTH, HEIGHT + ROW * (1 + ceil(len(cues) / A_ROW))),
        BACKGROUND,
        {"interactive": False, "script": _script(vocabulary)},
        children=[
            *_told(),
            *_transport(vocabulary),
            *_faders(with_control(vocabulary, "fader")),
            *_rows(vocabulary),
            *_by_hand(vocabulary),
            *_buttons(cues, HEIGHT + ROW),
        ],
    )


def _script(vocabulary: Vocabulary) -> str:
    shown = [
        (message.address, ", ".join(f"{{ at = {one.index + 1}, name = {_lua(one.name)} }}" for one in each))
        for message, each in by_message(vocabulary)
    ]
    choices = [*with_control(vocabulary, "menu"), *with_control(vocabulary, "entry")]
    return SCRIPT.format(
        port=RECEIVE_PORT,
        silence=SILENCE_MS,
        root=ROOT,
        shown=_table((address, f"{{ {entries} }}") for address, entries in shown),
        choices=_table((parameter.address, _lua(parameter.name)) for parameter in choices),
        colour=place(vocabulary.events["scene"], "colour") + 1,
    )


def _table(entries: Iterable[tuple[str, str]]) -> str:
    return "{\n" + "".join(f"  [{_lua(key)}] = {value},\n" for key, value in entries) + "}"


def _lua(text: str) -> str:
    """`text` as Lua reads it: JSON's escapes are Lua's but for those of Unicode, which are not made."""
    return json.dumps(text, ensure_ascii=False)


def _told() -> list[Node]:
    """Two lines at the top: the song and where it is, then what is felt."""
    return [
        _label("song", (MARGIN, 16, 520, 40), "no bridge", size=20, align=LEFT),
        _label("transport", (552, 16, 140, 40), size=18),
        _label("time", (700, 16, 140, 40), "0.0", size=24),
        _caption("seconds", (844, 16, 64, 40), align=LEFT),
        _label("error", (MARGIN, 736, WIDTH - 2 * MARGIN, 24), size=13, align=LEFT),
        _label("feeling", (552, 64, 140, 56), size=20, background=True),
        _label("label", (700, 64, 308, 28), size=16, align=LEFT),
        _caption("valence", (700, 92, 60, 28), align=LEFT),
        _label("valence", (764, 92, 60, 28), size=16, align=LEFT),
        _caption("arousal", (832, 92, 60, 28), align=LEFT),
        _label("arousal", (896, 92, 60, 28), size=16, align=LEFT),
    ]


def _transport(vocabulary: Vocabulary) -> list[Node]:
    one = _argument("VALUE", "INTEGER", "x")
    buttons = [
        (name, name, MOMENTARY, _osc(vocabulary.commands[name].address, condition="RISE", receive=False))
        for name in TRANSPORT
    ]
    buttons += [(p.name, title(p), TOGGLE, _osc(p.address, one)) for p in with_control(vocabulary, "switch")]
    nodes = []
    for number, (name, text, kind, message) in enumerate(buttons):
        frame = (MARGIN + number * (96 + GAP), 64, 96, 56)
        nodes += _captioned(text, _button(name, frame, CONTROL if kind == MOMENTARY else CHOICE, kind, message))
    frame = (MARGIN + len(buttons) * (96 + GAP), 64, 96, 56)
    return [*nodes, *_switch("loop", frame, vocabulary.commands["loop"].address, "self.values.x", False)]


def _by_hand(vocabulary: Vocabulary) -> list[Node]:
    buttons = by_hand(vocabulary)
    frame = (MARGIN + len(buttons) * (96 + GAP), HEIGHT, 96, ROW - GAP)
    dim = vocabulary.parameters["dim"]
    return [
        *_buttons(buttons, HEIGHT),
        *_switch(BLACKOUT, frame, dim.address, "1 - self.values.x", dim.default == 0),
    ]


def _buttons(buttons: Sequence[Button], top: float) -> list[Node]:
    """Rows of them, from `top` on."""
    nodes = []
    for number, button in enumerate(buttons):
        row, column = divmod(number, A_ROW)
        frame = (MARGIN + column * (96 + GAP), top + row * ROW, 96, ROW - GAP)
        message = _osc(button.address, condition="RISE", receive=False)
        nodes += _captioned(button.title, _button(button.name, frame, CONTROL, MOMENTARY, message))
    return nodes


def _switch(name: str, frame: Frame, address: str, value: str, on: bool) -> list[Node]:
    """One whose message is not its value alone; `value` is what it sends, as Lua has it."""
    switch = _button(name, frame, CHOICE, TOGGLE)
    switch.properties |= {"script": SWITCH_SCRIPT.format(address=address, value=value), "tag": str(int(on))}
    switch.values["x"] = str(int(on))
    return _captioned(name, switch)


def _faders(parameters: Sequence[Parameter]) -> list[Node]:
    nodes = []
    pitch = (WIDTH - 2 * MARGIN + GAP) / len(parameters)
    for number, parameter in enumerate(parameters):
        x, width = MARGIN + number * pitch, pitch - GAP
        nodes += [
            _caption(title(parameter), (x, 136, width, 24), size=12),
            _fader(parameter, (x, 162, width, 396)),
            _label(f"{parameter.name} value", (x, 562, width, 28), size=18),
        ]
    return nodes


def _fader(parameter: Parameter, frame: Frame) -> Node:
    low, high, whole = parameter.field.low, parameter.field.high, parameter.field.kind == "int"
    script = FADER_SCRIPT.format(low=low, high=high, name=parameter.name, decimals=decimals(parameter))
    argument = _argument("VALUE", "INTEGER" if whole else "FLOAT", "x", low, high)
    properties = {
        "interactive": True,
        "script": script,
        "cornerRadius": 2.0,
        "grid": True,
        "gridSteps": int(high - low) + 1 if whole else 11,
        "centered": low < 0 < high,
        "response": 1,  # relative: it does not jump to where it is touched
        "responseFactor": 100,
    }
    begins = {"x": f"{parameter.to_share(parameter.default):g}"}
    return Node(
        "FADER", parameter.name, frame, CONTROL, properties, begins, messages=[_osc(parameter.address, argument)]
    )


def _rows(vocabulary: Vocabulary) -> list[Node]:
    """A row of buttons for each choice."""
    rows = [(parameter, parameter.field.choices) for parameter in with_control(vocabulary, "menu")]
    rows += [(parameter, SIZES) for parameter in with_control(vocabulary, "entry")]
    nodes = []
    pitch = 132 / len(rows)
    for number, (parameter, choices) in enumerate(rows):
        y, height = 602 + number * pitch, pitch - GAP
        nodes.append(_caption(title(parameter), (MARGIN, y, 84, height), align=LEFT))
        nodes += _choices(parameter, choices, (MARGIN + 92, y, WIDTH - 2 * MARGIN - 92, height))
    return nodes


def _choices(parameter: Parameter, choices: Sequence[str], frame: Frame) -> list[Node]:
    """A group of buttons and nothing else, whose script finds them by their names, and their captions over it."""
    x, y, width, height = frame
    pitch = (width + GAP) / len(choices)
    group = Node("GROUP", parameter.name, frame, BACKGROUND, {"interactive": True, "background": False})
    captions = []
    for number, choice in enumerate(choices):
        at, size = number * pitch, (pitch - GAP, height)
        argument = _argument("CONSTANT", "STRING", choice)
        message = _osc(parameter.address, argument, condition="RISE", receive=False)
        button = _button(f"{parameter.name}/{choice}", (at, 0, *size), CHOICE, TOGGLE, message)
        button.properties["script"] = CHOICE_SCRIPT
        button.values["x"] = "1" if choice == parameter.default else "0"
        group.children.append(button)
        captions.append(_caption(choice, (x + at, y, *size)))
    return [group, *captions]


def _captioned(text: str, button: Node) -> list[Node]:
    """Buttons have no text of their own; what is over them lets fingers through."""
    return [button, _caption(text, button.frame)]


def _button(path: str, frame: Frame, colour: Colour, kind: int, *messages: ElementTree.Element) -> Node:
    properties = {"interactive": True, "buttonType": kind, "cornerRadius": 2.0}
    return Node("BUTTON", path, frame, colour, properties, messages=[*messages])


def _caption(text: str, frame: Frame, size: int = 15, align: int = 2) -> Node:
    return _label(f"{text} caption", frame, text, size, align)


def _label(name: str, frame: Frame, text: str = "", size: int = 15, align: int = 2, background: bool = False) -> Node:
    properties = {
        "interactive": False,
        "background": background,
        "outline": False,
        "textAlignH": align,
        "textAlignV": 2,
        "textSize": size,
        "textClip": True,
        "textColor": (0.92, 0.92, 0.95, 1.0),
    }
    return Node("LABEL", name, frame, PLAIN, properties, {"text": text})


# messages


def _osc(
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
    ElementTree.SubElement(message, "path").append(_argument("CONSTANT", "STRING", address))
    ElementTree.SubElement(message, "arguments").extend(arguments)
    return message


def _argument(kind: str, conversion: str, value: str, low: float = 0, high: float = 1) -> ElementTree.Element:
    """A part of an address, or a value: `x`, 0..1, becomes low..high."""
    partial = ElementTree.Element("partial")
    for tag, text in (("type", kind), ("conversion", conversion), ("value", value)):
        _text(partial, tag, text)
    _text(partial, "scaleMin", f"{low:g}")
    _text(partial, "scaleMax", f"{high:g}")
    return partial


# XML


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
