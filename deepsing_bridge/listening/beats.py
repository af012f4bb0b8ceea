"""Sound as it comes becomes beats that are told when they are heard, or a frame before: the model of whole songs
(`audio.beat_model`) without the future, where somebody would tap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.bars import BASS_BANDS
from ..audio.beat_model import STEP_S, BeatFilter
from ..audio.features import HOP_LENGTH
from .bars import BarCounter
from .clearness import HOP_S, LOOK, MEMORY, RECENT, Clearness
from .frames import PADDED_FRAMES, PAUSE_DB, MelFlux
from .harmony import PitchClasses

FFT, MEL_BANDS = 2048, 128
LATE = 1  # steps: a beat that the newest sound puts so far back is still told
APART = 0.6  # of a beat: nearer to the last is the same one, seen anew

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HeardBeat:
    """A beat at `time_s`: `number` in its bar and the bar's number, both from 1 on, 0 as long as no bars are known;
    `tempo` in beats per minute; `clearness` as `Clearness.value` is."""

    time_s: float
    number: int
    bar: int
    tempo: float
    clearness: float


class BeatTracker:
    """Hears blocks of mono sound at SAMPLE_RATE, of any size."""

    def __init__(self) -> None:
        self._flux = MelFlux(FFT, HOP_LENGTH, MEL_BANDS, BASS_BANDS)
        self._filter, self._clearness, self._bars = BeatFilter(), Clearness(), BarCounter()
        self._pitches = PitchClasses()
        self._onsets: Array = np.zeros(MEMORY)  # dB, the newest last; so is the one below
        self._bass: Array = np.zeros(MEMORY)
        self._depths: Array = np.full(RECENT, np.inf)
        self._frame = 0  # how many were heard
        self._told_s = -np.inf

    def hear(self, samples: NDArray[np.float32]) -> list[HeardBeat]:
        """The beats that fall into the time until the next frame, of those that `samples` (n,) complete."""
        flux = self._flux.hear(samples)
        self._pitches.hear(samples)
        frames = zip(flux.rises.tolist(), flux.low_rises.tolist(), flux.depths.tolist(), strict=True)
        beats = (self._step(*frame) for frame in frames)
        return [beat for beat in beats if beat]

    def _step(self, rise: float, bass: float, depth: float) -> HeardBeat | None:
        _push(self._onsets, rise)
        _push(self._bass, bass)
        _push(self._depths, depth)
        self._frame += 1
        length, step = self._filter.hear(rise)
        if self._frame % LOOK == 1:
            sounding = bool(self._depths.min() < PAUSE_DB)
            self._clearness.follow(self._onsets, min(self._frame, MEMORY), self._filter.gain, sounding)
        return self._due(length, step)

    def _due(self, length: int, step: int) -> HeardBeat | None:
        """The beat that comes before the next frame does, if one does."""
        now_s = (self._frame - 1 + PADDED_FRAMES) * HOP_S
        until = length - step if step > LATE else 0
        time_s = now_s + until * STEP_S
        if time_s >= now_s + HOP_S or time_s - self._told_s < APART * length * STEP_S:
            return None
        self._told_s = time_s
        believed = self._clearness.believed
        number, bar = self._bars.count(time_s, self._onsets, self._bass, self._pitches, now_s, believed)
        return HeardBeat(time_s, number, bar, 60 / (length * STEP_S), self._clearness.value) if believed else None


def _push(values: Array, newest: float) -> None:
    values[:-1] = values[1:]
    values[-1] = newest
