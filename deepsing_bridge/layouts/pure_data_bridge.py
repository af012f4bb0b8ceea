"""The subpatch behind the panel for Pure Data: what the panel sends becomes OSC, and what is told moves the panel."""

from math import ceil

from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    SILENCE_MS,
    TRANSPORT,
    Bridge,
    Readout,
    by_hand,
    by_message,
    control,
    cue_buttons,
    place,
    typed,
)
from .pure_data_patch import NAME, Patch, receive_name, send_name, symbol

ROWS = 8  # of what sends


def subpatch(vocabulary: Vocabulary, bridge: Bridge) -> Patch:
    """Connects the controls of the panel with `bridge`, by OSC."""
    patch = Patch()
    patch.add("text", 20, 10, "out: what the panel sends becomes OSC")
    whole = {parameter.name for parameter in vocabulary.parameters.values() if parameter.field.kind == "int"}
    outgoing = _outgoing(vocabulary, bridge)
    beside = 40 + ceil(len(outgoing) / ROWS) * 300
    for row, (name, address) in enumerate(outgoing):
        x, y = 20 + row // ROWS * 300, 40 + row % ROWS * 90
        heard = patch.add("obj", x, y, "r", send_name(name))
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
        patch.add("obj", x, 460, "r", send_name(BLACKOUT)),
        patch.add("obj", x, 485, "== 0"),
        patch.add("obj", x, 510, "s", send_name("dim")),
    )
    patch.chain(
        patch.add("obj", x + 120, 460, "r", f"{send_name('dim')}-shown"),
        patch.add("obj", x + 120, 485, "== 0"),
        patch.add("msg", x + 120, 510, r"set \$1"),
        patch.add("obj", x + 120, 535, "s", receive_name(BLACKOUT)),
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
    loop = patch.add_chain(20, 1100, "list split 1", "set $1")
    patch.connect(route, loop[0], outlet=1)
    patch.connect(loop[-1], patch.add("obj", 20, 1160, "s", receive_name("loop")))
    for number, (message, values) in enumerate(shown):
        for column, readout in enumerate(values):
            _display(patch, readout, route, 2 + number, 200 + number * 240 + column * 120)
        if message.name == "scene":
            colour = _picked(patch, route, 2 + number, place(message, "colour"), 1700)
            paint = patch.add("msg", 1700, 1180, r"color \$1")
            patch.chain(colour, paint, patch.add("obj", 1700, 1210, "s", receive_name("feeling")))


def _show(patch: Patch, parameter: Parameter, source: int, outlet: int, x: int) -> None:
    target = patch.add("obj", x, 1020, "s", receive_name(parameter.name))
    match control(parameter):
        case "menu":
            choices = patch.add("obj", x, 920, "route", *map(symbol, parameter.field.choices))
            patch.connect(source, choices, outlet)
            for number, _ in enumerate(parameter.field.choices):
                message = patch.add("msg", x + number * 28, 950 + number * 4, f"set {number}")
                patch.connect(choices, message, number)
                patch.connect(message, target)
        case "entry":
            steps = patch.add_chain(x, 920, "list prepend set", "list trim")
            patch.connect(source, steps[0], outlet)
            patch.connect(steps[-1], target)
        case kind:
            message = patch.add("msg", x, 920, r"set \$1")
            patch.connect(source, message, outlet)
            patch.connect(message, target)
            if kind == "fader":
                shown = patch.add("obj", x, 960, "s", f"{send_name(parameter.name)}-shown")
                own = patch.add("obj", x, 1050, "r", send_name(parameter.name))
                patch.connect(source, shown, outlet)
                patch.connect(_rounded(patch, own, x, 1080) if parameter.field.kind == "int" else own, shown)


def _rounded(patch: Patch, source: int, x: int, y: int) -> int:
    """What gives the nearest whole number; none of ours is negative."""
    half, whole = patch.add("obj", x, y, "+ 0.5"), patch.add("obj", x, y + 25, "int")
    patch.chain(source, half, whole)
    return whole


def _display(patch: Patch, readout: Readout, route: int, outlet: int, x: int) -> None:
    picked = _picked(patch, route, outlet, readout.index, x)
    target = patch.add("obj", x, 1210, "s", receive_name(readout.name))
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
