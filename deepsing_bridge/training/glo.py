"""Generative Latent Optimization (Bojanowski et al. 2018): a decoder and one free code per photo, learned together.

Photos → a decoder that gives each of them back from its code. For as long as a `Budget` lasts, or until nothing is
gained any more. Knows nothing of classes.
"""

import copy
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..generators.decoder import BASE_SIZE, CODE_DIM, SIZE, Decoder
from . import checkpointing

BATCH = 8
WARM_UP = 100  # steps until the full learning rate
LEARNING_RATE = 1e-3
BASE_LEARNING_RATE = 1e-5  # of the linear first guess, which begins right and has small weights
CODE_LEARNING_RATE = 1e-3
CODE_NOISE = 0.03  # on codes of unit variance: neighbouring codes must decode to neighbouring pictures
CORNER = 128  # pixels of the corner that is compared by features
PERCEPTUAL_WEIGHT = 0.15  # against L1, as both stand after the first minutes
AVERAGING = 0.998  # of the decoder's weights over steps
SAVED_EVERY_S = 120.0
PATIENCE = 8  # rounds without the loss falling
SHORTEST_ROUND = 50  # steps: the mean loss of fewer says more of which photos there were than of what was learned


class Budget(Protocol):
    """How long to train."""

    def spent(self, trainer: "Trainer") -> float:
        """The share of it that is over, 1 or more at the end."""

    @property
    def option(self) -> str:
        """As the command line has it."""


@dataclass(frozen=True)
class Minutes:
    """Of training, those of earlier runs counted; how far that gets depends on the machine."""

    count: float

    def spent(self, trainer: "Trainer") -> float:
        return trainer.seconds / (60 * self.count)

    @property
    def option(self) -> str:
        return f"--minutes {self.count:g}"


@dataclass(frozen=True)
class Steps:
    """Of one batch each: the same bytes from the same photos, whether or not it was interrupted."""

    count: int

    def spent(self, trainer: "Trainer") -> float:
        return trainer.steps / self.count

    @property
    def option(self) -> str:
        return f"--steps {self.count}"


@dataclass
class Plateau:
    """Tells whether the mean loss of a round of so many steps still falls."""

    round: int
    total: float = 0.0
    steps: int = 0
    least: float = math.inf
    waited: int = 0

    def note(self, loss: float) -> None:
        self.total, self.steps = self.total + loss, self.steps + 1
        if self.steps == self.round:
            mean = self.total / self.steps
            self.waited = 0 if mean < self.least else self.waited + 1
            self.least, self.total, self.steps = min(self.least, mean), 0.0, 0

    @property
    def reached(self) -> bool:
        return self.waited >= PATIENCE


class Trainer:
    """The decoder and one free code per photo, optimised together; resumable: all that changes is in the checkpoint."""

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
        self.plateau = Plateau(max(len(pixels) // BATCH, SHORTEST_ROUND))

    def train(self, budget: Budget, checkpoint: Path, progress: Progress = no_progress) -> None:
        """Until `budget` is spent or the loss no longer falls; saves every two minutes. `progress` counts per mille."""
        saved = self.seconds
        while (spent := budget.spent(self)) < 1 and not self.plateau.reached:
            started = time.perf_counter()
            self._set_rates(spent)
            self._step(self._next_batch())
            self.seconds += time.perf_counter() - started
            progress(min(round(1000 * budget.spent(self)), 1000), 1000)
            if self.seconds - saved > SAVED_EVERY_S:
                self.save(checkpoint)
                saved = self.seconds
        self.save(checkpoint)
        progress(1000, 1000)

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
        self.plateau.note(self.last_loss)
        self.steps += 1
        self._update_average()

    def _loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        """L1 everywhere; the perceptual distance, which costs as much as the decoder, on one corner of each picture."""
        y, x = torch.randint(SIZE - CORNER + 1, (2,), generator=self.random).tolist()
        corner = (..., slice(y, y + CORNER), slice(x, x + CORNER))
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
        checkpointing.save(state | {"plateau": asdict(self.plateau)}, path)

    def load(self, path: Path) -> None:
        """Raises BridgeError for a file that is damaged, or of a training on other photos."""
        state = checkpointing.load(path)
        try:
            for name in self._STATEFUL:
                getattr(self, name).load_state_dict(state[name])
            self.random.set_state(state["random"])
            self.queue, self.steps, self.seconds = state["queue"], state["steps"], state["seconds"]
            self.plateau = Plateau(**state["plateau"])
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise BridgeError(f"{path}: not a checkpoint of this training; delete it or name another") from error


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
