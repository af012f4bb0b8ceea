"""Makes `visual-sentiment.safetensors` again: a kernel ridge head over EfficientNet-Lite0, fitted to OASIS.

The paper fine-tunes its backbone (section 3.1). Here it stays as ImageNet left it, is read at three depths, and the
head, which weighs likeness to the rated photos, is solved exactly: a minute on one core instead of an hour, for
what fine-tuning came to on the fold where both were tried. It does not know which pictures it will be asked
about; the figures say how it does on photos it has not seen.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.kernel_ridge import KernelRidge
from sklearn.model_selection import GroupKFold, KFold
from torch import Tensor

from .. import weights
from ..errors import BridgeError
from ..pipeline.nets.visual import KernelHead
from ..pipeline.visual import WEIGHTS, describe, pretrained
from ..types import Progress, no_progress

BACKBONE = "efficientnet-lite0"
RIDGE = 0.2  # 0.15 to 0.3 and kernel widths 0.7 to 1 move no figure by more than 0.005
FOLDS = 5


@dataclass(frozen=True)
class Ratings:
    """`photos` and `themes` (n,), photos alike sharing a theme; `labels` (n, 2), mean ratings, 1..7."""

    photos: list[Path]
    themes: list[str]
    labels: Tensor


def train(
    data: Path, models: Path = weights.MODELS, seed: int = 0, progress: Progress = no_progress
) -> dict[str, float]:
    """Fit the estimator to `data`/oasis, write its weights and return their figures.

    `seed` draws the folds of the figures; the weights do not depend on it. `progress` counts photos.
    Raises BridgeError where `data` holds no ratings.
    """
    ratings = read_ratings(data / "oasis")
    mean, deviation = ratings.labels.mean(0), ratings.labels.std(0)
    labels = (ratings.labels - mean) / deviation
    descriptions = describe_photos(ratings.photos, progress)
    head = fit_head(descriptions, labels)
    figures = _figures(descriptions, labels, ratings.themes, seed)
    figures["float16_difference_z"] = _difference(head, _rounded(head), descriptions)
    _save(models, head, _statistics(mean, deviation), figures)
    return figures


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


def describe_photos(photos: list[Path], progress: Progress = no_progress) -> Tensor:
    """(n, d), one photo at a time in memory."""
    descriptions = []
    for done, photo in enumerate(photos, start=1):
        descriptions.append(describe(pretrained(BACKBONE), read_picture(photo)))
        progress(done, len(photos))
    return torch.cat(descriptions)


def fit_head(descriptions: Tensor, labels: Tensor) -> KernelHead:
    """Kernel ridge regression on `descriptions` (n, d) of `labels` (n, 2), z-scores."""
    scale = _scale(descriptions)
    centres = descriptions * scale
    ridge = KernelRidge(alpha=RIDGE, kernel="rbf", gamma=1.0).fit(centres.double().numpy(), labels.numpy())
    return KernelHead(scale, centres, torch.from_numpy(ridge.dual_coef_).float())


def _scale(descriptions: Tensor) -> Tensor:
    """(d,): every part of a description counts the same, and photos lie 1 from their mean on (quadratic) average."""
    parts = pretrained(BACKBONE).parts
    spreads = [part.var(0).sum().sqrt() for part in torch.split(descriptions, list(parts), 1)]
    return torch.cat([(1 / (spread * len(parts) ** 0.5)).repeat(n) for spread, n in zip(spreads, parts, strict=True)])


def _figures(descriptions: Tensor, labels: Tensor, themes: list[str], seed: int) -> dict[str, float]:
    folds = KFold(FOLDS, shuffle=True, random_state=seed).split(themes)
    apart = GroupKFold(FOLDS, shuffle=True, random_state=seed).split(themes, groups=themes)
    mixed_scores, apart_scores = (_out_of_fold(descriptions, labels, split) for split in (folds, apart))
    return {
        "valence_r": _pearson(mixed_scores[:, 0], labels[:, 0]),
        "arousal_r": _pearson(mixed_scores[:, 1], labels[:, 1]),
        "valence_r_themes_apart": _pearson(apart_scores[:, 0], labels[:, 0]),
        "arousal_r_themes_apart": _pearson(apart_scores[:, 1], labels[:, 1]),
        "valence_spread_z": round(float(mixed_scores[:, 0].std()), 3),
        "arousal_spread_z": round(float(mixed_scores[:, 1].std()), 3),
    }


def _out_of_fold(
    descriptions: Tensor, labels: Tensor, folds: Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> Tensor:
    """(n, 2): each photo judged by a head that was not fitted to its fold."""
    scores = torch.empty_like(labels)
    for seen, unseen in folds:
        scores[unseen] = fit_head(descriptions[seen], labels[seen])(descriptions[unseen])
    return scores


def _pearson(predicted: Tensor, rated: Tensor) -> float:
    return round(float(torch.corrcoef(torch.stack([predicted, rated]))[0, 1]), 3)


def _rounded(head: KernelHead) -> KernelHead:
    return KernelHead(**{name: tensor.half().float() for name, tensor in head.state_dict().items()})


def _difference(one: KernelHead, other: KernelHead, descriptions: Tensor) -> float:
    """The greatest difference between what two heads say, in z."""
    return round(float((one(descriptions) - other(descriptions)).abs().max()), 4)


def _statistics(mean: Tensor, deviation: Tensor) -> dict[str, str]:
    """What the z-scores are of: the way back to the raters' 1..7."""
    return {
        "valence_mean": f"{mean[0]:.4f}",
        "valence_deviation": f"{deviation[0]:.4f}",
        "arousal_mean": f"{mean[1]:.4f}",
        "arousal_deviation": f"{deviation[1]:.4f}",
    }


def _save(models: Path, head: KernelHead, statistics: dict[str, str], figures: dict[str, float]) -> None:
    weights.save(
        WEIGHTS,
        {name: tensor.half() for name, tensor in head.state_dict().items()},
        header={"backbone": BACKBONE} | statistics,
        what="Picture → valence and arousal: a kernel ridge head over EfficientNet-Lite0, fitted to OASIS",
        licence="Apache-2.0",
        command="python bridge.py train visual",
        figures=figures,
        models=models,
    )
