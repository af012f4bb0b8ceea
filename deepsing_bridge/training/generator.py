"""Trains the embedded generator: Generative Latent Optimization (Bojanowski et al. 2018), one free code per photo.

Photos of 31 classes → `embedded-generator.safetensors`: a decoder, the codes it learned, and the keys by which a
latent recalls them. `choose` picks the photos that show their class best, judged by a linear probe that was not
fitted on them; `Trainer` optimises decoder and codes together.
"""

import copy
import csv
import json
import math
import time
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
from ..adapters.files import appearing
from ..errors import BridgeError
from ..pipeline.generate import EMBEDDED, LATENT_DIM, STEERED, EmbeddedGenerator, generator_file
from ..pipeline.nets.generator import BASE_SIZE, CODE_DIM, SIZE, Decoder
from ..pipeline.visual import frozen_features
from ..types import Progress, no_progress
from ..weights import MODELS
from .perceptual import Perceptual

BATCH = 8
WARM_UP = 100  # steps until the full learning rate
LEARNING_RATE = 1e-3
BASE_LEARNING_RATE = 1e-5  # of the linear first guess, which begins right and has small weights
CODE_LEARNING_RATE = 1e-3
CODE_NOISE = 0.03  # on codes of unit variance: neighbouring codes must decode to neighbouring pictures
LOOK = 128  # pixels of the corner that is compared by features
PERCEPTUAL_WEIGHT = 0.15  # against L1, as both stand after the first minutes
AVERAGING = 0.998  # of the decoder's weights over steps
MOST_PER_CLASS = 40
LEAST_PER_CLASS = 6
RECALL_SHARE = 0.95  # of the weight that the nearest code gets: less gives double exposures, more gives hard switches
PROBED_PER_CLASS = 20
CREDITS = "embedded-generator-photos.csv"
LEAST_SHOWN = 0.1  # probability of its own class below which a photo is not remembered


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
    pixels = torch.stack([_read(folder / row["file"]) for row in rows])
    class_ids = np.array([classes.index(row["class"]) for row in rows], np.int64)
    return Photos(pixels, class_ids, tuple(row["file"] for row in rows), classes)


def _read(path: Path) -> Tensor:
    with Image.open(path) as image:
        square = ImageOps.fit(image.convert("RGB"), (SIZE, SIZE), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1).contiguous()


def train(
    data: Path,
    minutes: float,
    checkpoint: Path,
    models: Path = MODELS,
    seed: int = 0,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Photos of `data`/photos → the weight file. An unfinished `checkpoint` is taken up. Gives the probe's figures."""
    photos = read_photos(data / "photos")
    features = photo_features(photos.pixels)
    chosen = choose(features, photos.class_ids, seed)
    remembered = photos.subset(chosen)
    trainer = Trainer(remembered.pixels, Perceptual(data / "wct16x" / "4SE.pth"), seed)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if checkpoint.exists():
        trainer.load(checkpoint)
    trainer.train(minutes, checkpoint, progress)
    generator = export(trainer, remembered, features[chosen])
    figures = probe_figures(generator, photos, features, seed)
    save(generator, remembered, figures, minutes, models)
    write_credits(data / "photos" / "index.csv", remembered.names, models / CREDITS)
    return figures


def photo_features(pixels: Tensor, progress: Progress = no_progress) -> NDArray[np.float32]:
    """(n, 3, H, W) uint8 → (n, 1280) features of the frozen EfficientNet-Lite0."""
    batches = []
    for first in range(0, len(pixels), 64):
        batches.append(frozen_features(pixels[first : first + 64].float() / 255).numpy())
        progress(min(first + 64, len(pixels)), len(pixels))
    return np.concatenate(batches)


def choose(features: NDArray[np.float32], class_ids: NDArray[np.int64], seed: int = 0) -> NDArray[np.int64]:
    """Indices of the photos to remember: those that a probe, fitted on others, finds most like their class."""
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


class Trainer:
    """The decoder and one free code per photo, optimised together; resumable: all that changes is in `state`."""

    def __init__(self, pixels: Tensor, perceptual: nn.Module, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.pixels = pixels
        self.perceptual = perceptual
        codes, directions, mean = principal_components(pixels)
        self.codes = nn.Embedding.from_pretrained(codes, freeze=False, sparse=True)
        self.decoder = Decoder().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.decoder.base.load_state_dict({"weight": directions, "bias": mean})
        self.average = copy.deepcopy(self.decoder)
        self.optimizer = torch.optim.Adam(self._groups(), betas=(0.9, 0.99))
        self.code_optimizer = torch.optim.SparseAdam(
            [{"params": list(self.codes.parameters()), "rate": CODE_LEARNING_RATE}], betas=(0.8, 0.98)
        )
        self.random = torch.Generator().manual_seed(seed)
        self.queue: list[int] = []
        self.steps = 0
        self.seconds = 0.0
        self.last_loss = math.nan

    def train(self, minutes: float, checkpoint: Path, progress: Progress = no_progress) -> None:
        """Until `minutes` of training are over, those of earlier runs counted; saves every two minutes."""
        saved = self.seconds
        while self.seconds < minutes * 60:
            started = time.perf_counter()
            self._set_rates(self.seconds / (minutes * 60))
            self._step(self._next_batch())
            self.seconds += time.perf_counter() - started
            progress(int(self.seconds), int(minutes * 60))
            if self.seconds - saved > 120:
                self.save(checkpoint)
                saved = self.seconds
        self.save(checkpoint)

    def _set_rates(self, done: float) -> None:
        share = min(1.0, self.steps / WARM_UP) * (0.02 + 0.49 * (1 + math.cos(math.pi * min(done, 1.0))))
        for group in (*self.optimizer.param_groups, *self.code_optimizer.param_groups):
            group["lr"] = group["rate"] * share

    def _groups(self) -> list[dict[str, object]]:
        base = list(self.decoder.base.parameters())
        others = [weight for name, weight in self.decoder.named_parameters() if not name.startswith("base.")]
        return [{"params": base, "rate": BASE_LEARNING_RATE}, {"params": others, "rate": LEARNING_RATE}]

    def _next_batch(self) -> Tensor:
        if len(self.queue) < BATCH:
            self.queue = torch.randperm(len(self.pixels), generator=self.random).tolist()
        batch, self.queue = self.queue[:BATCH], self.queue[BATCH:]
        return torch.tensor(batch)

    def _step(self, which: Tensor) -> None:
        wanted = (self.pixels[which].float() / 255).contiguous(memory_format=torch.channels_last)
        code = self.codes(which)
        code = code + CODE_NOISE * torch.randn(code.shape, generator=self.random)
        loss = self._loss(self.decoder(code), wanted)
        for optimizer in (self.optimizer, self.code_optimizer):
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        for optimizer in (self.optimizer, self.code_optimizer):
            optimizer.step()
        self.last_loss = loss.item()
        self.steps += 1
        self._update_average()

    def _loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        """L1 everywhere; the perceptual distance, which costs as much as the decoder, on one corner of each picture."""
        y, x = torch.randint(SIZE - LOOK + 1, (2,), generator=self.random).tolist()
        corner = (..., slice(y, y + LOOK), slice(x, x + LOOK))
        distance: Tensor = F.l1_loss(made, wanted) + PERCEPTUAL_WEIGHT * self.perceptual(made[corner], wanted[corner])
        return distance

    @torch.no_grad()
    def _update_average(self) -> None:
        keep = min(AVERAGING, self.steps / (self.steps + 10))
        for mean, now in zip(self.average.parameters(), self.decoder.parameters(), strict=True):
            mean.lerp_(now, 1 - keep)

    _STATEFUL = ("codes", "decoder", "average", "optimizer", "code_optimizer")

    def save(self, path: Path) -> None:
        state = {name: getattr(self, name).state_dict() for name in self._STATEFUL}
        state |= {"random": self.random.get_state(), "queue": self.queue, "steps": self.steps, "seconds": self.seconds}
        with appearing(path) as part:
            torch.save(state, part)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        for name in self._STATEFUL:
            getattr(self, name).load_state_dict(state[name])
        self.random.set_state(state["random"])
        self.queue, self.steps, self.seconds = state["queue"], state["steps"], state["seconds"]


def principal_components(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """First codes (n, 512) of unit variance, and the linear map (12288, 512), (12288,) from them to 64×64 pictures."""
    small = F.interpolate(pixels.float() / 255 - 0.5, size=(BASE_SIZE, BASE_SIZE), mode="area").flatten(1)
    mean = small.mean(0)
    left, sizes, right = torch.linalg.svd(small - mean, full_matrices=False)
    rank, scale = min(CODE_DIM, len(sizes)), math.sqrt(len(pixels))
    codes, directions = torch.zeros(len(pixels), CODE_DIM), torch.zeros(small.shape[1], CODE_DIM)
    codes[:, :rank] = left[:, :rank] * scale
    directions[:, :rank] = (right[:rank] * sizes[:rank, None]).T / scale
    return codes, directions, mean


def export(trainer: Trainer, photos: Photos, features: NDArray[np.float32]) -> EmbeddedGenerator:
    """The generator that the training ended with, rounded to float16 as it will be stored."""
    tensors = {f"decoder.{name}": value for name, value in trainer.average.state_dict().items()}
    tensors |= {
        "codes": trainer.codes.weight.detach().clone(),
        "keys": recall_keys(features, photos.class_ids),
    }
    tensors = {name: value.half() for name, value in tensors.items()}
    tensors["class_ids"] = torch.from_numpy(photos.class_ids).to(torch.int16)
    sharpness = recall_sharpness(tensors["keys"].float(), photos.class_ids, RECALL_SHARE)
    return EmbeddedGenerator(tensors, photos.classes, sharpness)


def recall_keys(features: NDArray[np.float32], class_ids: NDArray[np.int64]) -> Tensor:
    """(n, recalling part of the latent) unit vectors: alike photos of a class have near keys, so that a moving latent
    goes from photo to alike photo."""
    from sklearn.decomposition import PCA

    means = np.stack([features[class_ids == class_id].mean(0) for class_id in class_ids])
    reduced = PCA(LATENT_DIM - STEERED, random_state=0).fit_transform(features - means)
    return F.normalize(torch.from_numpy(reduced.astype(np.float32)), dim=1)


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


def probe_figures(
    generator: EmbeddedGenerator, photos: Photos, features: NDArray[np.float32], seed: int
) -> dict[str, float]:
    """How often a linear probe, fitted on half of the photos, names the class of generated pictures, and of the other
    half of the photos. Every class counts the same; also by class, the share right for generated pictures."""
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import train_test_split

    half, rest = train_test_split(np.arange(len(features)), test_size=0.5, stratify=photos.class_ids, random_state=seed)
    fitted = probe().fit(features[half], photos.class_ids[half])
    pictures, class_ids = sample_pictures(generator, PROBED_PER_CLASS, seed)
    named = fitted.predict(photo_features(pictures))
    figures = {
        "probe_generated": float((named == class_ids).mean()),
        "probe_photos": float(balanced_accuracy_score(photos.class_ids[rest], fitted.predict(features[rest]))),
    }
    by_class = {
        f"probe_generated.{label}": float((named == class_ids)[class_ids == class_id].mean())
        for class_id, label in enumerate(generator.classes)
    }
    return figures | by_class


def sample_pictures(generator: EmbeddedGenerator, per_class: int, seed: int) -> tuple[Tensor, NDArray[np.int64]]:
    """(classes · per_class, 3, 256, 256) uint8 pictures of random latents, class by class, and their class ids."""
    class_ids = np.repeat(np.arange(len(generator.classes)), per_class)
    latents = generator.sample_latents(len(class_ids), seed)
    vectors = F.one_hot(torch.from_numpy(class_ids), len(generator.classes)).float()
    batches = zip(vectors.split(BATCH), latents.split(BATCH), strict=True)
    pictures = [(generator.generate(*batch) * 255).round().byte() for batch in batches]
    return torch.cat(pictures), class_ids


def measure(data: Path, seed: int = 0, progress: Progress = no_progress) -> dict[str, float]:
    """The probe's figures for the shipped generator."""
    photos = read_photos(data / "photos")
    return probe_figures(EmbeddedGenerator.load(), photos, photo_features(photos.pixels, progress), seed)


def write_credits(index: Path, names: tuple[str, ...], path: Path) -> None:
    """The rows of `index` for the photos `names`: where each remembered photo is from, and its licence."""
    with index.open(newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    with appearing(path) as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "class", "source", "licence"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in names)


def save(
    generator: EmbeddedGenerator,
    photos: Photos,
    figures: dict[str, float],
    minutes: float,
    models: Path = MODELS,
) -> None:
    tensors = {f"decoder.{name}": value.half() for name, value in generator.decoder.state_dict().items()}
    tensors |= {"codes": generator.codes.half(), "keys": generator.keys.half()}
    tensors["class_ids"] = torch.from_numpy(photos.class_ids).to(torch.int16)
    weights.save(
        generator_file(EMBEDDED),
        tensors,
        header={
            "classes": json.dumps(generator.classes),
            "sharpness": repr(generator.sharpness),
            "photos": json.dumps(photos.names),
        },
        what="class-conditional generator of 31 classes, 256×256",
        licence="Apache-2.0; trained on photos under CC0, CC BY 2.0 and CC BY 4.0, credited in the model card",
        command=f"python bridge.py train generator --minutes {minutes:g}",
        figures={name: round(value, 4) for name, value in figures.items()},
        models=models,
    )
