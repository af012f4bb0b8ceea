"""The values that travel between stages. All frozen; arrays in them are never written to.

Valence and arousal are always named, never a bare pair: the authors' own arrays are (arousal, valence), and
which is which is decided once, where such an array enters.
"""

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FEELINGS = ("happy", "tense", "sad", "calm", "neutral")
NEUTRAL_RADIUS = 0.5  # standard deviations
LARGEST_SENTIMENT = 4.0  # standard deviations; what is further out is told as this: it says no more

Progress = Callable[[int, int], None]
"""Told `(done, total)` by a long stage, in whatever unit that stage counts."""


def no_progress(done: int, total: int) -> None:
    """The `Progress` of somebody who does not want to know."""


@dataclass(frozen=True)
class Song:
    """Decoded sound: `samples` (n,) float32 mono in −1..1 at `sample_rate` Hz; `digest`, sha256 of the file."""

    samples: NDArray[np.float32]
    sample_rate: int
    source: Path
    digest: str

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True)
class FeatureTrack:
    """`values` (windows, 9156) float32; `power` (windows,) ≥ 0, mean mel power of each window of `hop_s` seconds."""

    values: NDArray[np.float32]
    power: NDArray[np.float32]
    hop_s: float


@dataclass(frozen=True)
class Sentiment:
    """One point of the attribute space, in standard deviations (z-scores)."""

    valence: float
    arousal: float

    def shifted(self, valence: float, arousal: float) -> "Sentiment":
        """So much more of each, within ±LARGEST_SENTIMENT."""
        return Sentiment(_bounded(self.valence + valence), _bounded(self.arousal + arousal))

    @property
    def mean(self) -> float:
        """What the paper's thresholds compare (section 3.2): the average of valence and arousal."""
        return (self.valence + self.arousal) / 2

    @property
    def feeling(self) -> str:
        """One of FEELINGS, what people are shown: the quadrant's (Russell 1980), or neutral near the middle."""
        if math.hypot(self.valence, self.arousal) < NEUTRAL_RADIUS:
            return "neutral"
        if self.arousal < 0:
            return "sad" if self.valence < 0 else "calm"
        return "tense" if self.valence < 0 else "happy"


@dataclass(frozen=True)
class SentimentTrack:
    """`valence` and `arousal` (n,) float32, one value for every `hop_s` seconds (or one per picture: hop_s 0)."""

    valence: NDArray[np.float32]
    arousal: NDArray[np.float32]
    hop_s: float

    def __len__(self) -> int:
        return len(self.valence)

    def shifted(self, valence: float, arousal: float) -> "SentimentTrack":
        """So much more of each, within ±LARGEST_SENTIMENT."""
        bounds = -LARGEST_SENTIMENT, LARGEST_SENTIMENT
        more_valence, more_arousal = self.valence + np.float32(valence), self.arousal + np.float32(arousal)
        return SentimentTrack(more_valence.clip(*bounds), more_arousal.clip(*bounds), self.hop_s)

    def at(self, index: int) -> Sentiment:
        return Sentiment(float(self.valence[index]), float(self.arousal[index]))

    def between(self, start_s: float, end_s: float) -> Sentiment:
        """The mean over the values that start in `start_s` ≤ t < `end_s`, at least one of them."""
        last = len(self) - 1
        first = min(int(start_s / self.hop_s + 0.5), last)
        stop = max(first + 1, int(end_s / self.hop_s + 0.5))
        return Sentiment(_mean(self.valence[first:stop]), _mean(self.arousal[first:stop]))


def _bounded(value: float) -> float:
    return min(max(value, -LARGEST_SENTIMENT), LARGEST_SENTIMENT)


def _mean(values: NDArray[np.float32]) -> float:
    """`values.mean()` to the bit, without what that costs beside adding up, which is most of it for a few values."""
    return float(np.add.reduce(values) / np.float32(len(values)))


@dataclass(frozen=True)
class Levels:
    """What is heard at one moment, each 0..1 for this song: an onset just now, three bands, and how loud it is."""

    pulse: float = 0.0
    bass: float = 0.0
    mid: float = 0.0
    treble: float = 0.0
    energy: float = 0.5

    def scaled(self, share: float) -> "Levels":
        """As much of them as `share` (0..1) says; energy goes towards its middle."""
        energy = 0.5 + share * (self.energy - 0.5)
        return Levels(share * self.pulse, share * self.bass, share * self.mid, share * self.treble, energy)


LEVEL_NAMES = tuple(field.name for field in fields(Levels))
DRIVE = {"energy": 1.0, "pulse": 3.0}
"""What sounds counts so much for the motion of pictures."""


@dataclass(frozen=True, eq=False)
class LevelTrack:
    """A song's `Levels` in `values` (n, 5) float32, columns as LEVEL_NAMES, one row for every `hop_s` seconds."""

    values: NDArray[np.float32]
    hop_s: float

    @staticmethod
    def quiet() -> "LevelTrack":
        """Of a song of which nothing is known."""
        return LevelTrack(np.array([astuple(Levels())], np.float32), 1.0)

    def of(self, name: str) -> NDArray[np.float32]:
        """(n,) of one of LEVEL_NAMES."""
        return self.values[:, LEVEL_NAMES.index(name)]

    def at(self, time_s: float) -> Levels:
        """At `time_s`, on the line between the two values around it; the first or last one outside of the song."""
        place = min(max(time_s / self.hop_s, 0.0), len(self.values) - 1.0)
        before = int(place)
        one, other = self.values[before], self.values[min(before + 1, len(self.values) - 1)]
        return Levels(*(one + (place - before) * (other - one)).tolist())

    def drive(self, start_s: float, end_s: float) -> float:
        """How much music sounds from `start_s` to `end_s`: seconds, weighed by energy and, more, by onsets."""
        before, after = np.interp([start_s, end_s], np.arange(len(self._driven)) * self.hop_s, self._driven)
        return float(after - before)

    @cached_property
    def _driven(self) -> NDArray[np.float64]:
        """(n + 1,) how much has sounded by the end of each value."""
        speed = sum(weight * self.of(name) for name, weight in DRIVE.items())
        return np.concatenate([[0.0], np.cumsum(speed, dtype=np.float64) * self.hop_s])


@dataclass(frozen=True)
class Frame:
    """`pixels` (H, W, 3) uint8 RGB, shown from `time_s`; `index` counts frames from the song's start."""

    index: int
    time_s: float
    pixels: NDArray[np.uint8]
    scene_index: int
