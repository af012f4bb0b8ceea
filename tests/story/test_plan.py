"""A song becomes a storyboard: scenes, the seed, noise."""

from itertools import pairwise

import numpy as np
import pytest

from deepsing_bridge.generators.photos import EMBEDDED, PhotoGenerator
from deepsing_bridge.generators.protocol import Generator
from deepsing_bridge.story.analysis import SongAnalysis
from deepsing_bridge.story.plan import Begun, plan, plan_next
from deepsing_bridge.story.settings import Settings, own_view
from deepsing_bridge.story.storyboard import Scene, Storyboard
from deepsing_bridge.translation.another import ENDS
from deepsing_bridge.translation.attribute_view import load_samples
from deepsing_bridge.translation.diversity import DiverseTranslator
from deepsing_bridge.translation.neural import NeuralTranslator
from tests.render.patterns import Pattern
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


@pytest.fixture(scope="module")
def diverse() -> DiverseTranslator:
    return DiverseTranslator(NeuralTranslator.load(0), load_samples(EMBEDDED))


def walked(
    heard: SongAnalysis, generator: Generator, diverse: DiverseTranslator, **settings: object
) -> tuple[Scene, ...]:
    return plan(heard, generator, diverse, Settings(**settings), {}).scenes  # type: ignore[arg-type]


def assert_goes_as_asked(scene: Scene, diverse: DiverseTranslator) -> None:
    """To a sample of its class, and only few feel more as was asked."""
    kinds = diverse.samples.of_classes([scene.class_id])
    (row,) = np.flatnonzero((kinds.latents == np.array(scene.towards, np.float32)).all(axis=1))
    off = np.hypot(kinds.valence - scene.sentiment.valence, kinds.arousal - scene.sentiment.arousal)
    assert (off < off[row]).sum() < ENDS
    assert np.linalg.norm(kinds.latents[row] - scene.latent) > 0.5 * np.linalg.norm(scene.latent)


def test_scenes_go_to_another_picture_of_their_class_that_feels_as_asked(
    heard: SongAnalysis, generator: PhotoGenerator, diverse: DiverseTranslator
) -> None:
    scenes = walked(heard, generator, diverse)
    for scene in scenes:
        assert_goes_as_asked(scene, diverse)
    assert walked(heard, generator, diverse) == scenes
    other = walked(heard, generator, diverse, seed=1)
    assert [scene.towards for scene in other] != [scene.towards for scene in scenes]


def test_a_scene_of_live_sound_goes_as_those_of_a_song_do(
    heard: SongAnalysis, generator: PhotoGenerator, diverse: DiverseTranslator
) -> None:
    begun = Begun(3, 6.0, 4.0, tuple(scene.sentiment for scene in walked(heard, generator, diverse)[:3]))
    (scene,) = plan_next(begun, heard, generator, diverse, Settings(), {}).scenes
    assert_goes_as_asked(scene, diverse)


def test_no_scene_goes_anywhere_in_a_still_story_nor_where_pictures_move_by_themselves_or_no_others_are_known(
    heard: SongAnalysis, generator: PhotoGenerator, diverse: DiverseTranslator, board: Storyboard
) -> None:
    class Moving(Pattern):
        name, classes = "moving", generator.classes

    still, moving = walked(heard, generator, diverse, motion="still"), walked(heard, Moving(), diverse)
    for scenes in (still, moving, board.scenes):
        assert {scene.towards for scene in scenes} == {()}
