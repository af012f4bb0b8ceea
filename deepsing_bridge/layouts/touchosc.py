"""A layout for TouchOSC, the one of 2021 and later: what stands where on its page."""

from collections.abc import Sequence
from math import ceil
from xml.etree import ElementTree

from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    SIZES,
    TRANSPORT,
    Bridge,
    Button,
    by_hand,
    cue_buttons,
    decimals,
    title,
    with_control,
)
from .touchosc_file import PLAIN, Colour, Frame, Node, argument, osc, packed
from .touchosc_scripts import CHOICE_SCRIPT, FADER_SCRIPT, SWITCH_SCRIPT, page_script

WIDTH, HEIGHT = 1024, 768
ROW, A_ROW = 56, 9  # below that, of buttons: its height, and how many there are in one
MOMENTARY, TOGGLE = 0, 2  # the values of buttonType
LEFT = 1  # of textAlignH, whose 2 is the middle

BACKGROUND: Colour = (0.08, 0.08, 0.1, 1)
CONTROL: Colour = (0.3, 0.55, 0.85, 1)
CHOICE: Colour = (0.45, 0.4, 0.7, 1)
MARGIN, GAP = 16, 8


def layout(vocabulary: Vocabulary, bridge: Bridge) -> bytes:
    """The file. Where the bridge is, is a setting of TouchOSC's, not of its layouts."""
    return packed(_page(vocabulary, bridge))


def _page(vocabulary: Vocabulary, bridge: Bridge) -> Node:
    cues = cue_buttons(bridge)
    return Node(
        "GROUP",
        "deepsing",
        (0, 0, WIDTH, HEIGHT + ROW * (1 + ceil(len(cues) / A_ROW))),
        BACKGROUND,
        {"interactive": False, "script": page_script(vocabulary)},
        children=[
            *_told(),
            *_transport(vocabulary),
            *_faders(with_control(vocabulary, "fader")),
            *_rows(vocabulary),
            *_by_hand(vocabulary),
            *_buttons(cues, HEIGHT + ROW),
        ],
    )


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
    one = argument("VALUE", "INTEGER", "x")
    buttons = [
        (name, name, MOMENTARY, osc(vocabulary.commands[name].address, condition="RISE", receive=False))
        for name in TRANSPORT
    ]
    buttons += [(p.name, title(p), TOGGLE, osc(p.address, one)) for p in with_control(vocabulary, "switch")]
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
        message = osc(button.address, condition="RISE", receive=False)
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
    value = argument("VALUE", "INTEGER" if whole else "FLOAT", "x", low, high)
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
    return Node("FADER", parameter.name, frame, CONTROL, properties, begins, messages=[osc(parameter.address, value)])


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
        value = argument("CONSTANT", "STRING", choice)
        message = osc(parameter.address, value, condition="RISE", receive=False)
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
