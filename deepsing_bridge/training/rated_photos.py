"""The rated photos that the picture estimators learn from, DATA/oasis, and pictures altered a little."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..core.errors import BridgeError
from .metrics import correlation

FOLDS = 5


@dataclass(frozen=True)
class Ratings:
    """`photos` and `themes` (n,), photos alike sharing a theme; `labels` (n, 2), mean ratings, 1..7."""

    photos: list[Path]
    themes: list[str]
    labels: Tensor


def read_ratings(oasis: Path) -> Ratings:
    """The rows of `ratings.csv`."""
    listing = oasis / "ratings.csv"
    if not listing.exists():
        raise BridgeError(f"{listing}: not there; expected the OASIS folder with its ratings.csv and images")
    with listing.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return Ratings(
        photos=[oasis / "images" / row["image"] for row in rows],
        themes=[row["theme"] for row in rows],
        labels=torch.tensor([[float(row["valence_mean"]), float(row["arousal_mean"])] for row in rows]),
    )


def read_picture(path: Path) -> Tensor:
    """(1, 3, H, W) float32 RGB 0..1."""
    pixels = np.array(Image.open(path).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255


def altered(picture: Tensor, random: torch.Generator) -> Tensor:
    """A part of (1, 3, H, W), at least three quarters a side, perhaps mirrored, in slightly other light."""
    height, width = picture.shape[2:]
    shares = 0.75 + 0.25 * torch.rand(2, generator=random)
    h, w = int(height * shares[0]), int(width * shares[1])
    y = int(torch.randint(height - h + 1, (), generator=random))
    x = int(torch.randint(width - w + 1, (), generator=random))
    part = picture[..., y : y + h, x : x + w]
    if torch.rand((), generator=random) < 0.5:
        part = part.flip(-1)
    light, contrast = 0.9 + 0.2 * torch.rand(2, generator=random)
    return (light * torch.lerp(part.mean(), part, contrast)).clamp(0, 1)


def correlations(name: str, scores: Tensor, labels: Tensor) -> dict[str, float]:
    """Pearson's r of (n, 2) with (n, 2), by axis."""
    axes = enumerate(("valence", "arousal"))
    return {f"{axis}_{name}": round(correlation(scores[:, i], labels[:, i]), 3) for i, axis in axes}


def statistics(mean: Tensor, deviation: Tensor) -> dict[str, str]:
    """What the z-scores are of: the way back to the raters' 1..7."""
    return {
        "valence_mean": f"{mean[0]:.4f}",
        "valence_deviation": f"{deviation[0]:.4f}",
        "arousal_mean": f"{mean[1]:.4f}",
        "arousal_deviation": f"{deviation[1]:.4f}",
    }
