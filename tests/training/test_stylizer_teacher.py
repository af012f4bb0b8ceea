"""The teacher's networks are the published ones; pictures are measured by its deepest encoder."""

from pathlib import Path

import pytest
import torch

from deepsing_bridge.stylization.networks import LEVELS
from deepsing_bridge.training.stylizer_teacher import FeatureSpace, Teacher, blended
from tests.stylization import published

WIDTHS = ((24,), (16, 32), (16, 32, 64), (16, 32, 64, 128))


@pytest.fixture
def teacher(tmp_path: Path) -> Teacher:
    published.write(tmp_path, WIDTHS)
    return Teacher(tmp_path)


def pictures(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 3, 32, 48, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("level", LEVELS)
def test_it_sees_and_paints_as_the_published_networks_do(teacher: Teacher, level: int) -> None:
    encoder, decoder = published.states(WIDTHS[level - 1], seed=level)
    features = published.encoded(encoder, pictures())[published.TAPS[level - 1]]
    assert torch.allclose(teacher.encode(pictures(), level), features, atol=1e-5)
    assert torch.allclose(teacher.decode(features, level), published.decoded(decoder, features), atol=1e-5)
    styled = blended(features, features.flip(0), 0.3)
    assert torch.allclose(
        teacher.paint(pictures(), pictures().flip(0), level, 0.3), published.decoded(decoder, styled), atol=1e-3
    )


def test_features_are_told_in_units_of_their_own_spread(teacher: Teacher) -> None:
    space = FeatureSpace(teacher, pictures())
    assert [float(tap.std()) for tap in space.taps(pictures())] == pytest.approx([1] * 4, abs=1e-4)
    assert len(space.taps(pictures(), 2)) == 2
    assert space.distance(pictures(), pictures()) == 0
    assert 0 < space.distance(pictures(), 0.9 * pictures()) < space.distance(pictures(), 0.5 * pictures())
