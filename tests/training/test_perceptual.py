"""How far apart two pictures look, by the features of the published encoder."""

from pathlib import Path

import pytest
import torch

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training.perceptual import PerceptualDistance
from tests.stylization import published

WIDTHS = (16, 32, 64, 128)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    published.write(tmp_path, [WIDTHS[:level] for level in (1, 2, 3, 4)])
    return tmp_path / "4SE.pth"


def pictures(count: int, seed: int) -> torch.Tensor:
    return torch.rand(count, 3, 32, 48, generator=torch.Generator().manual_seed(seed))


def test_it_is_the_mean_difference_of_four_layers_each_against_its_size(checkpoint: Path) -> None:
    state, _ = published.states(WIDTHS, seed=4)
    one, other = (published.encoded(state, pictures(2, seed)) for seed in (0, 1))
    layers = ("conv12", "conv22", "conv31", "conv41")
    shares = [(one[name] - other[name]).abs().mean() / other[name].abs().mean() for name in layers]
    distance = PerceptualDistance.read(checkpoint)(pictures(2, 0), pictures(2, 1))
    assert torch.equal(distance, torch.stack(shares).mean())


def test_the_first_picture_alone_learns_from_it(checkpoint: Path) -> None:
    distance = PerceptualDistance.read(checkpoint)
    made, wanted = pictures(1, 0).requires_grad_(), pictures(1, 1).requires_grad_()
    distance(made, wanted).backward()
    assert made.grad is not None and made.grad.abs().sum() > 0
    assert wanted.grad is None
    assert not any(parameter.requires_grad for parameter in distance.parameters())
    assert distance(made, made) == 0


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    for content in ({"net": torch.zeros(1)}, {"model": torch.zeros(1)}, {"model": {"conv11.bias": torch.zeros(4)}}):
        torch.save(content, tmp_path / "4SE.pth")
        with pytest.raises(BridgeError, match=r"4SE\.pth: not a network of Collaborative Distillation; fetch the file"):
            PerceptualDistance.read(tmp_path / "4SE.pth")
