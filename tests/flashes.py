"""How often a film flashes (WCAG 2.3.1), found in another way than the renderer's own."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

Pixels = np.ndarray
RATE = Fraction(24)


def most_flashes(frames: Iterable[Pixels], rate: Fraction = RATE, cells: int = 12) -> float:
    """In any second, over a quarter of the picture: by another grid and another way than the limiter's."""
    grey = np.array([_luminance(frame, cells) for frame in frames])
    turned = np.zeros(grey.shape, bool)
    for row in range(cells):
        for column in range(cells):
            turned[_turns(grey[:, row, column]), row, column] = True
    width = round(rate)
    busiest = 0.0
    for start in range(max(len(grey) - width, 0) + 1):
        changes = np.sort(turned[start : start + width].sum(axis=0).ravel())
        busiest = max(busiest, changes[-len(changes) // 4] / 2)
    return busiest


def _luminance(frame: Pixels, cells: int) -> np.ndarray:
    linear = (frame / 255.0) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    height, width = (side // cells * cells for side in linear.shape)
    return linear[:height, :width].reshape(cells, height // cells, cells, width // cells).mean(axis=(1, 3))


def _turns(values: np.ndarray) -> list[int]:
    """Where a swing of a tenth, its darker end below 0.8, is complete."""
    found, low, high, way = [], values[0], values[0], 0
    for number, value in enumerate(values):
        low, high = min(low, value), max(high, value)
        if way <= 0 and value - low >= 0.1 and low < 0.8:
            found.append(number)
            way, high = 1, value
        elif way >= 0 and high - value >= 0.1 and value < 0.8:
            found.append(number)
            way, low = -1, value
        if way > 0:
            low = value
        elif way < 0:
            high = value
    return found
