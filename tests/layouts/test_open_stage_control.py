import json
from collections.abc import Iterator
from typing import Any

import pytest

from deepsing_bridge.layouts import open_stage_control
from deepsing_bridge.layouts.panel import TRANSPORT, Bridge, by_hand, cue_buttons, readouts, typed
from deepsing_bridge.live.parameters import Parameter
from deepsing_bridge.live.vocabulary import vocabulary

Widget = dict[str, Any]

WORDS = vocabulary()
BRIDGE = Bridge("fe80::1", 7711, ("drop", "dark-1"))
SESSION = json.loads(open_stage_control.layout(WORDS, BRIDGE))

ALIKE = {
    "type",
    "id",
    "width",
    "height",
    "expand",
    "colorFill",
    "alphaFillOff",
    "alphaStroke",
    "padding",
    "css",
    "html",
}
VALUE, OSC = {"value", "default"}, {"address", "typeTags", "decimals", "target", "ignoreDefaults", "bypass"}
SCRIPTS = {"onCreate", "onValue"}
PANEL = {"layout", "innerPadding", "scroll", "widgets"}
PROPERTIES = {
    "root": ALIKE | PANEL,
    "panel": ALIKE | PANEL,
    "text": ALIKE | VALUE | OSC | SCRIPTS | {"align"},
    "button": ALIKE | VALUE | OSC | SCRIPTS | {"label", "mode", "on", "off"},
    "fader": ALIKE | VALUE | OSC | SCRIPTS | {"range", "steps", "doubleTap", "origin"},
    "switch": ALIKE | VALUE | OSC | SCRIPTS | {"layout", "values"},
    "input": ALIKE | VALUE | OSC | SCRIPTS | {"validation"},
    "variable": {"type", "id"} | VALUE | OSC | SCRIPTS,
}
"""What its reference has for each widget, as far as it is used: the program drops others without a word."""


def widgets(widget: Widget = SESSION["content"]) -> Iterator[Widget]:
    yield widget
    for child in widget.get("widgets", ()):
        yield from widgets(child)


def named(name: str) -> Widget:
    (widget,) = [widget for widget in widgets() if widget["id"] == name]
    return widget


def test_it_is_a_session_of_known_widgets() -> None:
    assert (SESSION["type"], SESSION["createdWith"]) == ("session", "Open Stage Control")
    for widget in widgets():
        assert set(widget) <= PROPERTIES[widget["type"]], widget["id"]
    names = [widget["id"] for widget in widgets()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("parameter", WORDS.parameters.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_is_there_with_its_range(parameter: Parameter) -> None:
    widget, field = named(parameter.name), parameter.field
    assert (widget["address"], widget["target"]) == (parameter.address, "[fe80::1]:7711")
    assert "bypass" not in widget
    assert parameter.check(widget.get("default", parameter.default)) == parameter.default
    match widget["type"]:
        case "fader":
            assert widget["range"] == {"min": field.low, "max": field.high}
            assert widget["typeTags"] == ("i" if field.kind == "int" else "f")
            assert named(f"{parameter.name} value")["value"] == f"@{{{parameter.name}}}"
        case "switch":
            assert (tuple(widget["values"]), widget["typeTags"]) == (field.choices, "s")
        case "button":
            assert (widget["mode"], widget["off"], widget["on"], widget["typeTags"]) == ("toggle", 0, 1, "i")
        case "input":
            assert (field.kind, widget["typeTags"]) == ("size", "s")


def test_the_transport_is_there() -> None:
    for name in TRANSPORT:
        assert (named(name)["address"], named(name)["mode"]) == (WORDS.commands[name].address, "momentary")
    assert named("loop")["address"] == WORDS.commands["loop"].address


def test_what_is_played_by_hand_is_there() -> None:
    for button in (*by_hand(WORDS), *cue_buttons(BRIDGE)):
        widget = named(button.name)
        assert (widget["address"], widget["mode"], widget["label"]) == (button.address, "momentary", button.title)
    for entry in typed(WORDS):
        widget = named(entry.name)
        assert (widget["address"], widget["type"], widget["typeTags"]) == (entry.address, "input", "s")
    black, dim = named("blackout"), WORDS.parameters["dim"]
    assert (black["address"], black["on"], black["off"]) == (dim.address, dim.field.low, dim.field.high)
    assert "cues panel" not in open_stage_control.layout(WORDS, Bridge()).decode()


def test_what_is_told_is_shown_and_sent_nowhere() -> None:
    for readout in readouts(WORDS):
        shown = named(readout.name)
        assert shown["type"] == "text" and shown["bypass"]
        if readout.message.fields[1:]:
            listener = named(f"{readout.message.name} told")
            assert listener["address"] == readout.message.address and listener["bypass"]
            assert f'set("{readout.name}", value[{readout.index}], {{send: false}})' in listener["onValue"]
        else:
            assert shown["address"] == readout.message.address


def test_it_subscribes_again_where_the_bridge_is_silent() -> None:
    pulse = named("status told")
    subscribe = "send(\"[fe80::1]:7711\", '/deepsing/subscribe')"
    assert (pulse["address"], pulse["onValue"]) == ("/deepsing/status", "locals.heard = true")
    assert pulse["onCreate"].startswith(subscribe) and f"if (!locals.heard) {subscribe}" in pulse["onCreate"]
