"""Where one shot ends and the next begins, seen in small pictures that follow each other.

As PySceneDetect's AdaptiveDetector: a picture is the first of a shot if it differs from the one before it by much, and
by several times what its neighbours differ by, so that a fast pan is no cut. Here the difference also has to last,
so that a flash is none. Dissolves are not found: they are a shot with its neighbour.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

LEAST = 13.0  # of 255, the mean over all channels
TIMES = 3.0  # what neighbours differ by
AROUND = 2  # neighbours on each side
LASTING = 4  # pictures on, it still differs
LEVELS = 4  # of each channel, where colours are counted
LASTS = 0.5  # by so much of LEAST

T = TypeVar("T")
Tiny = NDArray[np.float32]
"""(h, w, 3) RGB 0..255, a few dozen pixels wide."""


@dataclass(frozen=True)
class Marked(Generic[T]):
    """`step`: how much `tiny` differs from the one before it, 0..255, NaN for the first. `begins`: whether it begins a
    shot."""

    of: T
    tiny: Tiny
    step: float
    begins: bool = False


def difference(one: Tiny, other: Tiny) -> float:
    """The mean over pixels and channels, 0..255."""
    return float(np.abs(one - other).mean())


def colour_difference(one: Tiny, other: Tiny) -> float:
    """Which share of the pixels has other colours, wherever they are, 0..1: little where only a camera has moved."""
    return float(np.abs(_colours(one) - _colours(other)).sum() / 2)


def _colours(tiny: Tiny) -> NDArray[np.float64]:
    """(LEVELS³,): the share of pixels of each colour."""
    levels = (tiny * (LEVELS / 256)).astype(np.int64) @ (1, LEVELS, LEVELS**2)
    return np.bincount(levels.ravel(), minlength=LEVELS**3) / levels.size


def marked(pictures: Iterable[tuple[T, Tiny]]) -> Iterator[Marked[T]]:
    """Each of `pictures`, with what it looks like in small; LASTING pictures late. The first begins nothing."""
    window: list[Marked[T]] = []
    place = 0  # of the next to be told
    for of, tiny in pictures:
        window.append(Marked(of, tiny, difference(window[-1].tiny, tiny) if window else math.nan))
        if len(window) - place > LASTING:
            yield _judged(window, place)
            place += 1
            if place > LASTING:
                del window[0]
                place -= 1
    for last in range(place, len(window)):
        yield _judged(window, last)


def _judged(window: list[Marked[T]], place: int) -> Marked[T]:
    one = window[place]
    return Marked(one.of, one.tiny, one.step, place > 0 and _is_cut(window, place))


def _is_cut(window: list[Marked[T]], place: int) -> bool:
    step = window[place].step
    first, last = max(1, place - AROUND), min(len(window) - 1, place + AROUND)
    around = [window[other].step for other in range(first, last + 1) if other != place]
    if step < LEAST or (around and step < TIMES * sum(around) / len(around)):
        return False
    before, after = window[max(0, place - LASTING)], window[min(len(window) - 1, place + LASTING - 1)]
    lasting = min(difference(before.tiny, window[place].tiny), difference(window[place - 1].tiny, after.tiny))
    return lasting >= LASTS * LEAST
