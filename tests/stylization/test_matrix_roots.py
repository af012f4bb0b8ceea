"""The two ways to a root find the same one."""

import pytest
import torch

from deepsing_bridge.stylization.matrix_roots import inverse_root, newton_roots, root

LEAST = 1e-2


def covariances(channels: int, largest: float) -> torch.Tensor:
    """(2, C, C): one with eigenvalues from LEAST to `largest`, and one that is flat."""
    turn = torch.linalg.qr(torch.randn(channels, channels, generator=torch.Generator().manual_seed(0)).double()).Q
    values = torch.logspace(-2, torch.tensor(largest).log10().item(), channels).double()
    return torch.stack([turn * values @ turn.T, LEAST * torch.eye(channels)]).float()


@pytest.mark.parametrize("channels", [16, 128])
@pytest.mark.parametrize(("largest", "off"), [(10.0, 5e-5), (100.0, 1e-3)])
def test_both_ways_find_the_same_roots(channels: int, largest: float, off: float) -> None:
    given = covariances(channels, largest)
    for found, wanted in zip(newton_roots(given), (root(given, LEAST), inverse_root(given, LEAST)), strict=True):
        scale = wanted.abs().amax((-2, -1), keepdim=True)
        assert ((found - wanted).abs() / scale).max() < off
    whole, inverse = newton_roots(given)
    assert whole @ inverse == pytest.approx(torch.eye(channels).expand_as(given), abs=100 * off)


def test_off_the_processor_there_is_nothing_to_wait_for() -> None:
    """The device that computes shapes alone has no eigenvalues to look at."""
    assert root(covariances(16, 10.0).to("meta"), LEAST).device.type == "meta"
