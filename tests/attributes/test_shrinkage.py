import numpy as np
import pytest

from deepsing_bridge.attributes.shrinkage import shrunk

CURVE = np.array([1, 3, 2, 10, 14], np.float32)


def test_each_piece_keeps_its_mean_and_a_share_of_its_moves() -> None:
    assert shrunk(CURVE, np.array([3]), 0.25) == pytest.approx([1.75, 2.25, 2, 11.5, 12.5])
    assert shrunk(CURVE, np.array([3]), 1) == pytest.approx(CURVE)


def test_a_song_of_one_piece_stays_as_it_is() -> None:
    assert shrunk(CURVE, np.array([], np.intp), 0.25) is CURVE
