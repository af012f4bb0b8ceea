"""Trains the embedded generator: Generative Latent Optimization (Bojanowski et al. 2018), one free code per photo.

Photos of 31 classes → `embedded-generator.safetensors`: a decoder, the codes it learned, and the keys by which a
latent recalls them. `choose` picks the photos that show their class best, judged by a linear probe that was not
fitted on them; `Trainer` optimises decoder and codes together.
"""

import copy
import csv
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import BridgeError
from ..pipeline.nets.generator import BASE_SIZE, CODE_DIM, SIZE, Decoder
from ..types import Progress, no_progress
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
    """The photos that `folder`/index.csv lists, cropped square from the middle. BridgeError if there is no such list."""
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


def choose(features: NDArray[np.float32], class_ids: NDArray[np.int64], seed: int = 0) -> NDArray[np.int64]:
    """Indices of the photos to remember: those that a probe, fitted on others, finds most like their class."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    shown = cross_val_predict(probe(), features, class_ids, cv=folds, method="predict_proba")
    own = shown[np.arange(len(class_ids)), class_ids]
    chosen: list[int] = []
    for class_id in np.unique(class_ids):
        ranked = sorted(np.flatnonzero(class_ids == class_id), key=lambda i: -own[i])[:MOST_PER_CLASS]
        clear = [i for i in ranked if own[i] >= LEAST_SHOWN]
        chosen += clear if len(clear) >= LEAST_PER_CLASS else ranked[:LEAST_PER_CLASS]
    return np.array(sorted(chosen), np.int64)


def probe():  # type: ignore[no-untyped-def]  # scikit-learn has no types
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
        self.perceptual = perceptual.to(memory_format=torch.channels_last)
        codes, directions, mean = principal_components(pixels)
        self.codes = nn.Embedding.from_pretrained(codes, freeze=False, sparse=True)
        self.decoder = Decoder().to(memory_format=torch.channels_last)
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
        state |= {"random": self.random.get_state(), "steps": self.steps, "seconds": self.seconds}
        temporary = path.with_suffix(".part")
        torch.save(state, temporary)
        os.replace(temporary, path)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        for name in self._STATEFUL:
            getattr(self, name).load_state_dict(state[name])
        self.random.set_state(state["random"])
        self.steps, self.seconds = state["steps"], state["seconds"]


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
