"""Pictures and a style's statistics in, painted pictures out: the whitening and colouring transform (Li et al. 2017).

At relu4_1, relu3_1, relu2_1 and relu1_1 in turn, coarse to fine, each level's features take on the mean and covariance
of the style's features. At a blend b the features are b · coloured + (1 − b) · own, at every level. A decoder alone
blurs what it gives back, most visibly at low blends, so each level also returns a share 1 − b of what its decoder lost:
decode(blended) + (1 − b) (picture − decode(own)), of which `decoding` does the decoders' part.
Blend 0 is therefore the picture itself, blend 1 is plain WCT, and everything between is continuous.

Does not know which style is for which sentiment.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from .. import weights
from ..core.device import CPU, Device
from ..weights.files import MODELS
from . import vgg
from .decoding import DecodedDifference
from .matrix_roots import inverse_root, root
from .networks import LEVELS, STRIDE, Networks

WEIGHTS = "wct.safetensors"
REGULARISATION = 1e-2  # added to every variance; features have a variance near 1, so flat pictures stay calm


@dataclass(frozen=True)
class LevelStatistics:
    """A style at one level: `mean` (C, 1) of its features and `colouring` (C, C), their covariance's root."""

    mean: torch.Tensor
    colouring: torch.Tensor


@dataclass(frozen=True)
class StyleStatistics:
    """What a style is to the stylizer: `levels` of relu1_1 to relu4_1, in this order."""

    levels: tuple[LevelStatistics, ...]


def between(one: StyleStatistics, other: StyleStatistics, share: float) -> StyleStatistics:
    """The style on the way from `one` (share 0) to `other` (1)."""
    pairs = zip(one.levels, other.levels, strict=True)
    return StyleStatistics(
        tuple(
            LevelStatistics(torch.lerp(a.mean, b.mean, share), torch.lerp(a.colouring, b.colouring, share))
            for a, b in pairs
        )
    )


def statistics_of(features: torch.Tensor) -> LevelStatistics:
    """The statistics of features (…, C, H, W), each picture by itself."""
    mean, covariance = _moments(features)
    return LevelStatistics(mean, root(covariance, REGULARISATION))


def whiten_and_colour(features: torch.Tensor, style: LevelStatistics) -> torch.Tensor:
    """Features (…, C, H, W) whitened by their own moments, then coloured by the style's."""
    with torch.no_grad():  # the transform counts as given while the networks are trained
        matrix, mean = recolouring(features, style)
    return (matrix @ features.flatten(-2) + mean).view_as(features)


def recolouring(features: torch.Tensor, style: LevelStatistics) -> tuple[torch.Tensor, torch.Tensor]:
    """What whitens features (…, C, H, W) and colours them: `matrix` (…, C, C) to multiply by, `mean` (…, C, 1) to
    add."""
    mean, covariance = _moments(features)
    matrix = style.colouring @ inverse_root(covariance, REGULARISATION)
    return matrix, style.mean - matrix @ mean


def _moments(features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    points = features.flatten(-2)
    mean = points.mean(-1, keepdim=True)
    covariance = points @ points.mT / points.shape[-1] - mean @ mean.mT
    return mean, covariance + REGULARISATION * torch.eye(covariance.shape[-1], device=covariance.device)


class Stylizer:
    """Paints pictures in a style whose statistics were taken once. `digest`: the sha256 of its weights' file, if it has
    one."""

    def __init__(self, networks: Networks | vgg.Networks, device: Device = CPU, digest: str | None = None) -> None:
        self.networks, self.device, self.digest = networks.eval(), device, digest
        device.place(networks)
        self._encoder = copy.deepcopy(networks.encoder).to(device.dtype) if device.half else networks.encoder
        self._differences = [DecodedDifference(decoder) for decoder in networks.decoders]  # type: ignore[arg-type]

    @staticmethod
    def load(models: Path = MODELS, device: Device = CPU) -> "Stylizer":
        """The stylizer of `models`, ours or one with VGG's layers, whose file says how wide they are.

        Raises BridgeError if its weights are missing or altered.
        """
        widths = weights.header(WEIGHTS, models).get("widths")
        networks = vgg.Networks(json.loads(widths)) if widths else Networks()
        networks.load_state_dict({name: tensor.float() for name, tensor in weights.load(WEIGHTS, models).items()})
        return Stylizer(networks, device, weights.digest(WEIGHTS, models))

    @torch.inference_mode()
    def statistics(self, picture: torch.Tensor) -> StyleStatistics:
        """The statistics of a style image (3, H, W) in 0..1: once per image, never per frame."""
        taps = self.networks.encoder.taps(_padded(self.device.bring(picture[None])))
        return StyleStatistics(tuple(statistics_of(tap[0]) for tap in taps))

    def stylize(self, pictures: torch.Tensor, style: StyleStatistics, blend: float) -> torch.Tensor:
        """Pictures (n, 3, H, W) float32 in 0..1 of any size and on any device, painted in a style, in the same shape.

        `blend` is 0 (as they are) to 1. A picture comes out the same alone or among others. Painted pictures lie on the
        stylizer's device.
        """
        *_, painted = pictures, *self.passes(pictures, style, blend)
        return painted.contiguous()

    def passes(self, pictures: torch.Tensor, style: StyleStatistics, blend: float) -> Iterator[torch.Tensor]:
        """`stylize` in steps, coarse to fine, for whoever wants to stop on the way: the pictures after each level."""
        if blend == 0:
            return
        height, width = pictures.shape[-2:]
        painted = _padded(self.device.bring(pictures)).contiguous(memory_format=torch.channels_last)
        for level in reversed(LEVELS):
            painted = self._paint(painted, level, style.levels[level - 1], blend)
            yield painted[..., :height, :width]

    @torch.inference_mode()
    def reconstruct(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        """What one decoder gives back, without what `stylize` returns of its loss; sides multiples of 8."""
        return self.networks.decode(self.networks.encoder(self.device.bring(pictures), level), level).contiguous()

    @torch.inference_mode()
    def _paint(self, pictures: torch.Tensor, level: int, style: LevelStatistics, blend: float) -> torch.Tensor:
        """One after the other: what one picture's layers hold fits into a processor's cache."""
        return torch.cat([self._paint_one(picture, level, style, blend) for picture in pictures.split(1)])

    def _paint_one(self, picture: torch.Tensor, level: int, style: LevelStatistics, blend: float) -> torch.Tensor:
        own: torch.Tensor = self._encoder(picture.to(self.device.dtype), level)
        matrix, mean = recolouring(own[0].float(), style)
        blended = torch.lerp(torch.eye(len(matrix), device=matrix.device), matrix, blend)
        difference = self._differences[level - 1](own, blended, blend * mean, 1 - blend)
        return difference.float().add_(picture, alpha=1 - blend).clamp_(0, 1)


def _padded(pictures: torch.Tensor) -> torch.Tensor:
    """Both sides up to a multiple of STRIDE, two of it at least since reflection needs neighbours."""
    height, width = (max(2 * STRIDE, -(-side // STRIDE) * STRIDE) for side in pictures.shape[-2:])
    return F.pad(pictures, (0, width - pictures.shape[-1], 0, height - pictures.shape[-2]), mode="replicate")
