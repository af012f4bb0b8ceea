"""One model says where beats are, of whole songs and of sound as it comes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.audio.beat_model import STEP_S, STEPS, BeatFilter, OnsetScale, likeliest_beats

FRAME_S = STEPS * STEP_S
Array = NDArray[np.float64]


def envelope(seconds: float, *times: Array, seed: int = 0) -> Array:
    """Onsets of 8 dB at the first of `times`, of 4 dB at the next, and a little noise."""
    onsets = np.random.default_rng(seed).exponential(0.4, round(seconds / FRAME_S))
    for strength, at in zip((8.0, 4.0), times, strict=False):
        frames = np.round(at / FRAME_S).astype(int)
        onsets[frames[frames < len(onsets)]] += strength
    return onsets


def every(beat_s: float, seconds: float, start_s: float = 0.3) -> Array:
    return np.arange(start_s, seconds, beat_s)


def off(times: Array, wanted: Array) -> Array:
    """Seconds from each of `wanted` to the nearest of `times`."""
    return np.abs(times[:, None] - wanted).min(axis=0)


@pytest.mark.parametrize("tempo", [62.0, 97.0, 128.0, 171.0])
def test_beats_lie_on_the_onsets(tempo: float) -> None:
    wanted = every(60 / tempo, 30)
    beats = STEP_S * likeliest_beats(envelope(30, wanted))
    assert off(beats, wanted[:-1]).max() < 0.04  # with a beat at its very end a piece may end before it
    assert np.median(np.diff(beats)) == pytest.approx(60 / tempo, rel=0.02)


def test_weaker_onsets_between_do_not_double_the_tempo() -> None:
    strong = every(0.6, 30)
    beats = STEP_S * likeliest_beats(envelope(30, strong, strong + 0.3))
    assert np.median(np.diff(beats)) == pytest.approx(0.6, abs=0.02)
    assert off(beats, strong).max() < 0.04


def test_a_tempo_holds_where_other_onsets_are_stronger_for_a_while() -> None:
    """Three against four, as a tempogram takes for another tempo."""
    beat = every(0.5, 40)
    crossing = every(0.75, 22, 18.3)
    beats = STEP_S * likeliest_beats(envelope(40, np.concatenate([beat[(beat < 18) | (beat > 22)], crossing]), beat))
    assert np.abs(np.diff(beats) - 0.5).max() < 0.06


def test_another_tempo_is_followed_as_it_comes() -> None:
    onsets = np.concatenate([envelope(20, every(60 / 90, 20)), envelope(20, every(60 / 126, 20))])
    tracker = BeatFilter()
    lengths = [tracker.hear(onset)[0] for onset in onsets.tolist()]
    assert STEP_S * lengths[round(18 / FRAME_S)] == pytest.approx(60 / 90, rel=0.05)
    assert STEP_S * lengths[round(28 / FRAME_S)] == pytest.approx(60 / 126, rel=0.05)


def test_what_comes_is_heard_as_the_whole_is() -> None:
    strong = every(0.53, 40)
    onsets = envelope(40, strong, strong + 0.265)
    tracker = BeatFilter()
    heard = [tracker.hear(onset) for onset in onsets.tolist()]
    begun = [STEPS * frame - step for frame, (_, step) in enumerate(heard) if frame * FRAME_S > 5]
    assert off(STEP_S * likeliest_beats(onsets), STEP_S * np.unique(begun)).max() < 0.05


def test_beats_foretell_music_and_not_noise() -> None:
    beaten, noise = BeatFilter(), BeatFilter()
    for onset in envelope(20, every(0.5, 20)).tolist():
        beaten.hear(onset)
    for onset in np.random.default_rng(1).exponential(2.0, round(20 / FRAME_S)).tolist():
        noise.hear(onset)
    assert beaten.gain > 0.05
    assert noise.gain < 0


def test_silence_before_the_first_sound_says_nothing() -> None:
    onsets = [60.0, 20.0, 8.0, 2.0, *envelope(10, every(0.7, 10)).tolist()]
    at_once, later = BeatFilter(), BeatFilter()
    for onset in [0.0] * 130:
        later.hear(onset)
    assert [at_once.hear(onset) for onset in onsets] == [later.hear(onset) for onset in onsets]


def test_how_deep_the_silence_was_is_no_measure_of_onsets() -> None:
    shallow, deep = OnsetScale(), OnsetScale()
    for onset in (5.0, 2.0, 1.0, 0.5):
        shallow.relative(onset)
        deep.relative(10 * onset)
    for onset in envelope(3, every(0.5, 3)).tolist():
        assert shallow.relative(onset) == deep.relative(onset)


def test_silence_of_minutes_and_a_bang_are_survived() -> None:
    tracker = BeatFilter()
    for onset in [0.0] * 3000 + [80.0] + [0.0] * 3000:
        length, step = tracker.hear(onset)
    assert 0 <= step < length and np.isfinite(tracker.gain)
