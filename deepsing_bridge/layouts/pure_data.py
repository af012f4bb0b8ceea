"""A patch for Pure Data, of nothing but what every Pd has from 0.52 on: a panel without cords, and a patch behind it.

The fader of noise sends to `deepsing-noise`, and what is sent to `deepsing-noise-set` turns it: so a performer's own
patches hear and turn everything without a cord.
"""

import re
from itertools import pairwise
from math import ceil

from ..live.messages import ROOT
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    SILENCE_MS,
    TRANSPORT,
    Bridge,
    Button,
    Readout,
    by_hand,
    by_message,
    control,
    cue_buttons,
    place,
    title,
    typed,
    with_control,
)

NAME = ROOT.strip("/")
WIDTH, PITCH = 880, 30
TOP = 176  # of the faders
CUES_A_ROW = 6
ROWS = 8  # of what sends, behind the panel
FADER = (400, 18)  # pixels
GREY, LIGHT, DARK = "#e8e8ec", "#fcfcfc", "#202024"


class Patch:
    """Objects and cords, in the order in which Pd numbers them."""

    def __init__(self) -> None:
        self.objects: list[str] = []
        self.cords: list[str] = []

    def add(self, kind: str, x: float, y: float, *words: object) -> int:
        """Its number."""
        self.objects.append(f"#X {' '.join(map(str, (kind, round(x), round(y), *words)))};")
        return len(self.objects) - 1

    def connect(self, source: int, target: int, outlet: int = 0, inlet: int = 0) -> None:
        self.cords.append(f"#X connect {source} {outlet} {target} {inlet};")

    def chain(self, *objects: int) -> None:
        for source, target in pairwise(objects):
            self.connect(source, target)

    def text(self) -> str:
        return "\n".join([*self.objects, *self.cords])


def layout(vocabulary: Vocabulary, bridge: Bridge) -> bytes:
    rows = len(with_control(vocabulary, "fader")) + ceil(len(bridge.cues) / CUES_A_ROW)
    bottom = TOP + PITCH * rows + 12
    panel = _panel(vocabulary, bridge, bottom)
    behind = _behind(vocabulary, bridge)
    panel.objects.append(f"#N canvas 60 60 1000 700 {NAME} 0;\n{behind.text()}\n#X restore 786 {bottom} pd {NAME};")
    return f"#N canvas 60 60 {WIDTH} {bottom + 40} 12;\n{panel.text()}\n".encode()


# the panel


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
        panel.add("text", 690, y, _words(title(parameter)))
        panel.add("symbolatom", 690, y + 24, 12, 0, 0, 0, "-", _set(parameter.name), _sent(parameter.name), 0)
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
    panel.add("obj", x, y, "cnv", 10, width, height, "empty", _set(name), *look)


def _number(panel: Patch, name: str, x: int, y: int, digits: int) -> None:
    panel.add("floatatom", x, y, digits, 0, 0, 0, "-", _set(name), "-", 0)


def _transport(panel: Patch, vocabulary: Vocabulary) -> None:
    look = (0, 12, LIGHT, DARK, DARK)
    x = 12
    for name in TRANSPORT:
        panel.add("obj", x, 56, "bng", 28, 250, 50, 0, _sent(name), _set(name), name, 34, 14, *look)
        x += 84
    for name, text in [("loop", "loop"), *((p.name, title(p)) for p in with_control(vocabulary, "switch"))]:
        panel.add("obj", x, 56, "tgl", 28, 0, _sent(name), _set(name), _word(text), 34, 14, *look, 0, 1)
        x += 84


def _by_hand(panel: Patch, vocabulary: Vocabulary) -> None:
    x = 12
    for button in by_hand(vocabulary):
        _bang(panel, button, x, 130)
        x += 110
    look = (0, 12, LIGHT, DARK, DARK)
    panel.add("obj", x, 130, "tgl", 28, 0, _sent(BLACKOUT), _set(BLACKOUT), BLACKOUT, 34, 14, *look, 0, 1)
    x = 566
    for entry in typed(vocabulary):
        panel.add("text", x, 122, _words(entry.title))
        panel.add("symbolatom", x, 142, 11, 0, 0, 0, "-", _set(entry.name), _sent(entry.name), 0)
        x += 104


def _bang(panel: Patch, button: Button, x: int, y: int) -> None:
    names, look = (_sent(button.name), _set(button.name)), (0, 12, LIGHT, DARK, DARK)
    panel.add("obj", x, y, "bng", 28, 250, 50, 0, *names, _word(button.title), 34, 14, *look)


def _fader(panel: Patch, parameter: Parameter, y: float) -> None:
    width, height = FADER
    low, high = f"{parameter.field.low:g}", f"{parameter.field.high:g}"
    position = parameter.to_share(parameter.default) * (width - 1) * 100
    look = ("empty", -2, -8, 0, 10, LIGHT, DARK, DARK, f"{position:.0f}", 1)
    panel.add("text", 12, y, _words(title(parameter)))
    names = (_sent(parameter.name), _set(parameter.name))
    panel.add("obj", 140, y, "hsl", width, height, low, high, 0, 0, *names, *look)
    panel.add("floatatom", 556, y, 6, 0, 0, 0, "-", f"{_sent(parameter.name)}-shown", "-", 0)
    panel.add("text", 612, y, f"{low}..{high}")


def _menu(panel: Patch, parameter: Parameter, y: float) -> float:
    """A column of squares with a name each. Where it ends."""
    choices, size = parameter.field.choices, 20
    look = ("empty", 0, -8, 0, 10, LIGHT, DARK, DARK, choices.index(str(parameter.default)))
    panel.add("text", 690, y, _words(title(parameter)))
    y += 24
    names = (_sent(parameter.name), _set(parameter.name))
    panel.add("obj", 690, y, "vradio", size, 1, 0, len(choices), *names, *look)
    for row, choice in enumerate(choices):
        panel.add("text", 716, y + row * size, _words(choice))
    return y + len(choices) * size + 16


# behind it


def _behind(vocabulary: Vocabulary, bridge: Bridge) -> Patch:
    patch = Patch()
    patch.add("text", 20, 10, "out: what the panel sends becomes OSC")
    whole = {parameter.name for parameter in vocabulary.parameters.values() if parameter.field.kind == "int"}
    outgoing = _outgoing(vocabulary, bridge)
    beside = 40 + ceil(len(outgoing) / ROWS) * 300
    for row, (name, address) in enumerate(outgoing):
        x, y = 20 + row // ROWS * 300, 40 + row % ROWS * 90
        heard = patch.add("obj", x, y, "r", _sent(name))
        form = patch.add("obj", x, y + 25, "oscformat", *address.strip("/").split("/"))
        patch.chain(_rounded(patch, heard, x + 160, y) if name in whole else heard, form)
        patch.chain(form, patch.add("obj", x, y + 50, "s", f"{NAME}-out"))
    routed = _network(patch, bridge, beside)
    _incoming(patch, vocabulary, routed)
    _blackout(patch, beside)
    return patch


def _outgoing(vocabulary: Vocabulary, bridge: Bridge) -> list[tuple[str, str]]:
    commands = [vocabulary.commands[name] for name in (*TRANSPORT, "loop")]
    buttons = [*by_hand(vocabulary), *typed(vocabulary), *cue_buttons(bridge)]
    parameters = [(parameter.name, parameter.address) for parameter in vocabulary.parameters.values()]
    sent = [*((command.name, command.address) for command in commands), *((one.name, one.address) for one in buttons)]
    return [*parameters, *sent]


def _blackout(patch: Patch, x: int) -> None:
    """On, dim is 0, and off it is 1; wherever dim comes to be 0, it is on."""
    patch.add("text", x, 430, "blackout is dim at 0")
    patch.chain(
        patch.add("obj", x, 460, "r", _sent(BLACKOUT)),
        patch.add("obj", x, 485, "== 0"),
        patch.add("obj", x, 510, "s", _sent("dim")),
    )
    patch.chain(
        patch.add("obj", x + 120, 460, "r", f"{_sent('dim')}-shown"),
        patch.add("obj", x + 120, 485, "== 0"),
        patch.add("msg", x + 120, 510, r"set \$1"),
        patch.add("obj", x + 120, 535, "s", _set(BLACKOUT)),
    )


def _network(patch: Patch, bridge: Bridge, x: int) -> int:
    """Connects, and subscribes wherever nothing was heard for a while. The number of what hears messages of ours."""
    patch.add("text", x, 10, "the bridge: connected anew where it was silent for a while")
    load, heard = patch.add("obj", x, 40, "loadbang"), patch.add("obj", x + 90, 40, "r", f"{NAME}-heard")
    wait = patch.add("obj", x + 90, 65, "del", SILENCE_MS)
    steps = patch.add("obj", x, 95, "t b b b b")
    subscribe = patch.add("obj", x, 125, "oscformat", NAME, "subscribe")
    connect = patch.add("msg", x + 180, 125, "connect", bridge.host, bridge.port)
    disconnect = patch.add("msg", x + 180, 150, "disconnect")
    out = patch.add("obj", x, 180, "r", f"{NAME}-out")
    send = patch.add("obj", x, 205, "list prepend send")
    trim = patch.add("obj", x, 230, "list trim")
    net = patch.add("obj", x, 260, "netsend -u -b")
    parse = patch.add("obj", x + 60, 290, "oscparse")
    back = patch.add("obj", x + 60, 315, "list trim")
    ours = patch.add("obj", x + 60, 340, "route", NAME)
    both = patch.add("obj", x + 60, 365, "t a b")
    pulse = patch.add("obj", x + 120, 390, "s", f"{NAME}-heard")
    patch.chain(load, steps)
    patch.chain(heard, wait, steps)
    for outlet, target in enumerate((wait, subscribe, connect, disconnect)):
        patch.connect(steps, target, outlet)
    patch.chain(subscribe, send)
    patch.chain(out, send, trim, net)
    patch.chain(connect, net)
    patch.chain(disconnect, net)
    patch.connect(net, parse, outlet=1)
    patch.chain(parse, back, ours, both)
    patch.connect(both, pulse, outlet=1)
    return both


def _incoming(patch: Patch, vocabulary: Vocabulary, source: int) -> None:
    """What is told moves the panel, and sends nothing."""
    patch.add("text", 20, 830, "in: what the bridge tells moves the panel")
    shown = by_message(vocabulary)
    route = patch.add("obj", 20, 860, "route", "param", "loop", *(message.name for message, _ in shown))
    patch.chain(source, route)
    parameters = [*vocabulary.parameters.values()]
    each = patch.add("obj", 20, 890, "route", *(parameter.name for parameter in parameters))
    patch.connect(route, each)
    for number, parameter in enumerate(parameters):
        _show(patch, parameter, each, number, 20 + number * 160)
    loop = _chain(patch, 20, 1100, "list split 1", "set $1")
    patch.connect(route, loop[0], outlet=1)
    patch.connect(loop[-1], patch.add("obj", 20, 1160, "s", _set("loop")))
    for number, (message, values) in enumerate(shown):
        for column, readout in enumerate(values):
            _display(patch, readout, route, 2 + number, 200 + number * 240 + column * 120)
        if message.name == "scene":
            colour = _picked(patch, route, 2 + number, place(message, "colour"), 1700)
            paint = patch.add("msg", 1700, 1180, r"color \$1")
            patch.chain(colour, paint, patch.add("obj", 1700, 1210, "s", _set("feeling")))


def _show(patch: Patch, parameter: Parameter, source: int, outlet: int, x: int) -> None:
    target = patch.add("obj", x, 1020, "s", _set(parameter.name))
    match control(parameter):
        case "menu":
            choices = patch.add("obj", x, 920, "route", *map(_word, parameter.field.choices))
            patch.connect(source, choices, outlet)
            for number, _ in enumerate(parameter.field.choices):
                message = patch.add("msg", x + number * 28, 950 + number * 4, f"set {number}")
                patch.connect(choices, message, number)
                patch.connect(message, target)
        case "entry":
            setting = _chain(patch, x, 920, "list prepend set", "list trim")
            patch.connect(source, setting[0], outlet)
            patch.connect(setting[-1], target)
        case kind:
            message = patch.add("msg", x, 920, r"set \$1")
            patch.connect(source, message, outlet)
            patch.connect(message, target)
            if kind == "fader":
                shown = patch.add("obj", x, 960, "s", f"{_sent(parameter.name)}-shown")
                own = patch.add("obj", x, 1050, "r", _sent(parameter.name))
                patch.connect(source, shown, outlet)
                patch.connect(_rounded(patch, own, x, 1080) if parameter.field.kind == "int" else own, shown)


def _rounded(patch: Patch, source: int, x: int, y: int) -> int:
    """What gives the nearest whole number; none of ours is negative."""
    half, whole = patch.add("obj", x, y, "+ 0.5"), patch.add("obj", x, y + 25, "int")
    patch.chain(source, half, whole)
    return whole


def _display(patch: Patch, readout: Readout, route: int, outlet: int, x: int) -> None:
    picked = _picked(patch, route, outlet, readout.index, x)
    target = patch.add("obj", x, 1210, "s", _set(readout.name))
    if readout.is_number:
        patch.chain(picked, target)
    else:
        patch.chain(picked, patch.add("msg", x, 1180, r"label \$1"), target)


def _picked(patch: Patch, route: int, outlet: int, index: int, x: int) -> int:
    """What gives the value at `index`."""
    head = patch.add("obj", x, 1100, "list split", index)
    rest = patch.add("obj", x, 1130, "list split 1")
    patch.connect(route, head, outlet)
    patch.connect(head, rest, outlet=1)
    return rest


def _chain(patch: Patch, x: int, y: int, *objects: str) -> list[int]:
    """`set $1` and its like are messages, all others objects."""
    numbers = [
        patch.add("msg" if "$" in words else "obj", x, y + 30 * row, words.replace("$", r"\$"))
        for row, words in enumerate(objects)
    ]
    patch.chain(*numbers)
    return numbers


def _sent(name: str) -> str:
    return f"{NAME}-{name}"


def _set(name: str) -> str:
    return f"{NAME}-{name}-set"


def _word(text: str) -> str:
    """`text` as one word of a patch."""
    return re.sub(r"([ ,;$\\])", r"\\\1", text)


def _words(text: str) -> str:
    """`text` as words of a comment."""
    return " ".join(_word(word) for word in text.split())
