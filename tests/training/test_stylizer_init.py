"""The stylizer's networks begin with what they share with their teacher."""

from pathlib import Path

import pytest
import torch
from torch import nn

from deepsing_bridge.stylization.networks import Networks
from deepsing_bridge.training.stylizer_init import initialize_from_teacher
from deepsing_bridge.training.stylizer_teacher import FeatureSpace, Teacher
from tests.stylization import published

PICTURES = torch.rand(3, 3, 32, 48, generator=torch.Generator().manual_seed(5))


@pytest.fixture
def space(tmp_path: Path) -> FeatureSpace:
    published.write(tmp_path, [(16, 32, 64, 128)[:level] for level in (1, 2, 3, 4)])
    return FeatureSpace(Teacher(tmp_path), PICTURES)


def test_layers_that_both_have_are_the_teachers(space: FeatureSpace) -> None:
    networks = Networks()
    initialize_from_teacher(networks, space, PICTURES)
    first, *_ = networks.encoder.taps(PICTURES)
    assert torch.allclose(first, space.taps(PICTURES)[0], atol=1e-4)
    assert same(networks.encoder.stages[3][2], space.encoder.get_submodule("conv33"))
    assert same(networks.decoders[2].layers[3], space.teacher.decoders[2].get_submodule("conv22"))


def test_all_others_are_fitted(space: FeatureSpace) -> None:
    """From whatever they were before."""
    one, other = Networks(), Networks()
    for networks in (one, other):
        initialize_from_teacher(networks, space, PICTURES)
    assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())
    errors = [
        (one.decode(tap, level) - PICTURES).square().mean() for level, tap in enumerate(one.encoder.taps(PICTURES), 1)
    ]
    assert errors == sorted(errors) and max(errors) < PICTURES.var()


def same(ours: nn.Module, theirs: nn.Module) -> bool:
    return all(torch.equal(tensor, theirs.state_dict()[name]) for name, tensor in ours.state_dict().items())
