"""A patch for Pure Data, of nothing but what every Pd has from 0.52 on: a panel without cords, and a patch behind it.

The fader of noise sends to `deepsing-noise`, and what is sent to `deepsing-noise-set` turns it: so a performer's own
patches hear and turn everything without a cord.
"""

from math import ceil

from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    TRANSPORT,
    Bridge,
    Button,
    by_hand,
    cue_buttons,
    title,
    typed,
    with_control,
)
from .pure_data_bridge import subpatch
from .pure_data_patch import NAME, Patch, comment, receive_name, send_name, symbol

WIDTH, PITCH = 880, 30
TOP = 176  # of the faders
CUES_A_ROW = 6
FADER = (400, 18)  # pixels
GREY, LIGHT, DARK = "#e8e8ec", "#fcfcfc", "#202024"


def layout(vocabulary: Vocabulary, bridge: Bridge) -> bytes:
    rows = len(with_control(vocabulary, "fader")) + ceil(len(bridge.cues) / CUES_A_ROW)
    bottom = TOP + PITCH * rows + 12
    panel = _panel(vocabulary, bridge, bottom)
    inner = subpatch(vocabulary, bridge)
    panel.objects.append(f"#N canvas 60 60 1000 700 {NAME} 0;\n{inner.text()}\n#X restore 786 {bottom} pd {NAME};")
    return f"#N canvas 60 60 {WIDTH} {bottom + 40} 12;\n{panel.text()}\n".encode()


def _panel(vocabulary: Vocabulary, bridge: Bridge, bottom: int) -> Patch:
    panel = Patch()
    _told(panel, bottom)
    _transport(panel, vocabulary)
    _by_hand(panel, vocabulary)
    faders = with_control(vocabulary, "fader")
    for row, parameter in enumerate(faders):
        _fader(panel, parameter, TOP + PITCH * row)
    for number, button in enumerate(cue_buttons(bridge)):
        row, column = divmod(number, CUES_A_ROW)
        _bang(panel, button, 12 + 110 * column, TOP + PITCH * (len(faders) + row))
    y = float(TOP)
    for parameter in with_control(vocabulary, "menu"):
        y = _menu(panel, parameter, y)
    for parameter in with_control(vocabulary, "entry"):
        panel.add("text", 690, y, comment(title(parameter)))
        panel.add(
            "symbolatom", 690, y + 24, 12, 0, 0, 0, "-", receive_name(parameter.name), send_name(parameter.name), 0
        )
        y += 60
    return panel


def _told(panel: Patch, bottom: int) -> None:
    _sign(panel, "song", 12, 12, 420, 30)
    _sign(panel, "transport", 444, 12, 110, 30)
    _number(panel, "time", 570, 16, 8)
    panel.add("text", 650, 16, "seconds")
    _sign(panel, "feeling", 444, 52, 110, 36)
    _sign(panel, "label", 566, 52, 302, 36)
    for x, name in ((566, "valence"), (720, "arousal")):
        panel.add("text", x, 98, name)
        _number(panel, name, x + 66, 98, 6)
    _sign(panel, "error", 12, bottom, 590, 24)


def _sign(panel: Patch, name: str, x: int, y: int, width: int, height: int) -> None:
    """A place for a text that is told: a canvas, whose label it becomes."""
    look = ("empty", 8, height // 2, 0, 14, GREY, DARK, 0)
    panel.add("obj", x, y, "cnv", 10, width, height, "empty", receive_name(name), *look)


def _number(panel: Patch, name: str, x: int, y: int, digits: int) -> None:
    panel.add("floatatom", x, y, digits, 0, 0, 0, "-", receive_name(name), "-", 0)


def _transport(panel: Patch, vocabulary: Vocabulary) -> None:
    look = (0, 12, LIGHT, DARK, DARK)
    x = 12
    for name in TRANSPORT:
        panel.add("obj", x, 56, "bng", 28, 250, 50, 0, send_name(name), receive_name(name), name, 34, 14, *look)
        x += 84
    for name, text in [("loop", "loop"), *((p.name, title(p)) for p in with_control(vocabulary, "switch"))]:
        panel.add("obj", x, 56, "tgl", 28, 0, send_name(name), receive_name(name), symbol(text), 34, 14, *look, 0, 1)
        x += 84


def _by_hand(panel: Patch, vocabulary: Vocabulary) -> None:
    x = 12
    for button in by_hand(vocabulary):
        _bang(panel, button, x, 130)
        x += 110
    look = (0, 12, LIGHT, DARK, DARK)
    panel.add("obj", x, 130, "tgl", 28, 0, send_name(BLACKOUT), receive_name(BLACKOUT), BLACKOUT, 34, 14, *look, 0, 1)
    x = 566
    for entry in typed(vocabulary):
        panel.add("text", x, 122, comment(entry.title))
        panel.add("symbolatom", x, 142, 11, 0, 0, 0, "-", receive_name(entry.name), send_name(entry.name), 0)
        x += 104


def _bang(panel: Patch, button: Button, x: int, y: int) -> None:
    names, look = (send_name(button.name), receive_name(button.name)), (0, 12, LIGHT, DARK, DARK)
    panel.add("obj", x, y, "bng", 28, 250, 50, 0, *names, symbol(button.title), 34, 14, *look)


def _fader(panel: Patch, parameter: Parameter, y: float) -> None:
    width, height = FADER
    low, high = f"{parameter.field.low:g}", f"{parameter.field.high:g}"
    position = parameter.to_share(parameter.default) * (width - 1) * 100
    look = ("empty", -2, -8, 0, 10, LIGHT, DARK, DARK, f"{position:.0f}", 1)
    panel.add("text", 12, y, comment(title(parameter)))
    names = (send_name(parameter.name), receive_name(parameter.name))
    panel.add("obj", 140, y, "hsl", width, height, low, high, 0, 0, *names, *look)
    panel.add("floatatom", 556, y, 6, 0, 0, 0, "-", f"{send_name(parameter.name)}-shown", "-", 0)
    panel.add("text", 612, y, f"{low}..{high}")


def _menu(panel: Patch, parameter: Parameter, y: float) -> float:
    """A column of squares with a name each. Where it ends."""
    choices, size = parameter.field.choices, 20
    look = ("empty", 0, -8, 0, 10, LIGHT, DARK, DARK, choices.index(str(parameter.default)))
    panel.add("text", 690, y, comment(title(parameter)))
    y += 24
    names = (send_name(parameter.name), receive_name(parameter.name))
    panel.add("obj", 690, y, "vradio", size, 1, 0, len(choices), *names, *look)
    for row, choice in enumerate(choices):
        panel.add("text", 716, y + row * size, comment(choice))
    return y + len(choices) * size + 16
