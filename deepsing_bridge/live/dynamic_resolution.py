"""With how many pixels a moving picture is drawn while it plays, where all that are asked for would make frames late.

Games call it dynamic resolution: what takes too long is drawn smaller, and enlarged. Each class has a scale of its own,
as some take three times as long as others. It goes up only where there is time to spare, so that it does not waver.
"""

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from statistics import median

LEAST = 0.5  # of each side; what takes four times too long is late
FEWEST = 256 * 256  # pixels; what has fewer stays as it is
STEPS = 8  # of the whole side
SPARE = 1.15  # times the scale that is gone up to must fit
MEASURED = 7  # pictures, of whose times the median counts, as now and then one waits for another thread


@dataclass
class DynamicResolution:
    _took: dict[Hashable, deque[float]] = field(default_factory=dict)  # seconds for each pixel
    _scales: dict[Hashable, float] = field(default_factory=dict)

    def note(self, drawn: Hashable, pixels: int, took_s: float) -> None:
        """A picture of `drawn` (a class, and whatever else decides about its cost) took so long."""
        self._took.setdefault(drawn, deque(maxlen=MEASURED)).append(took_s / pixels)

    def scale(self, drawn: Hashable, pixels: int, within_s: float) -> float:
        """The share of each side, LEAST to 1, at which the next picture of `drawn` is there `within_s`.

        One that was not drawn yet is taken to be like the others.
        """
        known = self._took.get(drawn) or [median(took) for took in self._took.values()]
        if not known or math.isinf(within_s):
            return 1.0
        fits = math.sqrt(within_s / (median(known) * pixels))
        before = self._scales.get(drawn, 0.0)
        self._scales[drawn] = min(max(before, _step(fits / SPARE)), _step(fits))
        return min(max(self._scales[drawn], LEAST, math.sqrt(FEWEST / pixels)), 1.0)


def _step(scale: float) -> float:
    return min(math.floor(scale * STEPS) / STEPS, 1.0)
