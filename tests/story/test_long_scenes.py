"""Scenes that no shot is long enough for: where they are cut, and what becomes of them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from deepsing_bridge.core.types import Structure
from deepsing_bridge.story.long_scenes import cut_at, further_cuts
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard


@pytest.fixture
def board() -> Storyboard:
    """Three scenes of eight seconds, with a beat every half second and a bar every two, from 0.1 s on."""
    beats = np.arange(0.1, 24, 0.5)
    return replace(storyboard(3, scene_s=8.0), structure=Structure(beats=beats, bars=beats[::4]))


def lengths(board: Storyboard) -> list[float]:
    return [scene.end_s - scene.start_s for scene in board.scenes]


def test_scenes_that_fit_stay(board: Storyboard) -> None:
    assert further_cuts(board, 8.1) == []
    assert cut_at(board, []).scenes == board.scenes


@pytest.mark.parametrize("longest_s", [7.0, 4.5, 3.0, 1.7, 1.1])
def test_as_many_parts_as_it_takes_each_short_enough_and_on_frames(longest_s: float, board: Storyboard) -> None:
    cut = cut_at(board, further_cuts(board, longest_s))
    assert all(1 - 1e-9 <= length <= longest_s for length in lengths(cut))
    assert len(cut.scenes) <= 3 * (np.ceil(8.0 / longest_s) + 1)
    assert all(one.end_s == other.start_s for one, other in pairwise(cut.scenes))
    assert all(abs(scene.start_s * 24 - round(scene.start_s * 24)) < 1e-6 for scene in cut.scenes)
    assert cut.frames == board.frames


def test_bars_go_before_beats_and_beats_before_frames(board: Storyboard) -> None:
    bars = board.structure.bars
    for cuts, heard in ((further_cuts(board, 4.5), bars), (further_cuts(board, 1.7), board.structure.beats)):
        assert all(np.abs(heard - cut).min() <= 0.5 / 24 + 1e-9 for cut in cuts)
    silent = replace(board, structure=Structure())
    assert further_cuts(silent, 4.5) == [4.0, 12.0, 20.0]


def test_each_part_has_the_feeling_of_its_own_time(board: Storyboard) -> None:
    cut = cut_at(board, further_cuts(board, 4.5))
    for scene in cut.scenes:
        assert scene.sentiment == board.sentiment.between(scene.start_s, scene.end_s)
    assert len({scene.sentiment for scene in cut.scenes}) == len(cut.scenes)


def test_shots_of_less_than_a_second_are_of_no_use(board: Storyboard) -> None:
    assert further_cuts(board, 0.9) == []
