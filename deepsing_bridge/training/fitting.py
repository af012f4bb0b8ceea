"""One loop that fits a network by a recipe: progress, early stop, and a checkpoint after every epoch.

What is random in an epoch is drawn from the seed and the epoch's number, so a training that was killed and taken up
again ends with the same bits as one that was not. Knows nothing of what is learned.
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
        """What is to be made small for the examples of numbers `batch` (n,); may draw from torch's own generator."""

    def validation_error(self) -> float:
        """The error on examples that are not learned from; draws nothing at random."""


@dataclass
class TrainingState:
    """How far a fitting is. `epoch` counts within the stage, `epochs_run` over all; `best_error` is the validation
    error after `best_epoch`. `waited`: epochs of this stage since it last fell."""

    stage: int = 0
    epoch: int = 0
    epochs_run: int = 0
    waited: int = 0
    best_error: float = math.inf
    best_epoch: int = 0


@contextmanager
def seeded_rng(seed: int, number: int = 0) -> Iterator[None]:
    """Within it torch draws what `seed` and `number` decide, and afterwards goes on as if nothing had been drawn."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(np.random.SeedSequence((seed, number)).generate_state(1)[0]))
        yield


def fit(task: Task, recipe: Recipe, seed: int, checkpoint: Path, progress: Progress = no_progress) -> TrainingState:
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
    return fitting.state


class _Fitting:
    """A network on its way. Each stage begins from the best epoch so far, with a new Adam."""

    def __init__(self, task: Task, recipe: Recipe, seed: int) -> None:
        self.task, self.recipe, self.seed = task, recipe, seed
        self.state = TrainingState()
        self.best = copy.deepcopy(task.net.state_dict())
        self._begin_stage()

    @property
    def done(self) -> bool:
        return self.state.stage == len(self.recipe.stages)

    @property
    def total(self) -> int:
        return sum(stage.epochs for stage in self.recipe.stages) * self.task.examples

    def run_epoch(self, progress: Progress) -> None:
        before = sum(stage.epochs for stage in self.recipe.stages[: self.state.stage]) + self.state.epoch
        self.task.net.train()
        with seeded_rng(self.seed, 1 + self.state.epochs_run):
            for done, batch in self._batches():
                self._step(batch)
                progress(before * self.task.examples + done, self.total)
        self._judge()

    def save(self, path: Path) -> None:
        adam = {} if self.done else self.adam.state_dict()
        saved = {"net": self.task.net.state_dict(), "best": self.best, "adam": adam, "state": asdict(self.state)}
        save(saved, path)

    def restore(self, path: Path) -> None:
        saved = load(path)
        try:
            self.state, self.best = TrainingState(**saved["state"]), saved["best"]
            self._begin_stage()
            self.task.net.load_state_dict(saved["net"])
            if not self.done:
                self.adam.load_state_dict(saved["adam"])
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
        state, stage = self.state, self.recipe.stages[self.state.stage]
        self.task.net.eval()
        with torch.inference_mode():
            error = self.task.validation_error()
        if not math.isfinite(error):
            raise BridgeError(f"after {state.epochs_run + 1} epochs the error is no number; use smaller learning rates")
        state.epoch, state.epochs_run, state.waited = state.epoch + 1, state.epochs_run + 1, state.waited + 1
        if error < state.best_error:
            state.best_error, state.best_epoch, state.waited = error, state.epochs_run, 0
            self.best = copy.deepcopy(self.task.net.state_dict())
        if state.epoch == stage.epochs or state.waited >= self.recipe.patience:
            state.stage, state.epoch, state.waited = state.stage + 1, 0, 0
            self._begin_stage()

    def _begin_stage(self) -> None:
        if not self.done:
            self.task.net.load_state_dict(self.best)
            learned = [weight for weight in self.task.net.parameters() if weight.requires_grad]
            self.adam = torch.optim.Adam(learned, self.recipe.stages[self.state.stage].rate)
