"""A generator that moves is drawn frame by frame, with the music, and painted alike in any order."""

from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.app.bundle import load_painter
from deepsing_bridge.core.types import LEVEL_NAMES, LevelTrack
from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.render.film import Film
from deepsing_bridge.render.look import Look
from deepsing_bridge.render.moment import moment_at, moments_of
from deepsing_bridge.render.moving_painter import CALM_SPEED, LEVELS, LIGHT, MovingPainter, gamma_at, instant_at
from deepsing_bridge.render.painter import Painter
from deepsing_bridge.render.speed import SpeedTrack
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import with_settings
from tests.render.patterns import Grey, Pattern
from tests.story.songs import heard_by_the_paper, planned, two_halves


class Stripes(Pattern):
    """Stripes that wander with the clock, upright or lying, as strong as the bass."""

    name = "stripes"
    classes = tuple(f"stripes {number}" for number in range(31))  # as many as the shipped translators know

    def __init__(self) -> None:
        self.drawn: list[tuple[int, int]] = []

    def grey(self, class_id: int, latent: NDArray[np.float32], instant: Instant, width: int, height: int) -> Grey:
        self.drawn.append((width, height))
        rows, columns = np.mgrid[0:height, 0:width]
        wave = np.sin((columns / width if class_id % 2 == 0 else rows / height) * 12 + 3 * instant.clock_s)
        return np.asarray(128 + wave * (60 + 60 * instant.levels.bass))


@pytest.fixture
def painter() -> Painter:
    return load_painter(Stripes())


@pytest.fixture(scope="module")
def board() -> Storyboard:
    made = planned(heard_by_the_paper(two_halves()), Stripes())
    values = np.zeros((1000, len(LEVEL_NAMES)), np.float32)
    values[500:, :] = 1.0  # from the fifth second on it is loud
    return replace(made, levels=LevelTrack(values, 0.01, 0.1 * values[:, 0]))


def test_it_is_drawn_at_the_frames_own_size(painter: Painter, board: Storyboard) -> None:
    assert isinstance(painter, MovingPainter) and painter.moves
    Film(with_settings(board, blend=0.0, width=320, height=180), painter).picture(0, 1.0)
    assert painter.generator.drawn == [(320, 180)]  # type: ignore[attr-defined]


def test_every_frame_is_another_and_the_same_in_any_order(painter: Painter, board: Storyboard) -> None:
    times = [0.0, 1 / 24, 2.1, board.scenes[1].start_s + 0.3]
    forwards = [Film(board, painter).picture(board.scene_at(time), time) for time in times]
    fresh = load_painter(Stripes())
    backwards = [Film(board, fresh).picture(board.scene_at(time), time) for time in reversed(times)]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))
    assert np.abs(forwards[0].astype(int) - forwards[1]).mean() > 0.3


def test_a_story_that_stands_still_does(painter: Painter, board: Storyboard) -> None:
    film = Film(with_settings(board, motion="still", blend=0.0), painter)
    assert np.array_equal(film.picture(0, 0.0), film.picture(0, 3.0))


def test_music_drives_the_clock_as_far_as_it_may(board: Storyboard) -> None:
    calm, lively = ((instant_at(board, 0, 4.0, react), instant_at(board, 0, 6.0, react)) for react in (0.0, 1.0))
    assert calm[1].clock_s - calm[0].clock_s == pytest.approx(2 * CALM_SPEED)
    assert lively[1].clock_s - lively[0].clock_s > 1.0
    assert calm[1].levels.bass == 0.0 and lively[1].levels.bass == LEVELS


def test_a_scenes_clock_begins_with_it(board: Storyboard) -> None:
    assert instant_at(board, 1, board.scenes[1].start_s, 1.0).clock_s == 0.0


def test_a_speed_that_is_turned_moves_the_clock_on_from_where_it_is(board: Storyboard) -> None:
    """In the scene that is on, and in the next one, which may be mixed in already."""
    turned = SpeedTrack.steady(0.5).turned(4.0, 2.0)
    for scene in (0, 1):
        before, at, after = (instant_at(board, scene, time_s, 0.5, turned).clock_s for time_s in (3.0, 4.0, 5.0))
        plain = [instant_at(board, scene, time_s, 0.5).clock_s for time_s in (3.0, 4.0, 5.0)]
        assert at - before == pytest.approx(0.5 * (plain[1] - plain[0]))
        assert after - at == pytest.approx(2.0 * (plain[2] - plain[1]))
    assert instant_at(board, 1, board.scenes[1].start_s, 0.5, turned).clock_s == 0.0


def test_onsets_push_the_light_up_and_down_and_it_stays_where_nothing_begins(board: Storyboard) -> None:
    times = np.arange(0, 10, 1 / 24)
    light = np.log2([gamma_at(board, time_s, 1.0) for time_s in times])
    assert np.abs(light).max() <= LIGHT and np.ptp(light) > LIGHT
    change = np.abs(np.diff(light))
    assert (change[times[1:] < 5] == 0).all() and change[times[:-1] > 5].min() > 0
    assert gamma_at(board, 7.0, 0.0) == gamma_at(with_settings(board, motion="still"), 7.0, 1.0) == 1.0


def test_between_two_scenes_both_are_seen(painter: Painter, board: Storyboard) -> None:
    look = Look(64, 32, "nearest", 0.0, morph=0.5)
    moment = moment_at(board, board.scenes[0].end_s - 0.2, look.morph)
    assert 0 < moment.share < 1
    mixed = painter.paint(board, [moment], look)[0].astype(int)
    alone = painter.paint(board, [replace(moment, share=0.0)], look)[0].astype(int)
    assert np.abs(mixed - alone).mean() > 1


def test_stylizing_paints_each_frame_but_stylizes_once_a_second(painter: Painter, board: Storyboard) -> None:
    calls: list[int] = []
    stylize = painter.stylizer.stylize  # type: ignore[attr-defined]
    painter.stylizer.stylize = lambda *given: calls.append(1) or stylize(*given)  # type: ignore[attr-defined]
    film = Film(with_settings(board, blend=0.5), painter)
    frames = [film.picture(0, frame / 24).astype(int) for frame in range(13)]
    assert 2 <= len(calls) <= 3  # at 0 and 1 s, and at 2 s, ahead
    steps = [np.abs(a - b).mean() for a, b in pairwise(frames)]
    assert min(steps) > 0.3 and max(steps) < 3 * np.median(steps)


def test_styles_are_there_before_their_time(painter: MovingPainter, board: Storyboard) -> None:
    """A second on, and where the next scene begins, nobody waits."""
    film = Film(with_settings(board, blend=0.5), painter)
    film.picture(0, 0.5)
    film.picture(0, board.scenes[0].end_s - 0.1)
    painter._stylizing.submit(int).result()  # all that was begun is done

    def wanted(*given: object) -> NoReturn:
        raise AssertionError("nothing is to be stylized now")

    painter.stylizer.stylize = wanted  # type: ignore[method-assign, assignment]
    film.picture(0, 1.5)
    film.picture(1, board.scenes[1].start_s)


def test_a_picture_whose_style_failed_is_tried_again(painter: MovingPainter, board: Storyboard) -> None:
    film, stylize = Film(with_settings(board, blend=0.5), painter), painter.stylizer.stylize

    def breaks(*given: object) -> NoReturn:
        raise RuntimeError("a model broke")

    painter.stylizer.stylize = breaks  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError, match="a model broke"):
        film.picture(0, 0.5)
    painter.stylizer.stylize = stylize  # type: ignore[method-assign]
    assert film.picture(0, 0.5).shape == (board.settings.height, board.settings.width, 3)


def test_a_stronger_blend_changes_more(painter: Painter, board: Storyboard) -> None:
    moments = moments_of(board, 0, np.array([1.0]))
    plain, weak, strong = (
        painter.paint(board, moments, Look(128, 72, "negative", blend))[0].astype(int) for blend in (0.0, 0.2, 0.8)
    )
    assert 0.5 < np.abs(weak - plain).mean() < np.abs(strong - plain).mean()


def test_the_steps_end_in_what_is_painted(painter: Painter, board: Storyboard) -> None:
    moments, look = moments_of(board, 0, np.array([1.0])), Look(64, 36, "nearest", 0.3)
    steps = [step() for step in painter.passes(board, moments, look)]
    assert len(steps) == 2
    assert np.array_equal(steps[-1], painter.paint(board, moments, look))


def test_preparing_draws_every_class_once(painter: Painter) -> None:
    generator = painter.generator
    assert isinstance(generator, Stripes)
    steps = list(painter.preparations())
    assert not generator.drawn
    for step in steps:
        step()
    assert len(generator.drawn) == len(generator.classes)
