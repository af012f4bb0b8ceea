"""Keeps apart what looks alike: shots are exchanged between scenes until neighbours differ, where that is worth it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .shot import Shot

SAME_SHOT, SAME_FILE = 4.0, 0.5  # what it costs that two scenes in a row show the same, or two shots of one film
PASSES = 3


class Neighbours:
    """`chosen` (scenes,): the number of the shot that each scene shows, −1 for none; `costs` (scenes, shots)."""

    def __init__(self, chosen: NDArray[np.int64], costs: NDArray[np.float64], shots: Sequence[Shot]) -> None:
        self.chosen, self._costs = chosen.copy(), costs
        numbers: dict[str, int] = {}
        self._files = [numbers.setdefault(shot.media.digest, len(numbers)) for shot in shots]

    def part(self) -> None:
        """Exchanges shots as long as that makes all of it better."""
        for _ in range(PASSES):
            alike = [scene for scene in self._shown() if self._likeness(scene) > 0]
            if not sum(map(self._exchange, alike)):
                return

    def _shown(self) -> list[int]:
        return np.flatnonzero(self.chosen >= 0).tolist()

    def _exchange(self, scene: int) -> bool:
        """Whether there was another scene with which it pays."""
        gains = {other: self._gain(scene, other) for other in self._shown() if other != scene}
        best = max(gains, key=gains.__getitem__, default=scene)
        if best == scene or gains[best] <= 1e-9:
            return False
        self._swap(scene, best)
        return True

    def _gain(self, one: int, other: int) -> float:
        before = self._total(one, other)
        self._swap(one, other)
        after = self._total(one, other)
        self._swap(one, other)
        return before - after

    def _swap(self, one: int, other: int) -> None:
        self.chosen[[one, other]] = self.chosen[[other, one]]

    def _total(self, *scenes: int) -> float:
        return sum(float(self._costs[scene, self.chosen[scene]]) + self._likeness(scene) for scene in scenes)

    def _likeness(self, scene: int) -> float:
        """With the scenes before and after it."""
        own, total = int(self.chosen[scene]), 0.0
        for other in (scene - 1, scene + 1):
            if own < 0 or not 0 <= other < len(self.chosen) or self.chosen[other] < 0:
                continue
            if self.chosen[other] == own:
                total += SAME_SHOT
            elif self._files[self.chosen[other]] == self._files[own]:
                total += SAME_FILE
        return total
