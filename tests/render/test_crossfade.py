"""Between two pictures, exactly; and beyond."""

import numpy as np
import pytest

from deepsing_bridge.render.crossfade import mix

BLACK, WHITE = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)
EVERY = np.mgrid[0:256, 0:256].astype(np.uint8)
"""Each pair of values that two pixels can have."""


@pytest.mark.parametrize("weight", [1, 100, 128, 255, 257, 300, 512])
def test_every_pair_of_values_is_mixed_exactly(weight: int) -> None:
    one, other = EVERY.astype(int)
    exact = np.floor((one * (256 - weight) + other * weight) / 256 + 0.5).clip(0, 255)
    assert np.array_equal(mix(*EVERY, weight / 256), exact)


def test_at_its_ends_it_is_the_pictures_themselves() -> None:
    assert mix(BLACK, WHITE, 0.0) is BLACK
    assert mix(BLACK, WHITE, 1.0) is WHITE


def test_it_never_wraps_around() -> None:
    assert (mix(BLACK, WHITE, 2.0) == 255).all()
    assert (mix(WHITE, BLACK, 2.0) == 0).all()
