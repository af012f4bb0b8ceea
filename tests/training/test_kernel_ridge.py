"""Kernel ridge regression, on numbers with a plain law behind them."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.gaussian_process.kernels import RationalQuadratic
from sklearn.kernel_ridge import KernelRidge as Reference

from deepsing_bridge.attributes.nets.kernel_ridge import KernelRidge
from deepsing_bridge.training import kernel_ridge

THINGS, TIMES = 120, 2
EVEN = np.full(2, 2**-0.5, np.float32)


def law(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Not linear, and its mean is not zero."""
    return np.stack([np.sin(points[:, 0]) + 5, points[:, 0] * points[:, 1] / 4], axis=1).astype(np.float64)


def described(seed: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Things described twice, a little differently each time."""
    rng = np.random.default_rng(seed)
    things = rng.uniform(-2, 2, (THINGS, 1, 2))
    descriptions = (things + 0.05 * rng.normal(size=(THINGS, TIMES, 2))).astype(np.float32)
    return descriptions, law(descriptions.mean(1))


def answers(net: KernelRidge, points: NDArray[np.float32]) -> NDArray[np.float32]:
    return net(torch.from_numpy(points)).numpy()


@pytest.fixture(scope="module")
def fitted() -> KernelRidge:
    descriptions, targets = described(0)
    return kernel_ridge.fit(descriptions, targets, np.arange(THINGS).astype(str), EVEN)


def test_it_finds_a_law_that_is_not_linear(fitted: KernelRidge) -> None:
    descriptions, targets = described(1)
    said = answers(fitted, descriptions.mean(1))
    for output in (0, 1):
        assert np.corrcoef(said[:, output], targets[:, output])[0, 1] > 0.95


def test_it_is_scikit_learns_where_a_thing_is_described_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_ridge, "WIDTHS", (0.6,))
    monkeypatch.setattr(kernel_ridge, "RIDGES", (0.2,))
    descriptions, targets = described(0)
    points, unknown = descriptions[:, 0], described(1)[0][:, 0]
    net = kernel_ridge.fit(descriptions[:, :1], targets, np.arange(THINGS).astype(str), EVEN)

    def scaled(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return (values - points.mean(0)) / points.std(0) * EVEN

    kernel = RationalQuadratic(length_scale=(2 * 0.6) ** -0.5, alpha=1.0)
    reference = Reference(alpha=0.2, kernel=kernel).fit(scaled(points), targets - targets.mean(0))
    assert answers(net, unknown) == pytest.approx(reference.predict(scaled(unknown)) + targets.mean(0), abs=1e-4)


def test_what_is_worth_nothing_is_not_looked_at() -> None:
    descriptions, targets = described(0)
    net = kernel_ridge.fit(descriptions, targets, np.arange(THINGS).astype(str), np.array([1, 0], np.float32))
    points = np.array([[1, -2], [1, 2]], np.float32)
    here, there = answers(net, points)
    assert here == pytest.approx(there)


def test_the_scale_of_a_descriptor_does_not_matter(fitted: KernelRidge) -> None:
    descriptions, targets = described(0)
    scale = np.array([1000, 0.1], np.float32)
    net = kernel_ridge.fit(descriptions * scale, targets, np.arange(THINGS).astype(str), EVEN)
    points = described(1)[0][:, 0]
    assert np.allclose(answers(net, points * scale), answers(fitted, points), atol=1e-2)


def test_ratings_that_follow_from_nothing_are_not_believed() -> None:
    descriptions, targets = described(0)
    noise = np.random.default_rng(2).normal(size=targets.shape)
    for said, believed in ((targets, True), (noise, False)):
        net = kernel_ridge.fit(descriptions, said, np.arange(THINGS).astype(str), EVEN)
        share = answers(net, described(1)[0].mean(1)).std(0) / said.std(0)
        assert ((share > 0.8) == believed).all()


def test_it_survives_being_saved_as_float16(fitted: KernelRidge) -> None:
    again = KernelRidge.of({name: tensor.half().float() for name, tensor in fitted.state_dict().items()})
    points = described(1)[0][:, 0]
    assert np.allclose(answers(again, points), answers(fitted, points), atol=0.05)
