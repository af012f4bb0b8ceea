"""Pictures as the generator makes them become frames of the size that is wanted."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..core.device import Device, crossing

Pixels = NDArray[np.uint8]


def fit(pictures: Tensor, width: int, height: int) -> Tensor:
    """(n, 3, H, W) enlarged or reduced to cover `width`×`height`, and cropped to it from the middle."""
    before = pictures.shape[-2:]
    scale = max(height / before[0], width / before[1])
    cover = max(round(before[0] * scale), height), max(round(before[1] * scale), width)
    pictures = scaled(pictures, *cover)
    top, left = (cover[0] - height) // 2, (cover[1] - width) // 2
    return pictures[..., top : top + height, left : left + width]


def scaled(pictures: Tensor, height: int, width: int) -> Tensor:
    """(n, 3, `height`, `width`)"""
    if pictures.shape[-2:] == (height, width):
        return pictures
    return F.interpolate(pictures, size=(height, width), mode="bicubic", antialias=True, align_corners=False)


def fit_pixels(pixels: Pixels, width: int, height: int) -> Pixels:
    """`fit` for one finished picture (H, W, 3): itself where it has that size.

    In bytes, which takes a tenth of what floats take: the engine does it between two frames.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    picture = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    return fit(picture, width, height)[0].permute(1, 2, 0).contiguous().numpy()


def to_pixels(pictures: Tensor) -> Pixels:
    """(n, 3, H, W) in 0..1, on any device → (n, H, W, 3) uint8."""
    return begin_pixels(pictures)()


def begin_pixels(pictures: Tensor) -> Callable[[], Pixels]:
    """`to_pixels`, not waited for: they become bytes where they are and cross once; what is returned waits for them."""
    arrived = crossing((pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).contiguous())
    return lambda: arrived().numpy()


def from_pixels(pixels: Pixels, device: Device) -> Tensor:
    """One picture (H, W, 3) uint8 → (1, 3, H, W) in 0..1 on `device`, to which its bytes cross."""
    return device.bring(torch.from_numpy(pixels.copy())).permute(2, 0, 1)[None].float() / 255
