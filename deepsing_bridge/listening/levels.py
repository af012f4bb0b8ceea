"""Sound as it comes becomes levels and onsets: `audio.levels` with the range of what was heard lately for the song's.

Automatic gain with a floor: the range follows what is played within a minute or two, but what lies PAUSE_DB under it,
or under FLOOR_DB, moves nothing and is not learned from. So noise in a pause stays a pause, however long.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.decode import SAMPLE_RATE
from ..audio.levels import (
    ALL,
    BANDS_HZ,
    CLEAREST_ONSET,
    DEEPEST_DB,
    FAINT_ONSET,
    FALL_S,
    FFT,
    HOP_LENGTH,
    LOUD,
    MEL_BANDS,
    PULSE_FALL_S,
    QUIET,
    band_weights,
)
from ..core.types import Levels
from .frames import PADDED_FRAMES, PAUSE_DB, MelFlux
from .running import RunningQuantiles

HOP_S = HOP_LENGTH / SAMPLE_RATE
FULL_SCALE_DB = 10 * np.log10(1.5 * (FFT / 4) ** 2)  # of a sine: its power spectrum, summed
FLOOR_DB = FULL_SCALE_DB - 60.0
MEMORY_S = 30.0
EXPECTED_DB, EXPECTED_S = FULL_SCALE_DB - 30.0, 1.0  # as if so loud a sound had been heard for so long before
OFFSET_BINS = 2  # of spectra, where a sound card's constant offset lies, which is no sound
NARROWEST_DB = 6.0  # a range, as of whole songs: a drone does not flicker
ENERGY_S = 0.3  # time constant; that of whole songs looks as far ahead as back
EXPECTED_ONSET_DB, EXPECTED_ONSETS = 6.0, 10
ABOVE = 1.5  # times the mean of the last second: noise flickers, too

Array = NDArray[np.float32]


@dataclass(frozen=True)
class HeardOnset:
    """Something began to sound at `time_s`, `strength` 0..1."""

    time_s: float
    strength: float


@dataclass(frozen=True)
class Heard:
    """What a block of sound brought: the levels (n, 5) of each HOP_S that it completed, columns as LEVEL_NAMES, the
    `onset_strength` (n,) 0..1 of all that began, and the clear `onsets`. `sounding`: whether it is more than a pause.
    """

    levels: Array
    onset_strength: Array
    onsets: tuple[HeardOnset, ...]
    sounding: bool


class LevelMeter:
    """Hears blocks of mono sound at SAMPLE_RATE, of any size."""

    def __init__(self) -> None:
        self._flux = MelFlux(FFT, HOP_LENGTH, MEL_BANDS)
        self._weights = np.stack(list(band_weights(SAMPLE_RATE).values()))
        self._weights[:, :OFFSET_BINS] = 0
        self._ranges = {name: _Range() for name in (*BANDS_HZ, ALL)}
        self._onsets = OnsetPicker()
        self._held = dict.fromkeys(BANDS_HZ, 0.0)
        self._energy = 0.0
        self._frame = 0
        self._sounding = False

    def hear(self, samples: Array) -> Heard:
        """What `samples` (n,) complete: a frame is there 24 ms after its middle, an onset 12 ms after it began."""
        flux = self._flux.hear(samples)
        levels, strengths, onsets = [], [], []
        for bands, rise in zip(flux.power @ self._weights.T, flux.rises.tolist(), strict=True):
            moved = self._levels(10 * np.log10(np.maximum(bands, 1e-12)))
            onset = self._onsets.hear(rise, self._sounding)
            if onset:
                onsets.append(HeardOnset((self._frame - 1 + PADDED_FRAMES) * HOP_S, onset))
            levels.append((self._onsets.pulse, *moved))
            strengths.append(self._onsets.relative(rise) if self._sounding else 0.0)
            self._frame += 1
        rows = np.array(levels, np.float32).reshape(-1, len(Levels.__dataclass_fields__))
        return Heard(rows, np.array(strengths, np.float32), tuple(onsets), self._sounding)

    def _levels(self, decibels: NDArray[np.floating]) -> tuple[float, ...]:
        """Bass, mid, treble and energy."""
        of = dict(zip(self._ranges, decibels.tolist(), strict=True))
        self._sounding = of[ALL] > max(self._ranges[ALL].loud - PAUSE_DB, FLOOR_DB)
        place = {name: self._ranges[name].place(of[name], self._sounding) for name in of}
        for name, level in self._held.items():
            self._held[name] = max(place[name], level * float(np.exp(-HOP_S / FALL_S[name])))
        self._energy += (place[ALL] - self._energy) * (1 - float(np.exp(-HOP_S / ENERGY_S)))
        return *self._held.values(), self._energy


class _Range:
    """Where 0 and 1 lie in decibels, by what was heard lately."""

    def __init__(self) -> None:
        self._heard = RunningQuantiles(-120.0, 60.0, 0.5, MEMORY_S / HOP_S, EXPECTED_DB, EXPECTED_S / HOP_S)
        self._low, self.loud = EXPECTED_DB, EXPECTED_DB

    def place(self, decibels: float, sounding: bool) -> float:
        """0..1; what is no music is 0 and changes nothing."""
        if not sounding:
            return 0.0
        self._heard.add(decibels)
        self.loud = self._heard.at(LOUD)
        self._low = max(self._heard.at(QUIET), self.loud - DEEPEST_DB)
        width = max(self.loud - self._low, NARROWEST_DB)
        return _unit(0.5 + (decibels - (self.loud + self._low) / 2) / width)


class OnsetPicker:
    """Local peaks of the rise of sound, and `pulse`, which jumps with them and falls, 0..1."""

    def __init__(self) -> None:
        self._peaks = RunningQuantiles(
            0.0, 40.0, 0.1, MEMORY_S / HOP_S / 4, EXPECTED_ONSET_DB, EXPECTED_ONSETS
        )  # a quarter of frames are peaks
        self._clear = EXPECTED_ONSET_DB
        self._mean = 0.0
        self._last, self._before = 0.0, 0.0
        self.pulse = 0.0

    def hear(self, rise: float, sounding: bool) -> float:
        """The strength 0..1 of the onset a frame ago, 0 if there was none that is clearer than the last one's echo."""
        self.pulse *= float(np.exp(-HOP_S / PULSE_FALL_S))
        peak = self._last if self._last > self._before and self._last >= rise else 0.0
        self._before, self._last = self._last, rise
        if not (peak and sounding):
            self._follow(rise)
            return 0.0
        self._peaks.add(peak)
        self._clear = max(self._peaks.at(CLEAREST_ONSET), 1e-6)
        strength = _unit((peak / self._clear - FAINT_ONSET) / (1 - FAINT_ONSET))
        clear = strength > self.pulse and peak > ABOVE * self._mean
        self._follow(rise)
        if not clear:
            return 0.0
        self.pulse = strength
        return strength

    def relative(self, rise: float) -> float:
        """`rise` as a share of a clear onset's, 0..1."""
        return _unit(rise / self._clear)

    def _follow(self, rise: float) -> None:
        self._mean += (rise - self._mean) * HOP_S  # of the last second


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
