"""The values that travel between stages. All frozen; arrays in them are never written to.

Valence and arousal are always named, never a bare pair: the authors' own arrays are (arousal, valence), and
which is which is decided once, where such an array enters.
"""

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass, field, fields
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
    """`values` (windows, 9156) float16; `power` (windows,) ≥ 0, mean mel power of each window of `hop_s` seconds."""

    values: NDArray[np.float16]
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
ENERGY_DRIVE, ONSET_DRIVE = 0.1, 12.0
"""What sounds counts so much for the motion of pictures: loudness a little, onsets nearly all."""


@dataclass(frozen=True, eq=False)
class LevelTrack:
    """A song's `Levels` in `values` (n, 5) float32, columns as LEVEL_NAMES, one row for every `hop_s` seconds.

    `onset_strength` (n,) float32, 0..1, is of all that begins to sound, where `pulse` has the clear onsets only and
    falls slowly.
    """

    values: NDArray[np.float32]
    hop_s: float
    onset_strength: NDArray[np.float32]

    @staticmethod
    def quiet() -> "LevelTrack":
        """Of a song of which nothing is known."""
        return LevelTrack(np.array([astuple(Levels())], np.float32), 1.0, np.zeros(1, np.float32))

    def of(self, name: str) -> NDArray[np.float32]:
        """(n,) of one of LEVEL_NAMES."""
        return self.values[:, LEVEL_NAMES.index(name)]

    def at(self, time_s: float) -> Levels:
        """At `time_s`, on the line between the two values around it; the first or last one outside of the song."""
        return Levels(*_interpolated(self.values, time_s / self.hop_s).tolist())

    @cached_property
    def onsets(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """When onsets are heard, seconds (n,) ascending, and how strong each is, 0..1 (n,): where the pulse rises."""
        pulse = self.of("pulse")
        rises = np.flatnonzero(np.diff(pulse, prepend=np.float32(0.0)) > 0)
        return np.asarray(rises * self.hop_s, np.float64), pulse[rises]

    def drive(self, start_s: float, end_s: float) -> float:
        """How much music sounds from `start_s` to `end_s`: seconds, weighed by energy and, far more, by onsets."""
        before, after = (float(_interpolated(self._driven, time_s / self.hop_s)) for time_s in (start_s, end_s))
        return after - before

    def drive_to_come(self, now_s: float, end_s: float) -> float:
        """How much will sound from `now_s` to `end_s`. A song is known to its end."""
        return self.drive(now_s, end_s)

    def begun(self, time_s: float) -> float:
        """How much has begun to sound by `time_s`: onset strength times seconds."""
        return float(_interpolated(self._begun, time_s / self.hop_s))

    @cached_property
    def _driven(self) -> NDArray[np.float64]:
        return ENERGY_DRIVE * _summed(self.of("energy"), self.hop_s) + ONSET_DRIVE * self._begun

    @cached_property
    def _begun(self) -> NDArray[np.float64]:
        return _summed(self.onset_strength, self.hop_s)


def _interpolated(values: NDArray[np.floating], place: float) -> NDArray[np.floating]:
    """At `place`, counted in rows of `values`, on the line between the two around it; the first or last one beyond."""
    place = min(max(place, 0.0), len(values) - 1.0)
    before = int(place)
    one, other = values[before], values[min(before + 1, len(values) - 1)]
    return np.asarray(one + (place - before) * (other - one))


def _summed(values: NDArray[np.float32], hop_s: float) -> NDArray[np.float64]:
    """(n + 1,) the integral up to the end of each value."""
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64) * hop_s])


@dataclass(frozen=True, eq=False)
class Structure:
    """How a song is divided: seconds, ascending; what is not found is empty.

    `bars` (n,) are the downbeats, each one of `beats`, and `accents` (n,) how strong the onset at each is, in standard
    deviations of theirs; `beat_accents` says so of all `beats`. `sections` are the borders between verse, chorus and
    the like; at `changes` something else begins to sound, with a beat or without.
    """

    beats: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    bars: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    accents: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    sections: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    changes: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    beat_accents: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, eq=False)
class Sound:
    """What a picture can show of one moment's sound, each (n,) in 0..1: `waveform`, where 0.5 is silence, and
    `spectrum`, the levels of equally wide bands from the lowest to the highest."""

    waveform: NDArray[np.float32]
    spectrum: NDArray[np.float32]

    @staticmethod
    def steady() -> "Sound":
        """A low tone with its overtones: what a picture that shows sound is judged by."""
        turns = np.linspace(0, 2 * np.pi, WAVEFORM_POINTS, dtype=np.float32)
        waveform = 0.5 + 0.25 * np.sin(3 * turns) + 0.1 * np.sin(7 * turns)
        return Sound(waveform.astype(np.float32), np.linspace(0.8, 0.1, SPECTRUM_BANDS, dtype=np.float32))

    def scaled(self, share: float) -> "Sound":
        """As much of it as `share` (0..1) says."""
        return Sound(0.5 + np.float32(share) * (self.waveform - 0.5), np.float32(share) * self.spectrum)


WAVEFORM_POINTS = SPECTRUM_BANDS = 128


@dataclass(frozen=True, eq=False)
class SoundTrack:
    """A song's `Sound` for every `hop_s` seconds: `waveform` and `spectrum` (n, 128) uint8, where 255 means 1."""

    waveform: NDArray[np.uint8]
    spectrum: NDArray[np.uint8]
    hop_s: float

    @staticmethod
    def silence() -> "SoundTrack":
        waveform = np.full((1, WAVEFORM_POINTS), 128, np.uint8)
        return SoundTrack(waveform, np.zeros((1, SPECTRUM_BANDS), np.uint8), 1.0)

    def at(self, time_s: float) -> Sound:
        """At `time_s`; the first or last one outside of the song."""
        index = min(max(round(time_s / self.hop_s), 0), len(self.waveform) - 1)
        return Sound(self.waveform[index].astype(np.float32) / 255, self.spectrum[index].astype(np.float32) / 255)


@dataclass(frozen=True)
class Frame:
    """`pixels` (H, W, 3) uint8 RGB, shown from `time_s`; `index` counts frames from the song's start."""

    index: int
    time_s: float
    pixels: NDArray[np.uint8]
    scene_index: int
