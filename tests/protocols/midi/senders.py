"""What sequencers send: time code and clock with exact times, for tests to make jittery or wrong."""

from collections.abc import Iterator
from fractions import Fraction

from mido import Message

Sent = tuple[float, Message]
"""Seconds, and what is sent then."""

DROP = Fraction(30000, 1001)
CODES = {Fraction(24): 0, Fraction(25): 1, DROP: 2, Fraction(30): 3}


def timecode_of(frame: int, fps: Fraction) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds, frames, by counting: in drop frame, 0 and 1 are skipped in nine minutes of ten."""
    count = 30 if fps == DROP else int(fps)
    if fps == DROP:
        minute, left = 0, frame
        while left >= (length := 1800 if minute % 10 == 0 else 1798):
            minute, left = minute + 1, left - length
        left += 0 if minute % 10 == 0 else 2
    else:
        minute, left = divmod(frame, 60 * count)
    return minute // 60, minute % 60, left // count, left % count


def full_frame(frame: int, fps: Fraction) -> Message:
    hours, minutes, seconds, frames = timecode_of(frame, fps)
    return Message("sysex", data=(0x7F, 0x7F, 1, 1, hours | CODES[fps] << 5, minutes, seconds, frames))


def quarter_frames(
    frame: int, fps: Fraction, how_many: int, start_s: float = 0.0, backwards: bool = False
) -> Iterator[Sent]:
    """From the moment of `frame` on (or back), which is `start_s`."""
    for i in range(how_many):
        quarter = frame * 4 + (-i if backwards else i)
        piece, first = quarter % 8, quarter // 8 * 2
        hours, minutes, seconds, frames = timecode_of(first, fps)
        byte = (frames, seconds, minutes, hours | CODES[fps] << 5)[piece // 2]
        value = byte >> 4 if piece % 2 else byte & 15
        yield start_s + float(i / (4 * fps)), Message("quarter_frame", frame_type=piece, frame_value=value)


def clocks(bpm: float, how_many: int, start_s: float = 0.0) -> Iterator[Sent]:
    return ((start_s + i * 60 / bpm / 24, Message("clock")) for i in range(how_many))
