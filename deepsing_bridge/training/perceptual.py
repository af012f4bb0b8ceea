"""How far apart two pictures look: L1 over pixels and over a VGG-like network's features.

Takes the compressed WCT encoder `4SE.pth` of Collaborative Distillation (Wang et al., CVPR 2020) as the network.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .stylizer_teacher import read_published

TAPS = ("conv12", "conv22", "conv31", "conv41")
_ORDER = (
    "conv0",
    "conv11",
    "conv12",
    "pool",
    "conv21",
    "conv22",
    "pool",
    "conv31",
    "conv32",
    "conv33",
    "conv34",
    "pool",
    "conv41",
)


class Perceptual(nn.Module):
    """`forward(a, b)`: mean perceptual distance of pictures (n, 3, h, w) in 0..1, gradient to `a` only."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__()
        for name in set(_ORDER) - {"pool"}:
            weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
            conv = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2])
            conv.load_state_dict({"weight": weight, "bias": bias})
            self.add_module(name, conv)
        self.requires_grad_(False)

    @classmethod
    def read(cls, checkpoint: Path) -> Self:
        """From `4SE.pth` as it is published. Raises BridgeError for a file that is damaged or another."""
        return cls(read_published(checkpoint))

    def features(self, pictures: Tensor) -> list[Tensor]:
        taps, x = [], pictures
        for name in _ORDER:
            x = F.max_pool2d(x, 2) if name == "pool" else self._convolve(name, x)
            if name in TAPS:
                taps.append(x)
        return taps

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.features(b)
        pairs = zip(self.features(a), wanted, strict=True)
        return torch.stack([(x - y).abs().mean() / y.abs().mean() for x, y in pairs]).mean()

    def _convolve(self, name: str, x: Tensor) -> Tensor:
        conv = self.get_submodule(name)
        if name == "conv0":  # 1×1, only normalises
            return conv(x)
        return F.relu(conv(F.pad(x, (1, 1, 1, 1), mode="reflect")))
