"""Statistics of what was heard lately: the older, the less it counts."""

import numpy as np


class RunningQuantiles:
    """Of values between `lowest` and `highest`, in steps of `step`; a value counts 1/e after `memory` more of them.

    It begins as if `prior` values of `start` had been heard.
    """

    def __init__(
        self, lowest: float, highest: float, step: float, memory: float, start: float = 0.0, prior: float = 0.0
    ) -> None:
        self._lowest, self._step = lowest, step
        self._keep = np.exp(-1 / memory)
        self._counts = np.zeros(round((highest - lowest) / step) + 1)
        self._counts[self._bin(start)] = prior

    def add(self, value: float) -> None:
        self._counts *= self._keep
        self._counts[self._bin(value)] += 1

    def at(self, share: float) -> float:
        """The value that this `share` of them does not exceed; `lowest` where nothing was heard."""
        sums = self._counts.cumsum()
        return self._lowest + self._step * int(np.searchsorted(sums, share * sums[-1])) if sums[-1] else self._lowest

    def _bin(self, value: float) -> int:
        return int(min(max(round((value - self._lowest) / self._step), 0), len(self._counts) - 1))
