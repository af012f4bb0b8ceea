"""Alignment by z-scores (paper sections 2.1 and 3.1): sentiment relative to the song itself, or to a training set.

Knows how a weight file tells which output is valence and which arousal, and what the training set's statistics are;
nobody else does. Knows nothing of sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..core.options import Alignment
from ..core.types import SentimentTrack

INTERVAL_S = 5.0  # the authors average the regressor's outputs over 5 s, then take z-scores
FLATTEST = 1e-3  # a song whose sd is below this does not change, and is not blown up into one that does

Curve = NDArray[np.float32]


@dataclass(frozen=True)
class Outputs:
    """What the columns of an audio estimator's answers are, in their order, and of each the mean and the standard
    deviation of its 5 s averages over the training set."""

    statistics: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, header: Mapping[str, str], tensors: Mapping[str, torch.Tensor]) -> "Outputs":
        """As a weight file has them: `outputs` in its header, `mean` and `sd` among its tensors."""
        names = header["outputs"].split()
        return cls(dict(zip(names, zip(tensors["mean"].tolist(), tensors["sd"].tolist(), strict=True), strict=True)))

    def track(self, answers: torch.Tensor, hop_s: float) -> SentimentTrack:
        """(windows, 2) as they came, in the units of the training targets."""
        columns = dict(zip(self.statistics, answers.T.numpy(), strict=True))
        return SentimentTrack(columns["valence"], columns["arousal"], hop_s)

    def align(self, raw: SentimentTrack, alignment: Alignment) -> SentimentTrack:
        """`raw` as z-scores.

        With "song", averages over 5 s have mean 0 and standard deviation 1 over the song; a song that does not
        change (or is too short for two such averages) is only centred.
        """
        if alignment == "song":
            return SentimentTrack(_by_song(raw.valence, raw.hop_s), _by_song(raw.arousal, raw.hop_s), raw.hop_s)
        return SentimentTrack(
            _z_score(raw.valence, *self.statistics["valence"]),
            _z_score(raw.arousal, *self.statistics["arousal"]),
            raw.hop_s,
        )


def interval_means(curve: Curve, hop_s: float) -> Curve:
    """Means over whole 5 s intervals, (intervals,); of a curve shorter than one, its mean alone, (1,)."""
    length = min(round(INTERVAL_S / hop_s), len(curve))
    whole = len(curve) // length * length
    means: Curve = curve[:whole].reshape(-1, length).mean(axis=1)
    return means


def _by_song(curve: Curve, hop_s: float) -> Curve:
    means = interval_means(curve, hop_s).astype(np.float64)
    return _z_score(curve, means.mean(), means.std())


def _z_score(curve: Curve, mean: float, sd: float) -> Curve:
    return ((curve - mean) / (sd if sd > FLATTEST else 1.0)).astype(np.float32)
