"""What stylization did to a small picture, as a smooth field of colours that paints larger and later ones alike.

A guided filter's local linear model (He et al. 2013, section 3; bilateral guided upsampling, Chen et al. 2016): near
every pixel the painted picture is taken to be gain · picture + offset, channel by channel. Gain and offset are smooth,
so they can be enlarged and mixed in time without a trace, and details and motion come from the picture itself.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from torch import Tensor
from torch.nn import functional as F

from ..core.device import crossing

Pixels = NDArray[np.uint8]
REACH = 1 / 24  # of the shorter side: the radius around a pixel that is one colour change
FLAT = 2e-3  # variances below this count as flat: there only the offset differs
GAINS = 0.0, 2.0
DARKEST = 0.02  # of a picture's pixels are taken to be its blacks


@dataclass(frozen=True)
class ColourField:
    """`gain` and `offset` (3, h, w), on the device that pictures are coloured on."""

    gain: Tensor
    offset: Tensor

    def apply(self, pixels: Pixels) -> Pixels:
        """(H, W, 3) uint8 of any size."""
        field = torch.stack([self.gain, self.offset * 255]).contiguous(memory_format=torch.channels_last)
        gain, offset = F.interpolate(field, pixels.shape[:2], mode="bilinear").permute(0, 2, 3, 1)
        picture = torch.from_numpy(np.ascontiguousarray(pixels)).to(gain.device)
        return crossing(torch.addcmul(offset, gain, picture).clamp_(0, 255).round_().byte())().numpy()


def colour_field(before: Tensor, after: Tensor) -> ColourField:
    """The field that turns picture `before` (3, h, w) in 0..1 into `after`, as nearly as a smooth one can."""
    radius = max(round(min(before.shape[-2:]) * REACH), 1)
    mean, mean_after, mean_square, mean_product = _box(
        torch.stack([before, after, before * before, before * after]), radius
    )
    variance, covariance = mean_square - mean * mean, mean_product - mean * mean_after
    gain = ((covariance + FLAT) / (variance + FLAT)).clamp(*GAINS)  # 1 where nothing is there to tell
    offset = mean_after - gain * mean
    smooth = _box(torch.stack([gain, offset]), radius)
    return ColourField(smooth[0], smooth[1])


def with_blacks_of(before: Tensor, after: Tensor) -> Tensor:
    """`after` (3, h, w) in 0..1 with each channel's darkest tones where picture `before` has them, white where it is.

    Stylizing by statistics lifts what is nearly black by a fifth of the way to white: space goes grey, and night day.
    """
    dark, lifted = (picture.flatten(1).quantile(DARKEST, dim=1)[:, None, None] for picture in (before, after))
    return torch.where(lifted > dark, 1 - (1 - after) * (1 - dark) / (1 - lifted).clamp(min=0.1), after).clamp(0, 1)


def between(one: ColourField, other: ColourField, share: float) -> ColourField:
    """The field on the way from `one` (share 0) to `other` (1)."""
    return ColourField(torch.lerp(one.gain, other.gain, share), torch.lerp(one.offset, other.offset, share))


def _box(pictures: Tensor, radius: int) -> Tensor:
    """(n, c, h, w) → the means over squares around each pixel, which end at the border."""
    means = pictures.cpu().numpy()
    for axis in (-2, -1):
        inside = uniform_filter1d(np.ones(means.shape[axis]), 2 * radius + 1, mode="constant")  # share of each square
        sums = uniform_filter1d(means, 2 * radius + 1, axis=axis, mode="constant")
        means = (sums / np.expand_dims(inside, -1 if axis == -2 else 0)).astype(np.float32)
    return torch.from_numpy(means).to(pictures.device)
