from collections.abc import Iterable

import pytest
from mido import Message

from deepsing_bridge.core.fields import Value
from deepsing_bridge.live.commands import Command, Pause, Play, RecallCue, SetParam, Stop, Tap, Toggle
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map
from deepsing_bridge.protocols.midi.scale import to_share
from deepsing_bridge.protocols.midi.surface import FINE_WAIT_S, QUIET_S, Device, Surface

VOCABULARY = vocabulary()
NANO = "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"
BCR = "BCR2000:BCR2000 MIDI 1 24:0"


def surface(*entries: Control | Button, **values: Value) -> Surface:
    controls = tuple(entry for entry in entries if isinstance(entry, Control))
    buttons = tuple(entry for entry in entries if isinstance(entry, Button))
    return Surface(MidiMap(controls, buttons), VOCABULARY, VOCABULARY.defaults() | values)


def turn(number: int, value: int, channel: int = 0) -> Message:
    return Message("control_change", channel=channel, control=number, value=value)


def asked(found: Surface, messages: Iterable[Message], port: str = NANO, at_s: float = 0.0) -> list[Value]:
    """The values that turning asks for."""
    commands = [found.hear(port, message, at_s) for message in messages]
    return [command.value for command in commands if isinstance(command, SetParam)]


def sent(found: Surface, at_s: float) -> list[tuple[str, int, int]]:
    return [(port, message.control, message.value) for port, message in found.to_send(at_s)]


@pytest.mark.parametrize("name", [control.parameter for control in default_map(VOCABULARY).controls] + ["fps"])
@pytest.mark.parametrize("kind", ["absolute", "absolute14"])
def test_a_knob_reaches_every_value_and_never_one_that_is_not_allowed(name: str, kind: str) -> None:
    found, parameter = surface(Control(name, 1, kind=kind, takeover="jump")), VOCABULARY.parameters[name]  # type: ignore[arg-type]
    values = set()
    for coarse in [*range(128), *reversed(range(128))]:
        for message in [turn(1, coarse), *([turn(33, coarse)] if kind == "absolute14" else [])]:
            values |= set(asked(found, [message]))
    assert all(parameter.check(value) == value for value in values)
    if parameter.field.kind in ("choice", "bool", "int"):
        assert len(values) == {"style": 7, "freeze": 2, "view": 6}[name]
    else:
        assert {parameter.field.low, parameter.field.high} <= values


def test_an_offset_is_exactly_zero_in_the_middle() -> None:
    found = surface(Control("valence_offset", 1, takeover="jump"), valence_offset=1.0)
    assert asked(found, [turn(1, 64)]) == [0.0]


def test_a_stale_knob_does_nothing_until_it_reaches_the_value() -> None:
    found = surface(Control("blend", 21), blend=0.5)
    assert asked(found, [turn(21, value) for value in (10, 30, 50, 62)]) == []
    assert asked(found, [turn(21, 63), turn(21, 70)]) == [63 / 128, to_share(70, 7)]


def test_a_fast_knob_takes_hold_when_it_crosses_the_value() -> None:
    found = surface(Control("blend", 21), blend=0.5)
    assert asked(found, [turn(21, 10), turn(21, 120)]) == [to_share(120, 7)]
    down = surface(Control("blend", 21), blend=0.5)
    assert asked(down, [turn(21, 120), turn(21, 10)]) == [10 / 128]


def test_the_first_word_of_a_knob_far_away_is_not_a_crossing() -> None:
    assert asked(surface(Control("blend", 21), blend=0.5), [turn(21, 127)]) == []


def test_after_somebody_else_changed_it_the_knob_must_pick_it_up_again() -> None:
    found = surface(Control("blend", 21), blend=0.5)
    assert asked(found, [turn(21, 64), turn(21, 70)]) == [to_share(70, 7)]
    found.echo("blend", to_share(70, 7), 0.1)  # its own
    found.echo("blend", 0.1, 0.2)
    assert asked(found, [turn(21, 71), turn(21, 60), turn(21, 30)]) == []
    assert asked(found, [turn(21, 13)]) == [13 / 128]


def test_late_and_left_out_echoes_of_its_own_moves_do_not_make_it_let_go() -> None:
    found = surface(Control("blend", 21), blend=0.5)
    moved = asked(found, [turn(21, value) for value in range(64, 100)])
    for value in moved[3::7]:  # the engine takes only the newest of what waits
        found.echo("blend", value, 0.01)
        assert asked(found, [turn(21, 100), turn(21, 101)]) != []
    found.echo("blend", moved[1], 5.0)  # long after: somebody else's
    assert asked(found, [turn(21, 103)]) == []


def test_a_second_knob_takes_the_parameter_from_the_first() -> None:
    found = surface(Control("blend", 21), blend=0.5)
    assert asked(found, [turn(21, 64), turn(21, 80)], NANO)
    assert asked(found, [turn(21, 10), turn(21, 90)], BCR) == [to_share(90, 7)]
    assert asked(found, [turn(21, 60)], NANO) == []
    assert asked(found, [turn(21, 95)], NANO) == [to_share(95, 7)]


def test_with_jump_it_takes_hold_at_once() -> None:
    assert asked(surface(Control("blend", 21, takeover="jump")), [turn(21, 127)]) == [1.0]


def test_a_switch_or_choice_takes_hold_anywhere_within_the_value() -> None:
    found = surface(Control("style", 26), style="neutral")  # the fifth of seven
    assert asked(found, [turn(26, 82), turn(26, 10)]) == ["auto"]
    assert asked(surface(Control("freeze", 28)), [turn(28, 0), turn(28, 127), turn(28, 0)]) == [True, False]


def test_a_range_of_its_own_either_way_round() -> None:
    found = surface(Control("noise", 1, takeover="jump", low=0.5, high=0.25))
    assert asked(found, [turn(1, 0), turn(1, 64), turn(1, 127)]) == [0.5, 0.375, 0.25]
    half = surface(Control("noise", 1, low=0.5), noise=0.2)
    assert asked(half, [turn(1, 64)]) == []
    assert asked(half, [turn(1, 0)]) == [0.5]  # the value is out of its reach: its nearer end will do


def test_fourteen_bits_are_complete_with_the_fine_half() -> None:
    found = surface(Control("blend", 7, kind="absolute14", takeover="jump"))
    assert asked(found, [turn(7, 64)]) == []
    assert asked(found, [turn(39, 0)]) == [0.5]
    assert asked(found, [turn(39, 1), turn(7, 127), turn(39, 127)]) == [to_share(8193, 14), 1.0]


def test_a_coarse_half_alone_counts_after_a_moment() -> None:
    found = surface(Control("blend", 7, kind="absolute14", takeover="jump"))
    assert asked(found, [turn(7, 64)], at_s=1.0) == []
    assert found.overdue(1.0) == []
    assert found.overdue(1.0 + 2 * FINE_WAIT_S) == [SetParam("blend", 0.5, Device(NANO))]
    assert found.overdue(2.0) == []
    assert asked(surface(Control("blend", 7, kind="absolute14")), [turn(39, 5)]) == []  # a fine half of nothing


def test_an_encoder_turns_on_from_where_the_value_is() -> None:
    found = surface(Control("blend", 1, kind="relative"), blend=0.5)
    assert asked(found, [turn(1, 1), turn(1, 2), turn(1, 127)]) == [0.5 + 1 / 128, 0.5 + 3 / 128, 0.5 + 2 / 128]
    found.echo("blend", 0.0, 5.0)
    assert asked(found, [turn(1, 127), turn(1, 4)]) == [4 / 128]
    assert asked(found, [turn(1, 63)] * 3)[-1] == 1.0


def test_an_encoder_goes_from_value_to_value_where_they_are_few() -> None:
    assert asked(surface(Control("style", 1, kind="relative")), [turn(1, 1)] * 6) == list(
        VOCABULARY.parameters["style"].field.choices[1:]
    )
    assert asked(surface(Control("view", 1, kind="relative"), view=4), [turn(1, 1), turn(1, 1), turn(1, 127)]) == [5, 4]
    assert asked(surface(Control("freeze", 1, kind="relative")), [turn(1, 1), turn(1, 1), turn(1, 127)]) == [
        True,
        False,
    ]


def test_an_encoder_stays_in_its_range_and_turns_round_with_it() -> None:
    found = surface(Control("noise", 1, kind="relative", low=0.5, high=0.25), noise=0.3)
    assert asked(found, [turn(1, 63), turn(1, 65), turn(1, 65), turn(1, 65)]) == [
        0.25,
        0.25 + 63 / 512,
        0.25 + 126 / 512,
        0.5,
    ]


@pytest.mark.parametrize(
    ("message", "command"),
    [
        (Message("note_on", note=36, velocity=1), Play),
        (Message("program_change", program=0), Stop),
        (turn(41, 127), Toggle),
        (Message("note_on", channel=9, note=37, velocity=99), Pause),
    ],
)
def test_buttons_start_and_stop(message: Message, command: type[Command]) -> None:
    found = surface(
        Button("note", 36, "play"),
        Button("program", 0, "stop"),
        Button("controller", 41, "toggle"),
        Button("note", 37, "pause", "nano", 10),
    )
    assert found.hear(NANO, message, 0.0) == command(Device(NANO))
    for silent in (
        Message("note_on", note=36, velocity=0),
        Message("note_off", note=36),
        turn(41, 63),
        Message("note_on", channel=8, note=37),
        Message("pitchwheel"),
        turn(42, 127),
    ):
        assert found.hear(NANO, silent, 0.0) is None
    assert found.hear(BCR, Message("note_on", channel=9, note=37), 0.0) is None


@pytest.mark.parametrize(
    "press", [Message("note_on", note=40, velocity=9), Message("program_change", program=3)], ids=str
)
def test_buttons_call_cues_and_tap(press: Message) -> None:
    found = surface(Button("note", 40, "cue/drop"), Button("program", 3, "cue/drop"), Button("note", 41, "tap"))
    assert found.hear(NANO, press, 0.0) == RecallCue("drop", sender=Device(NANO))
    assert found.hear(NANO, Message("note_on", note=41), 0.0) == Tap(Device(NANO))


def test_a_button_switches_a_parameter_there_and_back() -> None:
    found = surface(Button("note", 36, "freeze"))
    press = Message("note_on", note=36, velocity=100)
    assert asked(found, [press, press, press]) == [True, False, True]
    found.echo("freeze", False, 9.0)
    assert asked(found, [press]) == [True]


def test_an_output_shows_all_values_as_soon_as_it_is_there_and_then_what_changes() -> None:
    found = surface(Control("blend", 21), Control("noise", 7, kind="absolute14"), blend=0.5, noise=1.0)
    found.add_output(NANO)
    assert sent(found, 0.0) == [(NANO, 21, 64), (NANO, 7, 127), (NANO, 39, 127)]
    assert sent(found, 1.0) == []
    found.echo("noise", 0.5, 1.0)
    assert sent(found, 1.0) == [(NANO, 7, 64), (NANO, 39, 0)]
    found.echo("blend", 0.501, 2.0)  # the same position
    assert sent(found, 2.0) == []
    found.remove(NANO)
    found.add_output(NANO)
    assert len(sent(found, 3.0)) == 3


def test_a_fader_does_not_hear_its_own_moves() -> None:
    found = surface(Control("blend", 21, takeover="jump"), blend=0.5)
    found.add_output(NANO)
    sent(found, 0.0)
    for i, value in enumerate((70, 80, 90)):
        at_s = 1.0 + i / 10
        for moved in asked(found, [turn(21, value)], at_s=at_s):
            found.echo("blend", moved, at_s)
        assert sent(found, at_s) == []
    assert sent(found, 9.0) == []


def test_a_fader_that_is_being_moved_hears_of_others_when_it_rests() -> None:
    found = surface(Control("blend", 21, takeover="jump"), blend=0.5)
    found.add_output(NANO)
    sent(found, 0.0)
    asked(found, [turn(21, 90)], at_s=1.0)
    found.echo("blend", 0.0, 1.1)
    assert sent(found, 1.2) == []
    assert sent(found, 1.0 + QUIET_S + 0.01) == [(NANO, 21, 0)]


def test_other_devices_follow_a_fader_and_it_does_not_follow_itself() -> None:
    found = surface(Control("blend", 21, takeover="jump"), blend=0.5)
    found.add_output(NANO)
    found.add_output(BCR)
    sent(found, 0.0)
    asked(found, [turn(21, 127)], NANO, at_s=1.0)
    assert sent(found, 1.0 + QUIET_S + 0.01) == [(BCR, 21, 127)]


def test_the_ring_of_an_encoder_follows_at_once() -> None:
    found = surface(Control("blend", 1, "nano", 3, "relative"), blend=0.0)
    found.add_output(NANO)
    sent(found, 0.0)
    asked(found, [turn(1, 5, channel=2)], at_s=1.0)
    (message,) = [message for _, message in found.to_send(1.0)]
    assert message == turn(1, 5, channel=2)


def test_values_go_out_on_the_channel_that_the_knob_was_heard_on() -> None:
    found = surface(Control("blend", 21), blend=0.0)
    found.add_output(NANO)
    asked(found, [turn(21, 90, channel=5)])
    found.echo("blend", 1.0, 5.0)
    assert [message for _, message in found.to_send(5.0)] == [turn(21, 127, channel=5)]


def test_nothing_goes_where_it_is_not_wanted() -> None:
    found = surface(Control("blend", 21, feedback=False), Control("noise", 20, "BCR"), Control("fps", 21, "nano"))
    found.add_output(NANO)
    assert {control for _, control, _ in sent(found, 0.0)} == {21}
    hidden = surface(Control("blend", 21), Control("noise", 21, "nano"), blend=0.0, noise=1.0)
    hidden.add_output(NANO)
    assert sent(hidden, 0.0) == [(NANO, 21, 127)]


def test_a_knob_that_was_unplugged_must_pick_up_again() -> None:
    found = surface(Control("blend", 21), blend=0.5)
    assert asked(found, [turn(21, 64), turn(21, 90)])
    found.remove(NANO)
    assert asked(found, [turn(21, 10)]) == []


def test_values_on_the_way_in_are_bounded() -> None:
    found = surface(Control("blend", 21, takeover="jump"))
    for i in range(5000):
        asked(found, [turn(21, i % 128)])
    assert sum(map(len, found._sent.values())) < 1000


@pytest.mark.parametrize("kind", ["absolute", "absolute14"])
def test_a_port_that_returns_what_it_is_sent_turns_nothing(kind: str) -> None:
    """As macOS' IAC and loopMIDI do, which are one name in and out; MIDI has fewer steps than values have."""
    bus = "IAC Driver Bus 1"
    found = surface(Control("blend", 21, kind=kind), Control("noise", 22, takeover="jump"), blend=0.4)  # type: ignore[arg-type]
    found.add_output(bus)
    for at_s, value in ((0.0, 0.4), (1.0, 0.123), (2.0, 0.4)):
        found.echo("blend", value, at_s)
        returned = [message for _, message in found.to_send(at_s)]
        assert returned
        assert asked(found, returned, bus, at_s + 0.01) == []
        assert found.overdue(at_s + 1.0) == found.to_send(at_s + 1.0) == []


def test_what_was_sent_may_be_turned_once_it_has_come_back_or_by_another_device() -> None:
    found = surface(Control("blend", 21, takeover="jump"), blend=0.5)
    found.add_output(BCR)
    (message,) = [message for _, message in found.to_send(0.0)]
    found.echo("blend", 0.9, 0.1)
    assert asked(found, [message], NANO, 0.2) == [0.5]
    found.echo("blend", 0.5, 0.2)
    found.echo("blend", 0.9, 0.3)
    assert asked(found, [message, message], BCR, 0.4) == [0.5]
