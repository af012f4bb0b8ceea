"""Parameters on a long way to somewhere, as if a steady hand turned them. Part of the engine.

Each goes in a straight line from where it was; whoever turns it meanwhile has it.
"""

import math
from dataclasses import dataclass

STEP_S = 0.04  # between two values: as often as time is told; what glides does so in between


@dataclass(frozen=True)
class Fade:
    """From `start` at clock time `since_s` to `target`, `length_s` later."""

    start: float
    target: float
    since_s: float
    length_s: float

    def at(self, now_s: float) -> float:
        if self.arrived(now_s):
            return self.target
        return self.start + max(now_s - self.since_s, 0.0) / self.length_s * (self.target - self.start)

    def arrived(self, now_s: float) -> bool:
        return now_s >= self.since_s + self.length_s


class Fades:
    def __init__(self) -> None:
        self._under_way: dict[str, Fade] = {}
        self._next_s = math.inf

    def begin(self, name: str, fade: Fade) -> None:
        """In place of another of that parameter."""
        self._under_way[name] = fade
        self._next_s = min(self._next_s, fade.since_s)

    def stop(self, name: str) -> None:
        self._under_way.pop(name, None)

    def next_s(self) -> float:
        """When there is something to set again, on the clock."""
        return self._next_s

    def due(self, now_s: float) -> dict[str, float]:
        """What the parameters that are under way are to be set to, once it is time."""
        if now_s < self._next_s:
            return {}
        values = {name: fade.at(now_s) for name, fade in self._under_way.items()}
        self._under_way = {name: fade for name, fade in self._under_way.items() if not fade.arrived(now_s)}
        self._next_s = now_s + STEP_S if self._under_way else math.inf
        return values
