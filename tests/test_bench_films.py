"""What is told of films is what is in them."""

import numpy as np
import pytest

from bench.films import Looked, period_2, shared

NOISE = np.random.default_rng(0).normal(128, 20, (90, 160))


def test_a_mesh_of_two_pixels_is_told_whichever_way_it_lies() -> None:
    mesh = 3 * np.where(np.arange(160) % 2, 1.0, -1.0)
    assert period_2(NOISE) == pytest.approx(1, abs=0.4)
    for woven in (NOISE + mesh, (NOISE + mesh).T):
        assert period_2(woven) > 3


def film(name: str, *scenes: int) -> Looked:
    """Each scene shows the pictures of this number, and of the two after it."""
    pictures = [[np.random.default_rng(number + look).normal(size=(8, 8)) for look in range(3)] for number in scenes]
    return Looked(name, {}, 50 * np.array(pictures, np.float32))


def test_a_scene_is_in_another_film_if_one_of_its_pictures_is() -> None:
    one, other, third = film("one", 10, 20, 30), film("other", 32, 50), film("third", 70)
    assert [shared(each, [one, other, third]) for each in (one, other, third)] == [1, 1, 0]
