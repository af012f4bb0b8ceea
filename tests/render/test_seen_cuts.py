"""Something else is seen at every cut: where a scene would begin as the one before it ends, it gets another picture."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.core.types import Sentiment, SentimentTrack
from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.render.moving_painter import MovingPainter, instant_at
from deepsing_bridge.render.seen_cuts import ALIKE, compared, likeness, with_seen_cuts
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.stylization.styles import StyleBook
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.translation.protocol import Translation
from tests.builders import LABELS, storyboard, with_settings
from tests.render.patterns import Grey, Pattern


class Waves(Pattern):
    """The first number of a latent is the phase of upright stripes, of odd classes of lying ones, which run by `speed`
    radians in a second of the clock."""

    name, latent_dim, classes = "waves", 8, tuple(LABELS)

    def __init__(self, speed: float = 0.0) -> None:
        self.speed = speed
        self.drawn = 0

    def grey(self, class_id: int, latent: NDArray[np.float32], instant: Instant, width: int, height: int) -> Grey:
        self.drawn += 1
        rows, columns = np.mgrid[0:height, 0:width] + 0.5
        place = rows / height if class_id % 2 else columns / width
        return np.asarray(127.5 + 127.5 * np.cos(4 * np.pi * place + latent[0] + self.speed * instant.clock_s))


class Known:
    """Knows these pictures, of a class and a phase, whatever is felt."""

    name = "known"

    def __init__(self, *pictures: tuple[int, float]) -> None:
        self.pictures = pictures

    def translate(self, track: SentimentTrack) -> Translation:
        raise NotImplementedError

    def others(self, class_id: int, felt: Sentiment) -> Iterator[tuple[int, NDArray[np.float32]]]:
        yield from ((class_id, latent_of(phase)) for class_id, phase in self.pictures)


def latent_of(phase: float) -> NDArray[np.float32]:
    return np.array([phase, *[0.0] * 7], np.float32)


def painter(speed: float = 0.0) -> MovingPainter:
    """Which neither stylizes nor grades."""
    return MovingPainter(Waves(speed), cast(Stylizer, None), cast(StyleBook, None))


def board_of(*pictures: tuple[int, float]) -> Storyboard:
    made = with_settings(storyboard(scenes=len(pictures), scene_s=5.0), noise=0.0)
    scenes = zip(made.scenes, pictures, strict=True)
    shown = (
        replace(scene, class_id=class_id, label=LABELS[class_id], latent=tuple(latent_of(phase).tolist()))
        for scene, (class_id, phase) in scenes
    )
    return replace(made, scenes=tuple(shown))


def shown(board: Storyboard) -> list[tuple[int, float]]:
    return [(scene.class_id, pytest.approx(scene.latent[0])) for scene in board.scenes]


def test_a_story_whose_cuts_are_all_seen_stays() -> None:
    board = board_of((0, 0.0), (1, 0.0), (0, 0.0), (0, np.pi))
    assert with_seen_cuts(board, painter(), Known((2, 1.0))) is board


def test_a_picture_like_the_one_before_gives_way_to_the_first_that_is_not() -> None:
    board = board_of((0, 0.0), (2, 0.2), (1, 0.0))
    seen = with_seen_cuts(board, painter(), Known((2, 0.3), (0, -0.4), (2, 2.0), (1, 0.0)))
    assert shown(seen) == [(0, 0.0), (2, 2.0), (1, 0.0)]
    assert [scene.label for scene in seen.scenes] == [LABELS[0], LABELS[2], LABELS[1]]
    assert seen.scenes[1] == replace(board.scenes[1], latent=seen.scenes[1].latent)


def test_the_next_cut_is_from_the_picture_that_was_taken() -> None:
    board = board_of((0, 0.0), (0, 0.0), (0, 2.0))
    assert shown(with_seen_cuts(board, painter(), Known((0, 2.0), (1, 0.0)))) == [(0, 0.0), (0, 2.0), (1, 0.0)]


def test_where_all_are_alike_the_least_alike_is_taken() -> None:
    seen = with_seen_cuts(board_of((0, 0.0), (0, 0.1)), painter(), Known((0, 0.3), (0, 0.8), (0, 0.5)))
    assert shown(seen)[1] == (0, 0.8)


def test_what_is_compared_is_where_the_music_has_moved_a_scene() -> None:
    board, speed = board_of((0, 0.0), (0, 2.5)), 5.0
    gone_s = instant_at(board, 0, board.scenes[1].start_s - float(1 / board.frame_rate), board.settings.react).clock_s
    moved = board_of((0, 0.0), (0, speed * gone_s))
    assert with_seen_cuts(board_of((0, 0.0), (0, 0.0)), painter(speed), Known((1, 0.0))).scenes[1].class_id == 0
    assert with_seen_cuts(moved, painter(speed), Known((1, 0.0))).scenes[1].class_id == 1


def test_the_story_s_noise_is_on_the_other_picture_too_and_the_same_each_time() -> None:
    board = with_settings(board_of((0, 0.0), (0, 0.0)), noise=0.1)
    one, again = (with_seen_cuts(board, painter(), Known((0, 3.0))).scenes[1].latent for _ in range(2))
    assert one == again
    assert 0 < np.abs(np.array(one) - latent_of(3.0)).max() < 0.5


def test_a_scene_that_goes_somewhere_goes_elsewhere_with_another_picture() -> None:
    board = board_of((0, 0.0), (0, 0.0))
    going = replace(board, scenes=tuple(replace(scene, towards=scene.latent) for scene in board.scenes))
    seen = with_seen_cuts(going, painter(), Known((2, 3.0), (2, 4.0), (1, 5.0)))
    assert shown(seen)[1] == (2, 3.0)
    assert seen.scenes[1].towards == tuple(latent_of(4.0).tolist())


def test_a_translator_that_knows_no_others_leaves_all_as_it_is() -> None:
    class Plain:
        name = "plain"

        def translate(self, track: SentimentTrack) -> Translation:
            raise NotImplementedError

    board, eyes = board_of((0, 0.0), (0, 0.0)), painter()
    assert with_seen_cuts(board, eyes, Plain()) is board
    assert cast(Waves, eyes.generator).drawn == 0


def test_progress_counts_scenes_and_each_step_is_a_story() -> None:
    board, told = board_of((0, 0.0), (0, 0.0), (1, 0.0)), list[tuple[int, int]]()
    with_seen_cuts(board, painter(), Known((0, 2.0)), lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3), (3, 3)]
    steps = list(compared(board, painter(), Known((0, 2.0))))
    assert [shown(step)[1] for step in steps] == [(0, 2.0), (0, 2.0)]


@pytest.mark.parametrize(("light", "alike"), [(100.0, 1.0), (101.5, 1.0), (103.0, 0.0)])
def test_pictures_that_show_nothing_are_alike_if_they_are_as_light(light: float, alike: float) -> None:
    assert likeness(np.full((9, 16), 100.0), np.full((9, 16), light)) == alike


def test_likeness_is_of_what_is_where_not_of_how_light_it_is() -> None:
    picture = np.random.default_rng(0).uniform(0, 200, (9, 16))
    assert likeness(picture, 0.5 * picture + 20) == pytest.approx(1.0)
    assert likeness(picture, picture[::-1]) < ALIKE
