"""Makes `visual-sentiment.safetensors` again: EfficientNet-Lite0 fine-tuned on OASIS (paper section 3.1).

With 900 photos only the last stages are tuned. What comes before them is computed once, for each photo as it is and
for altered copies of it, so that an epoch is cheap. The head starts as the best linear one over the stages as
ImageNet left them. It does not know which pictures it will be asked about; the metrics say how it does on photos
it has not seen, and how that start did.
"""

import copy
import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, KFold
from torch import Tensor, nn
from torch.distributions import Beta
from torch.nn import functional as F

from .. import weights
from ..attributes.backbones import LITE0, pretrained, squeezed
from ..attributes.image_paper import WEIGHTS
from ..attributes.nets.backbone import Backbone
from ..attributes.nets.image import SentimentTop
from ..core.types import Progress, no_progress
from .counting import Count
from .rated_photos import FOLDS, altered, correlations, read_picture, read_ratings, statistics

BACKBONE = LITE0
COPIES = 9  # altered copies of each photo, besides the photo itself
EPOCHS = 8
BATCH = 16
WARM_UP = 40  # steps until the full learning rate
LEARNING_RATE = 4e-4
HEAD_LEARNING_RATE = 4e-5  # 1280 weights that move at once move the answer far
MIX = 0.4  # of the Beta distribution that shares are drawn from when two photos are blended (mixup, Zhang et al. 2018)
RIDGE = 4.0  # per photo, on features of variance about 1
FITS = 1 + 2 * (FOLDS - 1)  # passes over all photos in one epoch of everything: what ships, and two kinds of folds

Fit = Callable[[Tensor, Tensor], SentimentTop]
"""Maps (n, variants, channels, h, w) and labels (n, 2) → what was learned from them."""


def train(
    data: Path,
    models: Path = weights.MODELS,
    seed: int = 0,
    progress: Progress = no_progress,
    copies: int = COPIES,
    epochs: int = EPOCHS,
) -> dict[str, float]:
    """Fine-tune the estimator on `data`/oasis, write its weights and return their metrics.

    `seed` draws the folds, the altered copies and what else is random in it. `progress` counts photos looked at, over
    all fits. Raises BridgeError where `data` holds no ratings.
    """
    ratings = read_ratings(data / "oasis")
    mean, deviation = ratings.labels.mean(0), ratings.labels.std(0)
    labels = (ratings.labels - mean) / deviation
    count = Count(len(labels) * (1 + copies + FITS * epochs), progress)

    def tune(maps: Tensor, labels: Tensor) -> SentimentTop:
        return fine_tune(pretrained(BACKBONE), maps, labels, seed, epochs, count.add)

    maps = look(ratings.photos, copies, seed, count.add)
    top = tune(maps, labels)
    metrics = _metrics(tune, maps, labels, ratings.themes, seed)
    metrics["float16_difference_z"] = _difference(top, _rounded(top), maps)
    _save(models, top, statistics(mean, deviation), metrics)
    return metrics


def look(photos: list[Path], copies: int, seed: int, looked: Callable[[int], None]) -> Tensor:
    """(n, 1 + copies, channels, h, w) float16: what the tuned stages get to see, each photo itself first."""
    backbone = pretrained(BACKBONE)
    random = torch.Generator().manual_seed(seed)
    maps = []
    for photo in photos:
        picture = read_picture(photo)
        variants = [picture, *(altered(picture, random) for _ in range(copies))]
        with torch.no_grad():
            maps.append(backbone.maps(torch.cat([squeezed(variant, backbone.size) for variant in variants])).half())
        looked(len(variants))
    return torch.stack(maps)


def first_guess(backbone: Backbone, maps: Tensor, labels: Tensor) -> SentimentTop:
    """The stages as ImageNet left them, under the head that ridge regression on the unaltered photos gives."""
    top = SentimentTop(backbone)
    with torch.no_grad():
        roots = torch.cat([top.roots(_ready(part)) for part in maps[:, 0].split(BATCH)])
        top.mean.copy_(roots.mean(0))
        top.spread.copy_(roots.var(0).mean().sqrt())
        features, bias = (roots - top.mean) / top.spread, labels.mean(0)
        ridge = Ridge(RIDGE * len(features), fit_intercept=False).fit(features.numpy(), (labels - bias).numpy())
        top.head.weight.copy_(torch.from_numpy(ridge.coef_))
        top.head.bias.copy_(bias)
    return top.eval()


def fine_tune(
    backbone: Backbone,
    maps: Tensor,
    labels: Tensor,
    seed: int,
    epochs: int,
    looked: Callable[[int], None] = lambda photos: None,
) -> SentimentTop:
    """`epochs` of Adam from the first guess on; gives the average over the steps, in which later ones count more."""
    top = first_guess(backbone, maps, labels).train()
    average = copy.deepcopy(top).eval()
    optimizer = torch.optim.Adam(
        [
            {"params": top.stages.parameters(), "rate": LEARNING_RATE},
            {"params": top.head.parameters(), "rate": HEAD_LEARNING_RATE},
        ],
        betas=(0.9, 0.99),
    )
    steps = epochs * math.ceil(len(maps) / BATCH)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for step, batch in enumerate(_batches(len(maps), epochs)):
            _set_rates(optimizer, step, steps)
            _step(top, optimizer, *_blended(*_drawn(maps, labels, batch)))
            _take_in(average, top, 2 / (step + 3))
            looked(len(batch))
    return average


def _batches(photos: int, epochs: int) -> Iterator[Tensor]:
    for _ in range(epochs):
        yield from torch.randperm(photos).split(BATCH)


def _drawn(maps: Tensor, labels: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
    """Some variant of each photo of the batch, and its labels."""
    variants = torch.randint(maps.shape[1], (len(batch),))
    return _ready(maps[batch, variants]), labels[batch]


def _blended(maps: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Each photo with some of another and of its labels: 900 photos are soon learned by heart otherwise."""
    other = torch.randperm(len(maps))
    share = Beta(MIX, MIX).sample((len(maps), 1))
    share = torch.minimum(share, 1 - share)
    return torch.lerp(maps, maps[other], share[..., None, None]), torch.lerp(labels, labels[other], share)


def _ready(maps: Tensor) -> Tensor:
    return maps.float().contiguous(memory_format=torch.channels_last)


def _set_rates(optimizer: torch.optim.Optimizer, step: int, steps: int) -> None:
    """Up during the warm-up, down to a fiftieth along a cosine."""
    share = min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.49 * (1 + math.cos(math.pi * step / steps)))
    for group in optimizer.param_groups:
        group["lr"] = group["rate"] * share


def _step(top: SentimentTop, optimizer: torch.optim.Optimizer, maps: Tensor, labels: Tensor) -> None:
    loss = F.mse_loss(top(maps), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def _take_in(average: nn.Module, now: nn.Module, share: float) -> None:
    for mean, weight in zip(average.parameters(), now.parameters(), strict=True):
        mean.lerp_(weight, share)


@torch.no_grad()
def _estimate(top: SentimentTop, maps: Tensor) -> Tensor:
    """(n, 2): what `top` says about the photos themselves."""
    return torch.cat([top(_ready(part)) for part in maps[:, 0].split(BATCH)])


def _metrics(tune: Fit, maps: Tensor, labels: Tensor, themes: list[str], seed: int) -> dict[str, float]:
    mixed = list(KFold(FOLDS, shuffle=True, random_state=seed).split(themes))
    apart = list(GroupKFold(FOLDS, shuffle=True, random_state=seed).split(themes, groups=themes))
    guess = partial(first_guess, pretrained(BACKBONE))
    scores = _out_of_fold(tune, maps, labels, mixed)
    return {
        **correlations("r", scores, labels),
        **correlations("r_themes_apart", _out_of_fold(tune, maps, labels, apart), labels),
        **correlations("r_frozen", _out_of_fold(guess, maps, labels, mixed), labels),
        **correlations("r_frozen_themes_apart", _out_of_fold(guess, maps, labels, apart), labels),
        "valence_spread_z": round(float(scores[:, 0].std()), 3),
        "arousal_spread_z": round(float(scores[:, 1].std()), 3),
    }


def _out_of_fold(
    fit: Fit, maps: Tensor, labels: Tensor, folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> Tensor:
    """(n, 2): each photo rated by an estimator that was not fitted to its fold."""
    scores = torch.empty_like(labels)
    for seen, unseen in folds:
        scores[unseen] = _estimate(fit(maps[seen], labels[seen]), maps[unseen])
    return scores


def _rounded(top: SentimentTop) -> SentimentTop:
    return copy.deepcopy(top).half().float()


def _difference(one: SentimentTop, other: SentimentTop, maps: Tensor) -> float:
    """The greatest difference between what two tops say, in z."""
    return round(float((_estimate(one, maps) - _estimate(other, maps)).abs().max()), 4)


def _save(models: Path, top: SentimentTop, statistics: dict[str, str], metrics: dict[str, float]) -> None:
    weights.save(
        WEIGHTS,
        {name: tensor.half() for name, tensor in top.state_dict().items()},
        header={"backbone": BACKBONE} | statistics,
        what="Picture → valence and arousal: the last stages of EfficientNet-Lite0 and its head, fine-tuned on OASIS",
        licence="Apache-2.0",
        command="python bridge.py train visual",
        metrics=metrics,
        models=models,
    )
