"""How long another song's pictures take to come, and what is seen meanwhile. Pure."""

from dataclasses import dataclass

import numpy as np

from ..core.types import Structure
from ..render.crossfade import mix
from ..render.fit import Pixels, fit_pixels
from .taps import BEATS_IN_BAR, BeatGrid

BAR_S = 2.0  # where neither beats nor taps say how long one is: four beats at 120 a minute


def bar_s(structure: Structure, taps: BeatGrid | None) -> float:
    """How long a bar of the song is."""
    if len(structure.bars) > 1:
        return float(np.median(np.diff(structure.bars)))
    if len(structure.beats) > 1:
        return BEATS_IN_BAR * float(np.median(np.diff(structure.beats)))
    return BEATS_IN_BAR * taps.period_s if taps else BAR_S


@dataclass(frozen=True, eq=False)
class Leaving:
    """The last frame of the song before, which goes over into the new one's from `since_s` on the clock."""

    pixels: Pixels
    since_s: float
    length_s: float

    def share(self, now_s: float) -> float:
        """How much of the new song is seen."""
        return min(max((now_s - self.since_s) / self.length_s, 0.0), 1.0)

    def over(self, pixels: Pixels, now_s: float) -> Pixels:
        """`pixels` of the new song, with as much of the old frame as is still seen."""
        height, width = pixels.shape[:2]
        return mix(fit_pixels(self.pixels, width, height), pixels, self.share(now_s))
