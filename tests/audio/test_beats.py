"""Beats are found where somebody would tap."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.audio.beats import mel_to_beats
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_mel
from deepsing_bridge.core.types import Song
from tests.sounds import music


def beats_of(samples: np.ndarray) -> np.ndarray:
    return mel_to_beats(song_to_mel(Song(samples, SAMPLE_RATE, Path("song.wav"), "0" * 64)))


@pytest.mark.parametrize("tempo", [90.0, 120.0])
def test_beats_fall_on_the_drum(tempo: float) -> None:
    beats = beats_of(music(20, beats_per_minute=tempo))
    grid = 60 / tempo / 2  # a tracker may take the half beat
    off = np.abs(beats / grid - np.round(beats / grid)) * grid
    assert len(beats) > 15
    assert np.median(off) < 0.04


def test_a_changing_tempo_is_followed() -> None:
    beats = beats_of(np.concatenate([music(20, 80), music(20, 130)]))
    slow, fast = beats[(beats > 4) & (beats < 16)], beats[(beats > 26) & (beats < 38)]
    assert np.median(np.diff(slow)) > 1.3 * np.median(np.diff(fast))


def test_silence_has_no_beats() -> None:
    assert len(beats_of(np.zeros(5 * SAMPLE_RATE, np.float32))) == 0


RNG = np.random.default_rng(0)
TIMES = np.arange(30 * SAMPLE_RATE) / SAMPLE_RATE


def rain() -> np.ndarray:
    drops = np.zeros(len(TIMES))
    for at in RNG.integers(0, len(TIMES) - 2000, 400):
        drops[at : at + 2000] += RNG.random() * RNG.standard_normal(2000) * np.exp(-np.arange(2000) / 200)
    return drops


@pytest.mark.parametrize(
    "samples",
    [
        0.1 * RNG.standard_normal(len(TIMES)),
        sum(0.1 * np.sin(2 * np.pi * f * TIMES) for f in (110, 165, 220.7)),
        rain(),
    ],
    ids=["noise", "drone", "rain"],
)
def test_what_nobody_would_tap_to_has_no_beats(samples: np.ndarray) -> None:
    assert len(beats_of(samples.astype(np.float32))) == 0
