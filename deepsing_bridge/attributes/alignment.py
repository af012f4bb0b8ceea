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
from ..core.types import LARGEST_SENTIMENT, SentimentTrack

INTERVAL_S = 5.0  # the authors average the regressor's outputs over 5 s, then take z-scores
PRIOR_AVERAGES = 4
"""How many averages of other music a song's own few have to outweigh. Smyth's estimate (2004, Statistical Applications
in Genetics and Molecular Biology 3) from how much the variances of clips differ: `bench/song_spread.py` has it."""

Curve = NDArray[np.float32]


@dataclass(frozen=True)
class Spread:
    """How far an estimator's 5 s averages lie apart, as shares of their standard deviation over all music.

    `within`: those of one song, usually. `noise`: those of one passage that is heard again and again, with the windows
    elsewhere, a little slower, coded as MP3, with noise 30 dB below it. `bench/song_spread.py` measures both.
    """

    within: float
    noise: float


@dataclass(frozen=True)
class Outputs:
    """What the columns of an audio estimator's answers are, in their order, and of each the mean and the standard
    deviation of its 5 s averages over the training set; `spread` of songs is the same share of it for all."""

    statistics: Mapping[str, tuple[float, float]]
    spread: Spread

    @classmethod
    def of(cls, header: Mapping[str, str], tensors: Mapping[str, torch.Tensor], spread: Spread) -> "Outputs":
        """As a weight file has them: `outputs` in its header, `mean` and `sd` among its tensors."""
        names = header["outputs"].split()
        statistics = zip(tensors["mean"].tolist(), tensors["sd"].tolist(), strict=True)
        return cls(dict(zip(names, statistics, strict=True)), spread)

    def track(self, answers: torch.Tensor, hop_s: float) -> SentimentTrack:
        """(windows, 2) as they came, in the units of the training targets."""
        columns = dict(zip(self.statistics, answers.T.numpy(), strict=True))
        return SentimentTrack(columns["valence"], columns["arousal"], hop_s)

    def align(self, raw: SentimentTrack, alignment: Alignment) -> SentimentTrack:
        """`raw` as z-scores, within ±LARGEST_SENTIMENT.

        With "song", averages over 5 s have mean 0 and standard deviation 1 over the song; less than 1 in a song that is
        short or hardly changes: see `song_sd`.
        """

        def aligned(axis: str) -> Curve:
            curve, (mean, sd) = getattr(raw, axis), self.statistics[axis]
            if alignment == "song":
                averages = interval_means(curve, raw.hop_s).astype(np.float64)
                mean, sd = averages.mean(), song_sd(averages, self.spread, sd)
            return _z_score(curve, mean, sd)

        return SentimentTrack(aligned("valence"), aligned("arousal"), raw.hop_s)


def interval_means(curve: Curve, hop_s: float) -> Curve:
    """Means over whole 5 s intervals, (intervals,); of a curve shorter than one, its mean alone, (1,)."""
    length = min(round(INTERVAL_S / hop_s), len(curve))
    whole = len(curve) // length * length
    means: Curve = curve[:whole].reshape(-1, length).mean(axis=1)
    return means


def song_sd(averages: NDArray[np.float64], spread: Spread, dataset_sd: float) -> float:
    """What a song's z-scores are in units of, of its 5 s `averages` (n,): their standard deviation, but not less than
    the estimator's noise, nor than what songs usually have makes likely, the fewer averages there are.

    The latter is the mean of a variance's posterior if `PRIOR_AVERAGES` more averages of the usual spread had been
    heard. It only holds back: a song that moves more than others is not blown up for being short.
    """
    return likely_sd(float(averages.var()), len(averages), spread, dataset_sd)


def likely_sd(variance: float, count: float, spread: Spread, dataset_sd: float) -> float:
    """`song_sd` of `count` averages of which only the `variance` is known."""
    usual = np.square(spread.within * dataset_sd)
    likely = (PRIOR_AVERAGES * usual + count * variance) / (PRIOR_AVERAGES + count)
    return float(max(np.sqrt(variance), np.sqrt(likely), spread.noise * dataset_sd))


def _z_score(curve: Curve, mean: float, sd: float) -> Curve:
    return ((curve - mean) / sd).clip(-LARGEST_SENTIMENT, LARGEST_SENTIMENT).astype(np.float32)
