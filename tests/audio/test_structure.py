"""Bars and sections are where a listener would put them."""

from pathlib import Path

import librosa
import numpy as np
import pytest

from deepsing_bridge.audio.bars import beats_to_bars
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_chroma, song_to_mel
from deepsing_bridge.audio.sections import timbre_and_harmony
from deepsing_bridge.audio.structure import song_to_structure
from deepsing_bridge.core.types import Song, Structure
from tests.sounds import music

BEAT_S = 0.5


def structure_of(samples: np.ndarray) -> Structure:
    song = Song(samples.astype(np.float32), SAMPLE_RATE, Path("song.wav"), "0" * 64)
    return song_to_structure(song, song_to_mel(song))


def band(seconds: float, meter: int, offset: int = 0, root: float = 110.0) -> np.ndarray:
    """A hat on every beat; a bass drum and another chord on the first of each bar, and no bar in the first `offset`."""
    rng = np.random.default_rng(0)
    count = round(seconds * SAMPLE_RATE)
    time = np.arange(count) / SAMPLE_RATE
    out = 0.002 * rng.standard_normal(count)
    for beat in range(int(seconds / BEAT_S)):
        since = time - beat * BEAT_S
        after = since >= 0
        out += 0.15 * rng.standard_normal(count) * np.exp(-60 * np.maximum(since, 0)) * after
        if (beat - offset) % meter == 0:
            out += 0.8 * np.sin(2 * np.pi * 60 * since) * np.exp(-12 * np.maximum(since, 0)) * after
            pitch = root * 2 ** ((0, 5, 7, 3)[(beat - offset) // meter % 4] / 12)
            held = after & (since < meter * BEAT_S)
            out += 0.1 * sum(np.sin(2 * np.pi * pitch * k * since) for k in (2, 2.52, 3)) * held
    return out


def phase(bars: np.ndarray, meter: int) -> float:
    """Beats after the start at which bars begin."""
    angles = np.exp(2j * np.pi * bars / (meter * BEAT_S))
    return float(np.angle(angles.mean()) / (2 * np.pi) * meter % meter)


@pytest.mark.parametrize(("meter", "offset"), [(4, 0), (4, 1), (4, 3), (3, 0), (3, 2)])
def test_bars_begin_with_the_bass_drum(meter: int, offset: int) -> None:
    structure = structure_of(band(24, meter, offset))
    assert np.median(np.diff(structure.bars)) == pytest.approx(meter * BEAT_S, abs=0.03)
    assert abs((phase(structure.bars, meter) - offset + meter / 2) % meter - meter / 2) < 0.2
    assert set(structure.bars) <= set(structure.beats)
    assert len(structure.accents) == len(structure.bars)
    on_bars = np.isin(structure.beats, structure.bars)
    assert structure.beat_accents[on_bars].mean() > structure.beat_accents[~on_bars].mean() + 0.5


def test_a_beat_too_many_moves_the_bars_after_it() -> None:
    samples = np.concatenate([band(16, 4), band(BEAT_S, 4, 1), band(16, 4)])
    bars = structure_of(samples).bars
    assert phase(bars[bars < 15], 4) == pytest.approx(0, abs=0.2) or phase(bars[bars < 15], 4) > 3.8
    assert phase(bars[bars > 18] - 0.5, 4) == pytest.approx(0, abs=0.2) or phase(bars[bars > 18] - 0.5, 4) > 3.8


def test_a_few_beats_make_no_bar() -> None:
    song = Song(music(8), SAMPLE_RATE, Path("song.wav"), "0" * 64)
    assert len(beats_to_bars(np.arange(5) * BEAT_S, song_to_mel(song), song_to_chroma(song))) == 0


def test_timbre_of_whole_minutes_and_of_a_frame_more_is_that_of_all_at_once() -> None:
    chance = np.random.default_rng(0)
    mel, chroma = chance.random((128, 2 * 2520 + 1), np.float32) ** 8, chance.random((12, 2 * 2520 + 1), np.float32)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13)
    means = np.concatenate([mfcc, chroma]).T[:-1].reshape(240, 21, 25).mean(axis=1)
    heard = timbre_and_harmony(mel, chroma)
    assert heard.shape == (240, 25)
    assert np.allclose(heard, means / (means.std(axis=0) + 1e-6), rtol=1e-4, atol=1e-4)


def test_a_section_begins_where_timbre_and_harmony_change() -> None:
    verse, chorus = band(24, 4), band(24, 4, root=147.0)
    chorus += 0.2 * np.sign(np.sin(2 * np.pi * 587 * np.arange(len(chorus)) / SAMPLE_RATE))
    structure = structure_of(np.concatenate([verse, chorus, verse]))
    assert structure.sections == pytest.approx([24, 48], abs=0.1)


def test_one_sound_throughout_has_no_sections_at_its_ends() -> None:
    sections = structure_of(music(60)).sections
    assert all(5 <= time <= 55 for time in sections)


def test_changes_are_found_without_a_beat() -> None:
    time = np.arange(8 * SAMPLE_RATE) / SAMPLE_RATE
    tones = [0.2 * np.sin(2 * np.pi * hertz * time) for hertz in (220, 1400, 330)]
    structure = structure_of(np.concatenate(tones))
    assert len(structure.beats) == 0
    for change in (8, 16):
        assert np.abs(structure.changes - change).min() <= 0.5


@pytest.mark.parametrize("seconds", [0.6, 1.0, 3.0, 6.0])
def test_short_songs_and_silence_have_a_structure(seconds: float) -> None:
    for samples in (music(seconds), np.zeros(round(seconds * SAMPLE_RATE), np.float32)):
        structure = structure_of(samples)
        assert all(np.isfinite(times).all() for times in (structure.beats, structure.bars, structure.sections))
