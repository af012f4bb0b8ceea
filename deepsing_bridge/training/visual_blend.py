"""Makes `visual-blend.safetensors`: two estimators whose mean is nearer to people's ratings than either.

One is the fine-tuning of `visual.py`, on larger pictures. The other is kernel ridge regression (`kernel_ridge.py`) over
what the stages say as ImageNet left them, and what words for what they see mean to people. They err differently, and
their mean is plain: nothing is fitted to blend them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold
from torch import Tensor
from torch.nn import functional

from .. import weights
from ..attributes.backbones import LITE2, pretrained
from ..attributes.image_blend import DESCRIBED, KERNEL, TOP, WEIGHTS, Describer, both_ways
from ..attributes.nets.image import SentimentTop
from ..attributes.nets.kernel_ridge import KernelRidge
from ..core.types import Progress, no_progress
from . import kernel_ridge
from .counting import Count
from .rated_photos import FOLDS, Ratings, altered, correlations, read_picture, read_ratings, statistics
from .visual import BATCH, fine_tune

BACKBONE = LITE2
SIZE = (256, 320)  # of all photos: what `fitted` makes of OASIS's 320 by 400
COPIES = 4  # altered copies of each photo, besides the photo itself and its mirror image
EPOCHS = 6
METRIC_PASSES = 2 * (FOLDS - 1)  # passes over all photos in one epoch of two kinds of folds
IMPORTANCE = np.repeat(np.sqrt(np.divide([0.475, 0.475, 0.05], DESCRIBED)), DESCRIBED).astype(np.float32)
"""Features and classes count the same, however many there are; the two numbers from words count a little."""
COMMAND = "python bridge.py train visual-blend"

Array = NDArray[np.float32]
Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


@dataclass(frozen=True)
class Photos:
    """`maps` (n, 2 + copies, channels, h, w) float16: each photo, its mirror image, and altered copies, as the tuned
    stages get to see them; `descriptions` (n, 2, 1210), of the first two; `labels` (n, 2), valence and arousal in z."""

    maps: Tensor
    descriptions: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Blend:
    top: SentimentTop
    kernel: KernelRidge


def train(
    data: Path,
    models: Path = weights.MODELS,
    seed: int = 0,
    progress: Progress = no_progress,
    copies: int = COPIES,
    epochs: int = EPOCHS,
) -> dict[str, float]:
    """Fit both on `data`/oasis, write their weights and return their metrics.

    `seed` draws the folds, the altered copies and what else is random in it. `progress` counts photos looked at, over
    all fits. Raises BridgeError where `data` holds no ratings.
    """
    ratings = read_ratings(data / "oasis")
    count = Count(len(ratings.labels) * (2 + copies + (1 + METRIC_PASSES) * epochs), progress)
    photos = look(ratings, copies, seed, count.add)
    blend = fit(photos, np.arange(len(ratings.labels)), seed, epochs, count.add)
    metrics = _metrics(photos, ratings.themes, seed, epochs, count.add)
    _save(models, blend, ratings, metrics)
    return metrics


def measure(
    data: Path, seed: int = 0, progress: Progress = no_progress, copies: int = COPIES, epochs: int = EPOCHS
) -> dict[str, float]:
    """The metrics of `train`, without making the weights."""
    ratings = read_ratings(data / "oasis")
    count = Count(len(ratings.labels) * (2 + copies + METRIC_PASSES * epochs), progress)
    return _metrics(look(ratings, copies, seed, count.add), ratings.themes, seed, epochs, count.add)


def look(ratings: Ratings, copies: int, seed: int, looked: Callable[[int], None] = lambda photos: None) -> Photos:
    """Everything that does not change while fitting."""
    describer, random = Describer.load(pretrained(BACKBONE)), torch.Generator().manual_seed(seed)
    maps, descriptions = [], []
    for photo in ratings.photos:
        picture = read_picture(photo)
        copied = [_sized(altered(picture, random)) for _ in range(copies)]
        with torch.no_grad():
            seen = describer.backbone.maps(torch.cat([both_ways(_sized(picture)), *copied]))
            descriptions.append(describer.describe(seen[:2]))
        maps.append(seen.half())
        looked(2 + copies)
    labels = (ratings.labels - ratings.labels.mean(0)) / ratings.labels.std(0)
    return Photos(torch.stack(maps), torch.stack(descriptions), labels)


def fit(
    photos: Photos,
    seen: NDArray[np.intp],
    seed: int,
    epochs: int,
    looked: Callable[[int], None] = lambda photos: None,
) -> Blend:
    """Both, from the photos whose indices are in `seen`."""
    top = fine_tune(pretrained(BACKBONE), photos.maps[seen], photos.labels[seen], seed, epochs, looked)
    descriptions = photos.descriptions[seen, :1].numpy()
    labels = photos.labels[seen].double().numpy()
    return Blend(top, kernel_ridge.fit(descriptions, labels, np.arange(len(seen)).astype(str), IMPORTANCE))


def estimate(blend: Blend, photos: Photos, unseen: NDArray[np.intp]) -> tuple[Tensor, Tensor]:
    """What the tuned stages and the kernel say about the photos in `unseen`, each the mean of both ways, (n, 2)."""
    maps, descriptions = photos.maps[unseen, :2].flatten(0, 1), photos.descriptions[unseen].flatten(0, 1)
    with torch.no_grad():
        tuned = torch.cat([blend.top(part.float()) for part in maps.split(BATCH)])
        kernel = blend.kernel(descriptions)
    return tuned.unflatten(0, (-1, 2)).mean(1), kernel.unflatten(0, (-1, 2)).mean(1)


def _sized(picture: Tensor) -> Tensor:
    return functional.interpolate(picture, SIZE, mode="bilinear", antialias=True, align_corners=False)


def _metrics(
    photos: Photos, themes: list[str], seed: int, epochs: int, looked: Callable[[int], None]
) -> dict[str, float]:
    """r of the blend and of each alone, on photos that they were not fitted to."""

    def over(folding: str, folds: Folds) -> dict[str, float]:
        tuned, kernel = torch.empty_like(photos.labels), torch.empty_like(photos.labels)
        for seen, unseen in folds:
            tuned[unseen], kernel[unseen] = estimate(fit(photos, seen, seed, epochs, looked), photos, unseen)
        return {
            **correlations(f"r{folding}", (tuned + kernel) / 2, photos.labels),
            **correlations(f"r_tuned{folding}", tuned, photos.labels),
            **correlations(f"r_kernel{folding}", kernel, photos.labels),
        }

    mixed = KFold(FOLDS, shuffle=True, random_state=seed).split(themes)
    apart = GroupKFold(FOLDS, shuffle=True, random_state=seed).split(themes, groups=themes)
    return over("", list(mixed)) | over("_themes_apart", list(apart))


def _save(models: Path, blend: Blend, ratings: Ratings, metrics: dict[str, float]) -> None:
    top = {f"{TOP}{name}": tensor.half() for name, tensor in blend.top.state_dict().items()}
    kernel = {f"{KERNEL}{name}": tensor for name, tensor in blend.kernel.state_dict().items()}
    examples = {f"{KERNEL}examples": blend.kernel.examples.half()}
    weights.save(
        WEIGHTS,
        top | kernel | examples,
        header={"backbone": BACKBONE} | statistics(ratings.labels.mean(0), ratings.labels.std(0)),
        what="Picture → valence and arousal: fine-tuned last stages of EfficientNet-Lite2, and kernel ridge beside",
        licence="Apache-2.0",
        command=COMMAND,
        metrics=metrics,
        models=models,
    )
