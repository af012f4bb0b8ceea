"""Which pitch classes sound between two beats of sound as it comes."""

import numpy as np
from numpy.typing import NDArray

from ..audio.decode import SAMPLE_RATE

KEPT_S = 4.0  # the slowest beat and what a block brings beyond its end
LOWEST_HZ, HIGHEST_HZ = 90.0, 2000.0  # where semitones are apart, and chords lie
SHORTEST = 1024  # samples: of fewer no pitch is known

Array = NDArray[np.float64]


class PitchClasses:
    """Keeps the sound of the last KEPT_S."""

    def __init__(self) -> None:
        self._kept = np.zeros(round(KEPT_S * SAMPLE_RATE), np.float32)
        self._heard = 0

    def hear(self, samples: NDArray[np.float32]) -> None:
        self._heard += len(samples)
        self._kept = np.concatenate([self._kept, samples])[-len(self._kept) :]

    def between(self, start_s: float, end_s: float) -> Array:
        """(12,) of unit length, of the sound that is still kept; zeros where nothing sounds."""
        first, stop = (round(time_s * SAMPLE_RATE) - self._heard + len(self._kept) for time_s in (start_s, end_s))
        heard = self._kept[max(first, 0) : max(stop, 0)]
        found = np.zeros(12)
        if len(heard) < SHORTEST:
            return found
        strengths = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
        hertz = np.fft.rfftfreq(len(heard), 1 / SAMPLE_RATE)
        inside = (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
        np.add.at(found, np.round(12 * np.log2(hertz[inside] / 440)).astype(int) % 12, strengths[inside])
        return np.asarray(found / (np.linalg.norm(found) + 1e-9))
