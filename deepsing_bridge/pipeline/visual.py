"""Pictures → sentiment: the paper's visual attribute estimator g (sections 2.1 and 3.1).

It says what people would feel on average, as the raters of OASIS did, in z-scores of the training set's
statistics. It knows nothing of the song, and its answers spread less than people's ratings do.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from .. import weights
from ..types import SentimentTrack
from .nets.visual import BACKBONES, Backbone, Estimator, pretrained_lite0

WEIGHTS = "visual-sentiment.safetensors"
BATCH = 8  # pictures at a time: more is no faster on a CPU and only costs memory


class VisualEstimator:
    """A trained backbone with a two-output head. `load` gives the shipped one."""

    def __init__(self, net: Estimator) -> None:
        self.net = net.eval()

    @classmethod
    def load(cls, models: Path = weights.MODELS) -> "VisualEstimator":
        """The estimator of `visual-sentiment.safetensors`, whose header names its backbone."""
        net = Estimator(BACKBONES[weights.header(WEIGHTS, models)["backbone"]]())
        net.load_state_dict({name: tensor.float() for name, tensor in weights.load(WEIGHTS, models).items()})
        return cls(net)

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        """(n, 3, H, W) float32 RGB 0..1 of any size → one valence and arousal per picture, hop_s 0.

        In standard deviations of the OASIS ratings, 0 being their mean.
        """
        with torch.inference_mode():
            scores = torch.cat([self.net(batch) for batch in _batches(pictures, self.net.backbone.size)])
        return SentimentTrack(valence=scores[:, 0].numpy(), arousal=scores[:, 1].numpy(), hop_s=0.0)


def frozen_features(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) float32 RGB 0..1 → (n, 1280) features of EfficientNet-Lite0 as ImageNet left it."""
    backbone = _imagenet_backbone()
    with torch.inference_mode():
        return torch.cat([backbone(batch) for batch in _batches(pictures, backbone.size)])


def resize(pictures: Tensor, size: int) -> Tensor:
    """Squeezed to a square, not cropped: what is at the edge of a picture colours its mood too."""
    return functional.interpolate(
        pictures, (size, size), mode="bilinear", antialias=True, align_corners=False
    )


def _batches(pictures: Tensor, size: int) -> Iterator[Tensor]:
    return (resize(batch, size) for batch in torch.split(pictures, BATCH))


@cache
def _imagenet_backbone() -> Backbone:
    return pretrained_lite0().eval()
