"""MIDI time code: timecodes, frame numbers, and the eight pieces that a timecode is sent in. Pure, and exact.

A quarter frame message carries one of eight pieces, so a timecode takes two frames to arrive. Piece 0 is sent at the
very moment that the timecode means, piece i a quarter of i frames later; in reverse they come from 7 down to 0 (MIDI
Time Code, MMA RP-004/RP-008). Knows nothing of clocks: when a piece arrived does not matter here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ...core.errors import BridgeError

PIECES = 8
FRAMES_A_SET = 2  # eight quarter frames
FULL_FRAME_BYTES = 10  # F0 7F cc 01 01 hh mm ss ff F7


@dataclass(frozen=True)
class Rate:
    """`code` as MTC sends it; `count` frames are numbered in a second; `fps` are shown in one.

    With `drop`, numbers 0 and 1 are left out in every minute but each tenth, so that numbers keep up with the clock.
    """

    code: int
    count: int
    fps: Fraction
    drop: bool = False


RATES = (
    Rate(0, 24, Fraction(24)),
    Rate(1, 25, Fraction(25)),
    Rate(2, 30, Fraction(30000, 1001), drop=True),
    Rate(3, 30, Fraction(30)),
)


@dataclass(frozen=True)
class Timecode:
    hours: int = 0
    minutes: int = 0
    seconds: int = 0
    frames: int = 0

    def __str__(self) -> str:
        return f"{self.hours:02}:{self.minutes:02}:{self.seconds:02}:{self.frames:02}"


def parse_timecode(text: str) -> Timecode:
    """`01:00:00:00`, or with `;` or `.` before the frames. Raises BridgeError."""
    match = re.fullmatch(r"(\d{1,2}):(\d\d):(\d\d)[:;.](\d\d)", text, re.ASCII)
    numbers = [int(group) for group in match.groups()] if match else [99]
    if any(number > top for number, top in zip(numbers, (23, 59, 59, 29), strict=False)):
        raise BridgeError(f"timecode: expected hours:minutes:seconds:frames as 01:00:00:00, got {text[:60]!r}")
    return Timecode(*numbers)


def to_number(timecode: Timecode, rate: Rate) -> int | None:
    """How many frames after 00:00:00:00 that is; None if there is no such timecode at that rate."""
    t = timecode
    if t.hours > 23 or t.minutes > 59 or t.seconds > 59 or t.frames >= rate.count:
        return None
    if rate.drop and t.frames < 2 and t.seconds == 0 and t.minutes % 10:
        return None
    minutes = t.hours * 60 + t.minutes
    left_out = 2 * (minutes - minutes // 10) if rate.drop else 0
    return (minutes * 60 + t.seconds) * rate.count + t.frames - left_out


def at_or_after(timecode: Timecode, rate: Rate) -> int:
    """`to_number` of the first timecode of its second that is not before this one; the last, if there is none."""
    frames = min(timecode.frames, rate.count - 1)
    number = to_number(replace(timecode, frames=frames), rate)
    return at_or_after(replace(timecode, frames=frames + 1), rate) if number is None else number


def to_timecode(number: int, rate: Rate) -> Timecode:
    """The inverse of `to_number`; days are counted away."""
    number %= frames_a_day(rate)
    if rate.drop:
        tens, rest = divmod(number, 17982)  # frames in ten minutes: 10 · 60 · 30 − 9 · 2
        number += 18 * tens + 2 * max((rest - 2) // 1798, 0)  # 1798 in a minute; the first of ten has two more
    seconds, frames = divmod(number, rate.count)
    return Timecode(seconds // 3600, seconds // 60 % 60, seconds % 60, frames)


def frames_a_day(rate: Rate) -> int:
    return 24 * (6 * 17982 if rate.drop else 3600 * rate.count)


def to_pieces(timecode: Timecode, rate: Rate) -> tuple[int, ...]:
    """The eight 4-bit values, by piece."""
    t = timecode
    bytes_ = (t.frames, t.seconds, t.minutes, t.hours | rate.code << 5)
    return tuple(half for byte in bytes_ for half in (byte & 15, byte >> 4))


def from_pieces(pieces: Sequence[int]) -> tuple[Timecode, Rate]:
    """The inverse of `to_pieces`; whether there is such a timecode is for `to_number` to say."""
    frames, seconds, minutes, hours = (low | high << 4 for low, high in zip(pieces[::2], pieces[1::2], strict=True))
    return Timecode(hours & 31, minutes, seconds, frames), RATES[hours >> 5 & 3]


def from_full_frame(data: Sequence[int]) -> tuple[Timecode, Rate] | None:
    """What a sysex message's data, `7F cc 01 01 hh mm ss ff`, says; None if it is not a full frame."""
    if len(data) != FULL_FRAME_BYTES - 2 or data[0] != 0x7F or tuple(data[2:4]) != (1, 1):
        return None
    return Timecode(data[4] & 31, *data[5:8]), RATES[data[4] >> 5 & 3]


class QuarterFrames:
    """Pieces in, position out: `count` is in quarter frames from 00:00:00:00, `rate` and `step` (±1) go with it.

    A whole set of pieces tells where it is; from then on each piece is one further. A set that disagrees, as after a
    jump or with one byte gone wrong, is believed when the next piece that tells the two apart takes its side.
    """

    def __init__(self) -> None:
        self.bad = 0  # sets that mean no timecode
        self.forget()

    def forget(self) -> None:
        """Nothing is known of what comes next."""
        self.step = 0
        self._last: int | None = None
        self._pieces: dict[int, int] = {}
        self._now: _Place | None = None
        self._rival: _Place | None = None

    @property
    def rate(self) -> Rate:
        """Of the position that was told last."""
        return self._now.rate if self._now else RATES[0]

    def hear(self, piece: int, value: int) -> int | None:
        """The count at which this piece was sent; None if that cannot be said yet."""
        self._follow(piece)
        self._pieces[piece] = value
        self._judge(piece, value)
        if len(self._pieces) == PIECES and piece == (7 if self.step > 0 else 0):
            self._believe(*from_pieces([self._pieces[i] for i in range(PIECES)]))
        return self._now.number * 4 + piece if self._now else None

    def _follow(self, piece: int) -> None:
        """One piece further in the direction that they come in; else a piece is missing, and nothing is sure."""
        step = {1: 1, PIECES - 1: -1}.get((piece - self._last) % PIECES, 0) if self._last is not None else 0
        self._last = piece
        if step == 0:
            self._now = self._rival = None
        begins = piece == (0 if step > 0 else 7)
        if begins or step == 0 or step == -self.step:
            self._pieces.clear()
        if begins:
            self._now = self._now and self._now.moved(step * FRAMES_A_SET)
            self._rival = self._rival and self._rival.moved(step * FRAMES_A_SET)
        self.step = step

    def _judge(self, piece: int, value: int) -> None:
        if self._now is None or self._rival is None:
            return
        told, other = self._now.pieces[piece], self._rival.pieces[piece]
        if told != other and value == other:
            self._now, self._rival = self._rival, None
        elif told != other and value == told:
            self._rival = None

    def _believe(self, timecode: Timecode, rate: Rate) -> None:
        number = to_number(timecode, rate)
        if number is None:
            self.bad += 1
            return
        found = _Place(number, rate)
        if self._now is None:
            self._now = found
        self._rival = None if found == self._now else found


@dataclass(frozen=True)
class _Place:
    number: int
    rate: Rate

    def moved(self, frames: int) -> "_Place":
        return _Place((self.number + frames) % frames_a_day(self.rate), self.rate)

    @property
    def pieces(self) -> tuple[int, ...]:
        return to_pieces(to_timecode(self.number, self.rate), self.rate)
