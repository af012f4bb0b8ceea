from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest
from mido import Message

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.learn import Learner
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map
from deepsing_bridge.protocols.midi.monitor import Interpreter, entry_in_words
from deepsing_bridge.protocols.midi.rtmidi import SEQUENCER
from deepsing_bridge.protocols.midi.tools import learn, list_ports, monitor
from tests.protocols.midi.senders import clocks, full_frame, quarter_frames

VOCABULARY = vocabulary()
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
    ("message", "line"),
    [
        (turn(21, 64), "channel 1, controller 21, value 64 → blend"),
        (turn(99, 64, 15), "channel 16, controller 99, value 64"),
        (Message("note_on", note=36, velocity=5, channel=9), "channel 10, note on, note 36, velocity 5 → toggle"),
        (Message("note_off", note=36, velocity=0), "channel 1, note off, note 36, velocity 0"),
        (Message("program_change", program=3), "channel 1, program 3 → freeze"),
        (Message("pitchwheel", pitch=-8192), "channel 1, pitchwheel, pitch -8192"),
        (Message("start"), "start"),
        (Message("songpos", pos=10), "song position 10, quarter note 2.5"),
        (full_frame(107892, Fraction(30000, 1001)), "time code, at 01:00:00:00 at 29.97 frames a second, drop"),
        (Message("sysex", data=(0x7F, 0, 1, 1, 99, 99, 99, 99)), "time code, of no such time"),
        (Message("song_select", song=2), "song select, song 2"),
    ],
)
def test_each_message_is_said_in_words(message: Message, line: str) -> None:
    mapping = MidiMap(default_map(VOCABULARY).controls, (Button("note", 36, "toggle"), Button("program", 3, "freeze")))
    assert Interpreter(mapping).line(NANO, message, 0.0) == f"{STEADY}: {line}"


def test_running_time_is_said_once_a_second() -> None:
    interpreter = Interpreter(MidiMap())
    lines = [interpreter.line(NANO, message, at_s) for at_s, message in quarter_frames(90000, Fraction(25), 300)]
    said = [line for line in lines if line]
    assert said[0].startswith(f"{STEADY}: time code, 01:00:00:0")
    assert len(said) == 3
    lines = [interpreter.line(NANO, message, at_s) for at_s, message in clocks(120, 144)]
    assert next(line for line in lines if line) == f"{STEADY}: clock, 120.0 quarter notes a minute"
    assert len([line for line in lines if line]) == 3
    interpreter.forget(NANO)
    assert interpreter.line(NANO, Message("clock"), 9.0) is None


def test_entries_are_said_in_words() -> None:
    assert (
        entry_in_words(Control("blend", 7, "x", 3, "absolute14")) == "blend, by controller 7 on channel 3, absolute14"
    )
    assert entry_in_words(Button("note", 36, "toggle")) == "toggle, by note 36"


def test_what_cannot_be_turned_or_is_no_map_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"^midi learn: expected noise, blend, .* got 'size'"):
        learn("size", tmp_path / "midi.toml", VOCABULARY)
    (tmp_path / "midi.toml").write_text("[[knob]]")
    with pytest.raises(BridgeError, match="'knob' is not known"):
        learn("blend", tmp_path / "midi.toml", VOCABULARY)


def test_a_backend_that_is_none_is_said(tmp_path: Path) -> None:
    for backend in ("os", "mido.backends.portmidi", "mido.backends.rtmidi/NOPE"):
        with pytest.raises(BridgeError, match="MIDI backend"):
            list_ports(MidiMap(), backend=backend)


@pytest.mark.skipif(SEQUENCER.exists(), reason="there is a MIDI sequencer on this machine")
def test_a_machine_without_midi_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    path = tmp_path / "midi.toml"
    for wish in (
        lambda: list_ports(MidiMap()),
        lambda: next(monitor(MidiMap())),
        lambda: learn("blend", path, VOCABULARY),
    ):
        with pytest.raises(BridgeError, match="there is no /dev/snd/seq"):
            wish()
    assert not path.exists()
