"""Makes `visual-sentiment.safetensors` again: EfficientNet-Lite0 fine-tuned on OASIS (paper, section 3.1).

The backbone's early stages stay as ImageNet left them, so each photo and its mirror image go through them
once; only the later stages and the two-output head are trained, on random crops of the maps that the early ones gave.
The head starts as the ridge regression on the untouched features. The figures come from photos that the
net that judged them had not seen, by the very recipe that makes the shipped weights from all of them.
"""

import copy
import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from .. import weights
from ..errors import BridgeError
from ..pipeline.nets.visual import Backbone, Estimator, pretrained_lite0
from ..pipeline.visual import WEIGHTS, VisualEstimator, resize
from ..types import Progress, no_progress

FROZEN_STAGES = 12  # the stem and eleven blocks: where the maps have become 7 × 7
SMALLEST_CROP = 5  # of those 7 rows or columns
EPOCHS = 6
BATCH = 32
LEARNING_RATE = 3e-4
HEAD_LEARNING_RATE = LEARNING_RATE / 10  # it starts where it should be
WEIGHT_DECAY = 1e-2
WARM_UP = 20  # steps
DROPOUT = 0.3
AVERAGING = 0.98  # the weights that are kept are a moving average over about 50 steps
RIDGE = 2000.0
FOLDS = 5
PRECISION_CHECKS = 100  # photos on which the float16 file is compared with the float32 net


@dataclass(frozen=True)
class Ratings:
    """`photos` and `themes` (n,), photos alike sharing a theme; `labels` (n, 2), mean ratings, 1..7."""

    photos: list[Path]
    themes: list[str]
    labels: Tensor


@dataclass(frozen=True)
class Maps:
    """`values` (2, n, C, h, w) float16, of photos and their mirror images; `labels` (n, 2), z-scores."""

    values: Tensor
    labels: Tensor

    def of(self, photos: NDArray[np.intp]) -> "Maps":
        return Maps(self.values[:, photos], self.labels[photos])


class Tail(nn.Module):
    """What is trained: the later stages and the head, maps (n, C, h, w) → (n, 2) z-scores."""

    def __init__(self, stages: nn.Sequential, head: nn.Linear) -> None:
        super().__init__()
        self.stages, self.dropout, self.head = stages, nn.Dropout(DROPOUT), head

    def forward(self, maps: Tensor) -> Tensor:
        scores: Tensor = self.head(self.dropout(self.stages(maps)))
        return scores


def train(
    data: Path,
    models: Path = weights.MODELS,
    seed: int = 0,
    progress: Progress = no_progress,
    epochs: int = EPOCHS,
) -> dict[str, float]:
    """Fine-tune on `data`/oasis, write the weights and return their figures.

    `progress` counts fits: one for each random fold, one for each fold of themes, and the one that ships.
    Raises BridgeError where `data` holds no ratings.
    """
    ratings = read_ratings(data / "oasis")
    mean, deviation = ratings.labels.mean(0), ratings.labels.std(0)
    backbone = pretrained_lite0().eval()
    maps = Maps(frozen_maps(backbone, ratings.photos), (ratings.labels - mean) / deviation)
    fit = _Fitter(backbone, maps, seed, epochs, progress)
    figures = _figures(fit, ratings.themes, seed)
    tail = fit(np.arange(len(ratings.photos)))
    header = {"backbone": "efficientnet-lite0"} | _statistics(mean, deviation)
    _save(models, _assembled(backbone, tail), header, figures)
    return figures | {"float16_difference_z": _rounding(models, ratings.photos, maps, tail)}


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


def _cut(backbone: Backbone) -> tuple[nn.Sequential, nn.Sequential]:
    stages = list(backbone.stages)
    return nn.Sequential(*stages[:FROZEN_STAGES]), nn.Sequential(*stages[FROZEN_STAGES:])


def frozen_maps(backbone: Backbone, photos: list[Path]) -> Tensor:
    """(2, n, C, h, w) float16: what the frozen stages make of each photo, and of it mirrored."""
    frozen, _ = _cut(backbone)
    maps = []
    with torch.inference_mode():
        for photo in photos:
            picture = resize(read_picture(photo), backbone.size)
            maps.append(frozen(backbone.normalise(torch.cat([picture, picture.flip(3)]))).half())
    return torch.stack(maps, 1).clone()


def fine_tune(backbone: Backbone, maps: Maps, seed: int, epochs: int) -> Tail:
    """The later stages and the head, fitted to `maps`, in evaluation mode."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        stages = copy.deepcopy(_cut(backbone)[1])
        return _descend(Tail(stages, _ridge_head(stages, maps)), maps, epochs)


def predict(tail: Tail, maps: Maps) -> Tensor:
    """(n, 2) z-scores of the photos as they are, not mirrored."""
    return _in_batches(tail, maps.values[0])


def _descend(tail: Tail, maps: Maps, epochs: int) -> Tail:
    average = AveragedModel(tail, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING))  # type: ignore[no-untyped-call]
    stages = {"params": tail.stages.parameters(), "lr": LEARNING_RATE}
    head = {"params": tail.head.parameters(), "lr": HEAD_LEARNING_RATE}
    optimiser = torch.optim.AdamW([stages, head], weight_decay=WEIGHT_DECAY)
    steps = epochs * math.ceil(len(maps.labels) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, steps))
    for values, labels in _batches(maps, epochs):
        optimiser.zero_grad()
        torch.autograd.backward(functional.mse_loss(tail(values), labels))
        optimiser.step()
        schedule.step()
        average.update_parameters(tail)
    return cast(Tail, average.module.eval())


def _pace(step: int, steps: int) -> float:
    """Up within `WARM_UP` steps, then down along a cosine to 0."""
    return min(1.0, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2


def _batches(maps: Maps, epochs: int) -> Iterator[tuple[Tensor, Tensor]]:
    views, n = maps.values.shape[:2]
    for _ in range(epochs):
        for photos in torch.split(torch.randperm(n), BATCH):
            view = torch.randint(views, (len(photos),))
            yield _crop(maps.values[view, photos].float()), maps.labels[photos]


def _crop(values: Tensor) -> Tensor:
    """One random rectangle of every map: to a net that pools, much like cropping the photos, and cheap."""
    for axis in (2, 3):
        length = int(torch.randint(SMALLEST_CROP, values.shape[axis] + 1, ()))
        start = int(torch.randint(values.shape[axis] - length + 1, ()))
        values = values.narrow(axis, start, length)
    return values


def _ridge_head(stages: nn.Sequential, maps: Maps) -> nn.Linear:
    features = torch.cat([_in_batches(stages, view) for view in maps.values])
    ridge = make_pipeline(StandardScaler(), Ridge(RIDGE))
    ridge.fit(features.numpy(), maps.labels.repeat(len(maps.values), 1).numpy())
    scaler, regression = ridge
    weight = regression.coef_ / scaler.scale_
    head = nn.Linear(features.shape[1], 2)
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(weight))
        head.bias.copy_(torch.from_numpy(regression.intercept_ - weight @ scaler.mean_))
    return head


def _in_batches(net: nn.Module, values: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.cat([net(batch.float()) for batch in torch.split(values, BATCH)])


class _Fitter:
    """Fits the same recipe to a choice of photos, and counts how often it was asked to."""

    def __init__(self, backbone: Backbone, maps: Maps, seed: int, epochs: int, progress: Progress) -> None:
        self.backbone, self.maps, self.seed, self.epochs, self.progress = (
            backbone,
            maps,
            seed,
            epochs,
            progress,
        )
        self.done = 0

    def __call__(self, photos: NDArray[np.intp]) -> Tail:
        tail = fine_tune(self.backbone, self.maps.of(photos), self.seed, self.epochs)
        self.done += 1
        self.progress(self.done, 2 * FOLDS + 1)
        return tail


def _figures(fit: _Fitter, themes: list[str], seed: int) -> dict[str, float]:
    random = _out_of_fold(fit, KFold(FOLDS, shuffle=True, random_state=seed).split(themes))
    apart = _out_of_fold(fit, GroupKFold(FOLDS, shuffle=True, random_state=seed).split(themes, groups=themes))
    labels = fit.maps.labels
    return {
        "valence_r": _pearson(random[:, 0], labels[:, 0]),
        "arousal_r": _pearson(random[:, 1], labels[:, 1]),
        "valence_r_themes_apart": _pearson(apart[:, 0], labels[:, 0]),
        "arousal_r_themes_apart": _pearson(apart[:, 1], labels[:, 1]),
        "valence_spread_z": round(float(random[:, 0].std()), 3),
        "arousal_spread_z": round(float(random[:, 1].std()), 3),
    }


def _out_of_fold(fit: _Fitter, folds: Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]) -> Tensor:
    predictions = torch.empty_like(fit.maps.labels)
    for seen, unseen in folds:
        predictions[unseen] = predict(fit(seen), fit.maps.of(unseen))
    return predictions


def _pearson(predicted: Tensor, rated: Tensor) -> float:
    return round(float(torch.corrcoef(torch.stack([predicted, rated]))[0, 1]), 3)


def _statistics(mean: Tensor, deviation: Tensor) -> dict[str, str]:
    """What the z-scores are of: how to come back to the raters' 1..7."""
    return {
        "valence_mean": f"{mean[0]:.4f}",
        "valence_deviation": f"{deviation[0]:.4f}",
        "arousal_mean": f"{mean[1]:.4f}",
        "arousal_deviation": f"{deviation[1]:.4f}",
    }


def _assembled(backbone: Backbone, tail: Tail) -> Estimator:
    whole = Estimator(copy.deepcopy(backbone))
    whole.backbone.stages = nn.Sequential(*_cut(backbone)[0], *tail.stages)
    whole.head = tail.head
    return whole


def _save(models: Path, net: Estimator, header: dict[str, str], figures: dict[str, float]) -> None:
    weights.save(
        WEIGHTS,
        {name: tensor.half() for name, tensor in net.state_dict().items()},
        header=header,
        what="Picture → valence and arousal: EfficientNet-Lite0 with a two-output head, fine-tuned on OASIS",
        licence="Apache-2.0",
        command="python bridge.py train visual",
        figures=figures,
        models=models,
    )


def _rounding(models: Path, photos: list[Path], maps: Maps, tail: Tail) -> float:
    """The greatest difference that storing float16 makes, in z."""
    few = np.arange(len(photos))[:PRECISION_CHECKS]
    shipped = VisualEstimator.load(models)
    tracks = [shipped.estimate(read_picture(photos[i])).at(0) for i in few]
    difference = torch.tensor([[t.valence, t.arousal] for t in tracks]) - predict(tail, maps.of(few))
    return round(float(difference.abs().max()), 4)
