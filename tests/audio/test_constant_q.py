"""The constant-Q transform is librosa's, by a shorter way."""

import librosa
import numpy as np
import pytest

from deepsing_bridge.audio.constant_q import BINS_PER_OCTAVE, OCTAVES, constant_q, filters_at
from deepsing_bridge.audio.decode import SAMPLE_RATE
from tests.sounds import music


@pytest.mark.parametrize(("seconds", "tuning"), [(9.0, 0.0), (9.01, 0.31), (4.0, -0.5)])
def test_it_is_what_librosa_gives(seconds: float, tuning: float) -> None:
    samples = music(seconds)
    bins = OCTAVES * BINS_PER_OCTAVE
    plain = librosa.cqt(
        samples, sr=SAMPLE_RATE, hop_length=512, n_bins=bins, bins_per_octave=BINS_PER_OCTAVE, tuning=tuning
    )
    heard = constant_q(samples, 512, filters_at(SAMPLE_RATE, tuning))
    assert heard.shape == (bins, 1 + len(samples) // 512)
    expected = np.abs(plain)[:, : heard.shape[1]]
    differs = np.abs(heard[:, : expected.shape[1]] - expected)
    assert differs[:, 20:-20].mean() < 5e-4 * expected.mean()
    assert differs.max() < 0.02 * expected.max()  # at the ends: librosa cuts off what its resampler rings there


@pytest.mark.parametrize("name", ["C1", "A4", "B7"])
def test_a_tone_is_heard_at_its_pitch(name: str) -> None:
    tone = np.sin(2 * np.pi * librosa.note_to_hz(name) * np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    heard = constant_q(tone, 512, filters_at(SAMPLE_RATE, 0.0))[:, 126]  # in the middle
    assert heard.argmax() == round(BINS_PER_OCTAVE * np.log2(librosa.note_to_hz(name) / librosa.note_to_hz("C1")))
    far = np.abs(np.arange(len(heard)) - heard.argmax()) > 9
    assert heard.max() > 100 * heard[far].max()


def test_shorter_than_its_longest_filter_it_is_quiet_and_not_refused(recwarn: pytest.WarningsRecorder) -> None:
    assert np.isfinite(constant_q(music(0.3), 512, filters_at(SAMPLE_RATE, 0.0))).all()
    assert not recwarn.list
