"""Sound as it comes becomes waveform and spectrum: `audio.sound`, by the loudest that was heard lately."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..audio.decode import SAMPLE_RATE
from ..audio.sound import DEEPEST_DB, FFT, HOP_LENGTH
from ..core.types import SPECTRUM_BANDS, WAVEFORM_POINTS, Sound
from .frames import FADE_DB_PER_S, Framer
from .levels import FULL_SCALE_DB

HOP_S = HOP_LENGTH / SAMPLE_RATE
FAINTEST_CEILING_DB = float(FULL_SCALE_DB) - 40.0  # what is heard before is not taken for loud

Array = NDArray[np.float32]


class SoundMeter:
    """Hears blocks of mono sound at SAMPLE_RATE, of any size."""

    def __init__(self) -> None:
        self._framer = Framer(FFT, HOP_LENGTH)
        self._window = np.hanning(FFT + 1)[:-1].astype(np.float32)
        self._loudest_db = FAINTEST_CEILING_DB

    def hear(self, samples: Array) -> Iterator[Sound]:
        """Of each HOP_S that `samples` (n,) complete; a waveform is of the hop that follows the spectrum's middle."""
        for frame in self._framer.frames(samples):
            yield Sound(self._waveform(frame[FFT // 2 :]), self._spectrum(frame))

    def _waveform(self, following: Array) -> Array:
        means = following[:HOP_LENGTH].reshape(WAVEFORM_POINTS, -1).mean(axis=1)
        return np.clip(0.5 + 0.5 * means, 0, 1).astype(np.float32)

    def _spectrum(self, frame: Array) -> Array:
        power = np.abs(np.fft.rfft(self._window * frame)[:-1]) ** 2
        decibels = 10 * np.log10(np.maximum(power.reshape(SPECTRUM_BANDS, -1).max(axis=1), 1e-12))
        faded = max(self._loudest_db - FADE_DB_PER_S * HOP_S, FAINTEST_CEILING_DB)
        self._loudest_db = max(faded, float(decibels.max()))
        return np.clip(1 + (decibels - self._loudest_db) / DEEPEST_DB, 0, 1).astype(np.float32)
