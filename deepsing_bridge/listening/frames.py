"""Sound that comes in blocks of any size, cut into overlapping frames for Fourier transforms."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..audio.compiling import compiling
from ..audio.decode import SAMPLE_RATE

with compiling():
    from librosa.filters import get_window
    from librosa.filters import mel as mel_filters

PADDED_FRAMES = 2  # `librosa.onset.onset_strength` moves its envelope by so many, so that it rises where sound does
FADE_DB_PER_S = 0.2  # of the loudest that was heard, so that one bang does not count for ever
FAINTEST_CEILING_DB = 10.0  # about −20 dB of full scale in one mel band: what is heard before is not taken for loud
DEEPEST_DB = 80.0  # librosa's default: what is further below the loudest is nothing
PAUSE_DB = 35.0  # what is further below what is loud is a pause

Array = NDArray[np.float32]


class Framer:
    """Gives the frames of `fft` samples that each block completes; frame k is centred on sample k · `hop`."""

    def __init__(self, fft: int, hop: int) -> None:
        self._fft, self._hop = fft, hop
        self._kept = np.zeros(fft // 2, np.float32)

    def frames(self, samples: Array) -> Array:
        """(k, fft), none where no frame is full yet."""
        heard = np.concatenate([self._kept, samples])
        count = max((len(heard) - self._fft) // self._hop + 1, 0)
        self._kept = heard[count * self._hop :]
        if not count:
            return np.empty((0, self._fft), np.float32)
        return np.lib.stride_tricks.sliding_window_view(heard, self._fft)[:: self._hop][:count]


@dataclass(frozen=True)
class Flux:
    """Of the frames that a block completed: the power spectra (k, bins); how much each rises over the one before, dB,
    the mean over all mel bands and over the lowest, (k,) each; and how far the loudest band of each lies under the
    loudest of late, dB, (k,)."""

    power: Array
    rises: Array
    low_rises: Array
    depths: Array


class MelFlux:
    """How much begins to sound: `librosa.onset.onset_strength`'s envelope of mel bands, frame by frame."""

    def __init__(self, fft: int, hop: int, bands: int, low_bands: int = 1) -> None:
        self._framer = Framer(fft, hop)
        self._window = get_window("hann", fft).astype(np.float32)
        self._filters, self._low_bands = _filters(fft, bands), low_bands
        self._fade_db = FADE_DB_PER_S * hop / SAMPLE_RATE
        self._ceiling_db = FAINTEST_CEILING_DB
        self._before: Array | None = None

    def hear(self, samples: Array) -> Flux:
        """Power is taken as librosa does, so the levels in it are those of whole songs."""
        power = np.square(np.abs(np.fft.rfft(self._framer.frames(samples) * self._window))).astype(np.float32)
        heard = [self._rise(frame) for frame in power @ self._filters.T]
        return Flux(power, *np.array(heard, np.float32).reshape(-1, 3).T)

    def _rise(self, mel: Array) -> tuple[float, float, float]:
        """Offline, 80 dB under the song's loudest counts as silence; here, under the loudest so far."""
        decibels = 10 * np.log10(np.maximum(mel, 1e-10))
        loudest = float(decibels.max())
        self._ceiling_db = max(self._ceiling_db - self._fade_db, loudest, FAINTEST_CEILING_DB)
        decibels = np.maximum(decibels, self._ceiling_db - DEEPEST_DB)
        rise = np.zeros_like(mel) if self._before is None else np.maximum(decibels - self._before, 0)
        self._before = decibels
        return float(rise.mean()), float(rise[: self._low_bands].mean()), self._ceiling_db - loudest


@cache
def _filters(fft: int, bands: int) -> Array:
    filters: Array = mel_filters(sr=SAMPLE_RATE, n_fft=fft, n_mels=bands)
    return filters
