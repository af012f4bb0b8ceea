"""Sentiment of sound as it comes: what the models will say of the whole song, a few seconds later, without jumps."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.attributes.alignment import Outputs, Spread
from deepsing_bridge.attributes.audio_context import ContextAudioEstimator
from deepsing_bridge.attributes.context_features import song_to_context
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import WINDOW
from deepsing_bridge.core.types import Sentiment, Song
from deepsing_bridge.listening.alignment import RunningAlignment
from deepsing_bridge.listening.sentiment import KEPT, LATE, following
from tests.listening.blocks import blocks
from tests.sounds import music

Array = NDArray[np.float32]
OUTPUTS = Outputs({"valence": (0.5, 1.0), "arousal": (0.0, 2.0)}, Spread(within=0.25, noise=0.08))


def song_of(samples: Array) -> Song:
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "")


def changing(seconds: int) -> Array:
    parts = [
        music(seconds / 4, tempo, level, seed=seed) for seed, (tempo, level) in enumerate([(70, 0.1), (150, 0.6)] * 2)
    ]
    return np.concatenate(parts)


def followed(model: audio_models.AudioEstimator, samples: Array) -> list[Sentiment | None]:
    follower = following(model)
    return [follower.hear(window, sounding=True) for window in blocks(samples, WINDOW)]


@pytest.mark.slow
def test_it_is_what_will_be_said_of_the_whole_song() -> None:
    model, samples = ContextAudioEstimator.load(), changing(40)
    whole = model.raw_sentiment(song_to_context(song_of(samples)))
    told = followed(model, samples)
    assert told[0] is None and None not in told[1:]
    for axis in ("valence", "arousal"):
        now = np.array([getattr(one, axis) for one in told[KEPT:]])
        later = getattr(whole, axis)[KEPT - LATE : -LATE]
        assert np.corrcoef(now, later)[0, 1] > 0.9, axis
        assert np.abs(now - later).mean() < 0.6 * later.std()


def test_what_comes_later_changes_nothing() -> None:
    model, samples = ContextAudioEstimator.load(), changing(12)
    assert followed(model, samples)[:10] == followed(model, samples[: 10 * WINDOW])


def test_the_papers_model_follows_too() -> None:
    model, samples = audio_models.load(audio_models.PAPER), music(10)
    told = followed(model, samples)
    assert all(np.isfinite([one.valence, one.arousal]).all() for one in told[1:] if one)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(TypeError, match="no sentiment"):
        following(object())  # type: ignore[arg-type]


def aligned(values: list[float], alignment: str = "song") -> Array:
    running = RunningAlignment(OUTPUTS, alignment)  # type: ignore[arg-type]
    return np.array([running.align(Sentiment(value, 0.0)).valence for value in values], np.float32)


def test_at_first_sentiment_is_relative_to_all_music() -> None:
    assert aligned([1.5] * 10)[-1] == pytest.approx(aligned([1.5] * 10, "dataset")[-1], abs=0.3)


def test_after_minutes_it_is_relative_to_what_was_played() -> None:
    values = [3.0 + 0.5 * float(np.sin(index / 30)) for index in range(2400)]
    told = aligned(values)[1200:]
    assert abs(told.mean()) < 0.7
    assert 0.6 < told.std() < 1.4
    assert aligned(values, "dataset")[1200:].mean() == pytest.approx(2.5, abs=0.1)


def test_what_was_played_long_ago_is_forgotten() -> None:
    told = aligned([3.0] * 6000 + [-3.0] * 2400)
    assert told[6060] < -2.5 and abs(told[-1]) < 1.0


def test_it_never_jumps() -> None:
    told = aligned([0.5] * 60 + [9.0] * 60)
    assert np.abs(np.diff(told)).max() < 1.6 and told.max() <= 4.0


def test_a_pause_teaches_nothing_and_moves_nothing() -> None:
    running = RunningAlignment(OUTPUTS, "song")
    before = [running.align(Sentiment(1.0, 1.0)) for _ in range(60)][-1]
    assert [running.align(Sentiment(-50.0, 9.0), sounding=False) for _ in range(600)] == [before] * 600
    assert running.align(Sentiment(1.0, 1.0)).valence == pytest.approx(before.valence, abs=0.1)
