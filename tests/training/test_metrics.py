"""Metrics that several trainings tell."""

import numpy as np
import pytest
import torch

from deepsing_bridge.training.metrics import correlation

SAID, RATED = np.array([1.0, 2.0, 4.0, 3.0], np.float32), np.array([2.0, 1.0, 5.0, 3.0], np.float32)


def test_it_is_pearsons_r_whatever_the_numbers_come_in() -> None:
    r = pytest.approx(5.5 / np.sqrt(5 * 8.75))  # by hand: covariance over the root of the variances' product
    assert correlation(SAID, RATED) == correlation(RATED.astype(np.float64), SAID) == r
    assert correlation(torch.from_numpy(SAID), torch.from_numpy(RATED).half()) == r
    assert correlation(SAID, -3 * RATED + 7) == pytest.approx(-5.5 / np.sqrt(5 * 8.75))


@pytest.mark.parametrize("still", [0.0, 0.1, 1e30])
def test_what_never_changes_tells_nothing(still: float) -> None:
    same = np.full(4, still, np.float32)  # whose deviation is not 0 in floating point, for 0.1
    assert correlation(same, RATED) == correlation(SAID, torch.from_numpy(same)) == correlation(same, same) == 0


def test_one_example_or_none_tells_nothing() -> None:
    assert correlation(SAID[:1], RATED[:1]) == correlation(SAID[:0], RATED[:0]) == 0


def test_a_number_that_is_none_is_not_passed_over() -> None:
    assert np.isnan(correlation(np.array([1.0, np.nan, 2.0, 3.0]), RATED))
