"""A song becomes a storyboard, a storyboard becomes frames: cuts, latents, motion, and the seed."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.app.story import load_painter
from deepsing_bridge.attributes.audio_models import PaperEstimator
from deepsing_bridge.audio.beats import mel_to_beats
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_mel
from deepsing_bridge.core.types import Song, Storyboard
from deepsing_bridge.core.units import HANDLE_S, frame_to_seconds, seconds_to_frame
from deepsing_bridge.generators.generate import EmbeddedGenerator
from deepsing_bridge.story.plan import (
    DRIFT,
    REACH,
    Painter,
    Settings,
    cut_times,
    fit,
    plan,
    scene_at,
    scene_latents,
    to_pixels,
)
from deepsing_bridge.translation.translators import NeuralTranslator
from tests.sounds import music

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001))


@pytest.fixture(scope="module")
def generator() -> EmbeddedGenerator:
    return EmbeddedGenerator.load()


@pytest.fixture(scope="module")
def song() -> Song:
    samples = np.concatenate([music(11, 80, level=0.1), music(11, 140, level=0.8)])
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "0" * 64)


@pytest.fixture(scope="module")
def board(song: Song, generator: EmbeddedGenerator) -> Storyboard:
    return planned(song, generator)


@pytest.fixture(scope="module")
def painter(generator: EmbeddedGenerator) -> Painter:
    return load_painter(generator)


def planned(song: Song, generator: EmbeddedGenerator, **settings: object) -> Storyboard:
    """With the paper's audio model, as synthetic sound is like nothing that the others know (models/README.md)."""
    wish = Settings(width=128, height=96, audio_model=PaperEstimator(), **settings)  # type: ignore[arg-type]
    return plan(song, generator, NeuralTranslator.load(0), wish, {})


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("duration", [1.3, 5.4, 23.0, 71.07])
def test_cuts_lie_on_frames_and_cover_the_song_without_flicker(rate: Fraction, duration: float) -> None:
    beats = np.arange(0.21, duration, 0.47)
    cuts = cut_times(duration, rate, beats)
    assert cuts[0] == 0
    assert cuts[-1] == frame_to_seconds(seconds_to_frame(duration, rate), rate)
    assert all(frame_to_seconds(seconds_to_frame(cut, rate), rate) == cut for cut in cuts)
    assert len(cuts) == 2 or min(b - a for a, b in pairwise(cuts)) >= 1


def test_cuts_are_moved_to_the_nearest_beat() -> None:
    beats = np.arange(0.3, 60, 0.61)
    cuts = cut_times(60, Fraction(24), beats)[1:-1]
    for number, cut in enumerate(cuts, start=1):
        nearest = beats[np.abs(beats - 5 * number).argmin()]
        assert cut == pytest.approx(nearest, abs=0.5 / 24 + 1e-6)


def test_without_beats_cuts_come_every_five_seconds() -> None:
    assert cut_times(17, Fraction(25), np.empty(0)) == [0, 5, 10, 15, 17]


def test_a_story_of_a_real_tempo_is_cut_on_its_beats(song: Song, board: Storyboard) -> None:
    beats = mel_to_beats(song_to_mel(song))
    for scene in board.scenes[1:]:
        assert np.abs(beats - scene.start_s).min() <= 0.5 / 24 + 1e-6


def test_scenes_follow_each_other_and_the_louder_faster_half_is_more_aroused(board: Storyboard) -> None:
    assert all(a.end_s == b.start_s for a, b in pairwise(board.scenes))
    first = [scene.sentiment.arousal for scene in board.scenes if scene.end_s <= 11.5]
    second = [scene.sentiment.arousal for scene in board.scenes if scene.start_s >= 10]
    assert np.mean(second) > np.mean(first)


def test_the_same_seed_plans_the_same_story_and_another_seed_another(
    song: Song, generator: EmbeddedGenerator, board: Storyboard
) -> None:
    again, other = planned(song, generator), planned(song, generator, seed=1)
    assert [scene.latent for scene in again.scenes] == [scene.latent for scene in board.scenes]
    assert [scene.latent for scene in other.scenes] != [scene.latent for scene in board.scenes]


def test_without_noise_the_latents_are_the_translators_own(song: Song, generator: EmbeddedGenerator) -> None:
    one, other = planned(song, generator, noise=0.0, seed=0), planned(song, generator, noise=0.0, seed=1)
    assert [scene.latent for scene in one.scenes] == [scene.latent for scene in other.scenes]


def test_a_still_scene_has_one_latent_and_a_dynamic_one_moves_with_power(board: Storyboard) -> None:
    assert len(scene_latents(replace(board, motion="still"), 0)) == 1
    quiet_then_loud = tuple(float(i >= 5) for i in range(len(board.power)))
    latents = scene_latents(replace(board, power=quiet_then_loud), 0)
    steps = np.linalg.norm(np.diff(latents, axis=0), axis=1)
    assert steps[:4].max() < 1e-3 * steps[5:8].min()


def test_a_scene_moves_towards_the_next_one_of_its_class(board: Storyboard) -> None:
    first, second = board.scenes[:2]
    same = replace(board, scenes=(first, replace(second, class_id=first.class_id), *board.scenes[2:]))
    latents = scene_latents(same, 0)
    away = np.linalg.norm(latents - np.array(second.latent), axis=1)
    assert away[8] < away[0]


def test_a_strong_scene_moves_as_far_as_its_latent_is_large(board: Storyboard) -> None:
    weak = replace(board.scenes[-1], latent=tuple(0.01 * np.sign(board.scenes[-1].latent)))
    strong = replace(weak, latent=tuple(200 * np.array(weak.latent)))
    index = len(board.scenes) - 1
    ways = [scene_latents(replace(board, scenes=(*board.scenes[:-1], last)), index) for last in (weak, strong)]
    short, far = (np.linalg.norm(np.ptp(way, axis=0)) for way in ways)
    assert far / short == pytest.approx(REACH * 2 / DRIFT)


def test_scene_at_takes_the_scene_that_begins_there(board: Storyboard) -> None:
    for index, scene in enumerate(board.scenes):
        assert scene_at(board, scene.start_s) == index
        assert scene_at(board, scene.end_s - 1e-3) == index
    assert scene_at(board, -1) == 0
    assert scene_at(board, 1e6) == len(board.scenes) - 1


def test_painting_twice_gives_the_same_pixels_in_any_order(painter: Painter, board: Storyboard) -> None:
    times = [0.0, 1.7, board.scenes[1].start_s + 0.3]
    forwards = [frame.pixels for frame in painter.paint(board, times)]
    fresh = Painter(painter.generator, painter.stylizer, painter.styles)
    backwards = [frame.pixels for frame in fresh.paint(board, reversed(times))]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))
    assert forwards[0].shape == (96, 128, 3) and forwards[0].dtype == np.uint8


def test_a_dynamic_scene_changes_a_little_from_frame_to_frame(painter: Painter, board: Storyboard) -> None:
    frames = [painter.picture(board, 0, t).astype(int) for t in (0.0, 1 / 24, 4.0)]
    near, far = np.abs(frames[1] - frames[0]).mean(), np.abs(frames[2] - frames[0]).mean()
    assert 0 < near < far


def test_a_still_scene_does_not_move(painter: Painter, board: Storyboard) -> None:
    still = replace(board, motion="still")
    assert np.array_equal(painter.picture(still, 0, 0.0), painter.picture(still, 0, 4.0))


def test_a_scene_goes_on_in_its_handle(painter: Painter, board: Storyboard) -> None:
    end = board.scenes[0].end_s
    at_end, later = painter.picture(board, 0, end), painter.picture(board, 0, end + 0.9 * HANDLE_S)
    assert not np.array_equal(at_end, later)


def test_blend_zero_leaves_the_generators_picture(painter: Painter, board: Storyboard) -> None:
    plain = replace(board, blend=0.0, motion="still", width=256, height=256)
    vector = torch.zeros(1, len(painter.generator.classes))
    vector[0, board.scenes[0].class_id] = 1
    made = painter.generator.generate(vector, torch.tensor([board.scenes[0].latent]))
    assert np.array_equal(painter.picture(plain, 0, 0.0), to_pixels(made)[0])


def test_a_wide_picture_is_cropped_from_the_middle_not_squeezed() -> None:
    circle = ((torch.arange(64)[:, None] - 32) ** 2 + (torch.arange(64) - 32) ** 2 < 200).float()
    wide = fit(circle.expand(1, 3, 64, 64), 128, 72)[0, 0] > 0.5
    assert wide.shape == (72, 128)
    assert wide.any(0).sum() == pytest.approx(int(wide.any(1).sum()), abs=1)
