"""Sound on its way from a sound card's thread to ours: a ring of samples with one writer and one reader.

No lock, and no memory that grows: the writer moves one number and the reader another, which the interpreter does whole.
A reader that is late loses the newest blocks, which are counted, and never holds up the sound card.
"""

import numpy as np
from numpy.typing import NDArray

CHANNELS = 2

Array = NDArray[np.float32]


class SampleRing:
    """Of `capacity` stereo samples."""

    def __init__(self, capacity: int) -> None:
        self._samples = np.zeros((capacity, CHANNELS), np.float32)
        self._written, self._read = 0, 0  # since the start
        self.lost = 0

    @property
    def written(self) -> int:
        """How many samples ever came."""
        return self._written

    def write(self, block: Array) -> None:
        """`block` (n, channels), of one channel or two; of more the first two."""
        count, capacity = len(block), len(self._samples)
        if count > capacity - (self._written - self._read):
            self.lost += count
            return
        start = self._written % capacity
        first = min(count, capacity - start)
        stereo = block[:, :CHANNELS]  # a view; one channel is copied into both
        self._samples[start : start + first] = stereo[:first]
        self._samples[: count - first] = stereo[first:]
        self._written += count

    def lose(self, count: int) -> None:
        """So many never came."""
        self.lost += count

    def read(self) -> Array:
        """All that waits, (n, 2)."""
        written, capacity = self._written, len(self._samples)
        places = np.arange(self._read, written) % capacity
        samples: Array = self._samples[places]
        self._read = written
        return samples
