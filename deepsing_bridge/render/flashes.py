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
from scipy.ndimage import minimum_filter

from .fit import Pixels

GRID = (16, 16)  # cells, down and across
SAMPLES = 4  # each way, of a cell: pixels that are looked at
CHANGE = {"luminance": 0.1, "red": 20.0}  # from here on a change counts
BRIGHT = 0.8  # of luminance: above this, what is darker still is bright
SATURATED = 0.8  # share of red
RED_SCALE = 320.0  # WCAG 2.2: (R − G − B) × 320, changes of more than 20
MOST_CHANGES = 5  # in a second and a cell: three flashes are six, and the cut to the next scene may be one
AREA = 0.15  # of the cells; a quarter is allowed
NEAREST = 0.8  # of CHANGE: how far a cell goes that may not change

Cells = NDArray[np.float32]

_VALUES = np.arange(256) / 255
_LINEAR = np.where(_VALUES <= 0.04045, _VALUES / 12.92, ((_VALUES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


class ChangeCounter:
    """How often each cell of a film went up and down in the last second. `size` is what counts as a change."""

    def __init__(self, size: float, ceiling: float, frame_rate: Fraction) -> None:
        self.size, self._ceiling = size, ceiling
        self._turned: deque[NDArray[np.bool_]] = deque()
        self._frames = max(round(frame_rate), 1)
        self.extreme = np.zeros(GRID, np.float32)  # where each last turned, or how far it has come since
        self._rising = np.zeros(GRID, np.int8)  # 1, -1, or 0 until it has changed once
        self.counts = np.zeros(GRID, np.int16)  # changes within the last second

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
        self.counts += turned
        if len(self._turned) > self._frames:
            self.counts -= self._turned.popleft()
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
        self._before: tuple[Pixels, dict[str, Cells]] | None = None

    def limit(self, pixels: Pixels) -> Pixels:
        """`pixels` (H, W, 3), or what may be shown instead of them: itself where nothing flashes."""
        cells = watched(pixels)
        if self._before is not None and self._before[0].shape == pixels.shape:
            before, watched_before = self._before
            share = self._allowed_share(cells, watched_before)
            if share is not None:
                pixels = _mixed(before, pixels, share)
                cells = watched(pixels)
        for name, counter in self._counters.items():
            counter.show(cells[name])
        self._before = pixels, cells
        return pixels

    def _allowed_share(self, cells: dict[str, Cells], before: dict[str, Cells]) -> Cells | None:
        """How much of the new picture each cell may show, 0..1; None where all of it may be seen."""
        share = np.ones(GRID, np.float32)
        for name, counter in self._counters.items():
            worn = counter.counts >= MOST_CHANGES
            if worn.mean() >= AREA:
                way = counter.way(before[name], cells[name])
                share = np.where(worn & counter.turns(cells[name]), np.minimum(share, way), share)
        return share if share.min() < 1 else None


def same(pixels: Pixels) -> Pixels:
    """For films that may flash: in place of `FlashLimiter.limit`."""
    return pixels


def watched(pixels: Pixels) -> dict[str, Cells]:
    """The luminance of each cell, 0..1, and its redness, 0..320, (rows, columns) each."""
    rows, columns = (
        np.linspace(0, side - 1, cells * SAMPLES).round().astype(int)
        for side, cells in zip(pixels.shape[:2], GRID, strict=True)
    )
    linear = _LINEAR[pixels[rows[:, None], columns]]
    others = linear[..., 1] + linear[..., 2]
    red = np.where(linear[..., 0] * (1 - SATURATED) >= SATURATED * others, linear[..., 0] - others, 0)
    return {"luminance": _means(linear @ _LUMINANCE), "red": _means(np.float32(RED_SCALE) * red)}


def _means(values: Cells) -> Cells:
    return np.asarray(values.reshape(GRID[0], SAMPLES, GRID[1], SAMPLES).mean(axis=(1, 3)))


def _mixed(before: Pixels, pixels: Pixels, share: Cells) -> Pixels:
    """As much of `pixels` as `share` says or less, smoothly from cell to cell: all of a cell that is held is."""
    height, width = pixels.shape[:2]
    held = minimum_filter(share, size=3)
    weights = np.asarray(Image.fromarray(held).resize((width, height), Image.Resampling.BILINEAR))[..., None]
    return (before + weights * (pixels.astype(np.float32) - before) + 0.5).astype(np.uint8)
