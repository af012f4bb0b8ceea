"""Trains the embedded generator, and others like it.

Photos of some classes → a weight file: a decoder, the codes it learned (`glo`), and the keys by which a latent recalls
them. Its examples are the photos that show their class best (`photo_probe.choose`).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from .. import weights
from ..core.types import Progress, no_progress
from ..generators.decoder import SIZE
from ..generators.photos import EMBEDDED, LATENT_DIM, STEERED, PhotoGenerator
from ..generators.protocol import generator_file
from ..weights.files import MODELS
from .example_photos import CREDITS, Photos, read_photos, unwanted, write_credits
from .glo import Budget, Trainer
from .perceptual import PerceptualDistance
from .photo_probe import choose, photo_features, probe_metrics

RECALL_SHARE = 0.95  # of the weight that the nearest code gets: less gives double exposures, more gives hard switches


def train(
    data: Path,
    budget: Budget,
    checkpoint: Path,
    models: Path = MODELS,
    seed: int = 0,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Photos of `data`/photos → the weight file. An unfinished `checkpoint` is taken up. Gives the probe's metrics."""
    photos = read_photos(data / "photos")
    photos = photos.subset(np.flatnonzero(~np.isin(photos.names, unwanted())))
    perceptual = PerceptualDistance.read(data / "wct16x" / "4SE.pth")
    trained = train_on(photos, perceptual, budget, checkpoint, seed, progress)
    save(
        trained,
        EMBEDDED,
        models,
        licence="Apache-2.0; trained on photos under CC0, CC BY 2.0 and CC BY 4.0, credited in the model card",
        command=f"python bridge.py train generator {budget.option}",
    )
    write_credits(data / "photos" / "index.csv", trained.photos.names, models / CREDITS)
    return trained.metrics


@dataclass(frozen=True)
class TrainedGenerator:
    """A generator, the photos that are its examples, the probe's metrics, and how many steps it took."""

    generator: PhotoGenerator
    photos: Photos
    metrics: dict[str, float]
    steps: int


def train_on(
    photos: Photos,
    perceptual: nn.Module,
    budget: Budget,
    checkpoint: Path,
    seed: int = 0,
    progress: Progress = no_progress,
) -> TrainedGenerator:
    """Choose photos, train on them, and measure. An unfinished `checkpoint` is taken up."""
    features = photo_features(photos.pixels)
    chosen = choose(features, photos.class_ids, seed)
    examples = photos.subset(chosen)
    trainer = Trainer(examples.pixels, perceptual, seed)
    if checkpoint.exists():
        trainer.load(checkpoint)
    trainer.train(budget, checkpoint, progress)
    generator = export(trainer, examples, features[chosen])
    return TrainedGenerator(generator, examples, probe_metrics(generator, photos, features, seed), trainer.steps)


def export(trainer: Trainer, photos: Photos, features: NDArray[np.float32]) -> PhotoGenerator:
    """The generator that the training ended with, rounded to float16 as it will be stored."""
    tensors = {f"decoder.{name}": value for name, value in trainer.average.state_dict().items()}
    tensors |= {
        "codes": trainer.codes.weight.detach().clone(),
        "keys": recall_keys(features, photos.class_ids),
    }
    tensors = {name: value.half() for name, value in tensors.items()}
    tensors["class_ids"] = torch.from_numpy(photos.class_ids).to(torch.int16)
    sharpness = recall_sharpness(tensors["keys"].float(), photos.class_ids, RECALL_SHARE)
    return PhotoGenerator(tensors, photos.classes, sharpness)


def recall_keys(features: NDArray[np.float32], class_ids: NDArray[np.int64]) -> Tensor:
    """(n, recalling part of the latent) unit vectors: alike photos of a class have near keys, so that a moving latent
    goes from photo to alike photo."""
    from sklearn.decomposition import PCA

    means = np.stack([features[class_ids == class_id].mean(0) for class_id in class_ids])
    wanted = LATENT_DIM - STEERED
    there = min(wanted, *features.shape)
    reduced = PCA(there, random_state=0).fit_transform(features - means)
    return F.normalize(F.pad(torch.from_numpy(reduced.astype(np.float32)), (0, wanted - there)), dim=1)


def recall_sharpness(keys: Tensor, class_ids: NDArray[np.int64], share: float) -> float:
    """The sharpness at which a random latent gives its nearest code `share` of the weight, on average over classes."""
    directions = F.normalize(torch.randn(256, keys.shape[1], generator=torch.Generator().manual_seed(0)), dim=1)
    near = [directions @ keys[class_ids == class_id].T for class_id in np.unique(class_ids)]
    low, high = 1.0, 1e4
    for _ in range(40):
        middle = math.sqrt(low * high)
        largest = torch.stack([(middle * one).softmax(1).amax(1).mean() for one in near]).mean()
        low, high = (middle, high) if largest < share else (low, middle)
    return middle


def save(
    trained: TrainedGenerator,
    name: str,
    models: Path = MODELS,
    *,
    licence: str,
    command: str,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Write the weight file of the generator called `name`. `facts` are for its header."""
    generator, photos = trained.generator, trained.photos
    tensors = {f"decoder.{name}": value.half() for name, value in generator.decoder.state_dict().items()}
    tensors |= {"codes": generator.codes.half(), "keys": generator.keys.half()}
    tensors["class_ids"] = torch.from_numpy(photos.class_ids).to(torch.int16)
    weights.save(
        generator_file(name),
        tensors,
        header={
            "classes": json.dumps(generator.classes),
            "sharpness": repr(generator.sharpness),
            "photos": json.dumps(photos.names),
            **(facts or {}),
        },
        what=f"class-conditional generator of {len(generator.classes)} classes, {SIZE}×{SIZE}",
        licence=licence,
        command=command,
        metrics={key: round(value, 4) for key, value in trained.metrics.items()},
        models=models,
    )
