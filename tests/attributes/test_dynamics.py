from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes.dynamics import NAMES, song_to_dynamics
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.core.types import Song
from tests.sounds import music


def heard(samples: NDArray[np.float32]) -> tuple[dict[str, float], NDArray[np.float32]]:
    values, loudness = song_to_dynamics(Song(samples.astype(np.float32), SAMPLE_RATE, Path("song.wav"), ""))
    assert values.shape == (len(loudness), len(NAMES))
    return dict(zip(NAMES, values.mean(axis=0).tolist(), strict=True)), loudness


def tone(hz: float, seconds: float = 4) -> NDArray[np.float32]:
    return (0.1 * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.float32)


def test_loudness_follows_the_gain_and_nothing_else_does() -> None:
    loud, quiet = heard(music(10)), heard(music(10) / 10)
    assert np.allclose(loud[1] - quiet[1], 20, atol=0.1)
    assert loud[0] == pytest.approx(quiet[0], abs=0.05)


def test_loudness_is_weighed_as_the_standard_does() -> None:
    """BS.1770: 0 dB at 1 kHz by about +0.7 there, 4 dB above 3 kHz, and little of what is below 40 Hz."""
    low, middle, high = (heard(tone(hz))[1][2:-2].mean() for hz in (30, 1000, 6000))
    assert high - middle == pytest.approx(3.3, abs=0.7)
    assert middle - low > 8


def test_a_quicker_beat_has_more_events() -> None:
    slow, quick = heard(music(20, 60))[0], heard(music(20, 150))[0]
    assert quick["events"] > 1.5 * slow["events"]
    assert slow["events"] == pytest.approx(1, abs=0.5)


def test_noise_is_flat_and_a_tone_is_not() -> None:
    noise = 0.1 * np.random.default_rng(0).normal(size=4 * SAMPLE_RATE)
    assert heard(noise)[0]["flatness"] > -0.3
    assert heard(tone(440))[0]["flatness"] < -2


def test_brightness_is_an_octave_higher_for_one() -> None:
    assert heard(tone(4000))[0]["brightness"] - heard(tone(2000))[0]["brightness"] == pytest.approx(1, abs=0.1)


def test_silence_is_finite() -> None:
    values, loudness = song_to_dynamics(Song(np.zeros(3 * SAMPLE_RATE, np.float32), SAMPLE_RATE, Path("song.wav"), ""))
    assert np.isfinite(values).all() and np.isfinite(loudness).all()
