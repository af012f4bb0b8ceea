"""A linear probe on frozen features: which photos show their class best, and whether generated pictures show theirs.

It judges photos that it was not fitted on.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..attributes.backbones import frozen_features
from ..core.types import Progress, no_progress
from ..generators.photos import PhotoGenerator
from .example_photos import Photos, read_photos
from .glo import BATCH

MOST_PER_CLASS = 40
LEAST_PER_CLASS = 6
PROBED_PER_CLASS = 20
LEAST_SHOWN = 0.1  # probability of its own class below which a photo is no example


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
