"""Two pictures become one that lies between them. Exact integer arithmetic, so the same bytes everywhere."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def mix(one: Pixels, other: Pixels, share: float) -> Pixels:
    """The pixels on the line from `one` (share 0) to `other` (1) and, clipped, beyond; in whole 1/256 steps."""
    weight = round(256 * share)
    if weight == 0 or one is other:
        return one
    if weight == 256:
        return other
    if weight > 256:
        return _beyond(one, other, weight)
    mixed = one.astype(np.uint16) * (256 - weight) + other.astype(np.uint16) * weight
    return ((mixed + 128) >> 8).astype(np.uint8)


def dimmed(pixels: Pixels, share: float) -> Pixels:
    """The pixels on the line from black (share 0) to `pixels` (1), as `mix` has them; themselves at 1."""
    weight = round(256 * share)
    return pixels if weight == 256 else ((pixels * np.uint16(weight) + np.uint16(128)) >> 8).astype(np.uint8)


def _beyond(one: Pixels, other: Pixels, weight: int) -> Pixels:
    """Where numbers leave 0..65535, at 18 times the time."""
    mixed = one.astype(np.int32) * (256 - weight) + other.astype(np.int32) * weight
    return ((mixed + 128) >> 8).clip(0, 255).astype(np.uint8)
