"""Timecode as a number of frames, and rates as cameras name them."""

import re
from fractions import Fraction

_RATES = "12 15 24000/1001 24 25 30000/1001 30 48000/1001 48 50 60000/1001 60 90 100 120000/1001 120 240000/1001 240"
NOMINAL_RATES = tuple(map(Fraction, _RATES.split()))
EXACT = Fraction(1, 2000)  # containers that count in milliseconds tell a rate so well
NEAR = Fraction(1, 20)


def nominal_rate(told: Fraction, varies: bool) -> Fraction:
    """The rate in NOMINAL_RATES that frames a second `told`, a mean where it `varies`, stands for; else itself."""
    nearest = min(NOMINAL_RATES, key=lambda rate: abs(rate - told))
    if abs(nearest - told) <= told * (NEAR if varies else EXACT):
        return nearest
    return told.limit_denominator(1001)


def timecode_to_frame(text: str, rate: Fraction) -> tuple[int, bool]:
    """`"01:00:00:00"` as the number of that frame from 0, and whether frames are dropped: `;` before the last field.

    At 30000/1001 and its multiples alone. (0, False) for what is no timecode.
    """
    found = re.fullmatch(r"(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})", text.strip(), re.ASCII)
    if not found:
        return 0, False
    hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
    count = round(rate)
    number = ((hours * 60 + minutes) * 60 + seconds) * count + frames
    drops = found[4] in ";," and rate.denominator == 1001 and count % 30 == 0
    if not drops:
        return number, False
    whole_minutes = 60 * hours + minutes  # two numbers of 30 are left out each minute, but not each tenth
    return number - count // 15 * (whole_minutes - whole_minutes // 10), True
