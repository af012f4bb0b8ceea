"""A storyboard becomes frames: in any order, in motion, in handles."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from deepsing_bridge.app.bundle import load_painter
from deepsing_bridge.core.units import HANDLE_S
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.render.film import Film
from deepsing_bridge.render.fit import to_pixels
from deepsing_bridge.render.painter import Painter
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import with_settings
from tests.flashes import most_flashes
from tests.story.songs import heard_by_the_paper, planned, two_halves


@pytest.fixture(scope="module")
def painter() -> Painter:
    return load_painter(load_generator("embedded"))


@pytest.fixture(scope="module")
def board(painter: Painter) -> Storyboard:
    return planned(heard_by_the_paper(two_halves()), painter.generator)


def test_painting_twice_gives_the_same_pixels_in_any_order(painter: Painter, board: Storyboard) -> None:
    times = [0.0, 1.7, board.scenes[1].start_s + 0.3]
    forwards = [frame.pixels for frame in Film(board, painter).frames_at(times)]
    fresh = load_painter(painter.generator)
    backwards = [frame.pixels for frame in Film(board, fresh).frames_at(reversed(times))]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))
    assert forwards[0].shape == (96, 128, 3) and forwards[0].dtype == np.uint8


def test_a_clip_is_its_scene_and_its_handle(painter: Painter, board: Storyboard) -> None:
    film = Film(with_settings(board, motion="still", blend=0.0), painter)
    frames = list(film.clip(1))
    assert len(frames) == board.clip_frames(1)
    assert np.array_equal(frames[0], film.picture(1, board.scenes[1].start_s))


def test_a_dynamic_scene_changes_a_little_from_frame_to_frame(painter: Painter, board: Storyboard) -> None:
    film = Film(board, painter)
    frames = [film.picture(0, t).astype(int) for t in (0.0, 1 / 24, 4.0)]
    near, far = np.abs(frames[1] - frames[0]).mean(), np.abs(frames[2] - frames[0]).mean()
    assert 0 < near < far


def test_a_still_scene_does_not_move(painter: Painter, board: Storyboard) -> None:
    film = Film(with_settings(board, motion="still"), painter)
    assert np.array_equal(film.picture(0, 0.0), film.picture(0, 4.0))


def test_a_scene_goes_on_in_its_handle(painter: Painter, board: Storyboard) -> None:
    film, end = Film(board, painter), board.scenes[0].end_s
    at_end, later = film.picture(0, end), film.picture(0, end + 0.9 * HANDLE_S)
    assert not np.array_equal(at_end, later)


def test_it_has_moved_already_in_the_handle_before_its_start(painter: Painter, board: Storyboard) -> None:
    film, start = Film(board, painter), board.scenes[1].start_s
    before, at_start = film.picture(1, start - 0.9 * HANDLE_S), film.picture(1, start)
    assert not np.array_equal(before, at_start)
    other = Film(board, load_painter(painter.generator)).picture(0, start - 0.9 * HANDLE_S)
    assert not np.array_equal(before, other)  # it is no picture of the scene before


@pytest.mark.parametrize("head_s", [1.0, 0.0])
def test_a_clip_begins_as_much_before_its_scene_as_the_storyboard_says(
    head_s: float, painter: Painter, board: Storyboard
) -> None:
    wanted = replace(with_settings(board, allow_flashing=True, blend=0.0), head_s=head_s)
    film, start = Film(wanted, painter), wanted.frames_of(1)[0]
    frames = list(film.clip(1))
    assert len(frames) == wanted.clip_frames(1)
    head = wanted.head_frames(1)
    assert head == head_s * 24
    assert np.array_equal(frames[head], film.picture(1, start / 24))
    assert np.array_equal(frames[0], film.picture(1, (start - head) / 24))


def test_blend_zero_leaves_the_generators_picture(painter: Painter, board: Storyboard) -> None:
    plain = with_settings(board, blend=0.0, motion="still", width=256, height=256)
    vector = torch.zeros(1, len(painter.generator.classes))
    vector[0, board.scenes[0].class_id] = 1
    made = painter.generator.generate(vector, torch.tensor([board.scenes[0].latent]))
    assert np.array_equal(Film(plain, painter).picture(0, 0.0), to_pixels(made)[0])


@pytest.mark.parametrize("allow_flashing", [False, True])
def test_clips_flash_only_if_they_may(
    allow_flashing: bool, painter: Painter, board: Storyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = Film(with_settings(board, allow_flashing=allow_flashing), painter)
    strobe = [np.full((64, 64, 3), level, np.uint8) for level in (0, 255)]
    monkeypatch.setattr(film, "picture", lambda scene, time: strobe[int(time * 12) % 2])
    assert (most_flashes(film.clip(0)) > 3) == allow_flashing
