"""Makes `models/wct.safetensors`: our stylizer networks, distilled from the 16-fold compressed WCT networks.

The teacher (Wang et al., Collaborative Distillation, CVPR 2020; MIT) has an encoder and a decoder per level.
Ours has one encoder for all levels; its taps learn the taps of the teacher's deepest encoder, and each
decoder learns to invert its tap and to paint what the teacher paints from whitened and coloured features.
Every step draws its photos, crops and blend from (seed, step) alone, so a resumed training equals an
uninterrupted one.
"""

import copy
import math
from pathlib import Path

import torch

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
from .stylizer_metrics import metrics
from .stylizer_photos import BATCH, TrainingBatch, photos, spread, squares, validation_pictures
from .stylizer_teacher import TEACHER, FeatureSpace, Teacher, blended, difference

INIT_PHOTOS = 16  # photos that the layers are fitted on before the training
LEARNING_RATE = 5e-4
RISE = 20  # steps until the learning rate is reached
PIXEL_WEIGHT = 5.0
CHECKPOINT_EVERY = 50  # steps
PATIENCE = 3  # validations without the error falling
EXPECTED = "wct16x/ with the teacher's networks, and JPEG photos in photos/*/ or oasis/images/"


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
    space = FeatureSpace(teacher, squares(spread(train_photos, BATCH)))
    student = Student()
    if checkpoint and checkpoint.exists():
        student.restore(checkpoint)
    else:
        initialize_from_teacher(student.networks, space, squares(spread(train_photos, INIT_PHOTOS)))
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
    pictures = validation_pictures(held_out)
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
