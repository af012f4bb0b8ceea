import pytest

from deepsing_bridge.layouts import touchosc
from deepsing_bridge.layouts.panel import SIZES, TRANSPORT, Bridge, by_hand, cue_buttons, readouts
from deepsing_bridge.layouts.touchosc_scripts import RECEIVE_PORT
from deepsing_bridge.live.parameters import Parameter
from deepsing_bridge.live.vocabulary import vocabulary
from tests.layouts.touchosc import Control, Played, address, opened, text

WORDS = vocabulary()
CUES = ("drop", *(f"cue-{number}" for number in range(10)))  # more than a row of them
CONTENT = touchosc.layout(WORDS, Bridge(cues=CUES))
ALIKE = {"name", "tag", "frame", "color", "interactive", "script", "background", "outline", "cornerRadius"}
PROPERTIES = {
    "GROUP": ALIKE,
    "LABEL": ALIKE | {"textAlignH", "textAlignV", "textSize", "textClip", "textColor"},
    "BUTTON": ALIKE | {"buttonType"},
    "FADER": ALIKE | {"grid", "gridSteps", "centered", "response", "responseFactor"},
}
"""Of those that each type of control has in its editor, the ones that are used."""
TYPES = {
    **dict.fromkeys(("name", "tag", "script"), "s"),
    **dict.fromkeys(("interactive", "background", "outline", "textClip", "grid", "centered"), "b"),
    **dict.fromkeys(
        ("buttonType", "gridSteps", "response", "responseFactor", "textAlignH", "textAlignV", "textSize"), "i"
    ),
    **{"frame": "r", "color": "c", "textColor": "c", "cornerRadius": "f"},
}
"""Of each property, as the editor's own files have them."""
VALUES = {"GROUP": {"touch"}, "LABEL": {"text", "touch"}, "BUTTON": {"x", "touch"}, "FADER": {"x", "touch"}}


@pytest.fixture(scope="module")
def page() -> Control:
    return opened(CONTENT)


@pytest.fixture
def played(page: Control) -> Played:
    pytest.importorskip("lupa", reason="lupa is not installed")
    return Played(page)


def named(page: Control, name: str) -> Control:
    (control,) = [child for child in page.children if child.name == name]
    return control


def test_every_control_is_one_of_the_editors(page: Control) -> None:
    for control in page.all():
        assert set(control.properties) <= PROPERTIES[control.kind], control.name
        assert set(control.values) == VALUES[control.kind], control.name
        assert control.types == {key: TYPES[key] for key in control.properties}, control.name
    names = [control.name for control in page.children]
    assert len(set(names)) == len(names)


def test_every_message_is_whole(page: Control) -> None:
    for control in page.all():
        for message in control.messages:
            parts = ["enabled", "send", "receive", "feedback", "connections", "triggers", "path", "arguments"]
            assert [part.tag for part in message] == parts
            assert len(text(message, "connections")) == 5
            assert [text(one, "var") for one in message.iterfind("triggers/trigger")] == ["x"]
            for partial in message.iter("partial"):
                assert text(partial, "type") in ("CONSTANT", "VALUE")
                assert text(partial, "conversion") in ("STRING", "INTEGER", "FLOAT")
                assert text(partial, "type") == "CONSTANT" or text(partial, "value") in control.values


def test_everything_is_on_the_page_and_no_control_covers_another(page: Control) -> None:
    turned = [control for control in page.all() if control.properties["interactive"] and control.kind != "GROUP"]
    for parent in (page, *(child for child in page.children if child.kind == "GROUP")):
        _, _, width, height = parent.properties["frame"]  # type: ignore[misc]
        frames = [control.properties["frame"] for control in parent.children if control in turned]
        for number, (x, y, w, h) in enumerate(frames):  # type: ignore[misc]
            assert x >= 0 and y >= 0 and x + w <= width + 0.1 and y + h <= height + 0.1
            others = frames[:number]
            assert all(x >= a + c or a >= x + w or y >= b + d or b >= y + h for a, b, c, d in others)  # type: ignore[misc]


@pytest.mark.parametrize("parameter", WORDS.parameters.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_is_there_with_its_range(parameter: Parameter, page: Control) -> None:
    control = named(page, parameter.name)
    if control.kind == "GROUP":
        sent = [message for button in control.children for message in button.messages]
        told = [text(one, "value") for message in sent for one in message.iterfind("arguments/partial")]
        assert tuple(told) == (parameter.field.choices or SIZES)
        assert [parameter.check(one) for one in told] == told
    else:
        (message,) = sent = control.messages
        (partial,) = message.iterfind("arguments/partial")
        low, high = (float(text(partial, tag)) for tag in ("scaleMin", "scaleMax"))
        assert (low, high) == (
            (0, 1) if parameter.field.kind == "bool" else (parameter.field.low, parameter.field.high)
        )
        assert text(partial, "conversion") == ("FLOAT" if parameter.field.kind == "float" else "INTEGER")
        assert text(message, "receive") == "1" and text(message, "feedback") == "0"
        assert float(control.values["x"]) == pytest.approx(parameter.to_share(parameter.default), abs=1e-4)
    assert {address(message) for message in sent} == {parameter.address}


def test_buttons_play_and_stop_once_a_press(page: Control) -> None:
    buttons = {name: WORDS.commands[name].address for name in TRANSPORT}
    buttons |= {one.name: one.address for one in (*by_hand(WORDS), *cue_buttons(Bridge(cues=CUES)))}
    for name, sent_to in buttons.items():
        (message,) = named(page, name).messages
        assert address(message) == sent_to
        assert text(message, "triggers/trigger/condition") == "RISE" and not message.find("arguments")


def test_what_is_told_is_shown(played: Played) -> None:
    values = {"title": "a song.wav", "label": "lake", "feeling": "calm", "colour": "#4caf50", "state": "playing"}
    for readout in readouts(WORDS):
        fields = readout.message.fields
        played.hear(readout.message.address, *(values.get(field.name, 1.5) for field in fields))
    shown = [played.value(name, key="text") for name in ("song", "label", "feeling", "transport", "time")]
    assert shown == ["a song.wav", "lake", "calm", "playing", "1.5"]
    colour = played.root.children.feeling.color
    assert [round(colour[part], 2) for part in (1, 2, 3)] == [0.3, 0.69, 0.31]


def lit(played: Played) -> list[str]:
    return [choice for choice in WORDS.parameters["style"].field.choices if played.value("style", choice) == 1]


def test_a_choice_that_is_told_lights_its_button_alone(played: Played) -> None:
    assert lit(played) == ["auto"]
    played.hear("/deepsing/param/style", "negative")
    assert lit(played) == ["negative"]


def test_a_choice_that_is_pressed_puts_the_others_out(played: Played) -> None:
    played.turn("style", "neutral", to=1)
    assert lit(played) == ["neutral"]
    played.turn("style", "neutral", key="touch", to=True)
    played.turn("style", "neutral", to=0)  # pressed again: one is always chosen
    assert lit(played) == ["neutral"]


@pytest.mark.parametrize(("name", "address"), [("loop", "/deepsing/loop"), ("blackout", "/deepsing/param/dim")])
def test_a_switch_sends_what_is_switched_and_not_what_is_told(name: str, address: str, played: Played) -> None:
    """Of a loop, its places would be lost."""
    on, off = (1, 0) if name == "loop" else (0.0, 1.0)
    played.hear(address, on)
    assert (played.value(name), played.sent) == (1, [])
    played.turn(name, to=0)
    played.turn(name, to=1)
    assert played.sent == [(address, off), (address, on)]
    played.hear(address, off)
    assert (played.value(name), len(played.sent)) == (0, 2)


def test_a_faders_value_stands_below_it(played: Played) -> None:
    played.turn("valence_offset", to=0.75)
    assert played.value("valence_offset value", key="text") == "1.00"


def test_it_subscribes_again_where_the_bridge_is_silent(played: Played) -> None:
    subscribed = ("/deepsing/subscribe", RECEIVE_PORT)
    played.update()
    assert played.sent == [subscribed]
    for now_ms in (1000, 2000, 3500):
        played.now_ms = now_ms
        played.hear("/deepsing/time", 1.0)
        played.now_ms += 900
        played.update()
    assert played.sent == [subscribed]
    played.now_ms = 3500 + 3000
    played.update()
    assert played.sent == [subscribed, subscribed]


def test_the_same_vocabulary_gives_the_same_bytes() -> None:
    assert touchosc.layout(WORDS, Bridge(cues=CUES)) == CONTENT
