"""Sound as it comes becomes beats that are told when they are heard, or a frame before.

Dynamic programming (Ellis, "Beat tracking by dynamic programming", 2007), whose forward pass knows no future: the next
beat is expected a period after the last one of the path that is best so far (Stark, Davies and Plumbley, "Real-time
beat-synchronous analysis of musical audio", DAFx 2009). Beats on which the path of before would lie are preferred.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.bars import BASS_BANDS
from ..audio.features import HOP_LENGTH
from .bars import BarCounter
from .frames import PADDED_FRAMES, MelFlux
from .tempo import HOP_S, MEMORY, Tempo

FFT, MEL_BANDS = 2048, 128
LOOK = 4  # frames between two looks at the tempo
TIGHTNESS = 60.0  # what it costs to be off the period; librosa has 100, with the future to put things right
SMOOTHED = 2  # frames on either side
SHARPNESS = 32.0  # a period has so many standard deviations of that smoothing
FAITH, FAITHFUL = 3.0, 0.15  # what keeping the phase is worth, in standard deviations of onsets, and how near that is

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HeardBeat:
    """A beat at `time_s`: `number` in its bar and the bar's number, both from 1 on, 0 as long as no bars are known;
    `tempo` in beats per minute; `clearness` as `Pulse` has it."""

    time_s: float
    number: int
    bar: int
    tempo: float
    clearness: float


class BeatTracker:
    """Hears blocks of mono sound at SAMPLE_RATE, of any size."""

    def __init__(self) -> None:
        self._flux = MelFlux(FFT, HOP_LENGTH, MEL_BANDS, BASS_BANDS)
        self._tempo, self._bars = Tempo(), BarCounter()
        self._onsets: Array = np.zeros(MEMORY)  # dB, the newest last; so are the two below
        self._bass: Array = np.zeros(MEMORY)
        self._scores: Array = np.zeros(MEMORY)  # of the best path to a beat there, SMOOTHED frames ago
        self._frame = 0  # how many were heard
        self._told_s = -np.inf

    def hear(self, samples: NDArray[np.float32]) -> list[HeardBeat]:
        """The beats that fall into the time until the next frame, of those that `samples` (n,) complete."""
        flux = self._flux.hear(samples)
        beats = (self._step(*rises) for rises in zip(flux.rises.tolist(), flux.low_rises.tolist(), strict=True))
        return [beat for beat in beats if beat]

    def _step(self, rise: float, bass: float) -> HeardBeat | None:
        _push(self._onsets, rise)
        _push(self._bass, bass)
        self._frame += 1
        known = min(self._frame, MEMORY)
        if self._frame % LOOK == 1:
            self._tempo.follow(self._onsets, known)
        self._score(known)
        return self._due()

    def _score(self, known: int) -> None:
        period = self._tempo.pulse.period
        around = np.arange(-SMOOTHED, SMOOTHED + 1)
        bell = np.exp(-0.5 * (around * SHARPNESS / period) ** 2)
        onset = bell @ self._onsets[-len(bell) :] / (self._onsets[-known:].std() + 1e-9)
        lags = np.arange(round(period / 2), 2 * period + 1)
        before = self._scores[MEMORY - lags] - TIGHTNESS * np.log(lags / period) ** 2
        _push(self._scores, onset + max(float(before.max()), 0.0))
        if self._scores[-1] > 1e6:  # hours: only differences matter
            self._scores = np.maximum(self._scores - 0.5e6, 0.0)

    def _due(self) -> HeardBeat | None:
        """The beat that comes before the next frame does, if one does."""
        pulse, now_s = self._tempo.pulse, (self._frame - 1 + PADDED_FRAMES) * HOP_S
        period_s = pulse.period * HOP_S
        times = now_s - (SMOOTHED + np.arange(pulse.period)[::-1]) * HOP_S
        off = (times - self._told_s) / period_s if np.isfinite(self._told_s) else np.zeros(pulse.period)
        faith = FAITH * np.exp(-0.5 * ((off - np.round(off)) / FAITHFUL) ** 2)
        last_s = float(times[(self._scores[-pulse.period :] + faith).argmax()])
        next_s = last_s + period_s * max(np.ceil((self._told_s - last_s) / period_s + 0.5), 0.0)
        if next_s >= now_s + HOP_S or now_s - self._told_s <= period_s / 2:
            return None
        time_s = max(next_s, now_s)
        self._told_s = time_s
        number, bar = self._bars.count(time_s, self._onsets, self._bass, now_s, pulse.believed)
        return HeardBeat(time_s, number, bar, 60 / period_s, pulse.clearness) if pulse.believed else None


def _push(values: Array, newest: float) -> None:
    values[:-1] = values[1:]
    values[-1] = newest
