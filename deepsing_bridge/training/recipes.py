"""How networks are fitted: the recipes that the commands show as their defaults, the paper's (section 3.1) wherever it
names one.

`recipe_table` shows them beside all other hyper-parameters. Imports no network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BridgeError

PAPER, AUTHORS, OURS = "paper", "authors", "ours"


@dataclass(frozen=True)
class Stage:
    """So many passes over the examples, at most, at one learning rate of Adam."""

    epochs: int
    rate: float

    def __str__(self) -> str:
        return f"{self.epochs}@{self.rate:g}"


@dataclass(frozen=True)
class Recipe:
    """How a network is fitted: `stages` one after the other, in batches of `batch`.

    A stage ends early once the error on the validation examples has not fallen for `patience` epochs.
    `val_share` and `test_share` are of the songs or themes: the first decide when to stop, the second are what the
    metrics are about.
    """

    stages: tuple[Stage, ...]
    batch: int
    patience: int = 5
    val_share: float = 0.1
    test_share: float = 0.1

    @property
    def stages_text(self) -> str:
        return ",".join(map(str, self.stages))

    @property
    def options(self) -> str:
        """As the command line has them."""
        return f"--stages {self.stages_text} --batch {self.batch} --patience {self.patience}"

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Setting, value, whose."""
        yield "epochs@learning rate of Adam", self.stages_text, PAPER
        yield "batch", str(self.batch), OURS
        yield "patience, epochs", str(self.patience), OURS
        yield "validation, test", f"{self.val_share:.0%}, {self.test_share:.0%}", OURS


AUDIO = Recipe(stages=(Stage(30, 1e-4), Stage(20, 1e-5)), batch=64)
VISUAL = Recipe(stages=(Stage(50, 1e-4), Stage(10, 1e-5)), batch=16)
RUNS = Path("runs/train")
"""Where what is slow to compute, and unfinished trainings, are kept."""
SKIPPED_S = 15.0
"""Of every song of DEAM, in which nothing is rated; the authors' script does so, the paper says nothing."""
STYLIZER_STEPS = 300
GENERATOR_MINUTES = 60.0
VIEWS, CANDIDATES = 6, 48
"""A translator's views, and how many are fitted to choose them from."""


def parse_stages(text: str) -> tuple[Stage, ...]:
    """`"30@1e-4,20@1e-5"`. Raises BridgeError for anything else."""
    found = [_stage(part) for part in text.split(",")]
    stages = tuple(stage for stage in found if stage is not None)
    if len(stages) < len(found):
        raise BridgeError(f"stages {text!r}: expected epochs@rate, one or several, as 30@1e-4,20@1e-5")
    return stages


def _stage(text: str) -> Stage | None:
    epochs, _, rate = text.strip().partition("@")
    if not (re.fullmatch(r"\d{1,5}", epochs) and re.fullmatch(r"\d*\.?\d+(e-?\d+)?", rate)):
        return None
    stage = Stage(int(epochs), float(rate))
    return stage if stage.epochs > 0 and 0 < stage.rate <= 1 else None
