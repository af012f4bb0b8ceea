"""How far apart two pictures look: L1 over a VGG-like network's features.

Takes the compressed WCT encoder `4SE.pth` of Collaborative Distillation (Wang et al., CVPR 2020) as the network.
"""

from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn

from ..stylization.vgg import Encoder
from .stylizer_teacher import read_published

COMPARED = ("conv12", "conv22", "conv31", "conv41")
"""The convolutions whose features are compared."""


class PerceptualDistance(nn.Module):
    """`forward(a, b)`: mean perceptual distance of pictures (n, 3, h, w) in 0..1, gradient to `a` only."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(False)

    @classmethod
    def read(cls, checkpoint: Path) -> Self:
        """From `4SE.pth` as it is published. Raises BridgeError for a file that is damaged or another."""
        return cls(read_published(Encoder, checkpoint))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        with torch.no_grad():
            targets = self.encoder.activations(b, COMPARED)
        pairs = zip(self.encoder.activations(a, COMPARED), targets, strict=True)
        return torch.stack([(x - y).abs().mean() / y.abs().mean() for x, y in pairs]).mean()
