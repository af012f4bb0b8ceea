"""How often a film flashes (WCAG 2.3.1), found in another way than the renderer's own."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

Pixels = np.ndarray
RATE = Fraction(24)
AT_ONCE = 3  # frames


def most_flashes(frames: Iterable[Pixels], rate: Fraction = RATE, cells: int = 12) -> float:
    """In any second, over a quarter of the picture at once: by another grid and another way than the limiter's."""
    grey = np.array([_luminance(frame, cells) for frame in frames])
    turned = np.zeros(grey.shape, np.int8)
    for row in range(cells):
        for column in range(cells):
            for number, way in _turns(grey[:, row, column]):
                turned[number, row, column] = way
    changes = np.array(_of_a_quarter(turned))
    width = round(rate)
    return max(float(changes[start : start + width].sum() / 2) for start in range(max(len(changes) - width, 0) + 1))


def _of_a_quarter(turned: np.ndarray) -> list[bool]:
    """At which frames a quarter of the cells have turned the same way, AT_ONCE, and against the way before."""
    found, before, last = [], 0, -1
    for number in range(len(turned)):
        lately = turned[max(number - AT_ONCE, last) + 1 : number + 1]
        ways = [way for way in (1, -1) if way != before and (lately == way).any(axis=0).mean() >= 0.25]
        if ways:
            before, last = ways[0], number
        found.append(bool(ways))
    return found


def _luminance(frame: Pixels, cells: int) -> np.ndarray:
    linear = (frame / 255.0) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    height, width = (side // cells * cells for side in linear.shape)
    return linear[:height, :width].reshape(cells, height // cells, cells, width // cells).mean(axis=(1, 3))


def _turns(values: np.ndarray) -> list[tuple[int, int]]:
    """Where a swing of a tenth, its darker end below 0.8, is complete, and whether it went up (1) or down (-1)."""
    found, low, high, way = [], values[0], values[0], 0
    for number, value in enumerate(values):
        low, high = min(low, value), max(high, value)
        if way <= 0 and value - low >= 0.1 and low < 0.8:
            way, high = 1, value
            found.append((number, way))
        elif way >= 0 and high - value >= 0.1 and value < 0.8:
            way, low = -1, value
            found.append((number, way))
        if way > 0:
            low = value
        elif way < 0:
            high = value
    return found
