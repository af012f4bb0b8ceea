"""Which knob it is, and of which kind, from what it sends."""

from collections.abc import Iterable

import pytest
from mido import Message

from deepsing_bridge.protocols.midi.learn import ButtonLearner, Learner, SwitchLearner
from deepsing_bridge.protocols.midi.map import Button, Control

NANO = "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"
STEADY = "nanoKONTROL2:nanoKONTROL2 MIDI 1"


def turn(number: int, value: int, channel: int = 0) -> Message:
    return Message("control_change", channel=channel, control=number, value=value)


def learned(messages: Iterable[Message], gap_s: float = 0.02, distinct: int = 3) -> tuple[Control | None, int]:
    """What is learned, and from how many messages."""
    learner = Learner("blend", distinct)
    for i, message in enumerate(messages, 1):
        if control := learner.hear(NANO, message, i * gap_s):
            return control, i
    return None, 0


def test_an_absolute_knob_is_known_by_its_third_value() -> None:
    assert learned(turn(21, value, 3) for value in (30, 31, 31, 33)) == (Control("blend", 21, STEADY, 4), 4)
    assert learned(turn(21, value) for value in (30, 31, 30, 31)) == (None, 0)  # it only trembles


def test_the_knob_that_moves_is_told_from_one_that_trembles() -> None:
    messages = [message for value in range(40, 50) for message in (turn(5, 63 + value % 2), turn(6, value))]
    assert learned(messages) == (Control("blend", 6, STEADY, 1), 6)


def test_a_switch_is_known_by_its_two_values() -> None:
    assert learned([turn(41, 127), turn(41, 0)], 0.5, distinct=2)[0] == Control("blend", 41, STEADY, 1)


@pytest.mark.parametrize(
    ("values", "encoding"),
    [
        ([1, 1, 1, 127, 127], "twos-complement"),
        ([127, 127, 127, 126, 1, 1, 2], "twos-complement"),
        ([65, 65, 65, 63, 63], "binary-offset"),
        ([63, 63, 62, 63, 63], "binary-offset"),
        ([1, 1, 1, 65, 65], "signed-bit"),
        ([65, 65, 65, 1, 1], "signed-bit"),
        ([1] * 20, "twos-complement"),  # one way only: the likeliest
        ([65] * 20, "binary-offset"),
        ([1, 2, 3, 3, 3, 2, 1, 1, 127, 126, 125], "twos-complement"),  # turned fast
    ],
)
def test_an_encoder_is_known_by_equal_steps(values: list[int], encoding: str) -> None:
    control, _ = learned(turn(16, value) for value in values)
    assert control == Control("blend", 16, STEADY, 1, "relative", encoding)  # type: ignore[arg-type]


def test_a_button_that_is_pressed_again_and_again_is_no_encoder() -> None:
    assert learned([turn(41, 127)] * 10, gap_s=0.5) == (None, 0)


def test_a_slow_knob_among_values_that_might_be_steps_is_known_in_the_end() -> None:
    control, needed = learned(turn(21, value) for value in range(1, 100))
    assert control == Control("blend", 21, STEADY, 1) and needed <= 17


def test_the_halves_of_a_fader_are_known() -> None:
    pairs = [message for value in range(1000, 9000, 50) for message in (turn(7, value >> 7), turn(39, value & 127))]
    assert learned(pairs)[0] == Control("blend", 7, STEADY, 1, "absolute14")
    seldom = [turn(7, 10), *(turn(39, value) for value in range(10, 100))]
    assert learned(seldom)[0] == Control("blend", 7, STEADY, 1, "absolute14")


def test_a_plain_knob_with_the_number_of_a_fine_half_is_known_too() -> None:
    assert learned(turn(40, value) for value in range(20, 100))[0] == Control("blend", 40, STEADY, 1)


def test_notes_and_clocks_are_no_knob() -> None:
    assert learned([Message("note_on", note=i) for i in range(50)] + [Message("clock")] * 50) == (None, 0)


@pytest.mark.parametrize(
    ("press", "trigger", "number"),
    [
        (Message("note_on", channel=9, note=36, velocity=3), "note", 36),
        (Message("program_change", channel=9, program=5), "program", 5),
        (turn(41, 127, 9), "controller", 41),
    ],
)
def test_a_button_is_known_by_its_press(press: Message, trigger: str, number: int) -> None:
    learner = ButtonLearner("cue/drop")
    for silent in (turn(41, 0, 9), turn(1, 64), Message("note_off", note=36), Message("note_on", note=36, velocity=0)):
        assert learner.hear(NANO, silent, 0.0) is None
    assert learner.hear(NANO, press, 0.1) == Button(trigger, number, "cue/drop", STEADY, 10)  # type: ignore[arg-type]


def test_a_switch_is_learned_from_a_pad_as_well() -> None:
    learner = SwitchLearner("freeze")
    assert learner.hear(NANO, Message("note_off", note=40), 0.0) is None
    assert learner.hear(NANO, Message("note_on", note=40, velocity=90), 0.1) == Button("note", 40, "freeze", STEADY, 1)
    assert learner.hear(NANO, turn(41, 127), 0.2) is None
    assert learner.hear(NANO, turn(41, 0), 0.3) == Control("freeze", 41, STEADY, 1)
