"""A song's mel spectrogram becomes the times of its beats."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .beat_model import NEAR, STEP_S, STEPS, likeliest_beats
from .compiling import compiling
from .decode import SAMPLE_RATE
from .features import HOP_LENGTH, mel_to_onsets

with compiling():
    import librosa

_BLOCK = 42 * 600  # frames, ten minutes, that are taken for a piece by itself
_TEMPOGRAM_BLOCK = 42 * 60  # columns of a tempogram at a time, a minute, which bounds the memory
_AROUND_S = 12.0  # of which clearness is told at each moment
TEMPI = 40.0, 240.0  # beats per minute, among which clearness is looked for
FAINTEST_DB = 3.0  # what the strongest hundredth of onsets rise by: less is a drone, or noise
UNCLEAREST = 0.25  # of the onsets' autocorrelation at its best tempo: noise has up to 0.2, music from 0.2 to 1
QUIET = 0.5  # of the beats' root mean square: what is weaker at a song's ends is no beat (librosa's measure)

Array = NDArray[np.float32]


def mel_to_beats(mel: Array) -> NDArray[np.float64]:
    """Seconds of each beat (beats,), ascending; empty where nothing pulses. The tempo may change within the song."""
    onsets = mel_to_onsets(mel)
    if not _pulses(onsets):
        return np.empty(0)
    steps = likeliest_beats(onsets.astype(np.float64))
    return np.asarray(STEP_S * steps[_sounding(onsets, steps)], np.float64)


def _sounding(onsets: Array, steps: NDArray[np.int64]) -> slice:
    """From the first to the last of the beats that are heard: before a song and after it there are none."""
    around = (steps[:, None] + np.arange(-NEAR, NEAR + 1)) // STEPS
    strengths = onsets[np.clip(around, 0, len(onsets) - 1)].max(axis=1)
    heard = np.flatnonzero(strengths >= QUIET * np.sqrt(np.mean(strengths**2)))
    return slice(heard[0], heard[-1] + 1) if len(heard) else slice(0)


def _pulses(onsets: Array) -> bool:
    """Whether somebody would tap to it: a tracker finds beats in rain, too."""
    if np.quantile(onsets, 0.99) < FAINTEST_DB:
        return False
    clear = np.concatenate([_clearness(block) for block in _blocks(onsets - onsets.mean())])
    return bool(np.median(clear) >= UNCLEAREST)


def _clearness(onsets: Array) -> Array:
    """How alike the onsets are to themselves a beat later, at the best of all tempi, −1..1, at every frame."""
    slowest, fastest = (round(60 / tempo * SAMPLE_RATE / HOP_LENGTH) for tempo in TEMPI)
    return np.concatenate([part[fastest : slowest + 1].max(axis=0) for part in _tempograms(onsets)])


def _tempograms(onsets: Array) -> Iterator[Array]:
    """(lags, frames) of librosa.feature.tempogram, whose columns do not depend on each other, in parts."""
    width = int(librosa.time_to_frames(_AROUND_S, sr=SAMPLE_RATE, hop_length=HOP_LENGTH))
    padded = np.pad(onsets, width // 2, mode="linear_ramp", end_values=0)
    for first in range(0, len(onsets), _TEMPOGRAM_BLOCK):
        stop = min(first + _TEMPOGRAM_BLOCK, len(onsets))
        heard = padded[first : stop + width - 1]
        yield librosa.feature.tempogram(onset_envelope=heard, win_length=width, center=False)


def _blocks(onsets: Array) -> list[Array]:
    return np.array_split(onsets, -(-len(onsets) // _BLOCK))
