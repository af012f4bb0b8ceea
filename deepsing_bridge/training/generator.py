"""Trains the embedded generator, and others like it.

Photos of some classes → a weight file: a decoder, the codes it learned (`glo`), and the keys by which a latent recalls
them. `choose` picks the photos that show their class best, judged by a linear probe that was not fitted on them.
"""

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.nn import functional as F

from .. import weights
from ..attributes.backbones import frozen_features
from ..core.errors import BridgeError
from ..core.files import appearing
from ..core.types import Progress, no_progress
from ..generators.decoder import SIZE
from ..generators.photos import EMBEDDED, LATENT_DIM, STEERED, PhotoGenerator
from ..generators.protocol import generator_file
from ..weights.files import MODELS
from .glo import BATCH, Budget, Trainer
from .perceptual import PerceptualDistance

MOST_PER_CLASS = 40
LEAST_PER_CLASS = 6
RECALL_SHARE = 0.95  # of the weight that the nearest code gets: less gives double exposures, more gives hard switches
PROBED_PER_CLASS = 20
CREDITS = "embedded-generator-photos.csv"
UNWANTED = "embedded-generator-unwanted.csv"
LEAST_SHOWN = 0.1  # probability of its own class below which a photo is no example


@dataclass(frozen=True)
class Photos:
    """`pixels` (n, 3, 256, 256) uint8, `class_ids` (n,), `names` of the files, and `classes` in order of id."""

    pixels: Tensor
    class_ids: NDArray[np.int64]
    names: tuple[str, ...]
    classes: tuple[str, ...]

    def subset(self, chosen: NDArray[np.int64]) -> "Photos":
        names = tuple(self.names[i] for i in chosen)
        return Photos(self.pixels[chosen], self.class_ids[chosen], names, self.classes)


def read_photos(folder: Path) -> Photos:
    """The photos that `folder`/index.csv lists, cropped square from the middle. BridgeError if there is no list."""
    index = folder / "index.csv"
    if not index.exists():
        raise BridgeError(f"{index}: no such file; it must list `file` and `class` of each photo")
    with index.open(newline="") as file:
        rows = list(csv.DictReader(file))
    classes = tuple(sorted({row["class"] for row in rows}))
    pixels = torch.stack([read_square(folder / row["file"]) for row in rows])
    class_ids = np.array([classes.index(row["class"]) for row in rows], np.int64)
    return Photos(pixels, class_ids, tuple(row["file"] for row in rows), classes)


def unwanted() -> list[str]:
    """The photos that are no examples for the embedded generator: they show something else than their class says, next
    to nothing, or what nobody wants to find in a show."""
    with (MODELS / UNWANTED).open(newline="", encoding="utf-8") as file:
        return [row["file"] for row in csv.DictReader(file)]


def read_square(path: Path) -> Tensor:
    """(3, SIZE, SIZE) uint8 RGB: the middle of a picture, upright as its camera noted it down."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        square = ImageOps.fit(upright, (SIZE, SIZE), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1).contiguous()


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


def photo_features(pixels: Tensor, progress: Progress = no_progress) -> NDArray[np.float32]:
    """(n, 3, H, W) uint8 → (n, 1280) features of the frozen EfficientNet-Lite0."""
    batches = []
    for first in range(0, len(pixels), 64):
        batches.append(frozen_features(pixels[first : first + 64].float() / 255).numpy())
        progress(min(first + 64, len(pixels)), len(pixels))
    return np.concatenate(batches)


def choose(features: NDArray[np.float32], class_ids: NDArray[np.int64], seed: int = 0) -> NDArray[np.int64]:
    """Indices of the photos to take as examples: those that a probe, fitted on others, finds most like their class."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    shown = cross_val_predict(probe(), features, class_ids, cv=folds, method="predict_proba")
    own = shown[np.arange(len(class_ids)), class_ids]
    chosen: list[np.int64] = []
    for class_id in np.unique(class_ids):
        ranked = sorted(np.flatnonzero(class_ids == class_id), key=lambda i: -own[i])[:MOST_PER_CLASS]
        clear = [i for i in ranked if own[i] >= LEAST_SHOWN]
        chosen += clear if len(clear) >= LEAST_PER_CLASS else ranked[:LEAST_PER_CLASS]
    return np.array(sorted(chosen), np.int64)


def probe() -> Any:
    """The linear probe on frozen features: classes weighed equally, although some have 25 times the photos."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=2000))


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


def probe_metrics(
    generator: PhotoGenerator, photos: Photos, features: NDArray[np.float32], seed: int
) -> dict[str, float]:
    """How often a linear probe, fitted on half of the photos, names the class of generated pictures, and of the other
    half of the photos. Every class counts the same; also by class, the share right for generated pictures."""
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import train_test_split

    half, rest = train_test_split(np.arange(len(features)), test_size=0.5, stratify=photos.class_ids, random_state=seed)
    fitted = probe().fit(features[half], photos.class_ids[half])
    pictures, class_ids = sample_pictures(generator, PROBED_PER_CLASS, seed)
    named = fitted.predict(photo_features(pictures))
    metrics = {
        "probe_generated": float((named == class_ids).mean()),
        "probe_photos": float(balanced_accuracy_score(photos.class_ids[rest], fitted.predict(features[rest]))),
    }
    by_class = {
        f"probe_generated.{label}": float((named == class_ids)[class_ids == class_id].mean())
        for class_id, label in enumerate(generator.classes)
    }
    return metrics | by_class


def sample_pictures(generator: PhotoGenerator, per_class: int, seed: int) -> tuple[Tensor, NDArray[np.int64]]:
    """(classes · per_class, 3, 256, 256) uint8 pictures of random latents, class by class, and their class ids."""
    class_ids = np.repeat(np.arange(len(generator.classes)), per_class)
    latents = generator.sample_latents(len(class_ids), seed)
    vectors = F.one_hot(torch.from_numpy(class_ids), len(generator.classes)).float()
    batches = zip(vectors.split(BATCH), latents.split(BATCH), strict=True)
    pictures = [(generator.generate(*batch) * 255).round().byte() for batch in batches]
    return torch.cat(pictures), class_ids


def measure(data: Path, seed: int = 0, progress: Progress = no_progress) -> dict[str, float]:
    """The probe's metrics for the shipped generator."""
    photos = read_photos(data / "photos")
    return probe_metrics(PhotoGenerator.load(), photos, photo_features(photos.pixels, progress), seed)


def write_credits(index: Path, names: tuple[str, ...], path: Path) -> None:
    """The rows of `index` for the photos `names`: where each of these examples is from, and its licence."""
    with index.open(newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    with appearing(path) as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "class", "source", "licence"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in names)


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
