"""Pictures that flash dangerously are slowed down, frame after frame.

WCAG 2.3.1 and ITU-R BT.1702 allow three flashes in any second. A flash is two opposing changes of relative luminance by
a tenth or more, the darker state below 0.8, or of saturated red, over a quarter of the picture. The picture is watched
as a grid of cells. Where a cell has had its share, it goes on towards the new picture only as far as makes no change of
that size: that is seen as softness, never as a bar or a dimmed screen.
"""

from collections import deque
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .fit import Pixels

GRID = (16, 16)  # cells, down and across
SAMPLES = 8  # each way, of a cell: pixels that are looked at
CHANGE = {"luminance": 0.1, "red": 20.0}  # from here on a change counts
BRIGHT = 0.8  # of luminance: above this, what is darker still is bright
SATURATED = 0.8  # share of red
RED_SCALE = 320.0  # WCAG 2.2: (R − G − B) × 320, changes of more than 20
MOST_CHANGES = 5  # in a second and a cell: three flashes are six, and the cut to the next scene may be one
AREA = 0.15  # of the cells; a quarter is allowed
NEAREST = 0.8  # of CHANGE: how far a cell goes that may not change

Cells = NDArray[np.float32]

_LINEAR = np.array([(c / 12.92) if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255])
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


class ChangeCounter:
    """How often each cell of a film went up and down in the last second. `size` is what counts as a change."""

    def __init__(self, size: float, ceiling: float, frame_rate: Fraction) -> None:
        self.size, self._ceiling = size, ceiling
        self._turned: deque[NDArray[np.bool_]] = deque(maxlen=max(round(frame_rate), 1))
        self.extreme = np.zeros(GRID, np.float32)  # where each last turned, or how far it has come since
        self._rising = np.zeros(GRID, np.int8)  # 1, -1, or 0 until it has changed once

    @property
    def counts(self) -> NDArray[np.int64]:
        """(rows, columns) changes within the last second."""
        return np.sum(self._turned, axis=0, dtype=np.int64) if self._turned else np.zeros(GRID, np.int64)

    def turns(self, cells: Cells) -> NDArray[np.bool_]:
        """Which cells would change against the way they went before, if the next frame were `cells`."""
        step = cells - self.extreme
        dark = np.minimum(cells, self.extreme) < self._ceiling
        return np.asarray((np.abs(step) >= self.size) & (np.sign(step) != self._rising) & dark)

    def way(self, before: Cells, cells: Cells) -> Cells:
        """How far each cell may go from `before` to `cells`, 0..1, so that it does not change against its way."""
        step = cells - before
        nearest = self.extreme + np.sign(cells - self.extreme) * NEAREST * self.size
        return np.clip((nearest - before) / np.where(np.abs(step) < 1e-6, 1e-6, step), 0, 1).astype(np.float32)

    def show(self, cells: Cells) -> None:
        """The next frame is `cells`."""
        if not self._turned:
            self.extreme = cells.copy()
        turned = self.turns(cells)
        self._turned.append(turned)
        further = np.sign(cells - self.extreme) == self._rising
        self._rising = np.where(turned, np.sign(cells - self.extreme), self._rising).astype(np.int8)
        self.extreme = np.where(turned | further, cells, self.extreme)


class FlashLimiter:
    """For the frames of one film, in order; a frame may have another size than the one before."""

    def __init__(self, frame_rate: Fraction) -> None:
        self._counters = {
            "luminance": ChangeCounter(CHANGE["luminance"], BRIGHT, frame_rate),
            "red": ChangeCounter(CHANGE["red"], np.inf, frame_rate),
        }
        self._before: Pixels | None = None

    def limit(self, pixels: Pixels) -> Pixels:
        """`pixels` (H, W, 3), or what may be shown instead of them: itself where nothing flashes."""
        if self._before is None or self._before.shape != pixels.shape:
            return self._shown(pixels)
        share = self._allowed_share(watched(pixels), watched(self._before))
        return self._shown(pixels if share is None else _mixed(self._before, pixels, share))

    def _allowed_share(self, cells: dict[str, Cells], before: dict[str, Cells]) -> Cells | None:
        """How much of the new picture each cell may show, 0..1; None where all of it may be seen."""
        share = np.ones(GRID, np.float32)
        for name, counter in self._counters.items():
            worn = counter.counts >= MOST_CHANGES
            if worn.mean() >= AREA:
                way = counter.way(before[name], cells[name])
                share = np.where(worn & counter.turns(cells[name]), np.minimum(share, way), share)
        return share if share.min() < 1 else None

    def _shown(self, pixels: Pixels) -> Pixels:
        for name, cells in watched(pixels).items():
            self._counters[name].show(cells)
        self._before = pixels
        return pixels


def watched(pixels: Pixels) -> dict[str, Cells]:
    """The luminance of each cell, 0..1, and its redness, 0..320, (rows, columns) each."""
    rows, columns = (
        np.linspace(0, side - 1, cells * SAMPLES).round().astype(int)
        for side, cells in zip(pixels.shape[:2], GRID, strict=True)
    )
    linear = _LINEAR[pixels[np.ix_(rows, columns)]]
    red = linear[..., 0] - linear[..., 1] - linear[..., 2]
    saturated = linear[..., 0] >= SATURATED * linear.sum(axis=2)
    return {"luminance": _means(linear @ _LUMINANCE), "red": _means(RED_SCALE * np.where(saturated, red, 0).clip(0))}


def _means(values: NDArray[np.float64]) -> Cells:
    return values.reshape(GRID[0], SAMPLES, GRID[1], SAMPLES).mean(axis=(1, 3)).astype(np.float32)


def _mixed(before: Pixels, pixels: Pixels, share: Cells) -> Pixels:
    """As much of `pixels` as `share` says, smoothly from cell to cell."""
    height, width = pixels.shape[:2]
    weights = np.asarray(Image.fromarray(share).resize((width, height), Image.Resampling.BILINEAR))[..., None]
    return (before + weights * (pixels.astype(np.float32) - before) + 0.5).astype(np.uint8)
