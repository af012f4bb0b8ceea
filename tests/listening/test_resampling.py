"""Sound at any rate comes out at once, and as a library that takes its time would have it."""

import numpy as np
import pytest
import soxr

from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.listening.resampling import DELAY_S, Resampler

RATES = [8_000, 16_000, 22_050, 44_100, 47_999, 48_000, 96_000, 192_000]


def resampled(samples: np.ndarray, rate: int, block: int = 512) -> np.ndarray:
    resampler = Resampler(rate)
    return np.concatenate([resampler.hear(samples[at : at + block]) for at in range(0, len(samples), block)])


def sine(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", RATES)
def test_all_that_has_come_is_there_at_once_whatever_the_blocks(rate: int) -> None:
    samples = 0.1 * np.random.default_rng(0).standard_normal(rate).astype(np.float32)
    resampler, came, given = Resampler(rate), 0, 0
    for start in range(0, len(samples), 480):
        block = samples[start : start + 480]
        came, given = came + len(block), given + len(resampler.hear(block))
        assert 0 <= given - came * SAMPLE_RATE / rate < 1
    np.testing.assert_allclose(resampled(samples, rate, 77), resampled(samples, rate), atol=1e-6)
    assert not len(resampler.hear(np.empty(0, np.float32)))


@pytest.mark.parametrize("rate", RATES)
def test_a_click_comes_less_than_a_millisecond_later(rate: int) -> None:
    samples = np.zeros(rate, np.float32)
    samples[rate // 2] = 1
    heard = np.abs(resampled(samples, rate)).argmax() / SAMPLE_RATE
    assert heard - (rate // 2) / rate == pytest.approx(DELAY_S, abs=1e-4)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_what_can_be_heard_passes_and_nothing_comes_out_folded(rate: int) -> None:
    for hertz in (50, 1000, 5000, 8000):
        ours, theirs = resampled(sine(hertz, rate), rate), soxr.resample(sine(hertz, rate), rate, SAMPLE_RATE)
        assert ours[2000:-2000].std() == pytest.approx(theirs[2000:-2000].std(), rel=0.01)
        spectrum = np.abs(np.fft.rfft(ours[2000 : 2000 + SAMPLE_RATE // 2] * np.hanning(SAMPLE_RATE // 2)))
        spectrum[hertz // 2 - 3 : hertz // 2 + 4] = 0
        assert spectrum.max() < 0.002 * SAMPLE_RATE / 8
    for hertz in (12_500, 15_000, 19_000):
        assert resampled(sine(hertz, rate), rate)[2000:].std() < 0.001 * 0.71


def test_what_has_a_lower_rate_gets_nothing_that_was_not_there() -> None:
    spectrum = np.abs(np.fft.rfft(resampled(sine(3000, 8000), 8000)[2000:][: SAMPLE_RATE // 2]))
    assert spectrum[2250:].max() < 0.01 * spectrum.max()  # above 4500 Hz
