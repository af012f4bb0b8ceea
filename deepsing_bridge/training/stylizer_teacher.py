"""The teacher of the stylizer: 16-fold compressed WCT networks of Collaborative Distillation (Wang et al. 2020; MIT).

An encoder and a decoder per level. `FeatureSpace` says how alike pictures are to it. Knows nothing of who learns.
"""

from pathlib import Path
from typing import TypeVar

import torch
import torch.nn.functional as F

from ..core.errors import BridgeError
from ..stylization.networks import LEVELS
from ..stylization.vgg import Decoder, Encoder
from ..stylization.wct import statistics_of, whiten_and_colour
from . import checkpointing

REMEDY = "fetch the file again"
TEACHER = tuple(f"{level}S{part}.pth" for level in LEVELS for part in "ED")
Published = TypeVar("Published", Encoder, Decoder)


class Teacher:
    """The teacher's networks, from `folder`: `1SE.pth` … `4SE.pth` encode, `1SD.pth` … `4SD.pth` decode."""

    def __init__(self, folder: Path) -> None:
        self.encoders = [_channels_last(read_published(Encoder, folder / f"{level}SE.pth")) for level in LEVELS]
        self.decoders = [_channels_last(read_published(Decoder, folder / f"{level}SD.pth")) for level in LEVELS]

    def encode(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        return self.encoders[level - 1].taps(pictures, level)[-1]

    def decode(self, features: torch.Tensor, level: int) -> torch.Tensor:
        pictures: torch.Tensor = self.decoders[level - 1](features)
        return pictures

    def reconstruct(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        return self.decode(self.encode(pictures, level), level)

    def paint(self, pictures: torch.Tensor, styles: torch.Tensor, level: int, blend: float) -> torch.Tensor:
        """One level of WCT: `pictures` (n, 3, H, W) in the styles of `styles`, picture by picture."""
        return self.decode(blended(self.encode(pictures, level), self.encode(styles, level), blend), level)

    def stylize(self, pictures: torch.Tensor, styles: torch.Tensor, blend: float) -> torch.Tensor:
        """All four levels, coarse to fine, as Li et al. do it."""
        for level in reversed(LEVELS):
            pictures = self.paint(pictures, styles, level, blend)
        return pictures.clamp(0, 1)


def read_published(kind: type[Published], path: Path) -> Published:
    """One network as it is published, frozen. Raises BridgeError for a file that is damaged or another."""
    published = checkpointing.load(path, REMEDY)
    try:
        network = kind.of({name: tensor.float() for name, tensor in published["model"].items()})
    except (AttributeError, KeyError, RuntimeError) as error:
        raise BridgeError(f"{path}: not a network of Collaborative Distillation; {REMEDY}") from error
    return network.requires_grad_(False)


def _channels_last(network: Published) -> Published:
    """`network`, faster. `Module.to` would touch the 1×1 layer too, and sums would be rounded in another order."""
    for weight in network.parameters():
        if weight.ndim == 4:
            weight.data = weight.contiguous(memory_format=torch.channels_last)
    return network


def blended(features: torch.Tensor, style: torch.Tensor, blend: float) -> torch.Tensor:
    """`features` moved towards the statistics of `style`; both (n, C, …), picture by picture."""
    return torch.lerp(features, whiten_and_colour(features, statistics_of(style)), blend)


class FeatureSpace:
    """The features of the teacher's deepest encoder, each level in units of its own spread over some `pictures`."""

    def __init__(self, teacher: Teacher, pictures: torch.Tensor) -> None:
        self.teacher, self.encoder = teacher, teacher.encoders[-1]
        with torch.no_grad():
            self.scales = [float(tap.std()) for tap in self.encoder.taps(pictures, LEVELS[-1])]

    def taps(self, pictures: torch.Tensor, level: int = LEVELS[-1]) -> list[torch.Tensor]:
        """The features of all levels from 1 to `level`."""
        return [tap / scale for tap, scale in zip(self.encoder.taps(pictures, level), self.scales, strict=False)]

    def distance(self, pictures: torch.Tensor, targets: torch.Tensor) -> float:
        """The mean squared difference of features at relu1_1 to relu3_1, summed over the levels."""
        with torch.no_grad():
            return float(difference(self.taps(pictures, 3), self.taps(targets, 3)))


def difference(taps: list[torch.Tensor], targets: list[torch.Tensor]) -> torch.Tensor:
    losses = [F.mse_loss(tap, target) for tap, target in zip(taps, targets, strict=True)]
    return torch.stack(losses).sum()
