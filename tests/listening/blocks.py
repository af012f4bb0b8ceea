"""Sound in blocks, as a sound card brings it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 220  # samples at 21,504 Hz: what a period of 512 at 48 kHz becomes, about


def blocks(samples: NDArray[np.float32], size: int = BLOCK) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size].astype(np.float32)
