"""Beats as they come become bars: each beat's accent says how likely it was a downbeat, and so what comes next.

The model of whole songs (`audio.bars`) by the forward algorithm: a state for each beat of a bar of three and of four.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ..audio.bars import BREAK, FEWEST_BEATS, REACH, WEIGHTS, standard
from ..core.units import METERS
from .clearness import HOP_S, MEMORY
from .harmony import PitchClasses

MEMORY_BEATS = 32  # accents are told as multiples of their deviation in so many
USUAL = 0.7  # how likely the first of METERS is, before anything is heard
EVIDENCE = 0.4  # how much an accent says: a strong beat is often heard in onset, bass and harmony alike

Array = NDArray[np.float64]


class BarCounter:
    """Counts beats within bars of three or four, by onsets, bass and harmony."""

    def __init__(self) -> None:
        self._accents: deque[tuple[float, float, float]] = deque(maxlen=MEMORY_BEATS)  # of past beats: see _hear
        self._waiting_s: float | None = None  # the last beat, whose sound was not there yet
        self._harmony = np.zeros(12)  # of the beat before that
        self._bar = 0
        self._likely = _START

    def count(
        self, time_s: float, onsets: Array, bass: Array, pitches: PitchClasses, now_s: float, believed: bool
    ) -> tuple[int, int]:
        """Number in its bar, and number of the bar, of a beat at `time_s`; 0 and 0 as long as there are too few.

        `onsets` and `bass` (MEMORY,) are dB, their newest values those of `now_s`.
        """
        if not believed:
            self._accents.clear()
            self._waiting_s, self._likely = None, _START
            return 0, 0
        if self._waiting_s is not None:
            frame = MEMORY - 1 - round((now_s - self._waiting_s) / HOP_S)
            near = slice(max(frame - REACH, 0), max(frame + REACH + 1, 1))
            self._hear(float(onsets[near].max()), float(bass[near].max()), pitches.between(self._waiting_s, time_s))
        self._waiting_s = time_s
        if len(self._accents) < FEWEST_BEATS:
            return 0, 0
        number = self._number()
        self._bar += number == 1
        return number, self._bar

    def _hear(self, onset: float, bass: float, harmony: Array) -> None:
        """What the last beat was, dB and pitch classes; then the beat after it is what `_likely` tells of."""
        self._accents.append((onset, bass, 1 - float(harmony @ self._harmony)))
        self._harmony = harmony
        found = [standard(one)[-1] for one in np.array(self._accents).T]
        accent = EVIDENCE * float(np.dot(list(WEIGHTS.values()), found))
        heard = self._likely * np.where(_FIRST, np.exp(min(accent, 0.0)), np.exp(-max(accent, 0.0)))
        self._likely = heard @ _MOVES / heard.sum()

    def _number(self) -> int:
        bars = np.split(self._likely, [METERS[0]])
        return int(max(bars, key=np.sum).argmax()) + 1


def _moves() -> Array:
    """(7, 7): from beat to beat, from row to column."""
    order = np.zeros((sum(METERS), sum(METERS)))
    for meter, first in zip(METERS, (0, METERS[0]), strict=True):
        order[first : first + meter, first : first + meter] = np.roll(np.eye(meter), 1, axis=1)
    moves = np.exp(BREAK * (order - 1))
    return np.asarray(moves / moves.sum(axis=1, keepdims=True))


_MOVES = _moves()
_START = np.repeat([USUAL / METERS[0], (1 - USUAL) / METERS[1]], METERS)
_FIRST = np.isin(np.arange(sum(METERS)), (0, METERS[0]))
