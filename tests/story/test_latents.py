"""How a scene's latent moves."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.story.latents import DRIFT, REACH, destination, latents_at, picture_times
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings


@pytest.fixture
def board() -> Storyboard:
    return storyboard(scene_s=5.0)


def latents_of(board: Storyboard, index: int) -> NDArray[np.float64]:
    return latents_at(board, index, picture_times(board, index))


def test_a_still_scene_has_one_latent_and_a_dynamic_one_moves_with_power(board: Storyboard) -> None:
    assert len(latents_of(with_settings(board, motion="still"), 0)) == 1
    quiet_then_loud = tuple(float(i >= 5) for i in range(len(board.power)))
    latents = latents_of(replace(board, power=quiet_then_loud), 0)
    steps = np.linalg.norm(np.diff(latents, axis=0), axis=1)
    assert steps[:4].max() < 1e-3 * steps[5:8].min()


def test_a_scene_of_the_next_one_s_class_does_not_end_where_that_begins(board: Storyboard) -> None:
    """Else nothing would be seen at the cut."""
    first, second = board.scenes[:2]
    same = replace(board, scenes=(first, replace(second, class_id=first.class_id), *board.scenes[2:]))
    assert np.array_equal(destination(same, 0), destination(board, 0))
    left = np.linalg.norm(destination(same, 0) - np.array(second.latent))
    assert left > 0.5 * np.linalg.norm(np.array(first.latent) - np.array(second.latent))


def test_a_scene_ends_where_it_is_to_go(board: Storyboard) -> None:
    there = tuple(np.linspace(-1, 1, len(board.scenes[0].latent)).tolist())
    going = replace(board, scenes=(replace(board.scenes[0], towards=there), *board.scenes[1:]))
    end = latents_at(going, 0, np.array([going.scenes[0].end_s]))
    assert np.allclose(end, there)


def test_a_strong_scene_moves_as_far_as_its_latent_is_large(board: Storyboard) -> None:
    weak = replace(board.scenes[-1], latent=tuple(0.01 * np.sign(board.scenes[-1].latent)))
    strong = replace(weak, latent=tuple(200 * np.array(weak.latent)))
    index = len(board.scenes) - 1
    ways = [latents_of(replace(board, scenes=(*board.scenes[:-1], last)), index) for last in (weak, strong)]
    short, far = (np.linalg.norm(np.ptp(way, axis=0)) for way in ways)
    assert far / short == pytest.approx(REACH * 2 / DRIFT)
