"""Levels and sound that grow say what those of a whole song say, and keep no more than they need."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.sound import song_to_sound
from deepsing_bridge.core.types import Levels, LevelTrack, Song
from deepsing_bridge.listening.so_far import KEPT_S, LevelsSoFar, SoundSoFar
from deepsing_bridge.listening.sound import HOP_S, SoundMeter
from tests.listening.blocks import blocks
from tests.sounds import music

HOP = 1 / 80


def grown(seconds: float) -> tuple[LevelTrack, LevelsSoFar]:
    rng = np.random.default_rng(1)
    rows = rng.uniform(size=(round(seconds / HOP), 5)).astype(np.float32)
    strengths = rng.uniform(size=len(rows)).astype(np.float32)
    so_far = LevelsSoFar(HOP)
    for start in range(0, len(rows), 7):
        so_far.add(rows[start : start + 7], strengths[start : start + 7])
    return LevelTrack(rows, HOP, strengths), so_far


def test_it_says_what_a_whole_song_s_track_says() -> None:
    whole, so_far = grown(40.0)
    for time_s in (0.0, 1.234, 20.0, 39.5, 39.99, 50.0):
        assert so_far.begun(time_s) == pytest.approx(whole.begun(time_s))
        assert so_far.drive(3.3, time_s) == pytest.approx(whole.drive(3.3, time_s))
        assert so_far.at(time_s).bass == pytest.approx(whole.at(time_s).bass)


def test_of_what_is_long_over_it_knows_how_much_had_sounded() -> None:
    whole, so_far = grown(2 * KEPT_S)
    assert so_far.drive(0.0, 2 * KEPT_S - 1) == pytest.approx(whole.drive(0.0, 2 * KEPT_S - 1))
    for time_s in (5.5, KEPT_S - 3, KEPT_S, KEPT_S + 3):
        assert so_far.begun(time_s) == pytest.approx(whole.begun(time_s), abs=0.1)
    assert so_far.at(0.0) == so_far.at(KEPT_S)


def test_before_anything_was_heard_it_is_as_without_a_song() -> None:
    so_far = LevelsSoFar(HOP)
    assert so_far.at(3.0) == Levels() and so_far.begun(3.0) == so_far.drive(0.0, 3.0) == 0
    assert SoundSoFar(HOP_S).at(1.0).spectrum.max() == 0


def test_waveform_and_spectrum_are_those_of_the_whole_song() -> None:
    samples = music(6)
    meter, so_far = SoundMeter(), SoundSoFar(HOP_S)
    for block in blocks(samples):
        for sound in meter.hear(block):
            so_far.add(sound)
    whole = song_to_sound(Song(samples, SAMPLE_RATE, Path("song.wav"), ""))
    for time_s in (0.5, 2.0, 5.0):
        np.testing.assert_allclose(so_far.at(time_s).waveform, whole.at(time_s).waveform, atol=0.01)
        live, offline = so_far.at(time_s).spectrum, whole.at(time_s).spectrum
        assert np.corrcoef(live, offline)[0, 1] > 0.98
        assert np.abs(live - offline).mean() < 0.1
    assert so_far.at(100.0).waveform.shape == (128,)
