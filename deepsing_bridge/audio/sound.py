"""A `Song` becomes its `SoundTrack`: waveform and spectrum, for pictures that show them.

As ISF's hosts give them (https://docs.isf.video): amplitudes around 0.5, and the levels of bands of equal width from
0 Hz up. Levels are in decibels below the song's loudest, as a meter shows them.
"""

import numpy as np
from numpy.typing import NDArray

from ..core.types import SPECTRUM_BANDS, WAVEFORM_POINTS, Song, SoundTrack
from .compiling import compiling
from .features import under_frames

with compiling():
    import librosa

HOP_LENGTH = 512  # samples: 42 moments a second at 21,504 Hz
FFT = 1024
BLOCK_FRAMES = 60 * 42  # a minute, which bounds the memory
DEEPEST_DB = 60.0  # below the loudest band of the song counts as silence


def song_to_sound(song: Song) -> SoundTrack:
    """A value every HOP_LENGTH samples."""
    frames = 1 + len(song.samples) // HOP_LENGTH
    spectrum = _levels(_band_power(song.samples, frames))
    return SoundTrack(_waveform(song.samples, frames), spectrum, HOP_LENGTH / song.sample_rate)


def _waveform(samples: NDArray[np.float32], frames: int) -> NDArray[np.uint8]:
    """(frames, WAVEFORM_POINTS): what follows each moment, without gaps."""
    padded = np.pad(samples, (0, frames * HOP_LENGTH - len(samples)))
    means = padded.reshape(frames, WAVEFORM_POINTS, -1).mean(2)
    return np.clip(np.round(127.5 + 127.5 * means), 0, 255).astype(np.uint8)


def _band_power(samples: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """(frames, SPECTRUM_BANDS), each frame centred on its hop."""
    blocks = []
    for first in range(0, frames, BLOCK_FRAMES):
        heard = under_frames(samples, first, min(first + BLOCK_FRAMES, frames), HOP_LENGTH, FFT)
        power = np.abs(librosa.stft(heard, n_fft=FFT, hop_length=HOP_LENGTH, center=False)) ** 2
        blocks.append(power[:-1].T.reshape(power.shape[1], SPECTRUM_BANDS, -1).max(2))
    return np.concatenate(blocks)


def _levels(power: NDArray[np.float32]) -> NDArray[np.uint8]:
    if power.max() <= 0:
        return np.zeros(power.shape, np.uint8)
    level = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    return np.round(255 * np.clip(1 + level / DEEPEST_DB, 0, 1)).astype(np.uint8)
