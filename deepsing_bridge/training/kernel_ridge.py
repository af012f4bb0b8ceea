"""Fits a `KernelRidge`, by scikit-learn's, from things that are each described several times.

A rating belongs to the whole thing, so two things are as alike as the mean over pairs of their descriptions. How near
counts as alike, and how far to trust a single rating, are chosen by what predicts things that were left out; that
happens inside `fit`, so that whoever measures it on folds measures the choice too.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn import kernel_ridge
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.model_selection import GroupKFold

from ..attributes.nets.kernel_ridge import LIMIT, KernelRidge

WIDTHS = (0.3, 0.6, 1.2, 2.4)  # times the squared distance
RIDGES = (0.1, 0.2, 0.4, 0.8)
FOLDS = 4
SMALLEST_SPREAD = 1e-3  # what never varies is not blown up

Array = NDArray[np.float32]
Exact = NDArray[np.float64]
Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


def fit(descriptions: Array, targets: Exact, groups: NDArray[np.str_], weight: Array) -> KernelRidge:
    """`descriptions` (things, times, d), `targets` (things, outputs), `groups` (things,), which are not split when the
    width and the ridge are chosen; `weight` (d,) says how much a standard deviation of each descriptor counts."""
    things, times, d = descriptions.shape
    mean, spread = descriptions.mean((0, 1)), np.maximum(descriptions.std((0, 1)), SMALLEST_SPREAD)
    points = (np.clip((descriptions - mean) / spread, -LIMIT, LIMIT) * weight).reshape(-1, d)
    apart = euclidean_distances(points, squared=True)
    width, ridge = _choose(apart, targets, groups)
    bias = targets.mean(0)
    answers = _solve(_kernel(apart, things, width), targets - bias, ridge)
    arrays = {
        "mean": mean,
        "spread": spread,
        "weight": weight * width**0.5,
        "examples": points * width**0.5,
        "answers": answers.repeat(times, axis=0) / times,
        "bias": bias,
    }
    return KernelRidge.of({name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()})


def _choose(apart: Array, targets: Exact, groups: NDArray[np.str_]) -> tuple[float, float]:
    """The width and the ridge whose answers for what was left out go best with its targets."""
    folds = list(GroupKFold(FOLDS).split(targets, groups=groups))
    agreements = {}
    for width in WIDTHS:
        kernel = _kernel(apart, len(targets), width)
        for ridge in RIDGES:
            agreements[width, ridge] = _agreement(_left_out(kernel, targets, ridge, folds), targets)
    return max(agreements, key=agreements.__getitem__)


def _left_out(kernel: Exact, targets: Exact, ridge: float, folds: Folds) -> Exact:
    """What is said of each thing by the others that are not in its fold."""
    answers = np.empty_like(targets)
    for seen, unseen in folds:
        bias = targets[seen].mean(0)
        answers[unseen] = bias + kernel[np.ix_(unseen, seen)] @ _solve(
            kernel[np.ix_(seen, seen)], targets[seen] - bias, ridge
        )
    return answers


def _agreement(answers: Exact, targets: Exact) -> float:
    """The sum over outputs of Pearson's r."""
    return sum(float(np.corrcoef(one, other)[0, 1]) for one, other in zip(answers.T, targets.T, strict=True))


def _solve(kernel: Exact, targets: Exact, ridge: float) -> Exact:
    answers: Exact = kernel_ridge.KernelRidge(alpha=ridge, kernel="precomputed").fit(kernel, targets).dual_coef_
    return answers


def _kernel(apart: Array, things: int, width: float) -> Exact:
    """(things · times, things · times) squared distances → (things, things): the mean of the rational quadratic kernel
    of `KernelRidge` over a thing's descriptions and another's."""
    times = len(apart) // things
    return (1 / (1 + width * apart)).reshape(things, times, things, times).mean((1, 3), dtype=np.float64)
