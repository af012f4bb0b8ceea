"""A hidden Markov model of beats: how long a beat is, and how far the sound is in it, 84 times a second.

The bar-pointer model (Whiteley, Cemgil and Godsill, "Bayesian modelling of temporal structure in musical audio", ISMIR
2006) for beats, in the states of Krebs, Böck and Widmer ("An efficient state-space model for joint tempo and meter
tracking", ISMIR 2015): a beat lasts a whole number of steps, and only the next may last longer or shorter. Whole songs
are read backwards (`likeliest_beats`, Viterbi's algorithm), live sound as it comes (`BeatFilter`, the forward
algorithm): the same model, so both say the same wherever the future makes no difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .decode import SAMPLE_RATE
from .features import HOP_LENGTH

STEPS = 2  # a frame of the onset envelope; at 120 beats per minute, tempi are so 2 % apart
STEP_S = HOP_LENGTH / SAMPLE_RATE / STEPS
TEMPI = 45.0, 225.0  # beats per minute
USUAL_TEMPO = 120.0  # beats per minute
USUAL = 2.0  # natural logarithms a second and half a squared octave that it costs to be faster or slower
STEADINESS = 100.0  # Krebs, Böck and Widmer's λ: from beat to beat, a length changes by a hundredth or so
ANEW = 1e-4  # of beats, any tempo may begin
NEAR = 1  # steps: an onset so near to a beat is on it
STRENGTHS = {"beat": 3.0, "half": 1.2, "elsewhere": 0.75}  # onsets there, as multiples of the mean of all
EVIDENCE = 0.4  # how much a step says: neighbours hear the same onset
STRONGEST = 8.0  # times the mean: one bang is not everything
MEAN_S, FAINTEST_MEAN_DB = 8.0, 0.3
RISE = 4  # frames: so many of the spectrum's hold the moment at which the first sound begins
RECENT_S = 6.0  # of which BeatFilter.gain is the mean
_AS_NUMBERS = 1024  # rows

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class OnsetScale:
    """Tells onsets (dB) as multiples of their mean of late, of which silence before the first sound is no part, nor is
    its rise out of silence: that says how deep the silence was."""

    def __init__(self) -> None:
        self._mean, self._heard = 0.0, 0

    def relative(self, onset: float) -> float:
        if onset > 0 or self._heard:
            self._heard += 1
        if self._heard > RISE:
            self._mean += (onset - self._mean) * max(STEPS * STEP_S / MEAN_S, 1 / (self._heard - RISE))
        return onset / max(self._mean, FAINTEST_MEAN_DB)

    @property
    def silent(self) -> bool:
        """Whether there was no sound yet."""
        return not self._heard


def fit(relative: Array) -> Array:
    """(n,) onsets, as OnsetScale tells them → (n, 3): how much likelier (log) each is on a beat, halfway between two
    and elsewhere than where there are no beats. Strengths are taken to be exponentially distributed."""
    means, capped = np.array(list(STRENGTHS.values())), np.minimum(relative, STRONGEST)[:, None]
    found: Array = EVIDENCE * (capped - np.log(means) - capped / means)
    return found


@dataclass(frozen=True)
class _States:
    """A row for each step of each length of a beat; those of one length follow each other.

    `lengths` (k,) steps; `first` and `last` (k,), the rows where a beat of each length begins and ends; `on` and
    `half`, the rows at a beat and halfway to the next; `usual` (states,) and `moves` (k, k), from row to column, are
    logarithms of how likely a tempo is for a step, and the change to another.
    """

    lengths: NDArray[np.int64]
    first: Indices
    last: Indices
    on: Indices
    half: Indices
    usual: Array
    moves: Array

    @property
    def start(self) -> Array:
        """(states,) probabilities before anything is heard."""
        return np.exp(self.usual / STEP_S) / np.exp(self.usual / STEP_S).sum()

    def at(self, state: int) -> tuple[int, int]:
        """The length of the beat and the step in it."""
        row = int(np.searchsorted(self.first, state, "right")) - 1
        return int(self.lengths[row]), int(state - self.first[row])


@cache
def _states() -> _States:
    slowest, fastest = (60 / tempo / STEP_S for tempo in TEMPI)
    lengths = np.arange(int(np.ceil(fastest)), int(slowest) + 1)
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    length = np.repeat(lengths, lengths)
    step = np.arange(len(length)) - np.repeat(first, lengths)
    on = np.minimum(step, length - step) <= NEAR
    half = (np.abs(step - length / 2) <= NEAR) & ~on
    usual = -0.5 * USUAL * np.log2(60 / STEP_S / lengths / USUAL_TEMPO) ** 2
    near = np.exp(-STEADINESS * np.abs(lengths / lengths[:, None] - 1))
    any_tempo = np.exp(usual) / np.exp(usual).sum()
    moves = np.log((1 - ANEW) * near / near.sum(axis=1, keepdims=True) + ANEW * any_tempo)
    return _States(
        lengths=lengths,
        first=first,
        last=first + lengths - 1,
        on=np.flatnonzero(on),
        half=np.flatnonzero(half),
        usual=np.repeat(usual, lengths) * STEP_S,
        moves=moves,
    )


class BeatFilter:
    """Where in a beat the sound is now, by all that came before.

    `gain`, how much likelier (log, a step) beats make what was heard in the last RECENT_S; below 0 where none are.
    """

    def __init__(self) -> None:
        self._states = _states()
        self._likely = self._states.start
        self._usual, self._moves = np.exp(self._states.usual), np.exp(self._states.moves)
        self._scale, self._before = OnsetScale(), 0.0
        self.gain = 0.0

    def hear(self, onset: float) -> tuple[int, int]:
        """A frame of the onset envelope (dB) → the length of the beat and how far it is, steps."""
        relative = self._scale.relative(onset)
        if not self._scale.silent:
            for fits in np.exp(fit(np.array([(self._before + relative) / 2, relative]))).tolist():
                self._step(*fits)
        self._before = relative
        return self._states.at(int(self._likely.argmax()))

    def _step(self, on: float, half: float, elsewhere: float) -> None:
        states, likely = self._states, self._likely
        begins = likely[states.last] @ self._moves
        likely[1:] = likely[:-1]
        likely[states.first] = begins
        likely *= self._usual
        expected = likely.sum()
        likely[states.on] *= on / elsewhere
        likely[states.half] *= half / elsewhere
        heard = likely.sum()
        likely /= heard
        self.gain += (float(np.log(elsewhere * heard / expected)) - self.gain) * STEP_S / RECENT_S


def likeliest_beats(onsets: Array) -> NDArray[np.int64]:
    """The steps at which there are beats, ascending, of a whole onset envelope (frames,), dB: frame k is step 2 k."""
    scale = OnsetScale()
    relative = np.array([scale.relative(onset) for onset in onsets.tolist()])
    between = (np.concatenate([[0.0], relative[:-1]]) + relative) / 2
    fits = fit(np.stack([between, relative], axis=1).ravel()[1:])
    return _beats_before(*_best_paths(fits[:, :2] - fits[:, 2:]))


def _best_paths(evidence: Array) -> tuple[NDArray[np.uint8], int]:
    """`evidence` (steps, 2): for a beat and for halfway to the next, over elsewhere. For each step and length of a beat
    that begins there, the row of the length before; and the last state."""
    states = _states()
    score, rows = np.log(states.start), np.arange(len(states.lengths))
    before = np.empty((len(evidence), len(rows)), np.uint8)
    for step, (on, half) in enumerate(_as_numbers(evidence)):
        ways = score[states.last][:, None] + states.moves
        before[step] = ways.argmax(axis=0)
        score[1:] = score[:-1]
        score[states.first] = ways[before[step], rows]
        score += states.usual
        score[states.on] += on
        score[states.half] += half
    return before, int(score.argmax())


def _as_numbers(rows: Array) -> Iterator[list[float]]:
    """Each row as a list, a few at a time: Python's numbers take five times the memory."""
    for first in range(0, len(rows), _AS_NUMBERS):
        yield from rows[first : first + _AS_NUMBERS].tolist()


def _beats_before(before: NDArray[np.uint8], state: int) -> NDArray[np.int64]:
    states = _states()
    row, step = int(np.searchsorted(states.first, state, "right")) - 1, len(before) - 1
    step -= state - int(states.first[row])
    beats = []
    while step >= 0:
        beats.append(step)
        row = int(before[step, row])
        step -= int(states.lengths[row])
    return np.array(beats[::-1], np.int64)
