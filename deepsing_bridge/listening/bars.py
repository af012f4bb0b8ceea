"""Beats as they come become bars: the newest beats' accents say which of them are downbeats, and so what comes next."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ..audio.bars import CLEARER, FEWEST_BEATS, METERS, REACH, WEIGHTS, downbeats, standard
from .clearness import HOP_S, MEMORY

MEMORY_BEATS = 32  # eight bars

Array = NDArray[np.float64]


class BarCounter:
    """Counts beats within bars of three or four, by onsets and bass."""

    def __init__(self) -> None:
        downbeats(np.zeros(FEWEST_BEATS), METERS[0])  # compiles itself now, and not when a beat is due
        self._accents: deque[tuple[float, float]] = deque(maxlen=MEMORY_BEATS)  # onset and bass, dB, of past beats
        self._waiting_s: float | None = None  # the last beat, whose sound was not there yet
        self._number, self._bar, self._meter = 0, 0, METERS[0]

    def count(self, time_s: float, onsets: Array, bass: Array, now_s: float, believed: bool) -> tuple[int, int]:
        """Number in its bar, and number of the bar, of a beat at `time_s`; 0 and 0 as long as there are too few.

        `onsets` and `bass` (MEMORY,) are dB, their newest values those of `now_s`.
        """
        if not believed:
            self._accents.clear()
            self._waiting_s, self._number = None, 0
            return 0, 0
        if self._waiting_s is not None:
            frame = MEMORY - 1 - round((now_s - self._waiting_s) / HOP_S)
            near = slice(max(frame - REACH, 0), max(frame + REACH + 1, 1))
            self._accents.append((float(onsets[near].max()), float(bass[near].max())))
        self._waiting_s = time_s
        self._number = self._next()
        self._bar += self._number == 1
        return self._number, self._bar if self._number else 0

    def _next(self) -> int:
        if len(self._accents) < FEWEST_BEATS:
            return 0
        onset, bass = np.array(self._accents).T
        accents = WEIGHTS["onset"] * standard(onset) + WEIGHTS["bass"] * standard(bass)
        found = {meter: downbeats(accents, meter) for meter in METERS}
        strength = {meter: float(accents[found[meter]].mean()) if len(found[meter]) else 0.0 for meter in METERS}
        other = METERS[1 - METERS.index(self._meter)]
        if strength[other] > CLEARER * max(strength[self._meter], 0.0):
            self._meter = other
        places = found[self._meter]
        since = len(accents) - int(places[-1]) if len(places) else len(accents)
        return since % self._meter + 1
