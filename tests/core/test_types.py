"""The values that travel between stages."""

import numpy as np
import pytest

from deepsing_bridge.core.types import LARGEST_SENTIMENT, Sentiment, SentimentTrack


def test_the_mean_between_two_moments_is_numpys_to_the_bit() -> None:
    """Stories that were made before must come out the same."""
    chance = np.random.default_rng(0)
    track = SentimentTrack(*chance.standard_normal((2, 400)).astype(np.float32), 0.5)
    for first in range(0, 390, 7):
        for count in (1, 2, 9, 10, 150):
            felt = track.between(first / 2, (first + count) / 2)
            here = slice(first, first + count)
            assert felt.valence == float(track.valence[here].mean())
            assert felt.arousal == float(track.arousal[here].mean())


def test_what_is_shifted_stays_within_the_largest_sentiment() -> None:
    values = np.array([-3.5, 0, 3.5], np.float32)
    track = SentimentTrack(values, -values, 0.5).shifted(1.0, -2.0)
    assert track.valence.tolist() == [-2.5, 1.0, LARGEST_SENTIMENT]
    assert track.arousal.tolist() == [1.5, -2.0, -LARGEST_SENTIMENT]
    assert Sentiment(3.5, 0.5).shifted(1.0, -2.0) == Sentiment(LARGEST_SENTIMENT, -1.5)
    assert Sentiment(0.5, -3.5).shifted(1.0, -2.0) == Sentiment(1.5, -LARGEST_SENTIMENT)


@pytest.mark.parametrize(
    ("valence", "arousal", "feeling"),
    [
        (1.2, 0.3, "happy"),
        (-0.72, 1.8, "tense"),
        (-0.03, -0.94, "sad"),
        (0.75, -0.89, "calm"),
        (0.3, -0.3, "neutral"),
        (0.5, 0.0, "happy"),
        (0.0, 0.0, "neutral"),
    ],
)
def test_a_feeling_is_named_after_its_quadrant(valence: float, arousal: float, feeling: str) -> None:
    assert Sentiment(valence, arousal).feeling == feeling
