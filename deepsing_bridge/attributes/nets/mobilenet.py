"""MobileNetV2 (Sandler et al. 2018), the paper's backbone, as torchvision builds it: its checkpoints fit.

torchvision calls a stage `features.N` and the last layer `classifier.1`; here a stage is `stages.N`.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .backbone import Backbone

BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels, how many blocks, stride of the first of them."""
MEAN, SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels, as torchvision's networks want them


class Block(nn.Module):
    """Widened by `expansion`, filtered channel by channel, narrowed again; added to its input where that fits."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        width = inputs * expansion
        widen = [_filter(inputs, width, 1)] if expansion > 1 else []
        narrow = [nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*widen, _filter(width, width, 3, stride, groups=width), *narrow)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return x + y if self.adds else y


class MobileNetV2(Backbone):
    """Stages 0 to 18 are torchvision's features, stage 19 the pooling."""

    size = 224
    width = 1280
    tuned = 5  # the last three blocks, the convolution that widens, the pooling

    def __init__(self) -> None:
        super().__init__()
        first, last = _filter(3, 32, 3, 2), _filter(320, self.width, 1)
        pooling = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.stages = nn.Sequential(first, *_blocks(), last, pooling)

    def normalise(self, pictures: Tensor) -> Tensor:
        mean, sd = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, SD))
        return (pictures - mean) / sd


def stage_names(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of torchvision's `features` under the names that they have here."""
    prefix = "features."
    return {f"stages.{name.removeprefix(prefix)}": t for name, t in state.items() if name.startswith(prefix)}


def _blocks() -> list[Block]:
    blocks, inputs = [], 32
    for expansion, outputs, count, stride in BLOCKS:
        for number in range(count):
            blocks.append(Block(inputs, outputs, expansion, 1 if number else stride))
            inputs = outputs
    return blocks


def _filter(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU6())
