"""A song's mel spectrogram becomes the times of its beats."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import compiling
from .decode import SAMPLE_RATE
from .features import HOP_LENGTH, mel_to_onsets

with compiling():
    import librosa
    from librosa.feature import tempo as estimate_tempo

_TEMPO_BLOCK = 42 * 600  # frames, ten minutes, that are taken for a piece by itself
_TEMPOGRAM_BLOCK = 42 * 60  # columns of a tempogram at a time, a minute, which bounds the memory
_FASTEST_CHANGE_S = 12.0  # a tempo is believed when it holds this long
_TEMPI = 40.0, 240.0  # beats per minute
FAINTEST_DB = 3.0  # what the strongest hundredth of onsets rise by: less is a drone, or noise
UNCLEAREST = 0.25  # of the onsets' autocorrelation at its best tempo: noise has up to 0.2, music from 0.2 to 1

Array = NDArray[np.float32]


def mel_to_beats(mel: Array) -> NDArray[np.float64]:
    """Seconds of each beat (beats,), ascending; empty where nothing pulses. The tempo may change within the song."""
    onsets = mel_to_onsets(mel)
    if not _pulses(onsets):
        return np.empty(0)
    tempo = np.concatenate([_tempo(block) for block in _blocks(onsets)])
    _, beats = _beat_tracker()(onset_envelope=onsets, sr=SAMPLE_RATE, hop_length=HOP_LENGTH, bpm=tempo, units="time")
    return np.asarray(beats, np.float64)


@cache
def _beat_tracker() -> Callable[..., Any]:
    """Waits for other processes once, not at every song."""
    with compiling():
        from librosa.beat import beat_track  # compiles itself for seconds at every import
    return beat_track


def _pulses(onsets: Array) -> bool:
    """Whether somebody would tap to it: a tracker finds beats in rain, too."""
    if np.quantile(onsets, 0.99) < FAINTEST_DB:
        return False
    clear = np.concatenate([_clearness(block) for block in _blocks(onsets - onsets.mean())])
    return bool(np.median(clear) >= UNCLEAREST)


def _clearness(onsets: Array) -> Array:
    """How alike the onsets are to themselves a beat later, at the best of all tempi, −1..1, at every frame."""
    slowest, fastest = (round(60 / tempo * SAMPLE_RATE / HOP_LENGTH) for tempo in _TEMPI)
    return np.concatenate([part[fastest : slowest + 1].max(axis=0) for part in _tempograms(onsets)])


def _tempograms(onsets: Array) -> Iterator[Array]:
    """(lags, frames) of librosa.feature.tempogram, whose columns do not depend on each other, in parts."""
    width = int(librosa.time_to_frames(_FASTEST_CHANGE_S, sr=SAMPLE_RATE, hop_length=HOP_LENGTH))
    padded = np.pad(onsets, width // 2, mode="linear_ramp", end_values=0)
    for first in range(0, len(onsets), _TEMPOGRAM_BLOCK):
        stop = min(first + _TEMPOGRAM_BLOCK, len(onsets))
        heard = padded[first : stop + width - 1]
        yield librosa.feature.tempogram(onset_envelope=heard, win_length=width, center=False)


def _blocks(onsets: Array) -> list[Array]:
    return np.array_split(onsets, -(-len(onsets) // _TEMPO_BLOCK))


def _tempo(onsets: Array) -> NDArray[np.float64]:
    """Beats per minute at every frame."""
    parts = _tempograms(onsets)
    return np.concatenate(
        [estimate_tempo(tg=part, sr=SAMPLE_RATE, hop_length=HOP_LENGTH, aggregate=None) for part in parts]
    )
