"""The stylizer's networks: one small VGG-like encoder with four taps, and a decoder that inverts each tap.

Taps stand in for VGG's relu1_1, relu2_1, relu3_1 and relu4_1 (Li et al. 2017), at 1, 1/2, 1/4 and 1/8 of
the picture's size. A strided convolution takes the place of VGG's second layer and pooling at full size,
and the decoders have one layer there, since that is where the time goes. Padding reflects, so borders do
not darken. Knows nothing of styles.
"""

from typing import NamedTuple

import torch
from torch import nn

LEVELS = (1, 2, 3, 4)
WIDTHS = (16, 32, 64, 128)  # channels of the taps, level 1 to 4
STRIDE = 8  # both sides of a picture must be a multiple of it, for level 4 to come back at the same size


class Step(NamedTuple):
    """A 3×3 convolution of a decoder, with padding that reflects; whether the picture `doubles` before it, each pixel
    both ways, and whether a ReLU comes after it (`rectifies`)."""

    convolution: nn.Conv2d
    doubles: bool
    rectifies: bool


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, padding_mode="reflect")


def _keep(inputs: int, outputs: int) -> list[nn.Module]:
    return [_conv(inputs, outputs), nn.ReLU(inplace=True)]


def _double() -> nn.Module:
    return nn.Upsample(scale_factor=2, mode="nearest")


class Encoder(nn.Module):
    """Pictures (n, 3, H, W) in 0..1 to features (n, WIDTHS[level − 1], H / 2^(level − 1), …)."""

    def __init__(self) -> None:
        super().__init__()
        one, two, three, four = WIDTHS
        self.stages = nn.ModuleList(
            [
                nn.Sequential(*_keep(3, one)),
                nn.Sequential(_conv(one, two, stride=2), nn.ReLU(inplace=True)),
                nn.Sequential(*_keep(two, two), nn.MaxPool2d(2), *_keep(two, three)),
                nn.Sequential(
                    *_keep(three, three),
                    *_keep(three, three),
                    *_keep(three, three),
                    nn.MaxPool2d(2),
                    *_keep(three, four),
                ),
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

    offset = 0.5  # added to what the last convolution gives

    def __init__(self, level: int) -> None:
        super().__init__()
        one, two, three, four = WIDTHS
        steps = [
            [*_keep(two, one), _double()],
            [*_keep(three, two), _double(), *_keep(two, two)],
            [*_keep(four, three), _double(), *_keep(three, three), *_keep(three, three), *_keep(three, three)],
        ]
        layers = [layer for step in reversed(steps[: level - 1]) for layer in step]
        self.layers = nn.Sequential(*layers, _conv(one, 3))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        pictures: torch.Tensor = self.layers(features)
        return pictures + self.offset

    def steps(self) -> list[Step]:
        """Its layers one by one, for whoever computes them otherwise."""
        layers = [None, *self.layers, None]
        return [
            Step(layer, isinstance(before, nn.Upsample), isinstance(after, nn.ReLU))
            for before, layer, after in zip(layers, layers[1:], layers[2:], strict=False)
            if isinstance(layer, nn.Conv2d)
        ]


class Networks(nn.Module):
    """The encoder and the decoder of each level, kept channels last, which is twice as fast on a CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoders = nn.ModuleList(Decoder(level) for level in LEVELS)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def decode(self, features: torch.Tensor, level: int) -> torch.Tensor:
        pictures: torch.Tensor = self.decoders[level - 1](features)
        return pictures
