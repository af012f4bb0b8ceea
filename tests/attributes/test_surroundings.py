import numpy as np
import pytest

from deepsing_bridge.attributes.surroundings import Surroundings

NOWHERE = np.empty(0, np.intp)


def test_half_lies_to_either_side_and_a_songs_ends_have_half() -> None:
    around = Surroundings.of(10, 4, NOWHERE)
    assert (around.first.tolist(), around.stop.tolist()) == (
        [0, 0, 0, 1, 2, 3, 4, 5, 6, 7],
        [2, 3, 4, 5, 6, 7, 8, 9, 10, 10],
    )


def test_nothing_beyond_a_change_is_around() -> None:
    around = Surroundings.of(10, 6, np.array([4, 5]))
    for window, (first, stop) in enumerate(zip(around.first, around.stop, strict=True)):
        assert first <= window < stop
        assert not any(first < change < stop for change in (4, 5))
    assert (around.first[5], around.stop[5]) == (5, 8)
    assert (around.first[4], around.stop[4]) == (4, 5)  # alone between two changes


def test_mean_and_spread_are_of_what_is_around() -> None:
    values = np.array([[0], [2], [4], [10]], np.float32)
    mean, spread = Surroundings.of(4, 4, np.array([3])).describe(values)
    assert mean[:, 0] == pytest.approx([1, 2, 2, 10])
    assert spread[:, 0] == pytest.approx([1, 1.633, 1.633, 0], abs=1e-3)
