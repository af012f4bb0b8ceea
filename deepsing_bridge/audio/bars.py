"""A song's beats become the downbeats among them: those that onsets, bass and harmony agree upon.

Bars have three or four beats, the same number throughout a song; where their order is interrupted, a bar is cut short
or goes on. Which beat is the first of a bar is found by Viterbi's algorithm.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..core.units import METERS
from .compiling import compiling
from .decode import SAMPLE_RATE
from .features import HOP_LENGTH, mel_to_onsets

with compiling():
    import librosa

CLEARER = 1.15  # by so much the other of METERS has to have the stronger accents
FEWEST_BEATS = 8
BASS_BANDS = 8  # of 128 mel bands: up to some 180 Hz
WEIGHTS = {"onset": 1.5, "bass": 1.0, "harmony": 1.0}
BREAK = 6.0  # what it costs to leave the order, in standard deviations of accents
REACH = 2  # frames: an onset may lie so far from its beat

Array = NDArray[np.float64]
Frames = NDArray[np.float32]


def beats_to_bars(beats: Array, mel: Frames, chroma: Frames) -> Array:
    """Seconds of each downbeat (bars,), ascending, each of them one of `beats`; empty where there are too few beats.

    `mel` (128, frames) and `chroma` (12, frames) are of the same frames.
    """
    if len(beats) < FEWEST_BEATS:
        return np.empty(0)
    accents = _accents(beats, mel, chroma)
    first, other = (downbeats(accents, meter) for meter in METERS)
    clearer = accents[other].mean() > CLEARER * accents[first].mean()
    return np.asarray(beats[other if clearer else first])


def onset_strengths(times: Array, mel: Frames) -> Array:
    """(n,) how strong the onset at each of `times` is, in standard deviations of theirs."""
    return standard(_peaks(mel_to_onsets(mel), _frames(times, mel))) if len(times) else np.empty(0)


def _accents(beats: Array, mel: Frames, chroma: Frames) -> Array:
    """(beats,) how much each sounds like the first of a bar."""
    frames = _frames(beats, mel)
    bass = np.maximum(np.diff(librosa.power_to_db(mel[:BASS_BANDS]), axis=1, prepend=np.inf), 0).mean(axis=0)
    found = {
        "onset": _peaks(mel_to_onsets(mel), frames),
        "bass": _peaks(bass, frames),
        "harmony": _harmonic_change(chroma, frames),
    }
    return np.asarray(sum(weight * standard(found[name]) for name, weight in WEIGHTS.items()))


def _frames(times: Array, mel: Frames) -> NDArray[np.int64]:
    frames = librosa.time_to_frames(times, sr=SAMPLE_RATE, hop_length=HOP_LENGTH)
    return np.asarray(np.clip(frames, 0, mel.shape[1] - 1))


def _peaks(envelope: Frames, frames: NDArray[np.int64]) -> Array:
    """The largest value near each of `frames`."""
    around = frames[:, None] + np.arange(-REACH, REACH + 1)
    return np.asarray(envelope[np.clip(around, 0, len(envelope) - 1)].max(axis=1), np.float64)


def _harmonic_change(chroma: Frames, frames: NDArray[np.int64]) -> Array:
    """One minus the cosine of the angle between what sounds before each of `frames` and what sounds after it."""
    ends = np.concatenate([[0], frames, [chroma.shape[1]]])
    sounding = [chroma[:, start : max(end, start + 1)].mean(axis=1) for start, end in pairwise(ends)]
    unit = [one / (np.linalg.norm(one) + 1e-9) for one in sounding]
    return np.array([1 - before @ after for before, after in pairwise(unit)], np.float64)


def standard(values: Array) -> Array:
    """`values` (n,) in standard deviations from their mean."""
    return np.asarray((values - values.mean()) / (values.std() + 1e-9))


@cache
def _viterbi() -> Callable[[Array, Array], NDArray[np.int64]]:
    """Compiles itself at its first import. Looked for once: the next song must not wait for others' imports."""
    with compiling():
        from librosa.sequence import viterbi
    found: Callable[[Array, Array], NDArray[np.int64]] = viterbi
    return found


def downbeats(accents: Array, meter: int) -> NDArray[np.int64]:
    """The numbers of the beats that begin a bar, so that they have most accents at fewest breaks of the order."""
    order = np.roll(np.eye(meter), 1, axis=1)  # from row to column
    moves = np.exp(BREAK * (order - 1))
    fits = np.exp(np.minimum(accents, 0)), np.exp(-np.maximum(accents, 0))  # being the first of a bar, and another beat
    places = _viterbi()(np.stack([fits[0], *[fits[1]] * (meter - 1)]), moves / moves.sum(axis=1, keepdims=True))
    return np.flatnonzero(places == 0)
