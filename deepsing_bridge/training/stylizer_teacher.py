"""The teacher of the stylizer: 16-fold compressed WCT networks of Collaborative Distillation (Wang et al. 2020; MIT).

An encoder and a decoder per level. `Critic` says how alike pictures are to its eyes. Knows nothing of who learns.
"""

from pathlib import Path

import torch
import torch.nn.functional as F

from ..core.errors import BridgeError
from ..stylization.networks import LEVELS
from ..stylization.wct import statistics_of, whiten_and_colour
from . import checkpointing

CONVOLUTIONS = ("conv11", "conv12", "conv21", "conv22", "conv31", "conv32", "conv33", "conv34", "conv41")
TAPS = ("conv11", "conv21", "conv31", "conv41")
REMEDY = "fetch the file again"
TEACHER = tuple(f"{level}S{part}.pth" for level in LEVELS for part in "ED")


class Teacher:
    """The teacher's networks, from `folder`: `1SE.pth` … `4SE.pth` encode, `1SD.pth` … `4SD.pth` decode."""

    def __init__(self, folder: Path) -> None:
        self.encoders = {level: _state(folder / f"{level}SE.pth") for level in LEVELS}
        self.decoders = {level: _state(folder / f"{level}SD.pth") for level in LEVELS}

    def taps(self, pictures: torch.Tensor, encoder: int = LEVELS[-1], last: int | None = None) -> list[torch.Tensor]:
        """Features of one encoder at relu1_1 … relu`last`_1 (by default as deep as it goes)."""
        state = self.encoders[encoder]
        features = F.conv2d(pictures, state["conv0.weight"], state["conv0.bias"])
        taps = []
        for name in CONVOLUTIONS[: 1 + CONVOLUTIONS.index(TAPS[(last or encoder) - 1])]:
            features = F.max_pool2d(features, 2) if name in TAPS[1:] else features
            features = layer(state, name, features)
            taps += [features] if name in TAPS else []
        return taps

    def before_relu21(self, pictures: torch.Tensor) -> torch.Tensor:
        """What the deepest encoder hands to relu2_1."""
        state, (one,) = self.encoders[LEVELS[-1]], self.taps(pictures, last=1)
        return convolved(state, "conv21", F.max_pool2d(layer(state, "conv12", one), 2))

    def encode(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        return self.taps(pictures, level)[-1]

    def decode(self, features: torch.Tensor, level: int) -> torch.Tensor:
        for name in reversed(CONVOLUTIONS[: 1 + CONVOLUTIONS.index(TAPS[level - 1])]):
            features = layer(self.decoders[level], name, features)
            features = F.interpolate(features, scale_factor=2) if name in TAPS[1:] else features
        return features

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


def _state(path: Path) -> dict[str, torch.Tensor]:
    return {name: _channels_last(tensor) for name, tensor in read_published(path).items()}


def read_published(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of one network as it is published. Raises BridgeError for a file that is damaged or another."""
    state = checkpointing.load(path, REMEDY).get("model")
    if not isinstance(state, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
        raise BridgeError(f"{path}: not a network of Collaborative Distillation; {REMEDY}")
    return {name: tensor.float() for name, tensor in state.items()}


def _channels_last(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor


def convolved(state: dict[str, torch.Tensor], name: str, features: torch.Tensor) -> torch.Tensor:
    padded = F.pad(features, (1, 1, 1, 1), mode="reflect")
    return F.conv2d(padded, state[f"{name}.weight"], state[f"{name}.bias"])


def layer(state: dict[str, torch.Tensor], name: str, features: torch.Tensor) -> torch.Tensor:
    return F.relu(convolved(state, name, features))


def blended(features: torch.Tensor, style: torch.Tensor, blend: float) -> torch.Tensor:
    """`features` moved towards the statistics of `style`; both (n, C, …), picture by picture."""
    return torch.lerp(features, whiten_and_colour(features, statistics_of(style)), blend)


class Critic:
    """How far pictures are from one another to the teacher's eyes, each level in units of its own spread."""

    def __init__(self, teacher: Teacher, pictures: torch.Tensor) -> None:
        self.teacher = teacher
        with torch.no_grad():
            self.scales = [float(tap.std()) for tap in teacher.taps(pictures)]

    def look(self, pictures: torch.Tensor, last: int = LEVELS[-1]) -> list[torch.Tensor]:
        taps = self.teacher.taps(pictures, last=last)
        return [tap / scale for tap, scale in zip(taps, self.scales, strict=False)]

    def distance(self, pictures: torch.Tensor, targets: torch.Tensor) -> float:
        """The mean squared difference of features at relu1_1 to relu3_1, summed over the levels."""
        with torch.no_grad():
            return float(difference(self.look(pictures, last=3), self.look(targets, last=3)))


def difference(taps: list[torch.Tensor], targets: list[torch.Tensor]) -> torch.Tensor:
    losses = [F.mse_loss(tap, target) for tap, target in zip(taps, targets, strict=True)]
    return torch.stack(losses).sum()
