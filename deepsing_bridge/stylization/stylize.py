"""Pictures and a sentiment's style in, painted pictures out (paper section 2.3, hyper-stylization).

Whitening and colouring (Li et al. 2017) at relu4_1, relu3_1, relu2_1 and relu1_1 in turn, coarse to fine:
each level's features take on the mean and covariance of the style's features. At a blend b the features are
b · coloured + (1 − b) · own, at every level. A decoder alone blurs what it gives back, most visibly at low
blends, so each level also returns a share 1 − b of what its decoder lost:
decode(blended) + (1 − b) (picture − decode(own)).
Blend 0 is therefore the picture itself, blend 1 is plain WCT, and everything between is continuous.

Does not know who asks, when, or how a style's sentiment is estimated: that comes in as a callable.
"""

import difflib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps, UnidentifiedImageError

from .. import weights
from ..core.device import CPU, Device
from ..core.errors import BridgeError
from ..core.options import STYLE_RULES
from ..core.types import Sentiment, SentimentTrack
from ..weights.files import MODELS
from . import vgg
from .networks import LEVELS, STRIDE, Networks

WEIGHTS = "wct.safetensors"
DEFAULT_STYLES = MODELS / "styles"
DEFAULT_BLEND = 0.1  # paper section 3.1
MOODS = ("negative", "neutral", "positive")
STYLE_SIDE = 512  # pixels; a style image's longer side is reduced to it
STYLE_SUFFIXES = {".jpg", ".jpeg", ".png"}
REGULARISATION = 1e-2  # added to every variance; features have a variance near 1, so flat pictures stay calm

Estimate = Callable[[torch.Tensor], SentimentTrack]
"""Pictures (n, 3, H, W) in 0..1 to the sentiment that each induces, n values."""


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
    return LevelStatistics(mean, _power(covariance, 0.5))


def recolour(features: torch.Tensor, style: LevelStatistics) -> torch.Tensor:
    """Features (…, C, H, W) whitened by their own moments, then coloured by the style's."""
    with torch.no_grad():  # the transform counts as given while the networks are trained
        mean, covariance = _moments(features)
        transform = style.colouring @ _power(covariance, -0.5)
    return (transform @ (features.flatten(-2) - mean) + style.mean).view_as(features)


def _moments(features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    points = features.flatten(-2)
    mean = points.mean(-1, keepdim=True)
    centred = points - mean
    covariance = centred @ centred.mT / points.shape[-1]
    return mean, covariance + REGULARISATION * torch.eye(covariance.shape[-1], device=covariance.device)


def _power(covariance: torch.Tensor, exponent: float) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    return (vectors * values.clamp_min(REGULARISATION).pow(exponent).unsqueeze(-2)) @ vectors.mT


class Stylizer:
    """Paints pictures in a style whose statistics were taken once."""

    def __init__(self, networks: Networks | vgg.Networks, device: Device = CPU) -> None:
        self.networks, self.device = networks.eval(), device
        device.place(networks)

    @staticmethod
    def load(models: Path = MODELS, device: Device = CPU) -> "Stylizer":
        """The stylizer of `models`, ours or one with VGG's layers, whose file says how wide they are.

        Raises BridgeError if its weights are missing or altered.
        """
        widths = weights.header(WEIGHTS, models).get("widths")
        networks = vgg.Networks(json.loads(widths)) if widths else Networks()
        networks.load_state_dict({name: tensor.float() for name, tensor in weights.load(WEIGHTS, models).items()})
        return Stylizer(networks, device)

    @torch.inference_mode()
    def statistics(self, picture: torch.Tensor) -> StyleStatistics:
        """The statistics of a style image (3, H, W) in 0..1: once per image, never per frame."""
        taps = self.networks.encoder.taps(self.device.bring(_padded(picture[None])))
        return StyleStatistics(tuple(statistics_of(tap[0]) for tap in taps))

    def stylize(self, pictures: torch.Tensor, style: StyleStatistics, blend: float) -> torch.Tensor:
        """Pictures (n, 3, H, W) in 0..1 of any size, painted in a style, in the same shape.

        `blend` is 0 (as they are) to 1. A picture comes out the same alone or among others.
        """
        return [pictures, *self.passes(pictures, style, blend)][-1]

    def passes(self, pictures: torch.Tensor, style: StyleStatistics, blend: float) -> Iterator[torch.Tensor]:
        """`stylize` in steps, coarse to fine, for whoever wants to stop on the way: the pictures after each level."""
        if blend == 0:
            return
        height, width = pictures.shape[-2:]
        painted = self.device.bring(_padded(pictures)).contiguous(memory_format=torch.channels_last)
        for level in reversed(LEVELS):
            painted = self._paint(painted, level, style.levels[level - 1], blend)
            yield self.device.fetch(painted[..., :height, :width])

    @torch.inference_mode()
    def reconstruct(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        """What one decoder gives back, without what `stylize` returns of its loss; sides multiples of 8."""
        return self.device.fetch(self.networks.decode(self.networks.encoder(self.device.bring(pictures), level), level))

    @torch.inference_mode()
    def _paint(self, pictures: torch.Tensor, level: int, style: LevelStatistics, blend: float) -> torch.Tensor:
        own: torch.Tensor = self.networks.encoder(pictures, level)
        blended = torch.lerp(own, recolour(own, style), blend)
        given, plain = self.networks.decode(torch.cat([blended, own]), level).chunk(2)
        return (given + (1 - blend) * (pictures - plain)).clamp(0, 1)


def _padded(pictures: torch.Tensor) -> torch.Tensor:
    """Both sides up to a multiple of STRIDE, two of it at least since reflection needs neighbours."""
    height, width = (max(2 * STRIDE, -(-side // STRIDE) * STRIDE) for side in pictures.shape[-2:])
    return F.pad(pictures, (0, width - pictures.shape[-1], 0, height - pictures.shape[-2]), mode="replicate")


def mood(sentiment: Sentiment, threshold: float = 0.5) -> str:
    """One of MOODS: the mean of valence and arousal against ±threshold (paper section 3.2)."""
    if sentiment.mean > threshold:
        return "positive"
    return "negative" if sentiment.mean < -threshold else "neutral"


@dataclass(frozen=True)
class Style:
    """A style image: its file's `name` without suffix, the `sentiment` it induces, and its statistics."""

    name: str
    sentiment: Sentiment
    statistics: StyleStatistics


class StyleBook:
    """Style images, placed in the attribute space."""

    def __init__(self, styles: Sequence[Style]) -> None:
        self.styles = tuple(styles)
        self._by_name = {style.name: style for style in self.styles}

    @staticmethod
    def load(folder: Path, stylizer: Stylizer, estimate: Estimate) -> "StyleBook":
        """Every JPEG and PNG of `folder`. Raises BridgeError if there is none, or one cannot be read."""
        return StyleBook([_style(path, stylizer, estimate) for path in style_images(folder)])

    def named(self, name: str) -> Style:
        """The style called `name`. Raises BridgeError with the nearest names if there is none."""
        if name not in self._by_name:
            near = difflib.get_close_matches(name, self._by_name, n=3, cutoff=0) or sorted(self._by_name)
            raise BridgeError(f"style {name!r}: no image of that name; the nearest names are {', '.join(near)}")
        return self._by_name[name]

    def nearest(self, sentiment: Sentiment) -> Style:
        """The style whose sentiment is nearest in the attribute space (paper section 2.3)."""
        return min(self.styles, key=lambda style: _distance(style.sentiment, sentiment))

    def by_threshold(self, sentiment: Sentiment, threshold: float = 0.5) -> Style:
        """The style named after the sentiment's mood (paper section 3.2).

        Raises BridgeError unless there is a style for each of MOODS.
        """
        missing = [name for name in MOODS if name not in self._by_name]
        if missing:
            raise BridgeError(f"style images: {', '.join(missing)} missing; thresholds need {', '.join(MOODS)}")
        return self._by_name[mood(sentiment, threshold)]


def style_images(folder: Path) -> list[Path]:
    """The files of the style images in `folder`, by name. Raises BridgeError if there is none, or no name for each."""
    paths = sorted(path for path in folder.glob("[!.]*") if path.suffix.lower() in STYLE_SUFFIXES)
    if not paths:
        raise BridgeError(f"{folder}: no style images there; expected a folder with .jpg or .png files")
    names = Counter(path.stem for path in paths)
    if unclear := sorted(name for name, count in names.items() if count > 1 or name in STYLE_RULES):
        raise BridgeError(
            f"{folder}: {', '.join(unclear)} would not say which image is meant; each needs a name of its own, "
            f"and none may be called {', '.join(STYLE_RULES)}"
        )
    return paths


def _distance(one: Sentiment, other: Sentiment) -> float:
    return float(np.hypot(one.valence - other.valence, one.arousal - other.arousal))


def _style(path: Path, stylizer: Stylizer, estimate: Estimate) -> Style:
    picture = _read(path)
    return Style(path.stem, estimate(picture[None]).at(0), stylizer.statistics(picture))


def _read(path: Path) -> torch.Tensor:
    try:
        with Image.open(path) as image:
            image.thumbnail((STYLE_SIDE, STYLE_SIDE))
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.float32)
    except (UnidentifiedImageError, OSError) as error:
        raise BridgeError(f"{path}: not a readable picture; expected a JPEG or PNG file") from error
    return torch.from_numpy(pixels / 255).permute(2, 0, 1)
