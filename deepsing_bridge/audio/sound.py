"""A `Song` becomes its `SoundTrack`: waveform and spectrum, for pictures that show them.

As ISF's hosts give them (https://docs.isf.video): amplitudes around 0.5, and the levels of bands of equal width from
0 Hz up. Levels are in decibels below the song's loudest, as a meter shows them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..core.threads import parallel_map
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
    blocks = [(first, min(first + BLOCK_FRAMES, frames)) for first in range(0, frames, BLOCK_FRAMES)]
    # Heard twice rather than kept: in float32 bands would be four times of what is told.
    loudest = max(float(power.max()) for power in _band_power(song.samples, blocks))
    spectrum = np.concatenate([_levels(power, loudest) for power in _band_power(song.samples, blocks)])
    waveform = np.concatenate([_waveform(song.samples, first, stop) for first, stop in blocks])
    return SoundTrack(waveform, spectrum, HOP_LENGTH / song.sample_rate)


def _waveform(samples: NDArray[np.float32], first: int, stop: int) -> NDArray[np.uint8]:
    """(frames, WAVEFORM_POINTS) of the frames `first` to `stop`: what follows each moment, without gaps."""
    heard = samples[first * HOP_LENGTH : stop * HOP_LENGTH]
    padded = np.pad(heard, (0, (stop - first) * HOP_LENGTH - len(heard)))
    means = padded.reshape(stop - first, WAVEFORM_POINTS, -1).mean(2)
    return np.clip(np.round(127.5 + 127.5 * means), 0, 255).astype(np.uint8)


def _band_power(samples: NDArray[np.float32], blocks: list[tuple[int, int]]) -> Iterator[NDArray[np.float32]]:
    """(frames, SPECTRUM_BANDS) of each of `blocks`, the frames from one number to another, each centred on its hop."""

    def heard(block: tuple[int, int]) -> NDArray[np.float32]:
        sound = under_frames(samples, *block, HOP_LENGTH, FFT)
        power = np.abs(librosa.stft(sound, n_fft=FFT, hop_length=HOP_LENGTH, center=False)) ** 2
        return power[:-1].T.reshape(power.shape[1], SPECTRUM_BANDS, -1).max(2)

    return parallel_map(heard, blocks)


def _levels(power: NDArray[np.float32], loudest: float) -> NDArray[np.uint8]:
    if loudest <= 0:
        return np.zeros(power.shape, np.uint8)
    level = 10 * np.log10(np.maximum(power / np.float32(loudest), 1e-12))
    return np.round(255 * np.clip(1 + level / DEEPEST_DB, 0, 1)).astype(np.uint8)
