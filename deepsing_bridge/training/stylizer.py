"""Makes `models/wct.safetensors`: our stylizer networks, distilled from the 16-fold compressed WCT networks.

The teacher (Wang et al., Collaborative Distillation, CVPR 2020; MIT) has an encoder and a decoder per level.
Ours has one encoder for all levels; its taps learn the taps of the teacher's deepest encoder, and each
decoder learns to invert its tap and to paint what the teacher paints from whitened and coloured features.
Every step draws its photos, crops and blend from (seed, step) alone, so a resumed training equals an
uninterrupted one.
"""

import copy
import math
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageOps

from .. import weights
from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..stylization.networks import LEVELS, Networks
from ..stylization.wct import WEIGHTS, Stylizer
from . import checkpointing
from .card import training_facts
from .dataset_checks import refuse_missing
from .pictures import refuse_unreadable
from .recipes import STYLIZER_STEPS
from .stylizer_init import initialize_from_teacher
from .stylizer_teacher import TEACHER, FeatureSpace, Teacher, blended, difference

BATCH = 4
SIDE = 128  # of the random crops, in pixels
INIT_PHOTOS = 16  # photos that the layers are fitted on before the training
METRIC_SIDE = 256  # of the squares that the metrics are measured on, in pixels
LEVEL_SHARES = (0.1, 0.2, 0.3, 0.4)  # how often each decoder is trained
LEARNING_RATE = 5e-4
RISE = 20  # steps until the learning rate is reached
PIXEL_WEIGHT = 5.0
MEASURED_BLENDS = (0.1, 0.5)  # the paper's, and a strong one
TIMED_SIDES = (256, 512)
CHECKPOINT_EVERY = 50  # steps
PATIENCE = 3  # validations without the error falling
HELD_OUT_EVERY = 150  # of so many photos, one is held out for validation and the metrics
EXPECTED = "wct16x/ with the teacher's networks, and JPEG photos in photos/*/ or oasis/images/"


def photos(data: Path) -> tuple[list[Path], list[Path]]:
    """The photos to train on, and those that are held out for validation and the metrics."""
    found = sorted([*data.glob("photos/*/*.jpg"), *data.glob("oasis/images/*.jpg")])
    if not found:
        raise BridgeError(f"{data}: no photos; expected JPEG files in photos/*/ and oasis/images/")
    held_out = found[::HELD_OUT_EVERY]
    return sorted(set(found) - set(held_out)), held_out


def _pixels(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def _tensor(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)


def crop(path: Path, size: int, random: np.random.Generator) -> torch.Tensor:
    """A random square of a photo, (3, size, size), mirrored or not, after a random reduction."""
    image = _pixels(path)
    reduction = max(size / min(image.size), random.uniform(0.6, 1))
    width, height = (max(size, round(side * reduction)) for side in image.size)
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = int(random.integers(width - size + 1)), int(random.integers(height - size + 1))
    pixels = np.asarray(image.crop((left, top, left + size, top + size)))
    return _tensor(pixels[:, :: random.choice((-1, 1))].copy())


def _spread(paths: list[Path], count: int) -> list[Path]:
    """`count` of `paths`, or all if there are fewer, from beginning to end."""
    return paths[:: max(1, len(paths) // count)][:count]


def _squares(paths: list[Path]) -> torch.Tensor:
    squares = [ImageOps.fit(_pixels(path), (METRIC_SIDE, METRIC_SIDE)) for path in paths]
    return torch.stack([_tensor(np.asarray(square)) for square in squares])


@dataclass(frozen=True)
class TrainingBatch:
    """What one step learns from, drawn from (seed, step)."""

    level: int
    blend: float
    pictures: torch.Tensor

    @staticmethod
    def draw(paths: list[Path], seed: int, step: int) -> "TrainingBatch":
        random = np.random.default_rng((seed, step))
        chosen = random.choice(len(paths), BATCH, replace=len(paths) < BATCH)
        pictures = torch.stack([crop(paths[index], SIDE, random) for index in chosen])
        level = int(random.choice(LEVELS, p=LEVEL_SHARES))
        return TrainingBatch(level, random.uniform(), pictures.to(memory_format=torch.channels_last))


class Student:
    """The networks in training, and how far they are. `waited`: validations since the error last fell."""

    def __init__(self) -> None:
        self.networks = Networks()
        self.adam = torch.optim.Adam(self.networks.parameters(), betas=(0.9, 0.99))
        self.step = 0
        self.error = math.inf
        self.waited = 0
        self.best = copy.deepcopy(self.networks.state_dict())

    def learn(self, loss: torch.Tensor, rate: float) -> None:
        self.adam.param_groups[0]["lr"] = rate
        self.adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        self.adam.step()
        self.step += 1

    def note_error(self, error: float) -> None:
        """What validation found: the networks that are best for it are kept."""
        self.waited += 1
        if error < self.error:
            self.error, self.waited, self.best = error, 0, copy.deepcopy(self.networks.state_dict())

    def save(self, checkpoint: Path) -> None:
        state = {"networks": self.networks.state_dict(), "adam": self.adam.state_dict(), "best": self.best}
        checkpointing.save(state | {"step": self.step, "error": self.error, "waited": self.waited}, checkpoint)

    def restore(self, checkpoint: Path) -> None:
        """Raises BridgeError for a file that is damaged, or of another training."""
        state = checkpointing.load(checkpoint)
        try:
            self.networks.load_state_dict(state["networks"])
            self.adam.load_state_dict(state["adam"])
            self.step, self.error = state["step"], state["error"]
            self.waited, self.best = state["waited"], state["best"]
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise BridgeError(f"{checkpoint}: not a checkpoint of this training; delete it or name another") from error


def learning_rate(step: int, steps: int) -> float:
    """A short rise, then half a cosine down to nothing at `steps`."""
    rise = min(1.0, (step + 1) / RISE)
    return LEARNING_RATE * rise * (1 + math.cos(math.pi * step / steps)) / 2


def batch_loss(networks: Networks, space: FeatureSpace, batch: TrainingBatch) -> torch.Tensor:
    """See as the teacher sees, give back what every level saw, paint one level as the teacher does."""
    pictures, level = batch.pictures, batch.level
    with torch.no_grad():
        seen = space.taps(pictures)
        painted = space.teacher.paint(pictures, pictures.roll(1, dims=0), level, batch.blend)
    taps = networks.encoder.taps(pictures)
    features = taps[level - 1]
    coloured = blended(features, features.detach().roll(1, dims=0), batch.blend)
    losses = [_pixel_loss(networks.decode(tap, k), pictures) for k, tap in zip(LEVELS, taps, strict=True)]
    losses += [_pixel_loss(networks.decode(coloured, level), painted)]
    return difference(taps, seen) + PIXEL_WEIGHT * torch.stack(losses).sum()


def _pixel_loss(pictures: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """L1 of the pixels and of their steps across and down, so that edges count."""
    errors = pictures - targets
    return errors.abs().mean() + errors.diff(dim=-1).abs().mean() + errors.diff(dim=-2).abs().mean()


def train(
    data: Path,
    models: Path = weights.MODELS,
    *,
    steps: int = STYLIZER_STEPS,
    seed: int = 0,
    progress: Progress = no_progress,
    checkpoint: Path | None = None,
) -> dict[str, float]:
    """Distil from `data` (`wct16x/`, `photos/`, `oasis/`), write `wct.safetensors`, return the metrics.

    A training that was cut off goes on from `checkpoint`, where there is one. Raises BridgeError for missing
    data.
    """
    return save(*learn(data, steps, seed, progress, checkpoint), data=data, steps=steps, seed=seed, models=models)


def refuse_incomplete(data: Path, progress: Progress = no_progress) -> list[str]:
    """The photos' names and sizes. Raises BridgeError for data that `learn` cannot learn from. `progress` counts."""
    _refuse_missing(data)
    found = sorted(path for part in photos(data) for path in part)
    refuse_unreadable(found, progress)
    return [f"{path.relative_to(data)} {path.stat().st_size}" for path in found]


def _refuse_missing(data: Path) -> None:
    refuse_missing(data, (f"wct16x/{name}" for name in TEACHER), EXPECTED)


def learn(
    data: Path, steps: int, seed: int, progress: Progress = no_progress, checkpoint: Path | None = None
) -> tuple[Student, dict[str, float]]:
    """Distil up to step `steps`, or until the error on held-out photos no longer falls; also gives the metrics."""
    _refuse_missing(data)
    teacher = Teacher(data / "wct16x")
    train_photos, held_out = photos(data)
    space = FeatureSpace(teacher, _squares(_spread(train_photos, BATCH)))
    student = Student()
    if checkpoint and checkpoint.exists():
        student.restore(checkpoint)
    else:
        initialize_from_teacher(student.networks, space, _squares(_spread(train_photos, INIT_PHOTOS)))
    distil(train_photos, held_out, space, student, steps, seed, progress, checkpoint)
    return student, metrics(Stylizer(student.networks), space, held_out)


def distil(
    paths: list[Path],
    held_out: list[Path],
    space: FeatureSpace,
    student: Student,
    steps: int,
    seed: int,
    progress: Progress,
    checkpoint: Path | None,
) -> None:
    """Up to step `steps`, or until the `held_out` photos no longer gain; ends with the networks that are best for them.

    They are validated on, and the checkpoint is written, every CHECKPOINT_EVERY steps and at the end.
    """
    pictures = F.interpolate(_squares(held_out), (SIDE, SIDE), mode="area")
    while student.step < steps and student.waited < PATIENCE:
        batch = TrainingBatch.draw(paths, seed, student.step)
        student.learn(batch_loss(student.networks, space, batch), learning_rate(student.step, steps))
        progress(student.step, steps)
        if student.step % CHECKPOINT_EVERY == 0 or student.step == steps:
            student.note_error(validation_error(student.networks, space, pictures))
            if checkpoint:
                student.save(checkpoint)
    student.networks.load_state_dict(student.best)


@torch.no_grad()
def validation_error(networks: Networks, space: FeatureSpace, pictures: torch.Tensor) -> float:
    """The mean of what `batch_loss` says of each level at a blend of one half."""
    losses = [batch_loss(networks, space, TrainingBatch(level, 0.5, pictures)) for level in LEVELS]
    return float(torch.stack(losses).mean())


@torch.no_grad()
def metrics(stylizer: Stylizer, space: FeatureSpace, held_out: list[Path]) -> dict[str, float]:
    """Ours beside the teacher's on photos held out, each in the style of the photo before it.

    Reconstructions are those of one decoder by itself, without the detail that `stylize` returns. Distances
    are those of `space`, so smaller is nearer; `styled_…_ours` lies between our picture and the teacher's, and
    `styled_…_none` tells how far from the teacher's the photo was.
    """
    pictures = _squares(held_out)
    found: dict[str, float] = {}
    for level in LEVELS:
        ours = _each(pictures, partial(stylizer.reconstruct, level=level))
        theirs = _each(pictures, partial(space.teacher.reconstruct, level=level))
        for name, given in (("ours", ours), ("teacher", theirs)):
            found[f"psnr_relu{level}_{name}_db"] = _psnr(given, pictures)
            found[f"distance_relu{level}_{name}"] = space.distance(given, pictures)
    for blend in MEASURED_BLENDS:
        wanted = torch.cat([space.teacher.stylize(one, style, blend) for one, style in _pairs(pictures)])
        ours = torch.cat(
            [stylizer.stylize(one, stylizer.statistics(style[0]), blend) for one, style in _pairs(pictures)]
        )
        found[f"styled_{blend}_ours"] = space.distance(ours, wanted)
        found[f"styled_{blend}_none"] = space.distance(pictures, wanted)
    for side in TIMED_SIDES:
        found |= {f"seconds_{side}_{name}": value for name, value in seconds(stylizer, space.teacher, side).items()}
    return {name: round(value, 4) for name, value in found.items()}


def seconds(stylizer: Stylizer, teacher: Teacher, side: int) -> dict[str, float]:
    """The best of three frames of `side` pixels; the teacher encodes its style for each of them."""
    picture, style = torch.rand(2, 1, 3, side, side, generator=torch.Generator().manual_seed(0))
    statistics = stylizer.statistics(style[0])
    return {
        "ours": _best_of_three(lambda: stylizer.stylize(picture, statistics, 0.5)),
        "teacher": _best_of_three(lambda: teacher.stylize(picture, style, 0.5)),
    }


def _best_of_three(work: Callable[[], object]) -> float:
    return min(timeit.repeat(work, repeat=3, number=1))


def _each(pictures: torch.Tensor, work: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    return torch.cat([work(picture[None]).clamp(0, 1) for picture in pictures])


def _pairs(pictures: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return list(zip(pictures.split(1), pictures.roll(1, dims=0).split(1), strict=True))


def _psnr(pictures: torch.Tensor, targets: torch.Tensor) -> float:
    return float(-10 * (pictures - targets).square().mean(dim=(1, 2, 3)).log10().mean())


def save(
    student: Student, found: dict[str, float], *, data: Path, steps: int, seed: int, models: Path = weights.MODELS
) -> dict[str, float]:
    """Write the weight file into `models`; gives the metrics, its size among them."""
    train_photos, held_out = photos(data)
    facts = {
        "data": f"{len(train_photos)} photos for training, {len(held_out)} for validation and the metrics",
        "steps": f"{student.step} of at most {steps}",
        "seed": seed,
    }
    weights.save(
        WEIGHTS,
        {name: tensor.half() for name, tensor in student.networks.state_dict().items()},
        header={"steps": str(student.step)} | training_facts(facts),
        what="Stylizer: a VGG-like encoder with four taps and a decoder for each, for WCT",
        licence="Apache-2.0; distilled from WCT networks of Collaborative Distillation (MIT)",
        command="python bridge.py train stylizer",
        metrics=found,
        models=models,
    )
    return found | {"bytes": float((models / WEIGHTS).stat().st_size)}
