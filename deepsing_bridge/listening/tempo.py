"""How fast the last seconds pulse, and whether somebody would tap to them: `audio.beats` without the future."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.beats import FAINTEST_DB
from ..audio.decode import SAMPLE_RATE
from ..audio.features import HOP_LENGTH

HOP_S = HOP_LENGTH / SAMPLE_RATE
MEMORY = round(12.0 / HOP_S)  # frames; whole songs have as many around each moment
EARLIEST = round(6.0 / HOP_S)  # frames: of fewer nothing is believed
RECENT = round(2.0 / HOP_S)  # frames in which something has to begin, or it is a pause
TEMPI = 40.0, 240.0  # beats per minute
USUAL_TEMPO = 120.0  # beats per minute; librosa's prior, a standard deviation is an octave
FASTEST = 320.0  # beats per minute, librosa's limit
STEADINESS = 0.3  # how much likelier (log) another tempo has to be
CLEAR, UNCLEAR = 0.30, 0.25  # where beats begin and end to be told; speech, noise and rain stay below 0.25
_TRANSFORM = 1024  # at least 2 · MEMORY − 1

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pulse:
    """`period`, frames from beat to beat; `clearness`, how alike the onsets are to themselves a beat later, −1..1;
    `believed`, whether that is clear enough to tell of."""

    period: int = round(60 / USUAL_TEMPO / HOP_S)
    clearness: float = 0.0
    believed: bool = False


class Tempo:
    """Follows an onset envelope (dB), given as the newest MEMORY values of it, of which `known` were heard."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self._weights = np.sin(np.pi / 2 * (np.arange(MEMORY) + 1) / MEMORY)  # the newest count most
        lags = np.arange(1, MEMORY)
        usual = -0.5 * np.log2(60 / HOP_S / lags / USUAL_TEMPO) ** 2
        self._usual = np.concatenate([[-np.inf], np.where(60 / HOP_S / lags <= FASTEST, usual, -np.inf)])
        self._lags = slice(*(round(60 / tempo / HOP_S) for tempo in reversed(TEMPI)))

    def follow(self, onsets: Array, known: int) -> Pulse:
        clearness = self._clearness(onsets, known)
        enough = CLEAR if not self.pulse.believed else UNCLEAR
        heard = onsets[-known:]
        strong = np.quantile(heard, 0.99) >= FAINTEST_DB and heard[-RECENT:].max() >= FAINTEST_DB
        believed = bool(known >= EARLIEST and strong and clearness >= enough)
        self.pulse = Pulse(self._period(onsets), clearness, believed)
        return self.pulse

    def _period(self, onsets: Array) -> int:
        """librosa's choice (`librosa.feature.tempo`), but it stays where it is unless another is clearly better."""
        alike = _autocorrelation(onsets * self._weights)
        likely = np.log1p(1e6 * np.maximum(alike / max(alike[0], 1e-9), 0)) + self._usual
        best = int(likely.argmax())
        return best if likely[best] > likely[self.pulse.period] + STEADINESS else self.pulse.period

    def _clearness(self, onsets: Array, known: int) -> float:
        heard = np.zeros(MEMORY)
        heard[-known:] = onsets[-known:] - onsets[-known:].mean()
        alike = _autocorrelation(heard * self._weights)
        return float(alike[self._lags].max() / max(alike[0], 1e-9))


def _autocorrelation(values: Array) -> Array:
    """(MEMORY,)"""
    spectrum = np.fft.rfft(values, _TRANSFORM)
    alike: Array = np.fft.irfft(spectrum * spectrum.conj())[:MEMORY]
    return alike
