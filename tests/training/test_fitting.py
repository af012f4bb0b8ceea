"""The loop that fits networks: it learns, stops early, and a killed training ends with the same bits."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import checkpointing
from deepsing_bridge.training.fitting import fit, seeded_rng
from deepsing_bridge.training.recipes import Recipe, Stage

RECIPE = Recipe(stages=(Stage(6, 1e-1), Stage(4, 1e-2)), batch=3, patience=6)


@dataclass
class Line:
    """Learns to double; its loss draws at random, as a training that alters its examples does."""

    errors: list[float] = field(default_factory=list)
    examples: int = 8
    given: list[float] | None = None

    def __post_init__(self) -> None:
        with seeded_rng(0):
            self.net = nn.Linear(1, 1)

    def loss(self, batch: Tensor) -> Tensor:
        x = batch[:, None].float() / 8 + 0.01 * torch.randn(len(batch), 1)
        return (self.net(x) - 2 * x).square().mean()

    def validation_error(self) -> float:
        x = torch.linspace(0, 1, 9)[:, None]
        error = float((self.net(x) - 2 * x).square().mean().detach())
        self.errors.append(self.given[len(self.errors)] if self.given else error)
        return self.errors[-1]


def killed(at: int):  # type: ignore[no-untyped-def]  # a Progress
    def progress(done: int, total: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    return progress


def bits(task: Line) -> list[Tensor]:
    return list(task.net.state_dict().values())


def test_it_learns_and_ends_with_the_best_epoch(tmp_path: Path) -> None:
    task = Line()
    state = fit(task, RECIPE, 0, tmp_path / "a.pt")
    assert state.epochs_run == 10
    assert state.best_error == min(task.errors) < task.errors[0] / 2
    assert task.validation_error() == state.best_error


@pytest.mark.parametrize("at", [3, 8 * 3 + 3, 8 * 7 + 6])
def test_a_training_killed_anywhere_and_taken_up_ends_with_the_same_bits(tmp_path: Path, at: int) -> None:
    straight, first, second = Line(), Line(), Line()
    fit(straight, RECIPE, 0, tmp_path / "straight.pt")
    with pytest.raises(KeyboardInterrupt):
        fit(first, RECIPE, 0, tmp_path / "killed.pt", killed(at))
    state = fit(second, RECIPE, 0, tmp_path / "killed.pt")
    assert len(second.errors) < state.epochs_run or at == 3
    assert all(map(torch.equal, bits(straight), bits(second)))


def test_a_finished_training_is_not_run_again(tmp_path: Path) -> None:
    once, again = Line(), Line()
    fit(once, RECIPE, 0, tmp_path / "a.pt")
    fit(again, RECIPE, 0, tmp_path / "a.pt")
    assert not again.errors
    assert all(map(torch.equal, bits(once), bits(again)))


def test_a_stage_ends_early_when_the_validation_error_no_longer_falls(tmp_path: Path) -> None:
    task = Line(given=[5.0, 4.0, 4.0, 4.5, 3.0, 3.5, 3.5])
    state = fit(task, Recipe(stages=(Stage(50, 1e-2), Stage(50, 1e-3)), batch=8, patience=2), 0, tmp_path / "a.pt")
    assert state.epochs_run == 7  # two without gain end the first stage after four epochs, and the second after three
    assert (state.best_epoch, state.best_error) == (5, 3.0)


def test_a_seed_decides_what_comes_of_it(tmp_path: Path) -> None:
    one, same, other = Line(), Line(), Line()
    for task, seed, name in ((one, 0, "a"), (same, 0, "b"), (other, 1, "c")):
        fit(task, RECIPE, seed, tmp_path / f"{name}.pt")
    assert all(map(torch.equal, bits(one), bits(same)))
    assert not all(map(torch.equal, bits(one), bits(other)))


def test_nobody_elses_generator_is_touched(tmp_path: Path) -> None:
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    fit(Line(), RECIPE, 0, tmp_path / "a.pt")
    assert torch.equal(torch.rand(3), wanted)


def test_an_error_that_is_no_number_is_told(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="after 2 epochs the error is no number"):
        fit(Line(given=[1.0, float("nan")]), RECIPE, 0, tmp_path / "a.pt")


def test_a_damaged_or_foreign_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.pt").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(BridgeError, match=r"cut\.pt: a damaged checkpoint"):
        fit(Line(), RECIPE, 0, tmp_path / "cut.pt")
    checkpointing.save({"state": {"stage": 0}, "best": {}, "net": {}, "adam": {}}, tmp_path / "foreign.pt")
    with pytest.raises(BridgeError, match=r"foreign\.pt: not a checkpoint of this training"):
        fit(Line(), RECIPE, 0, tmp_path / "foreign.pt")
