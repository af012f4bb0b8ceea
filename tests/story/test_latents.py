"""How a scene's latent moves."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.story.latents import DRIFT, REACH, latents_at, picture_times
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


def test_a_scene_moves_towards_the_next_one_of_its_class(board: Storyboard) -> None:
    first, second = board.scenes[:2]
    same = replace(board, scenes=(first, replace(second, class_id=first.class_id), *board.scenes[2:]))
    latents = latents_of(same, 0)
    away = np.linalg.norm(latents - np.array(second.latent), axis=1)
    assert away[8] < away[0]


def test_a_strong_scene_moves_as_far_as_its_latent_is_large(board: Storyboard) -> None:
    weak = replace(board.scenes[-1], latent=tuple(0.01 * np.sign(board.scenes[-1].latent)))
    strong = replace(weak, latent=tuple(200 * np.array(weak.latent)))
    index = len(board.scenes) - 1
    ways = [latents_of(replace(board, scenes=(*board.scenes[:-1], last)), index) for last in (weak, strong)]
    short, far = (np.linalg.norm(np.ptp(way, axis=0)) for way in ways)
    assert far / short == pytest.approx(REACH * 2 / DRIFT)
