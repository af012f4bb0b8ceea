"""Levels follow what is heard: bands, onsets, loudness, each in its own song's range."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.audio import levels
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_mel
from deepsing_bridge.audio.levels import song_to_levels
from deepsing_bridge.core.types import LEVEL_NAMES, Levels, LevelTrack, Song

SECONDS = 8.0
TIMES = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE


def levels_of(samples: np.ndarray) -> LevelTrack:
    song = Song(samples.astype(np.float32), SAMPLE_RATE, Path("test.wav"), "")
    return song_to_levels(song, song_to_mel(song))


def tone(hertz: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hertz * TIMES)


def clicks(*at_s: float) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(len(TIMES))
    return sum(0.5 * noise * np.exp(-40 * np.maximum(TIMES - at, 0)) * (at <= TIMES) for at in at_s)  # type: ignore[return-value]


def test_values_come_often_and_lie_between_0_and_1() -> None:
    track = levels_of(tone(440) + clicks(1.0, 3.0))
    assert track.hop_s <= 1 / 50
    assert track.values.shape[1] == len(LEVEL_NAMES)
    assert track.values.min() >= 0 and track.values.max() <= 1
    assert len(track.values) * track.hop_s == pytest.approx(SECONDS, abs=0.05)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = tone(440) + clicks(1.0, 3.0) + 5 * clicks(7.0)  # the loudest, which floors all, comes last
    whole = levels_of(samples)
    monkeypatch.setattr(levels, "BLOCK_FRAMES", 100)
    again = levels_of(samples)
    assert np.allclose(again.values, whole.values, atol=1e-5)


@pytest.mark.parametrize(("hertz", "band"), [(80, "bass"), (700, "mid"), (6000, "treble")])
def test_a_tone_is_heard_in_its_band_while_it_sounds(hertz: float, band: str) -> None:
    track = levels_of(tone(hertz) * (TIMES > 4) + 1e-3 * tone(80) + 1e-3 * tone(700) + 1e-3 * tone(6000))
    before, after = track.at(2.0), track.at(6.0)
    rise = {name: getattr(after, name) - getattr(before, name) for name in ("bass", "mid", "treble")}
    assert rise[band] > 0.8
    assert max(rise, key=lambda name: rise[name]) == band


def test_a_pulse_comes_with_each_onset_and_falls() -> None:
    track = levels_of(clicks(1.0, 3.0, 5.0))
    for at in (1.0, 3.0, 5.0):
        assert track.at(at - 0.2).pulse < 0.15
        assert max(track.at(at + step / 100).pulse for step in range(-2, 6)) > 0.8
        assert track.at(at + 0.8).pulse < 0.1


def test_onset_strength_is_of_faint_onsets_too_and_does_not_last() -> None:
    track = levels_of(clicks(1.0, 3.0) + 0.02 * clicks(5.0))
    strength = {
        at: track.onset_strength[round((at - 0.1) / track.hop_s) : round((at + 0.1) / track.hop_s)]
        for at in (1.0, 3.0, 5.0)
    }
    assert all(values.max() > 0.1 for values in strength.values())
    assert strength[1.0].max() == 1.0
    assert track.onset_strength[round(1.2 / track.hop_s) : round(2.8 / track.hop_s)].max() < 0.1


def test_energy_follows_loudness() -> None:
    track = levels_of(tone(440) * np.where(TIMES < 4, 0.02, 1.0))
    assert track.at(1.0).energy < 0.3 < 0.7 < track.at(7.0).energy


def test_a_silent_song_moves_nothing() -> None:
    track = levels_of(np.zeros_like(TIMES))
    assert (track.values == 0).all() and (track.onset_strength == 0).all()
    assert track.drive(0.0, SECONDS) == 0.0


def test_a_soft_song_has_the_levels_of_a_loud_one() -> None:
    loud = levels_of(tone(440) + clicks(1.0, 3.0))
    soft = levels_of(0.05 * (tone(440) + clicks(1.0, 3.0)))
    assert np.abs(loud.values - soft.values).max() < 0.05


def test_music_drives_on_and_never_back() -> None:
    track = levels_of(clicks(1.0, 1.5, 2.0))
    driven = [track.drive(0.0, t) for t in np.arange(0.0, SECONDS, 0.1)]
    assert (np.diff(driven) >= 0).all()
    assert track.drive(0.9, 1.4) > 20 * track.drive(5.0, 5.5), "what moves pictures is what begins to sound"
    assert track.begun(0.5) < 0.1 * track.begun(1.2) < 0.1 * track.begun(1.7)
    assert track.drive(1.0, 3.0) == pytest.approx(track.drive(1.0, 2.0) + track.drive(2.0, 3.0))


def test_outside_of_the_song_its_ends_go_on() -> None:
    track = levels_of(tone(440))
    assert track.at(-1.0) == track.at(0.0)
    assert track.at(99.0) == track.at(SECONDS + 1)


def test_scaled_to_nothing_only_energys_middle_is_left() -> None:
    assert Levels(1, 1, 1, 1, 1).scaled(0.0) == Levels()
    assert Levels(1, 1, 1, 1, 1).scaled(1.0) == Levels(1, 1, 1, 1, 1)
