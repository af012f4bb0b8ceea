"""A session for Open Stage Control: JSON of widgets, whose properties are those of its widgets' reference.

Every widget names the bridge as its target, and what is told comes back to where it was asked from, so that the program
needs no options to be started with.
"""

import json
from collections.abc import Sequence
from typing import Any

from ..core.addresses import host_and_port
from ..live.messages import ROOT, Message
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .panel import (
    BLACKOUT,
    SILENCE_MS,
    TRANSPORT,
    Bridge,
    Button,
    by_hand,
    by_message,
    cue_buttons,
    decimals,
    place,
    readouts,
    title,
    typed,
    with_control,
)

VERSION = "1.25.0"  # whose properties these are; later versions convert what they have changed
SIZE = r"^\d{2,4}(x\d{2,4})?$"  # of frames, as it is typed

Widget = dict[str, Any]


def layout(vocabulary: Vocabulary, bridge: Bridge) -> bytes:
    target = host_and_port(bridge.host, bridge.port)
    session = {
        "createdWith": "Open Stage Control",
        "version": VERSION,
        "type": "session",
        "content": _root(vocabulary, target, cue_buttons(bridge)),
    }
    return (json.dumps(session, ensure_ascii=False, indent=2) + "\n").encode()


def _root(vocabulary: Vocabulary, target: str, cues: Sequence[Button]) -> Widget:
    rows = [
        _row("told", 56, _told(vocabulary)),
        _row("transport", 64, _transport(vocabulary, target)),
        _row("by hand", 64, _by_hand(vocabulary, target)),
        *([_row("cues", 64, [_button(cue, target) for cue in cues])] if cues else []),
        _row("faders", None, [_fader(parameter, target) for parameter in with_control(vocabulary, "fader")]),
        _row("choices", 96, _choices(vocabulary, target)),
        _shown(vocabulary, "error", align="left", height=32),
    ]
    return {
        "type": "root",
        "id": "root",
        "layout": "vertical",
        "padding": 8,
        "widgets": [*rows, *_listeners(vocabulary, target)],
    }


def _row(name: str, height: int | None, widgets: list[Widget]) -> Widget:
    """`height` in pixels; None for what the others leave."""
    size: Widget = {"expand": True} if height is None else {"height": height}
    return _panel(name, "horizontal", widgets) | size


def _panel(name: str, layout: str, widgets: list[Widget]) -> Widget:
    style = {"layout": layout, "innerPadding": False, "padding": 6, "alphaStroke": 0, "scroll": False}
    return {"type": "panel", "id": f"{name} panel", **style, "widgets": widgets}


def _shown(vocabulary: Vocabulary, name: str, **more: object) -> Widget:
    """What is told under `name`. Of a message with several values, its listener sets it."""
    message = next(readout.message for readout in readouts(vocabulary) if readout.name == name)
    address = {} if message.fields[1:] else {"address": message.address}
    return {"type": "text", "id": name, "decimals": 1, "bypass": True, **address, **more}


def _caption(text: str, **more: object) -> Widget:
    return {"type": "text", "id": f"{text} caption", "default": text, "alphaStroke": 0, "bypass": True, **more}


def _told(vocabulary: Vocabulary) -> list[Widget]:
    feeling = {"colorFill": "VAR{colour, 'auto'}", "alphaFillOff": 0.8}
    return [
        _shown(vocabulary, "song", expand=1),
        _shown(vocabulary, "transport", expand=1),
        _shown(vocabulary, "time", expand=1, css="font-size: 160%"),
        _shown(vocabulary, "feeling", expand=1, **feeling),
        _shown(vocabulary, "label", expand=1),
    ]


def _transport(vocabulary: Vocabulary, target: str) -> list[Widget]:
    buttons = [_button(Button(name, f"^{name}", vocabulary.commands[name].address), target) for name in TRANSPORT]
    switches = [("loop", "loop", vocabulary.commands["loop"].address)]
    switches += [(p.name, title(p), p.address) for p in with_control(vocabulary, "switch")]
    for name, label, address in switches:
        whole = {"on": 1, "off": 0, "typeTags": "i"}
        buttons.append(_sending(address, target, type="button", id=name, label=label, mode="toggle", **whole))
    sentiment = []
    for name in ("valence", "arousal"):
        sentiment += [
            _caption(name, width=70),
            _shown(vocabulary, name, expand=True),
        ]
    return [*(button | {"expand": True} for button in buttons), *sentiment]


def _by_hand(vocabulary: Vocabulary, target: str) -> list[Widget]:
    """Blackout is dim at its ends, so that what is told of dim is told of it too."""
    dim = vocabulary.parameters["dim"].address
    ends = {"on": 0, "off": 1, "typeTags": "f"}
    black = _sending(dim, target, type="button", id=BLACKOUT, label=BLACKOUT, mode="toggle", expand=True, **ends)
    entries = []
    for entry in typed(vocabulary):
        entries += [
            _caption(entry.title, width=80),
            _sending(entry.address, target, type="input", id=entry.name, typeTags="s", expand=True),
        ]
    return [*(_button(button, target) for button in by_hand(vocabulary)), black, *entries]


def _button(button: Button, target: str) -> Widget:
    """Says so when it is pressed, and nothing when it is let go."""
    look = {"label": button.title, "mode": "momentary", "expand": True}
    return _sending(button.address, target, type="button", id=button.name, **look)


def _fader(parameter: Parameter, target: str) -> Widget:
    """A column: the name, the fader, the value."""
    field, whole = parameter.field, parameter.field.kind == "int"
    fader = _sending(
        parameter.address,
        target,
        type="fader",
        id=parameter.name,
        expand=True,
        range={"min": field.low, "max": field.high},
        default=parameter.default,
        decimals=0 if whole else 4,
        typeTags="i" if whole else "f",
        doubleTap=True,
        origin=max(field.low, 0) if field.low < 0 else "auto",
        **({"steps": int(field.high - field.low) + 1} if whole else {}),
    )
    value = {
        "type": "text",
        "id": f"{parameter.name} value",
        "height": 36,
        "value": f"@{{{parameter.name}}}",
        "decimals": decimals(parameter),
        "bypass": True,
    }
    name = _caption(title(parameter), height=32)
    return _panel(parameter.name, "vertical", [name, fader, value]) | {"expand": True}


def _choices(vocabulary: Vocabulary, target: str) -> list[Widget]:
    widgets = []
    for parameter in with_control(vocabulary, "menu"):
        switch = _sending(
            parameter.address,
            target,
            type="switch",
            id=parameter.name,
            layout="horizontal",
            values=list(parameter.field.choices),
            default=parameter.default,
            typeTags="s",
            expand=True,
        )
        widgets.append(_named(parameter, switch, 4))
    for parameter in with_control(vocabulary, "entry"):
        entry = _sending(
            parameter.address,
            target,
            type="input",
            id=parameter.name,
            validation=SIZE,
            default=parameter.default,
            typeTags="s",
            expand=True,
        )
        widgets.append(_named(parameter, entry, 1))
    return widgets


def _named(parameter: Parameter, widget: Widget, expand: int) -> Widget:
    caption = _caption(title(parameter), height=32)
    return _panel(parameter.name, "vertical", [caption, widget]) | {"expand": expand}


def _sending(address: str, target: str, **properties: Any) -> Widget:
    return {**properties, "address": address, "target": target, "ignoreDefaults": True}


def _listeners(vocabulary: Vocabulary, target: str) -> list[Widget]:
    """Of messages with several values, which no other widget takes apart; and of the bridge's pulse."""
    widgets = [
        _listener(message, [f"set({json.dumps(one.name)}, value[{one.index}], {{send: false}})" for one in shown])
        for message, shown in by_message(vocabulary)
        if message.fields[1:]
    ]
    scene, loop = vocabulary.events["scene"], vocabulary.events["loop"]
    colour = f"setVar('feeling', 'colour', value[{place(scene, 'colour')}])"
    next(widget for widget in widgets if widget["address"] == scene.address)["onValue"] += f"\n{colour}"
    on = f"set('loop', value[{place(loop, 'on')}], {{send: false}})"
    return [*widgets, _listener(loop, [on]), _pulse(vocabulary.events["status"], target)]


def _listener(message: Message, lines: Sequence[str]) -> Widget:
    return {
        "type": "variable",
        "id": f"{message.name} told",
        "address": message.address,
        "bypass": True,
        "onValue": "\n".join(lines),
    }


def _pulse(message: Message, target: str) -> Widget:
    """Hears what the bridge tells at least once a second, and subscribes where it was silent."""
    subscribe = f"send({json.dumps(target)}, '{ROOT}/subscribe')"
    watch = f"if (!locals.heard) {subscribe}\n  locals.heard = false"
    script = f"{subscribe}\nsetInterval('pulse', () => {{\n  {watch}\n}}, {SILENCE_MS})"
    return _listener(message, ["locals.heard = true"]) | {"onCreate": script}
