"""Whether somebody would tap to the last seconds: `audio.beats` without the future."""

import numpy as np
from numpy.typing import NDArray

from ..audio.beats import FAINTEST_DB, TEMPI
from ..audio.decode import SAMPLE_RATE
from ..audio.features import HOP_LENGTH

HOP_S = HOP_LENGTH / SAMPLE_RATE
MEMORY = round(12.0 / HOP_S)  # frames; whole songs have as many around each moment
EARLIEST = round(6.0 / HOP_S)  # frames: of fewer nothing is believed
RECENT = round(2.0 / HOP_S)  # frames in which something has to begin, or it is a pause
LOOK = 4  # frames between two looks
CARRIED = round(3.0 / HOP_S / LOOK)  # looks: so long beats that were clear go on where they are not, in what sounds
CLEAR, UNCLEAR = 0.30, 0.25  # where beats begin and end to be told; speech, noise and rain stay below 0.25
FORETOLD, UNFORETOLD = 0.015, 0.005  # or by BeatFilter.gain; there, they stay below 0
_TRANSFORM = 1024  # at least 2 · MEMORY − 1

Array = NDArray[np.float64]


class Clearness:
    """Follows an onset envelope (dB), given as the newest MEMORY values of it, of which `known` were heard.

    `value`, how alike the onsets are to themselves a beat later, at the best of all tempi, −1..1; `believed`, whether
    that is clear enough to tell of beats, or was so a moment ago: a bar or two without drums have beats still.
    """

    def __init__(self) -> None:
        self.value, self.believed = 0.0, False
        self._unclear = 0  # looks since it was clear
        self._weights = np.sin(np.pi / 2 * (np.arange(MEMORY) + 1) / MEMORY)  # the newest count most
        self._lags = slice(*(round(60 / tempo / HOP_S) for tempo in reversed(TEMPI)))

    def follow(self, onsets: Array, known: int, gain: float, sounding: bool) -> None:
        """A look, every LOOK frames. `sounding`: whether the last RECENT frames are more than a pause."""
        heard = onsets[-known:]
        self.value = self._alike(heard)
        clear, foretold = (UNCLEAR, UNFORETOLD) if self.believed else (CLEAR, FORETOLD)
        strong = np.quantile(heard, 0.99) >= FAINTEST_DB and heard[-RECENT:].max() >= FAINTEST_DB
        found = known >= EARLIEST and strong and (self.value >= clear or gain >= foretold)
        self._unclear = 0 if found else self._unclear + 1
        self.believed = bool(found or (self.believed and sounding and self._unclear <= CARRIED))

    def _alike(self, heard: Array) -> float:
        """The autocorrelation at its best lag."""
        spectrum = np.fft.rfft((heard - heard.mean()) * self._weights[-len(heard) :], _TRANSFORM)
        alike = np.fft.irfft(spectrum * spectrum.conj())
        return float(alike[self._lags].max() / max(alike[0], 1e-9))
