"""One loop that fits a network by a recipe: progress, early stop, and a checkpoint after every epoch.

All chance of an epoch is drawn from the seed and the epoch's number, so a training that was killed and taken up again
ends with the same bits as one that was not. Knows nothing of what is learned.
"""

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from .checkpointing import load, save
from .recipes import Recipe


class Task(Protocol):
    """A network, and examples to learn from, which are known by number, 0 to `examples` − 1."""

    @property
    def net(self) -> nn.Module: ...
    @property
    def examples(self) -> int: ...

    def loss(self, batch: Tensor) -> Tensor:
        """What is to be made small for the examples of numbers `batch` (n,); may draw from torch's own chance."""

    def watched_error(self) -> float:
        """The error on examples that are not learned from; draws no chance."""


@dataclass
class Course:
    """How far a fitting is. `epoch` counts in the stage, `ran` in all; `waited`: epochs since `error` last fell."""

    stage: int = 0
    epoch: int = 0
    ran: int = 0
    waited: int = 0
    error: float = math.inf
    best: int = 0


@contextmanager
def chance(seed: int, number: int = 0) -> Iterator[None]:
    """Within it torch draws what `seed` and `number` decide, and afterwards goes on as if nothing had been drawn."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(np.random.SeedSequence((seed, number)).generate_state(1)[0]))
        yield


def fit(task: Task, recipe: Recipe, seed: int, checkpoint: Path, progress: Progress = no_progress) -> Course:
    """Fit `task.net`, which ends as it was after its best epoch. An unfinished `checkpoint` is taken up.

    `progress` counts examples as if no stage ended early. Raises BridgeError where the error is no number any more.
    """
    fitting = _Fitting(task, recipe, seed)
    if checkpoint.exists():
        fitting.restore(checkpoint)
    while not fitting.done:
        fitting.run_epoch(progress)
        fitting.save(checkpoint)
    progress(fitting.total, fitting.total)
    task.net.load_state_dict(fitting.best)
    task.net.eval()
    return fitting.course


class _Fitting:
    """A network on its way. Each stage begins from the best epoch so far, with an Adam that remembers nothing."""

    def __init__(self, task: Task, recipe: Recipe, seed: int) -> None:
        self.task, self.recipe, self.seed = task, recipe, seed
        self.course = Course()
        self.best = copy.deepcopy(task.net.state_dict())
        self._begin_stage()

    @property
    def done(self) -> bool:
        return self.course.stage == len(self.recipe.stages)

    @property
    def total(self) -> int:
        return sum(stage.epochs for stage in self.recipe.stages) * self.task.examples

    def run_epoch(self, progress: Progress) -> None:
        before = sum(stage.epochs for stage in self.recipe.stages[: self.course.stage]) + self.course.epoch
        self.task.net.train()
        with chance(self.seed, 1 + self.course.ran):
            for done, batch in self._batches():
                self._step(batch)
                progress(before * self.task.examples + done, self.total)
        self._judge()

    def save(self, path: Path) -> None:
        adam = {} if self.done else self.adam.state_dict()
        state = {"net": self.task.net.state_dict(), "best": self.best, "adam": adam, "course": asdict(self.course)}
        save(state, path)

    def restore(self, path: Path) -> None:
        state = load(path)
        try:
            self.course, self.best = Course(**state["course"]), state["best"]
            self._begin_stage()
            self.task.net.load_state_dict(state["net"])
            if not self.done:
                self.adam.load_state_dict(state["adam"])
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise BridgeError(f"{path}: not a checkpoint of this training; delete it and run the same again") from error

    def _batches(self) -> Iterator[tuple[int, Tensor]]:
        done = 0
        for batch in torch.randperm(self.task.examples).split(self.recipe.batch):
            done += len(batch)
            yield done, batch

    def _step(self, batch: Tensor) -> None:
        loss = self.task.loss(batch)
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()

    def _judge(self) -> None:
        """After an epoch: is it the best, does its stage end?"""
        course, stage = self.course, self.recipe.stages[self.course.stage]
        self.task.net.eval()
        with torch.inference_mode():
            error = self.task.watched_error()
        if not math.isfinite(error):
            raise BridgeError(f"after {course.ran + 1} epochs the error is no number; use smaller learning rates")
        course.epoch, course.ran, course.waited = course.epoch + 1, course.ran + 1, course.waited + 1
        if error < course.error:
            course.error, course.best, course.waited = error, course.ran, 0
            self.best = copy.deepcopy(self.task.net.state_dict())
        if course.epoch == stage.epochs or course.waited >= self.recipe.patience:
            course.stage, course.epoch, course.waited = course.stage + 1, 0, 0
            self._begin_stage()

    def _begin_stage(self) -> None:
        if not self.done:
            self.task.net.load_state_dict(self.best)
            learned = [weight for weight in self.task.net.parameters() if weight.requires_grad]
            self.adam = torch.optim.Adam(learned, self.recipe.stages[self.course.stage].rate)
