"""Which part of a shot a scene would show, and how far from what it wants that is."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .alignment import Scales
from .shot import Shot

EDGE_S = 0.1  # is left out at both ends of a shot, so that no rounding shows its neighbour
STEP_S, MOST_STARTS = 0.5, 64  # between the parts that are tried, and how many there are at most
MOTION = 0.1  # weight of motion against energy, where that of valence and of arousal is 1
CENTRE = 0.02  # of lying in a shot's middle: at its ends a camera is often turned on and off
AGAIN = 4.0  # what is added for showing again all of what was shown before

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Wants:
    """What scenes want, an array (scenes,) of each: z-scores, and how long they last, in seconds."""

    valence: Values
    arousal: Values
    energy: Values
    duration_s: Values

    def of(self, scene: int) -> "Wants":
        """What that scene alone wants."""
        return Wants(*(getattr(self, field.name)[scene : scene + 1] for field in fields(self)))


class Parts:
    """The parts of one shot that can be shown: `starts_s` (starts,), from its beginning, for any length that fits."""

    def __init__(self, shot: Shot, scales: Scales, shortest_s: float) -> None:
        self.shot = shot
        self._slack_s = shot.duration_s - 2 * EDGE_S - shortest_s if shot.frames else 0.0
        count = min(MOST_STARTS, 1 + int(max(self._slack_s, 0.0) / STEP_S))
        self.starts_s = EDGE_S + np.linspace(0.0, max(self._slack_s, 0.0), count) if shot.frames else np.zeros(1)
        aligned = scales.aligned(shot)
        self._levels = aligned[:, -1]
        self._knots_s = np.array([*shot.times_s, shot.duration_s if shot.frames else 0.0])
        self._sums = np.concatenate([np.zeros((3, 1)), np.cumsum(aligned * np.diff(self._knots_s), axis=1)], axis=1)

    def means(self, durations_s: Values) -> Values:
        """(3, scenes, starts): valence, arousal and motion over the part of each length that begins at each start."""
        if not self.shot.frames:
            return np.broadcast_to(self._levels[:, None, None], (3, len(durations_s), 1))
        ends_s = self.starts_s + durations_s[:, None]
        at_ends, at_starts = (
            np.stack([np.interp(times_s, self._knots_s, one) for one in self._sums])
            for times_s in (ends_s, self.starts_s)
        )
        return (at_ends - at_starts[:, None]) / durations_s[:, None]

    def costs(self, wants: Wants) -> Values:
        """(scenes, starts): how little each part is what each scene wants; infinite where it does not fit."""
        valence, arousal, motion = self.means(wants.duration_s)
        costs: Values = (valence - wants.valence[:, None]) ** 2 + (arousal - wants.arousal[:, None]) ** 2
        costs = costs + MOTION * (motion - wants.energy[:, None]) ** 2
        if not self.shot.frames:
            return costs
        spare_s = self.shot.duration_s - 2 * EDGE_S - wants.duration_s[:, None]
        place = (self.starts_s - EDGE_S) / np.maximum(spare_s, 1e-9)
        costs = costs + CENTRE * (2 * np.minimum(place, 1.0) - 1) ** 2
        return np.where(self.starts_s - EDGE_S <= spare_s + 1e-9, costs, np.inf)

    def overlap(self, duration_s: float, shown: list[tuple[float, float]]) -> Values:
        """(starts,): which share of a part of that length is among what was `shown`, from when to when in seconds."""
        shares = np.zeros(len(self.starts_s))
        for start_s, end_s in shown:
            common = np.minimum(self.starts_s + duration_s, end_s) - np.maximum(self.starts_s, start_s)
            shares += np.maximum(common, 0.0) / duration_s
        return shares
