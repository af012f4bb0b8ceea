"""What every generator does alike, and the distribution of latents."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import truncnorm
from torch.nn import functional as F

from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.protocol import Generator, at_truncation, truncated_normal
from tests.generators.test_biggan import biggan


def test_latents_are_normal_within_two_deviations() -> None:
    latents = truncated_normal(400, 128, seed=0)
    assert latents.dtype == torch.float32 and latents.shape == (400, 128)
    assert latents.abs().max() <= 2
    assert abs(float(latents.mean())) < 0.02
    assert float(latents.std()) == pytest.approx(0.88, abs=0.01)  # of a normal cut off there


def test_latents_are_those_that_scipy_draws() -> None:
    """To the bit, as they were drawn at first: a seed has the pictures that it had."""
    drawn = truncnorm.rvs(-2, 2, size=(200, 64), random_state=np.random.default_rng(7))
    assert np.array_equal(truncated_normal(200, 64, seed=7).numpy(), drawn.astype(np.float32))


def test_latents_are_left_alone_without_a_truncation() -> None:
    far = torch.tensor([[-9.0, 0.1, 9.0]])
    assert torch.equal(at_truncation(far, None, 0.4), far)


def test_at_another_truncation_latents_are_as_if_drawn_there_and_never_beyond_two() -> None:
    drawn = 0.4 * truncated_normal(2000, 128, seed=0)
    for truncation in (0.1, 0.4, 1.0):
        latents = at_truncation(drawn, truncation, 0.4)
        assert torch.allclose(latents, truncation * truncated_normal(2000, 128, seed=0), atol=1e-6)
    assert at_truncation(torch.tensor([[-9.0, 9.0]]), 1.0, 0.4).tolist() == [[-2.0, 2.0]]


@pytest.mark.parametrize("make", [lambda: biggan("biggan-deep-128"), lambda: load_generator("embedded")])
def test_less_truncation_is_nearer_to_the_mean_step_by_step(make: Callable[[], Generator]) -> None:
    """From each knob's end to the other something is seen to change, though translators answer with small latents."""
    generator = make()
    vectors = F.one_hot(torch.tensor([3]), len(generator.classes)).float()
    latents = 0.3 * generator.sample_latents(1, 5)
    shares = [share * generator.truncation for share in (1.0, 0.75, 0.5, 0.25, 0.05)]
    pictures = [255 * generator.generate(vectors, latents, share) for share in shares]
    assert all((one - other).abs().mean() > 0.1 for one, other in pairwise(pictures))
    assert torch.allclose(pictures[0], 255 * generator.generate(vectors, latents), atol=0.5)
