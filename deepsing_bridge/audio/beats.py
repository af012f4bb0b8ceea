"""A song's mel spectrogram becomes the times of its beats."""

import numpy as np
from numpy.typing import NDArray

from .compiling import compiling
from .decode import SAMPLE_RATE
from .features import HOP_LENGTH, mel_to_onsets

with compiling():
    from librosa.feature import tempo as estimate_tempo

_TEMPO_BLOCK = 42 * 600  # frames, ten minutes: a tempogram of more would fill memory
_FASTEST_CHANGE_S = 12.0  # a tempo is believed when it holds this long


def mel_to_beats(mel: NDArray[np.float32]) -> NDArray[np.float64]:
    """Seconds of each beat (beats,), ascending; empty where nothing pulses. The tempo may change within the song."""
    with compiling():
        from librosa.beat import beat_track  # compiles itself for seconds at every import

    onsets = mel_to_onsets(mel)
    if not onsets.any():
        return np.empty(0)
    tempo = np.concatenate([_tempo(block) for block in _blocks(onsets)])
    _, beats = beat_track(onset_envelope=onsets, sr=SAMPLE_RATE, hop_length=HOP_LENGTH, bpm=tempo, units="time")
    return np.asarray(beats, np.float64)


def _blocks(onsets: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return np.array_split(onsets, -(-len(onsets) // _TEMPO_BLOCK))


def _tempo(onsets: NDArray[np.float32]) -> NDArray[np.float64]:
    """Beats per minute at every frame."""
    tempo: NDArray[np.float64] = estimate_tempo(
        onset_envelope=onsets,
        sr=SAMPLE_RATE,
        hop_length=HOP_LENGTH,
        ac_size=_FASTEST_CHANGE_S,
        aggregate=None,
    )
    return tempo
