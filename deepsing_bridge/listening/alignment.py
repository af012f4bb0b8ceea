"""Z-scores of sentiment as it comes: relative to all music at first, then more and more to what was played.

`attributes.alignment` knows the whole song. Here its mean and spread are guessed: those of the training set count as if
`PRIOR` averages of it had been heard before, and what was played more than MEMORY averages ago is forgotten.
"""

from collections import deque

import numpy as np

from ..attributes.alignment import INTERVAL_S, Outputs, likely_sd
from ..audio.features import HOP_S
from ..core.options import Alignment
from ..core.types import LARGEST_SENTIMENT, Sentiment

AVERAGED = round(INTERVAL_S / HOP_S)  # values
PRIOR = 8.0  # averages, 40 s: a half of what counts after 40 s, an eighth after five minutes
MEMORY = 60.0  # averages, five minutes
SMOOTHING_S = 1.0  # time constant

AXES = ("valence", "arousal")


class RunningAlignment:
    """Takes what the estimator says of each half second, in its own units."""

    def __init__(self, outputs: Outputs, alignment: Alignment) -> None:
        self._axes = {axis: _Axis(*outputs.statistics[axis], outputs, alignment) for axis in AXES}

    def align(self, raw: Sentiment, sounding: bool = True) -> Sentiment:
        """As z-scores within ±LARGEST_SENTIMENT, without jumps. In a pause nothing is learned or felt anew."""
        return Sentiment(*(self._axes[axis].align(getattr(raw, axis), sounding) for axis in AXES))


class _Axis:
    def __init__(self, mean: float, sd: float, outputs: Outputs, alignment: Alignment) -> None:
        self._mean, self._sd, self._spread = mean, sd, outputs.spread
        self._learns = alignment == "song"
        self._newest: deque[float] = deque(maxlen=AVERAGED)
        self._count, self._own_mean, self._own_variance = 0.0, mean, 0.0
        self._told = 0.0

    def align(self, raw: float, sounding: bool) -> float:
        if sounding:
            self._learn(raw)
            mean, sd = self._statistics() if self._learns else (self._mean, self._sd)
            score = min(max((raw - mean) / sd, -LARGEST_SENTIMENT), LARGEST_SENTIMENT)
            self._told += (score - self._told) * (1 - float(np.exp(-HOP_S / SMOOTHING_S)))
        return self._told

    def _learn(self, raw: float) -> None:
        """Each value brings as much as its share of an average."""
        self._newest.append(raw)
        self._count = min(self._count + 1 / AVERAGED, MEMORY)
        share, off = 1 / AVERAGED / self._count, float(np.mean(self._newest)) - self._own_mean
        self._own_mean += share * off
        self._own_variance = (1 - share) * (self._own_variance + share * off**2)

    def _statistics(self) -> tuple[float, float]:
        sd = likely_sd(self._own_variance, self._count, self._spread, self._sd)
        known = self._count / (self._count + PRIOR)
        mean = self._mean + known * (self._own_mean - self._mean)
        return mean, float(np.sqrt((1 - known) * self._sd**2 + known * sd**2))
