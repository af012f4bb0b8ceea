import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes import harmony as module
from deepsing_bridge.attributes.harmony import harmony, key
from deepsing_bridge.audio.decode import SAMPLE_RATE
from tests.sounds import music

DIFFERENCE, BEST = 2, 3  # of what `key` gives


def chords(degrees: tuple[tuple[int, ...], ...], root_hz: float = 220.0) -> NDArray[np.float32]:
    """Two seconds of each chord, with a few partials."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    tones = [
        sum(np.sin(2 * np.pi * root_hz * 2 ** (step / 12) * k * time) / k for step in chord for k in (1, 2, 3))
        for chord in degrees
    ]
    return (0.05 * np.concatenate(tones)).astype(np.float32)


def key_of(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return key(harmony(samples)[0].mean(axis=0, keepdims=True))[0]


def roughness_of(samples: NDArray[np.float32]) -> float:
    return float(harmony(samples)[1][:, 12].mean())


MAJOR_CADENCE = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))
MINOR_CADENCE = ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))


def test_major_and_minor_are_told_apart() -> None:
    assert key_of(chords(MAJOR_CADENCE))[DIFFERENCE] > 0.1
    assert key_of(chords(MINOR_CADENCE))[DIFFERENCE] < -0.1


@pytest.mark.parametrize("semitones", [1, 5, 8.3])
def test_the_key_s_root_and_the_tuning_do_not_matter(semitones: float) -> None:
    here, there = (key_of(chords(MAJOR_CADENCE, hz)) for hz in (220.0, 220.0 * 2 ** (semitones / 12)))
    assert np.allclose(here, there, atol=0.12)


def test_a_cluster_is_rougher_and_in_no_key() -> None:
    triads, clusters = chords(MAJOR_CADENCE), chords(((0, 1, 2), (6, 7, 8), (3, 4, 5), (9, 10, 11)))
    assert roughness_of(clusters) > 1.5 * roughness_of(triads)
    assert key_of(clusters)[BEST] < key_of(triads)[BEST]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = music(40)
    chroma, details = harmony(samples)
    monkeypatch.setattr(module, "_BLOCK", 13)
    again = harmony(samples)
    assert np.allclose(again[0], chroma, atol=1e-5)
    assert np.allclose(again[1], details, atol=1e-3)
