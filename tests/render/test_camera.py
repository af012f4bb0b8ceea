"""A camera before pictures that stand still: moved by the music, from end to end of what is longer than the frame."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from deepsing_bridge.core.types import LEVEL_NAMES, LevelTrack
from deepsing_bridge.listening.so_far import LevelsSoFar
from deepsing_bridge.render.camera import FIXED, HandheldCamera, Pose, compose
from deepsing_bridge.render.fit import to_pixels
from deepsing_bridge.render.look import Look
from deepsing_bridge.render.speed import STEADY
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings

FPS, BEAT_S = 24, 0.5
CAMERA = HandheldCamera()
MOVED = Pose(pan=0.5, zoom=1.1, across=0.02, down=-0.02, turn=0.01, waves=0.01, phase=1.0)


def beating() -> Storyboard:
    """Two scenes of 5 s, with a beat every half a second that dies away at once."""
    times = np.arange(0, 10, 0.02)
    values = np.full((len(times), len(LEVEL_NAMES)), 0.5, np.float32)
    values[:, LEVEL_NAMES.index("pulse")] = np.exp(-(times % BEAT_S) / 0.1)
    return replace(
        storyboard(scenes=2, scene_s=5.0), levels=LevelTrack(values, 0.02, (times % BEAT_S < 0.02).astype(np.float32))
    )


def landscape(height: int, width: int) -> np.ndarray:
    """Something everywhere, and nothing twice."""
    down, across = np.mgrid[:height, :width] / max(height, width)
    wave = np.sin(37 * across + 5 * down**2) + np.sin(29 * down)
    return np.stack([128 + 60 * wave, 255 * down, 255 * across], axis=-1).clip(0, 255).astype(np.uint8)


def look(react: float, width: int = 96, height: int = 96) -> Look:
    return Look(width, height, "auto", 0.0, react=react)


def frame(board: Storyboard, time_s: float, react: float, width: int = 96, height: int = 96) -> np.ndarray:
    pixels = landscape(*reversed(CAMERA.canvas(width, height)))
    return CAMERA.take(pixels, CAMERA.pose(board, time_s, look(react, width, height)), width, height)


def changes(react: float, width: int = 96, height: int = 96) -> np.ndarray:
    frames = [frame(beating(), n / FPS, react, width, height).astype(int) for n in range(4 * FPS)]
    return np.array([np.abs(one - other).mean() for one, other in pairwise(frames)])


def test_the_picture_moves_with_the_beat() -> None:
    change = changes(0.5)
    on_beat = (np.arange(1, len(change) + 1) / FPS % BEAT_S) < 1 / FPS
    assert change[on_beat].mean() > 3 * change[~on_beat].mean()
    assert change.min() > 0, "nothing stands still while music plays"


def test_the_more_it_reacts_the_more_it_moves() -> None:
    calm, half, all_of_it = (changes(react).mean() for react in (0.0, 0.5, 1.0))
    assert calm == 0
    assert 0 < 1.5 * half < all_of_it


def test_a_square_that_does_not_react_is_the_picture_itself() -> None:
    pixels = landscape(96, 96)
    assert CAMERA.take(pixels, CAMERA.pose(beating(), 1.3, look(0.0)), 96, 96) is pixels


def test_a_scene_that_is_asked_to_stand_still_does() -> None:
    still = with_settings(beating(), motion="still")
    assert CAMERA.pose(still, 0.5, look(1.0)) == CAMERA.pose(still, 3.3, look(1.0)) == Pose()


@pytest.mark.parametrize(("width", "height", "axis"), [(192, 108, 1), (108, 192, 2)])
def test_a_scene_pans_from_one_end_of_the_picture_to_the_other_and_the_next_one_back(
    width: int, height: int, axis: int
) -> None:
    """The channels of the landscape say where they are: 1 how far down, 2 how far across."""
    seen = [frame(beating(), time_s, 0.0, width, height)[..., axis] for time_s in (0.0, 4.99, 5.01, 9.99)]
    lowest, highest = landscape(*reversed(CAMERA.canvas(width, height)))[..., axis][[0, -1], [0, -1]]
    assert seen[0].min() <= lowest + 1 and seen[1].max() >= highest - 1
    assert np.abs(seen[1].astype(int) - seen[2]).max() <= 2, "it jumps from one scene to the next"
    assert np.abs(seen[0].astype(int) - seen[3]).max() <= 2


def pans(board: Storyboard, react: float) -> np.ndarray:
    """Where along the picture each frame of two scenes is."""
    return np.array([CAMERA.pose(board, n / FPS, look(react, 192, 108)).pan for n in range(10 * FPS)])


@pytest.mark.parametrize("react", [0.0, 0.1, 0.5, 1.0])
def test_a_pan_never_goes_back_and_is_at_the_other_end_when_the_scene_ends(react: float) -> None:
    pan = pans(beating(), react)
    there, back = np.split(pan, 2)
    assert (np.diff(there) > 0).all() and (np.diff(back) < 0).all()
    assert pan[0] == -1 and there[-1] > 0.9 and back[0] == pytest.approx(1) and back[-1] < -0.9


def test_a_pan_goes_with_the_beat_and_the_more_so_the_more_it_reacts() -> None:
    on_beat = (np.arange(1, 5 * FPS) / FPS % BEAT_S).round(6) == np.float64(1 / FPS).round(6)
    steps = [np.diff(pans(beating(), react)[: 5 * FPS]) for react in (0.0, 0.5, 1.0)]
    calm, half, all_of_it = (step[on_beat].mean() / step[~on_beat].mean() for step in steps)
    assert calm == pytest.approx(1)
    assert 5 < half < all_of_it


def test_where_nothing_is_heard_it_pans_at_one_speed() -> None:
    rows = len(beating().levels.values)
    silence = LevelTrack(np.zeros((rows, len(LEVEL_NAMES)), np.float32), 0.02, np.zeros(rows, np.float32))
    quiet = replace(beating(), levels=silence)
    assert pans(quiet, 1.0) == pytest.approx(pans(beating(), 0.0))


def test_along_live_sound_it_pans_with_what_is_heard_and_arrives_though_nobody_knows_what_comes() -> None:
    """Each frame is asked for once what is heard then has been heard, and nothing more; at last it is quiet."""
    levels, heard = LevelsSoFar(0.02), beating().levels
    board, pan = replace(beating(), levels=levels), []
    for n in range(5 * FPS):
        new = slice(round((n - 1) / FPS / 0.02) if n else 0, round(n / FPS / 0.02))
        levels.add(heard.values[new], heard.onset_strength[new] * (n < 4 * FPS))
        pan.append(CAMERA.pose(board, n / FPS, look(0.5, 192, 108)).pan)
    steps = np.diff(pan)
    assert pan[0] == -1 and pan[-1] > 0.9
    assert (steps > 0).all() and steps.max() < 0.2


@pytest.mark.parametrize(("width", "height"), [(96, 96), (192, 108), (108, 192), (100, 80)])
def test_frames_have_the_size_that_was_asked_for_and_no_empty_place(width: int, height: int) -> None:
    across, down = CAMERA.canvas(width, height)
    white = np.full((down, across, 3), 200, np.uint8)
    for pose in (Pose(), MOVED, replace(MOVED, pan=-1.0, zoom=1.0), replace(MOVED, pan=1.0, zoom=1.0)):
        taken = CAMERA.take(white, pose, width, height)
        assert taken.shape == (height, width, 3) and taken.dtype == np.uint8
        assert (taken == 200).all()


def test_a_wide_frame_shows_most_of_a_square_and_goes_on_with_its_mirror_image() -> None:
    square = torch.from_numpy(landscape(64, 64)).permute(2, 0, 1)[None] / 255
    across, down = CAMERA.canvas(192, 108)
    canvas = to_pixels(compose(square, 192, 108))[0].astype(int)
    assert canvas.shape == (down, across, 3)
    edge = (across - down) // 2
    assert down / across > 0.75, "it is mostly the picture"
    assert np.array_equal(canvas[:, :edge], canvas[:, edge + 1 : 2 * edge + 1][:, ::-1])
    assert np.abs(canvas[::, edge : edge + down].mean() - 255 * square.numpy().mean()) < 1


def test_light_is_more_or_less_in_the_middle_and_never_less_than_black_or_more_than_white() -> None:
    grey, white = np.full((64, 64, 3), 100, np.uint8), np.full((64, 64, 3), 250, np.uint8)
    lit = CAMERA.take(grey, Pose(light=0.4), 64, 64)
    assert lit[32, 32, 0] == pytest.approx(140, abs=2)
    assert lit[0, 0, 0] < 108
    assert CAMERA.take(white, Pose(light=0.4), 64, 64).min() >= 250


def test_pictures_that_move_by_themselves_are_left_alone() -> None:
    pixels = landscape(54, 96)
    assert FIXED.canvas(96, 54) == (96, 54)
    assert FIXED.take(pixels, FIXED.pose(beating(), 1.3, look(1.0)), 96, 54) is pixels


def test_a_camera_whose_speed_is_turned_goes_on_from_where_it_is() -> None:
    board = beating()
    turned = replace(look(0.5), speed=STEADY.turned(2.0, 0.5).turned(4.0, 0.0))
    at = [CAMERA.pose(board, time_s, turned).phase for time_s in (1.0, 2.0, 4.0, 6.0)]
    plain = [CAMERA.pose(board, time_s, look(0.5)).phase for time_s in (1.0, 2.0, 4.0)]
    assert at[:2] == plain[:2]
    assert at[2] - at[1] == pytest.approx(0.5 * (plain[2] - plain[1]))
    assert at[3] == at[2]
