"""A song becomes a storyboard: scenes, the seed, noise."""

from itertools import pairwise

import numpy as np
import pytest

from deepsing_bridge.generators.photos import PhotoGenerator
from deepsing_bridge.story.analysis import SongAnalysis
from deepsing_bridge.story.settings import Settings, own_view
from deepsing_bridge.story.storyboard import Storyboard
from tests.story.songs import heard_by_the_paper, planned, two_halves


@pytest.fixture(scope="module")
def generator() -> PhotoGenerator:
    return PhotoGenerator.load()


@pytest.fixture(scope="module")
def heard() -> SongAnalysis:
    return heard_by_the_paper(two_halves())


@pytest.fixture(scope="module")
def board(heard: SongAnalysis, generator: PhotoGenerator) -> Storyboard:
    return planned(heard, generator)


def test_a_story_of_a_real_tempo_is_cut_on_its_bars(heard: SongAnalysis, board: Storyboard) -> None:
    allowed = np.concatenate([heard.structure.bars, heard.structure.sections])
    for scene in board.scenes[1:]:
        assert np.abs(allowed - scene.start_s).min() <= 0.5 / 24 + 1e-6


def test_scenes_follow_each_other_and_the_louder_faster_half_is_more_aroused(board: Storyboard) -> None:
    assert all(a.end_s == b.start_s for a, b in pairwise(board.scenes))
    first = [scene.sentiment.arousal for scene in board.scenes if scene.end_s <= 11.5]
    second = [scene.sentiment.arousal for scene in board.scenes if scene.start_s >= 10]
    assert np.mean(second) > np.mean(first)


def test_the_same_seed_plans_the_same_story_and_another_seed_another(
    heard: SongAnalysis, generator: PhotoGenerator, board: Storyboard
) -> None:
    again, other = planned(heard, generator), planned(heard, generator, seed=1)
    assert [scene.latent for scene in again.scenes] == [scene.latent for scene in board.scenes]
    assert [scene.latent for scene in other.scenes] != [scene.latent for scene in board.scenes]


def test_without_noise_the_latents_are_the_translators_own(heard: SongAnalysis, generator: PhotoGenerator) -> None:
    one, other = planned(heard, generator, noise=0.0, seed=0), planned(heard, generator, noise=0.0, seed=1)
    assert [scene.latent for scene in one.scenes] == [scene.latent for scene in other.scenes]


def test_scene_at_takes_the_scene_that_begins_there(board: Storyboard) -> None:
    for index, scene in enumerate(board.scenes):
        assert board.scene_at(scene.start_s) == index
        assert board.scene_at(scene.end_s - 1e-3) == index
    assert board.scene_at(-1) == 0
    assert board.scene_at(1e6) == len(board.scenes) - 1


def test_a_story_that_is_cut_at_intervals_goes_by_no_beat(heard: SongAnalysis, generator: PhotoGenerator) -> None:
    board = planned(heard, generator, cut="interval")
    assert [scene.start_s for scene in board.scenes] == [0.0, 5.0, 10.0, 15.0, 20.0]


def test_a_song_has_a_seed_and_a_view_of_its_own() -> None:
    digests = [f"{number:064x}" for number in range(40)]
    seeds = {Settings().for_song(digest).seed for digest in digests}
    assert len(seeds) == 40
    assert Settings().for_song(digests[3]) == Settings().for_song(digests[3])
    assert Settings(seed=0).for_song(digests[3]).seed == 0
    assert {own_view(digest, range(6)) for digest in digests} == set(range(6))
    assert {own_view(digest, (1, 4)) for digest in digests} == {1, 4}


def test_a_plan_notes_the_seed_it_was_drawn_from(heard: SongAnalysis, generator: PhotoGenerator) -> None:
    board = planned(heard, generator)
    assert board.settings.seed == board.seed == Settings().for_song(heard.digest).seed
