"""What every generator does alike, and the distribution of latents."""

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional as F

from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.protocol import Generator, cut_off, truncated_normal
from tests.generators.test_biggan import biggan


def test_latents_are_normal_within_two_deviations() -> None:
    latents = truncated_normal(400, 128, seed=0)
    assert latents.dtype == torch.float32 and latents.shape == (400, 128)
    assert latents.abs().max() <= 2
    assert abs(float(latents.mean())) < 0.02
    assert float(latents.std()) == pytest.approx(0.88, abs=0.01)  # of a normal cut off there


def test_latents_are_left_alone_without_a_truncation() -> None:
    far = torch.tensor([[-9.0, 0.1, 9.0]])
    assert torch.equal(cut_off(far, None), far)
    assert torch.equal(cut_off(far, 0.25), torch.tensor([[-0.5, 0.1, 0.5]]))


@pytest.mark.parametrize("make", [lambda: biggan("biggan-deep-128"), lambda: load_generator("embedded")])
def test_truncation_cuts_latents_off(make: Callable[[], Generator]) -> None:
    generator = make()
    vectors = F.one_hot(torch.tensor([3]), len(generator.classes)).float()
    far, edge = torch.full((1, generator.latent_dim), 9.0), torch.full((1, generator.latent_dim), 0.5)
    assert torch.equal(generator.generate(vectors, far, 0.25), generator.generate(vectors, edge, 0.25))
