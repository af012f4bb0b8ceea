"""Frames, seconds and timecode: every conversion between them, in one place.

Frame rates are exact `Fraction`s, so 30000/1001 stays 30000/1001. Only boundaries are rounded, never durations:
a duration is the difference of two rounded boundaries, so nothing drifts.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from .errors import BridgeError

FRAME_RATES = ("24", "25", "30", "48", "50", "60", "24000/1001", "30000/1001", "60000/1001")
HANDLE_S = 1.0  # what a scene's clip has beyond each of its ends, for dissolves and trims
SMALLEST, LARGEST = 64, 4096  # pixels a side
METERS = (4, 3)  # beats that a bar may have: the first, unless the other is clearer
_BY_DECIMAL = {"23.976": "24000/1001", "23.98": "24000/1001", "29.97": "30000/1001", "59.94": "60000/1001"}


def parse_frame_rate(text: str) -> Fraction:
    """`"24"`, `"30000/1001"` or `"29.97"` as an exact rate in frames per second.

    Raises BridgeError for a rate that editors do not know.
    """
    name = _BY_DECIMAL.get(text, text)
    if name not in FRAME_RATES:
        raise BridgeError(f"frame rate {text!r:.80}: expected one of {', '.join(FRAME_RATES)}")
    return Fraction(name)


def seconds_to_frame(time_s: float, rate: Fraction) -> int:
    """The frame whose boundary is nearest to `time_s`."""
    return round(Fraction(time_s) * rate)


def frame_to_seconds(frame: int, rate: Fraction) -> float:
    """When frame number `frame` starts, in seconds."""
    return float(frame / rate)


def has_drop_frame(rate: Fraction) -> bool:
    """Whether timecode may leave out numbers to keep up with the clock: at 29.97 and 59.94; there is none at 23.976."""
    return rate.denominator != 1 and round(rate) % 30 == 0


def timecode_to_frame(text: str, rate: Fraction) -> int:
    """The frame that `01:00:00:00` is at, counted from 00:00:00:00; with `;` before the frames, of drop-frame timecode.

    Raises BridgeError for what is no timecode at `rate`.
    """
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)([:;])(\d\d)", text, re.ASCII)
    numbers = [int(found[group]) for group in (1, 2, 3, 5)] if found else []
    a_second = round(rate)
    dropped = 2 * (a_second // 30) if found and found[4] == ";" else 0  # numbers in every minute but each tenth
    if not found or any(number >= limit for number, limit in zip(numbers, (24, 60, 60, a_second), strict=True)):
        raise BridgeError(f"timecode {text!r:.80}: expected HH:MM:SS:FF, below 24 hours, at {a_second} frames a second")
    if found[4] == ";" and not has_drop_frame(rate):
        raise BridgeError(f"timecode {text}: there is no drop-frame timecode at {rate} frames a second; write : for ;")
    hours, minutes, seconds, frames = numbers
    minutes += 60 * hours
    if dropped and minutes % 10 and seconds == 0 and frames < dropped:
        raise BridgeError(f"timecode {text}: drop-frame timecode leaves out this number")
    return (60 * minutes + seconds) * a_second + frames - dropped * (minutes - minutes // 10)


def told_apart(number: float, limit: float) -> tuple[str, str]:
    """Both in six digits, or in as many as it takes that they are not the same."""
    texts = [(f"{number:.{digits}g}", f"{limit:.{digits}g}") for digits in range(6, 18)]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])


def parse_size(text: str) -> tuple[int, int]:
    """`"512"` or `"1920x1080"` as (width, height) in pixels: even, 64 to 4096. Raises BridgeError for others."""
    found = re.fullmatch(r"(\d{1,6})(?:x(\d{1,6}))?", text, re.ASCII | re.IGNORECASE)
    if not found:
        raise BridgeError(f"size {text!r:.80}: expected pixels as 512 or 1920x1080")
    width, height = int(found[1]), int(found[2] or found[1])
    if any(side % 2 or not SMALLEST <= side <= LARGEST for side in (width, height)):
        raise BridgeError(f"size {text!r}: expected even numbers of {SMALLEST} to {LARGEST} pixels")
    return width, height


@dataclass(frozen=True)
class Period:
    """So many seconds (`s`), `bars` or `beats`."""

    amount: float
    unit: str


LONGEST_PERIOD = {"s": 3600.0, "bars": 1024.0, "beats": 4096.0}
PERIODS = "seconds, bars or beats as 5s, 4bars or 8beats, from 1"


def parse_period(text: str) -> Period:
    """`"5s"`, `"2.5s"`, `"4bars"` or `"8beats"`. Raises BridgeError for others, and for half a beat."""
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?) ?(s|bars?|beats?)", text.strip(), re.ASCII)
    if found:
        amount, unit = float(found[1]), {"bar": "bars", "beat": "beats"}.get(found[2], found[2])
        if 1 <= amount <= LONGEST_PERIOD[unit] and (unit == "s" or amount == math.floor(amount)):
            return Period(amount, unit)
    raise BridgeError(f"period {text!r:.80}: expected {PERIODS}")


def parse_clock(text: str) -> float:
    """`"41.2"`, `"0:41.2"` or `"1:02:03"` in seconds. Raises BridgeError for others."""
    found = re.fullmatch(r"(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,6}(?:\.\d{1,6})?)", text.strip(), re.ASCII)
    if not found:
        raise BridgeError(f"time {text!r:.80}: expected seconds, or minutes and seconds, as 41.2 or 0:41.2")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


def parse_shift(text: str, rate: Fraction) -> int:
    """`"+12f"` (frames) or `"-0.5s"` as a number of frames. Raises BridgeError for others."""
    found = re.fullmatch(r"([+-]?)(\d{1,6}(?:\.\d{1,6})?) ?([fs])", text.strip(), re.ASCII)
    if not found or (found[3] == "f" and "." in found[2]):
        raise BridgeError(f"shift {text!r:.80}: expected frames or seconds, forwards or back, as +12f or -0.5s")
    amount = int(found[2]) if found[3] == "f" else seconds_to_frame(float(found[2]), rate)
    return -amount if found[1] == "-" else amount
