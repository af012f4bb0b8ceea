"""Levels and onsets of sound as it comes: in time, in the range of what is played, and nothing in a pause."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_mel
from deepsing_bridge.audio.levels import song_to_levels
from deepsing_bridge.core.types import LEVEL_NAMES, Song
from deepsing_bridge.listening.levels import HOP_S, HeardOnset, LevelMeter
from tests.listening.blocks import BLOCK, blocks
from tests.sounds import music

Array = NDArray[np.float32]


def heard(samples: Array, meter: LevelMeter | None = None, size: int = BLOCK) -> tuple[Array, list[HeardOnset]]:
    meter = meter or LevelMeter()
    parts = [meter.hear(block) for block in blocks(samples, size)]
    return np.concatenate([part.levels for part in parts]), [onset for part in parts for onset in part.onsets]


def of(name: str, levels: Array) -> Array:
    return levels[:, LEVEL_NAMES.index(name)]


def clicks(*at_s: float, seconds: float = 8.0) -> Array:
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(0).standard_normal(len(times))
    return sum(0.3 * noise * np.exp(-40 * np.maximum(times - at, 0)) * (at <= times) for at in at_s)  # type: ignore[return-value]


def noise(seconds: float, level: float) -> Array:
    return (level * np.random.default_rng(1).standard_normal(int(seconds * SAMPLE_RATE))).astype(np.float32)


@pytest.mark.parametrize("size", [1000, 5000])
def test_how_sound_is_cut_in_blocks_changes_nothing(size: int) -> None:
    samples = music(6)
    levels, onsets = heard(samples)
    others, other_onsets = heard(samples, size=size)
    np.testing.assert_allclose(others[: len(levels)], levels[: len(others)], atol=1e-5)
    assert [onset.time_s for onset in other_onsets] == [onset.time_s for onset in onsets]


def test_after_a_quarter_of_a_minute_levels_are_those_of_the_whole_song() -> None:
    gains = np.tile([0.3, 1.0, 0.5], 5).astype(np.float32)
    samples = music(45) * np.repeat(gains, 3 * SAMPLE_RATE)
    song = Song(samples, SAMPLE_RATE, Path("song.wav"), "")
    whole = song_to_levels(song, song_to_mel(song)).values
    levels, _ = heard(samples)
    later = slice(round(15 / HOP_S), len(levels) - 100)
    for name in LEVEL_NAMES:
        assert np.corrcoef(of(name, levels)[later], of(name, whole)[later])[0, 1] > 0.75, name


def test_an_onset_is_told_within_60_ms_of_its_sound() -> None:
    times = [1.0, 1.503, 2.251, 3.0, 4.444, 6.01]
    meter, told = LevelMeter(), []
    for index, block in enumerate(blocks(clicks(*times) + noise(8, 1e-4))):
        told += [((index + 1) * BLOCK / SAMPLE_RATE, onset) for onset in meter.hear(block).onsets]
    assert len(told) == len(times)
    for (told_s, onset), time_s in zip(told, times, strict=True):
        assert 0 < told_s - time_s < 0.045  # the rest is left to the sound card and to threads
        assert onset.time_s == pytest.approx(time_s, abs=0.02)
        assert onset.strength > 0.3


def test_noise_in_a_pause_is_not_music() -> None:
    beats = np.arange(20 * SAMPLE_RATE) // (SAMPLE_RATE // 4) % 2
    meter, song = LevelMeter(), noise(20, 0.3) * beats.astype(np.float32)
    heard(song, meter)
    for level in (0.0, 0.3 * 10 ** (-42 / 20)):  # above the floor, too
        levels, onsets = heard(noise(90, level), meter)
        assert levels[200:].max() < 0.01, level
        assert not onsets
    levels, onsets = heard(song[: 2 * SAMPLE_RATE], meter)
    assert len(onsets) >= 3 and of("energy", levels).max() > 0.3


def test_noise_before_the_first_song_is_not_music() -> None:
    levels, onsets = heard(noise(60, 10 ** (-65 / 20)))
    assert levels.max() == 0 and not onsets


def test_a_set_that_is_played_softer_moves_as_much() -> None:
    meter = LevelMeter()
    heard(music(20), meter)
    heard(music(120) * np.float32(0.2), meter)
    levels, onsets = heard(music(10, seed=1) * np.float32(0.2), meter)
    assert of("bass", levels).max() > 0.7 and of("pulse", levels).max() > 0.7
    assert len(onsets) >= 10


def test_an_hour_needs_no_more_memory_than_a_minute() -> None:
    meter = LevelMeter()
    heard(music(10), meter)
    before = len(pickle.dumps(meter))
    heard(music(30), meter)
    assert len(pickle.dumps(meter)) < 1.02 * before + 9000  # a block more or less waits
