"""Regular moments, derived from the clock instead of counted, so that they do not drift. Pure."""

import math
from dataclasses import dataclass
from fractions import Fraction

EARLY_S = 1e-9  # this much early is in time: clocks are floats


@dataclass(frozen=True)
class Pace:
    """Moments at a `rate` since `since_s`, numbered from 0; `last` is the one that was served last."""

    rate: Fraction
    since_s: float
    last: int = -1

    def slot(self, now_s: float) -> int:
        """The newest moment that has come."""
        return math.floor((now_s - self.since_s + EARLY_S) * float(self.rate))

    def due(self, now_s: float) -> bool:
        return self.slot(now_s) > self.last

    def missed(self, now_s: float) -> int:
        """How many moments have gone by between the last one served and the newest one."""
        return max(self.slot(now_s) - self.last - 1, 0)

    def served(self, now_s: float) -> "Pace":
        return Pace(self.rate, self.since_s, self.slot(now_s))

    def time_of(self, slot: int) -> float:
        return self.since_s + float(slot / self.rate)

    def next_s(self) -> float:
        """When the next moment comes, on the clock."""
        return self.time_of(self.last + 1)
