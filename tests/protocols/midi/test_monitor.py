"""What is said of each message, and of what is mapped."""

from fractions import Fraction

import pytest
from mido import Message

from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map
from deepsing_bridge.protocols.midi.monitor import Monitor, describe
from tests.protocols.midi.senders import clocks, full_frame, quarter_frames

VOCABULARY = vocabulary()
NANO = "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"
STEADY = "nanoKONTROL2:nanoKONTROL2 MIDI 1"


def turn(number: int, value: int, channel: int = 0) -> Message:
    return Message("control_change", channel=channel, control=number, value=value)


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
def test_each_message_is_told(message: Message, line: str) -> None:
    mapping = MidiMap(default_map(VOCABULARY).controls, (Button("note", 36, "toggle"), Button("program", 3, "freeze")))
    assert Monitor(mapping).line(NANO, message, 0.0) == f"{STEADY}: {line}"


def test_running_time_is_said_once_a_second() -> None:
    monitor = Monitor(MidiMap())
    lines = [monitor.line(NANO, message, at_s) for at_s, message in quarter_frames(90000, Fraction(25), 300)]
    said = [line for line in lines if line]
    assert said[0].startswith(f"{STEADY}: time code, 01:00:00:0")
    assert len(said) == 3
    lines = [monitor.line(NANO, message, at_s) for at_s, message in clocks(120, 144)]
    assert next(line for line in lines if line) == f"{STEADY}: clock, 120.0 quarter notes a minute"
    assert len([line for line in lines if line]) == 3
    monitor.forget(NANO)
    assert monitor.line(NANO, Message("clock"), 9.0) is None


def test_entries_are_described() -> None:
    assert describe(Control("blend", 7, "x", 3, "absolute14")) == "blend, by controller 7 on channel 3, absolute14"
    assert describe(Button("note", 36, "toggle")) == "toggle, by note 36"
