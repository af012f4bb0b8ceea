"""The values that travel between stages."""

import numpy as np

from deepsing_bridge.core.types import SentimentTrack


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
