"""The paper's image emotion model g (sections 2.1 and 3.1): pictures → valence and arousal.

It says what people would feel on average, as the raters of OASIS did, in z-scores of the training set's
statistics. It knows nothing of the song, and its answers spread less than people's ratings do.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import weights
from ..core.device import CPU, Device
from ..core.types import SentimentTrack
from .backbones import pretrained, squeezed_batches
from .nets.backbone import Backbone
from .nets.image import SentimentTop
from .nets.mobilenet import MobileNetV2

WEIGHTS = "visual-sentiment.safetensors"
WHOLE_MOBILENET = "mobilenet-v2, all of it"


class PaperImageEstimator:
    """A backbone and its fine-tuned last stages with a two-output head, on `device`. `load` gives the shipped one."""

    file = WEIGHTS

    def __init__(self, backbone: Backbone, top: nn.Module, device: Device = CPU) -> None:
        self.device = device
        self.backbone, self.top = device.own(backbone), device.own(top.eval())

    @classmethod
    def load(cls, models: Path = weights.MODELS, device: Device = CPU) -> "PaperImageEstimator":
        """The estimator of `visual-sentiment.safetensors`, whose header names its backbone."""
        name, tensors = weights.header(WEIGHTS, models)["backbone"], weights.load(WEIGHTS, models)
        if name == WHOLE_MOBILENET:
            return cls(*_whole_mobilenet(tensors), device)
        backbone = pretrained(name)
        top = SentimentTop(backbone)
        top.load_state_dict(tensors)
        return cls(backbone, top, device)

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        """(n, 3, H, W) float32 RGB 0..1 of any size, on any device → one valence and arousal per picture, hop_s 0.

        In standard deviations of the OASIS photos' mean ratings, 0 being the mean of them all.
        """
        with torch.inference_mode():
            batches = squeezed_batches(self.device.bring(pictures), self.backbone.size)
            scores = torch.cat([self.top(self.backbone.maps(batch)) for batch in batches]).cpu()
        return SentimentTrack(valence=scores[:, 0].numpy(), arousal=scores[:, 1].numpy(), hop_s=0.0)


def _whole_mobilenet(tensors: Mapping[str, Tensor]) -> tuple[Backbone, nn.Module]:
    """A network of which no stage is as ImageNet left it, so that the file holds them all, and a plain linear head."""
    backbone, head = MobileNetV2(), nn.Linear(MobileNetV2.width, 2)
    backbone.load_state_dict({name: tensor for name, tensor in tensors.items() if name.startswith("stages.")})
    head.load_state_dict({name: tensors[f"head.{name}"] for name in ("weight", "bias")})
    return backbone.eval().requires_grad_(False), nn.Sequential(*list(backbone.stages)[-backbone.tuned :], head)
