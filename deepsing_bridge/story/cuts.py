"""Beats become the boundaries of scenes (paper section 3.1). Pure."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..core.units import frame_to_seconds, seconds_to_frame

INTERVAL_S = 5.0  # paper section 3.1: one sentiment, and one picture, for every 5 s
SHORTEST_SCENE_S = 1.0  # anything shorter flickers
NO_BEATS = np.empty(0)


def cut_times(duration_s: float, rate: Fraction, beats: NDArray[np.float64]) -> list[float]:
    """Scene boundaries in seconds, on frame boundaries, first 0 and last the song's end.

    Every 5 s, each moved to the nearest of `beats` if one lies within half an interval. A boundary that would make
    a scene shorter than 1 s is left out.
    """
    wanted = np.arange(INTERVAL_S, duration_s, INTERVAL_S)
    moved = [_nearest(time, beats) for time in wanted]
    end = frame_to_seconds(seconds_to_frame(duration_s, rate), rate)
    cuts = [0.0]
    for time in (frame_to_seconds(seconds_to_frame(time, rate), rate) for time in moved):
        if time - cuts[-1] >= SHORTEST_SCENE_S and end - time >= SHORTEST_SCENE_S:
            cuts.append(time)
    return [*cuts, end]


def _nearest(time: float, beats: NDArray[np.float64]) -> float:
    if not len(beats):
        return time
    beat = float(beats[np.abs(beats - time).argmin()])
    return beat if abs(beat - time) <= INTERVAL_S / 2 else time
