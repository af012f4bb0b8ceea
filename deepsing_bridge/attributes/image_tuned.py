"""Pictures → sentiment: the paper's visual attribute estimator g (sections 2.1 and 3.1).

It says what people would feel on average, as the raters of OASIS did, in z-scores of the training set's
statistics. It knows nothing of the song, and its answers spread less than people's ratings do.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from .. import weights
from ..core.types import SentimentTrack
from .nets.image import BACKBONES, Backbone, SentimentTop
from .nets.mobilenet import MobileNetV2

WEIGHTS = "visual-sentiment.safetensors"
WHOLE_MOBILENET = "mobilenet-v2, all of it"
BATCH = 8  # pictures at a time: more is no faster on a CPU and only costs memory


class TunedImageEstimator:
    """A backbone and its fine-tuned last stages with a two-output head. `load` gives the shipped one."""

    file = WEIGHTS

    def __init__(self, backbone: Backbone, top: nn.Module) -> None:
        self.backbone, self.top = backbone, top.eval()

    @classmethod
    def load(cls, models: Path = weights.MODELS) -> "TunedImageEstimator":
        """The estimator of `visual-sentiment.safetensors`, whose header names its backbone."""
        name, tensors = weights.header(WEIGHTS, models)["backbone"], weights.load(WEIGHTS, models)
        if name == WHOLE_MOBILENET:
            return cls(*_whole_mobilenet(tensors))
        backbone = pretrained(name)
        top = SentimentTop(backbone)
        top.load_state_dict(tensors)
        return cls(backbone, top)

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        """(n, 3, H, W) float32 RGB 0..1 of any size → one valence and arousal per picture, hop_s 0.

        In standard deviations of the OASIS photos' mean ratings, 0 being the mean of them all.
        """
        with torch.inference_mode():
            batches = _batches(pictures, self.backbone.size)
            scores = torch.cat([self.top(self.backbone.maps(batch)) for batch in batches])
        return SentimentTrack(valence=scores[:, 0].numpy(), arousal=scores[:, 1].numpy(), hop_s=0.0)


def _whole_mobilenet(tensors: Mapping[str, Tensor]) -> tuple[Backbone, nn.Module]:
    """A network of which no stage is as ImageNet left it, so that the file holds them all, and a plain linear head."""
    backbone, head = MobileNetV2(), nn.Linear(MobileNetV2.width, 2)
    backbone.load_state_dict({name: tensor for name, tensor in tensors.items() if name.startswith("stages.")})
    head.load_state_dict({name: tensors[f"head.{name}"] for name in ("weight", "bias")})
    return backbone.eval().requires_grad_(False), nn.Sequential(*list(backbone.stages)[-backbone.tuned :], head)


def frozen_features(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) float32 RGB 0..1 → (n, 1280) pooled features of EfficientNet-Lite0 as ImageNet left it."""
    backbone = pretrained("efficientnet-lite0")
    with torch.inference_mode():
        return torch.cat([backbone(batch) for batch in _batches(pictures, backbone.size)])


@cache
def pretrained(name: str) -> Backbone:
    """The backbone called `name`, built once per process."""
    return BACKBONES[name]()


def squeezed(pictures: Tensor, size: int) -> Tensor:
    """(n, 3, H, W) → (n, 3, size, size), not cropped: what is at the edge of a picture colours its mood too."""
    return functional.interpolate(pictures, (size, size), mode="bilinear", antialias=True, align_corners=False)


def _batches(pictures: Tensor, size: int) -> Iterator[Tensor]:
    return (squeezed(batch, size) for batch in torch.split(pictures, BATCH))
