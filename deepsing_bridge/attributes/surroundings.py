"""What of a song is around each half second: so many seconds, and none of them beyond where something else begins."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Surroundings:
    """Of each window the first window that is around it, and the one after the last, (windows,) each."""

    first: NDArray[np.intp]
    stop: NDArray[np.intp]

    @classmethod
    def of(cls, windows: int, width: int, changes: NDArray[np.intp]) -> "Surroundings":
        """Half of `width` to either side, as far as the song goes, or the nearest of `changes`: the windows, ascending,
        with which something else begins."""
        edges = np.array([0, *changes, windows])
        centre = np.arange(windows)
        before = np.searchsorted(edges, centre, side="right") - 1
        first = np.maximum(centre - width // 2, edges[before])
        return cls(first, np.minimum(centre + width // 2, edges[before + 1]))

    def describe(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and standard deviation of (windows, n) over what is around each."""
        count = (self.stop - self.first)[:, None]
        sums, squares = (np.pad(np.cumsum(v, axis=0, dtype=np.float64), ((1, 0), (0, 0))) for v in (values, values**2))
        mean = (sums[self.stop] - sums[self.first]) / count
        variance = (squares[self.stop] - squares[self.first]) / count - mean**2
        return mean, np.sqrt(np.maximum(variance, 0))
