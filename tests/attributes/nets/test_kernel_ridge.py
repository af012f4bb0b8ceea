"""Kernel ridge at run time says what scikit-learn's says, of examples that it was not fitted to."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.gaussian_process.kernels import RationalQuadratic
from sklearn.kernel_ridge import KernelRidge as Reference

from deepsing_bridge.attributes.nets.kernel_ridge import LIMIT, KernelRidge


def asked(net: KernelRidge, points: NDArray[np.floating]) -> NDArray[np.float32]:
    with torch.inference_mode():
        return net(torch.from_numpy(points.astype(np.float32))).numpy()


def test_it_equals_scikit_learns_with_a_rational_quadratic_kernel() -> None:
    rng = np.random.default_rng(0)
    examples, targets, points = rng.normal(size=(80, 5)), rng.normal(size=(80, 2)), rng.normal(size=(40, 5))
    reference = Reference(alpha=0.3, kernel=RationalQuadratic(length_scale=0.5**0.5, alpha=1.0)).fit(examples, targets)
    net = KernelRidge(80, 5)
    net.examples.copy_(torch.from_numpy(examples))
    net.answers.copy_(torch.from_numpy(reference.dual_coef_))
    inside = points.clip(-LIMIT, LIMIT)
    assert asked(net, points) == pytest.approx(reference.predict(inside), abs=2e-6)


def test_descriptors_are_standardised_bounded_and_weighted() -> None:
    net = KernelRidge(1, 2, outputs=1)
    net.mean.copy_(torch.tensor([1.0, -2.0]))
    net.spread.copy_(torch.tensor([2.0, 1.0]))
    net.weight.copy_(torch.tensor([0.5, 0.0]))
    net.examples.copy_(torch.tensor([[0.5, 0.0]]))
    net.answers.fill_(1.0)
    points = np.array([[3, 70], [1, 70], [1 + 2 * LIMIT, 0], [900, 0]])
    assert asked(net, points)[:, 0] == pytest.approx([1, 1 / (1 + 0.5**2), 1 / 2, 1 / 2], rel=1e-6)


def test_far_from_every_example_it_tends_to_the_mean_and_leans_to_the_nearer_ones() -> None:
    net = KernelRidge(2, 1, outputs=1)
    net.examples.copy_(torch.tensor([[-1.0], [1.0]]))
    net.answers.copy_(torch.tensor([[-1.0], [1.0]]))
    net.bias.fill_(0.5)
    near, far = asked(net, np.array([[1.5], [3.0]]))
    assert near > far > 0.5


def test_it_is_made_of_tensors_of_any_float_type() -> None:
    net = KernelRidge(3, 2)
    torch.nn.init.uniform_(net.examples)
    again = KernelRidge.of({name: tensor.half() for name, tensor in net.state_dict().items()})
    assert again.examples.dtype == torch.float32
    assert torch.allclose(again.examples, net.examples, atol=1e-3)
