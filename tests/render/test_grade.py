"""One grade for a film: colours of later scenes go towards the first one's, and neither darkness nor black changes."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.app.bundle import load_painter
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.render.film import Film
from deepsing_bridge.render.grade import LUMINANCE, gains, graded, mean_colour
from deepsing_bridge.render.look import Look
from deepsing_bridge.render.moment import moment_at
from deepsing_bridge.render.painter import Painter
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import with_settings
from tests.story.songs import heard_by_the_paper, planned, two_halves

WARM, COLD = np.array([160.0, 110.0, 60.0]), np.array([40.0, 90.0, 150.0])


def cast(colour: np.ndarray) -> np.ndarray:
    return colour / (LUMINANCE @ colour)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(cast(one) - cast(other)).sum())


def test_the_more_grade_the_nearer_to_the_first_scenes_colours() -> None:
    left = [distance(COLD * gains(COLD, WARM, grade), WARM) for grade in (0.0, 0.25, 0.5, 1.0)]
    assert left == sorted(left, reverse=True)
    assert left[3] < 0.6 * left[0]
    assert gains(COLD, WARM, 0.0) == pytest.approx(np.ones(3))


@pytest.mark.parametrize("own", [COLD, WARM, np.array([3.0, 1.0, 0.0]), np.array([250.0, 252.0, 255.0]), np.zeros(3)])
def test_nothing_gets_lighter_or_darker_on_the_whole(own: np.ndarray) -> None:
    for first in (WARM, COLD, np.zeros(3), np.full(3, 255.0)):
        gain = gains(own, first, 1.0)
        assert np.isfinite(gain).all() and (gain > 0.3).all() and (gain < 2.5).all()
        assert LUMINANCE @ (gain * own) == pytest.approx(LUMINANCE @ own, abs=1.5)


def test_black_stays_black_and_nothing_runs_over() -> None:
    pixels = np.array([[[0, 0, 0], [255, 255, 255], [100, 100, 100]]], np.uint8)
    (black, white, grey) = graded(pixels, np.array([1.5, 1.0, 0.7]))[0].tolist()
    assert black == [0, 0, 0]
    assert white == [255, 255, 178]
    assert grey == [150, 100, 70]
    assert graded(pixels, np.ones(3)) is pixels


def test_gamma_leaves_black_and_white_and_makes_what_is_between_lighter_or_darker() -> None:
    pixels = np.array([[[0, 0, 0], [255, 255, 255], [64, 64, 64]]], np.uint8)
    assert graded(pixels, np.ones(3), 0.5)[0].tolist() == [[0] * 3, [255] * 3, [128] * 3]
    assert graded(pixels, np.ones(3), 2.0)[0].tolist() == [[0] * 3, [255] * 3, [16] * 3]


@pytest.fixture(scope="module", params=["embedded", pytest.param("worlds", marks=pytest.mark.slow)])
def painter(request: pytest.FixtureRequest) -> Painter:
    return load_painter(load_generator(request.param))


@pytest.fixture(scope="module")
def board(painter: Painter) -> Storyboard:
    return planned(heard_by_the_paper(two_halves()), painter.generator)


def colours(board: Storyboard, painter: Painter, grade: float) -> list[np.ndarray]:
    """Of each scene's beginning."""
    film = Film(with_settings(board, grade=grade, motion="still"), painter)
    return [mean_colour(film.picture(number, scene.start_s)) for number, scene in enumerate(board.scenes)]


def test_a_films_scenes_come_nearer_to_each_other_in_colour(painter: Painter, board: Storyboard) -> None:
    own, together = (colours(board, painter, grade) for grade in (0.0, 1.0))
    assert np.array_equal(own[0], together[0])
    spread = [np.mean([distance(one, found[0]) for one in found[1:]]) for found in (own, together)]
    assert spread[1] < 0.8 * spread[0]
    assert [LUMINANCE @ one for one in together] == pytest.approx([LUMINANCE @ one for one in own], abs=6)


def test_between_two_scenes_the_grade_goes_over_too(painter: Painter, board: Storyboard) -> None:
    """In a scene that is mixed into the next, no frame's colours jump."""
    end_s = board.scenes[0].end_s
    looks = [Look(96, 96, "auto", 0.0, morph=0.5, grade=grade) for grade in (0.0, 1.0)]
    for look in looks:
        before, after = (painter.paint(board, [moment_at(board, end_s + off, 0.5)], look) for off in (-0.001, 0.001))
        assert np.abs(mean_colour(before) - mean_colour(after)).max() < 2


def test_it_is_in_the_look_of_a_story(board: Storyboard, painter: Painter) -> None:
    plain, strong = (
        Film(with_settings(board, grade=grade), painter).picture(1, board.scenes[1].start_s) for grade in (0.0, 1.0)
    )
    assert not np.array_equal(plain, strong)
    assert replace(board.settings, grade=0.5).to_fields()["grade"] == 0.5
