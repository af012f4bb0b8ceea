"""The stylizer's networks: one small VGG-like encoder with four taps, and a decoder that inverts each tap.

Taps stand in for VGG's relu1_1, relu2_1, relu3_1 and relu4_1 (Li et al. 2017), at 1, 1/2, 1/4 and 1/8 of
the picture's size. Strided convolutions take the place of VGG's pooling and of its layers at full size,
which is where the time goes. Padding reflects, so borders do not darken. Knows nothing of styles.
"""

from itertools import pairwise

import torch
from torch import nn

LEVELS = (1, 2, 3, 4)
WIDTHS = (16, 32, 64, 128)  # channels of the taps, level 1 to 4
STRIDE = 8  # both sides of a picture must be a multiple of it, for level 4 to come back at the same size


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, padding_mode="reflect")


def _halve(inputs: int, outputs: int) -> list[nn.Module]:
    return [_conv(inputs, outputs, stride=2), nn.ReLU()]


def _keep(inputs: int, outputs: int) -> list[nn.Module]:
    return [_conv(inputs, outputs), nn.ReLU()]


class Encoder(nn.Module):
    """Pictures (n, 3, H, W) in 0..1 to features (n, WIDTHS[level − 1], H / 2^(level − 1), …)."""

    def __init__(self) -> None:
        super().__init__()
        one, two, three, four = WIDTHS
        self.stages = nn.ModuleList(
            [
                nn.Sequential(*_keep(3, one)),
                nn.Sequential(*_halve(one, two)),
                nn.Sequential(*_halve(two, three), *_keep(three, three)),
                nn.Sequential(*_halve(three, four), *_keep(four, four)),
            ]
        )

    def forward(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        return self.taps(pictures, level)[-1]

    def taps(self, pictures: torch.Tensor, level: int = LEVELS[-1]) -> list[torch.Tensor]:
        """The features of all levels from 1 to `level`."""
        taps = [pictures - 0.5]
        for stage in self.stages[:level]:
            taps.append(stage(taps[-1]))
        return taps[1:]


class Decoder(nn.Module):
    """Features of one level back to pictures (n, 3, H, W), near 0..1 but not clamped.

    Nearest-neighbour up-sampling before each convolution: sub-pixel up-sampling prints a grid on features
    that were whitened and coloured.
    """

    def __init__(self, level: int) -> None:
        super().__init__()
        widths = WIDTHS[:level][::-1]
        layers = _keep(widths[0], widths[0]) if level == 3 else []
        for wide, narrow in pairwise(widths):
            layers += [*_keep(wide, narrow), nn.Upsample(scale_factor=2, mode="nearest")]
            if narrow == WIDTHS[2]:
                layers += _keep(narrow, narrow)
        self.layers = nn.Sequential(*layers, _conv(widths[-1], 3))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        pictures: torch.Tensor = self.layers(features)
        return pictures + 0.5
