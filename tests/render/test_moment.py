"""What is to be painted when: within a scene, and on the way to the next."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.render.moment import class_vector, moment_at, scene_vector
from tests.builders import LABELS, storyboard

BOARD = storyboard(scenes=3, scene_s=5.0)


@pytest.mark.parametrize("morph", [0.0, 0.25, 1.0])
def test_a_scene_begins_as_itself(morph: float) -> None:
    for index, scene in enumerate(BOARD.scenes):
        moment = moment_at(BOARD, scene.start_s, morph)
        assert (moment.scene, moment.share) == (index, 0.0)
        assert moment.latent == pytest.approx(scene.latent, abs=1e-6)


def test_without_morphing_a_scene_stays_what_it_is_to_its_end() -> None:
    moment = moment_at(BOARD, BOARD.scenes[0].end_s - 0.001, 0.0)
    vector = class_vector(BOARD, moment, len(LABELS))
    assert vector[BOARD.scenes[0].class_id] == 1
    assert vector.sum() == 1


def test_morphing_takes_its_share_of_the_scene_and_arrives() -> None:
    scene = BOARD.scenes[0]
    length = scene.end_s - scene.start_s
    shares = [moment_at(BOARD, scene.start_s + f * length, 0.4).share for f in (0.0, 0.59, 0.7, 0.8, 0.9, 0.99999)]
    assert shares[:2] == [0.0, 0.0]
    assert 0 < shares[2] < shares[3] < shares[4] < shares[5]
    assert shares[3] == pytest.approx(0.5)
    there = moment_at(BOARD, scene.end_s - 1e-6, 0.4)
    assert there.latent == pytest.approx(np.clip(BOARD.scenes[1].latent, -2, 2), abs=1e-3)
    vector = class_vector(BOARD, there, len(LABELS))
    assert vector[BOARD.scenes[1].class_id] == pytest.approx(1, abs=1e-3)
    assert vector.sum() == pytest.approx(1)


def test_the_last_scene_has_nowhere_to_go() -> None:
    moment = moment_at(BOARD, BOARD.scenes[-1].end_s, 1.0)
    assert (moment.following, moment.share) == (2, 0.0)


def test_at_a_temperature_a_picture_is_a_mixture_of_the_likeliest_classes() -> None:
    """As the authors' script mixes them; 0.05 takes the 20th power of the probabilities."""
    scene = replace(BOARD.scenes[0], class_id=1, probabilities=(0.48, 0.5, 0.02, 0.0, 0.0, 0.0))
    board = replace(BOARD, scenes=(scene, *BOARD.scenes[1:]))
    moment = moment_at(board, scene.start_s, 0.0)
    mixed = class_vector(board, moment, len(LABELS), temperature=0.05)
    assert mixed[:2] == pytest.approx([0.96**20 / (1 + 0.96**20), 1 / (1 + 0.96**20)], abs=1e-4)
    assert mixed.sum() == pytest.approx(1)
    assert class_vector(board, moment, len(LABELS)).tolist() == [0, 1, 0, 0, 0, 0]


def test_a_class_that_was_taken_for_varietys_sake_is_not_mixed_with_the_likelier_ones() -> None:
    scene = replace(BOARD.scenes[0], class_id=2, probabilities=(0.48, 0.5, 0.02, 0.0, 0.0, 0.0))
    assert scene_vector(scene, len(LABELS), 0.05).tolist() == [0, 0, 1, 0, 0, 0]
