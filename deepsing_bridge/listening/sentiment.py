"""Sound as it comes becomes raw sentiment every half second, by the same audio models as whole songs.

They say of a moment what the ten seconds around it sound like. Of a moment LATE_S ago nearly all of them are known, so
what is said now is nearly what will be said of it when the song is over; of a later one less would be known.
Only the newest half second is heard anew where that is what costs: the tagger's network.
"""

from collections import deque
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..attributes import tagger
from ..attributes.audio_context import ContextAudioEstimator
from ..attributes.audio_models import AudioEstimator
from ..attributes.audio_paper import PaperAudioEstimator
from ..attributes.context_features import CONTEXT_S, ContextTrack, Senses
from ..attributes.dynamics import song_to_dynamics
from ..attributes.harmony import harmony
from ..attributes.sound_picture import picture_columns
from ..audio.decode import SAMPLE_RATE
from ..audio.features import HOP_S, WINDOW, song_to_features
from ..core.types import FeatureTrack, Sentiment, SentimentTrack, Song

LATE_S = 4.0
LATE = round(LATE_S / HOP_S)  # windows; so are those below
KEPT = LATE + round(CONTEXT_S / HOP_S) // 2 + 10  # tempograms and networks see up to five seconds beyond the ten
TAGGED = 8  # the three seconds of the newest embedding, and as far as their first frames depend on others
LEAST = 2  # of less the models say nothing
MEMORY = 600  # over which loudness is usual, five minutes

Array = NDArray[np.float32]


class Follower(Protocol):
    def hear(self, window: Array, sounding: bool) -> Sentiment | None:
        """What is felt, in the model's own units, after the next WINDOW samples; None where too few were heard.

        `sounding`: whether they count for what is usual.
        """


def following(model: AudioEstimator) -> Follower:
    """What follows sound with `model`."""
    match model:
        case ContextAudioEstimator():
            return ContextFollower(model)
        case PaperAudioEstimator():
            return PaperFollower(model)
    raise TypeError(f"no sentiment can be followed with {type(model).__name__}")


class ContextFollower:
    def __init__(self, model: ContextAudioEstimator) -> None:
        self._model = model
        self._heard = _Heard()
        self._embedding: deque[Array] = deque(maxlen=KEPT)
        self._usual_db, self._count = 0.0, 0

    def hear(self, window: Array, sounding: bool) -> Sentiment | None:
        samples = self._heard.add(window)
        if len(samples) < LEAST * WINDOW:
            return None
        motion, loudness = song_to_dynamics(_song(samples))
        if sounding or not self._count:
            self._count = min(self._count + 1, MEMORY)
            self._usual_db += (float(loudness[-1]) - self._usual_db) / self._count
        embedding = self._embedded(samples)
        senses = Senses(picture_columns(samples), *harmony(samples), embedding, motion, loudness)
        context = senses.context(usual_db=self._usual_db)
        row = _told(len(loudness))
        return _first(self._model.raw_sentiment(ContextTrack(context.values[row : row + 1], HOP_S)))

    def _embedded(self, samples: Array) -> Array:
        """(windows, 200). The newest rows are of the newest three seconds, as at the end of a song; the one that then
        has three whole seconds around it is kept."""
        windows = len(samples) // WINDOW
        tail = samples[-TAGGED * WINDOW :]
        newest = tagger.embed_windows(tail, len(tail) // WINDOW - 1, len(tail) // WINDOW)[0]
        self._embedding.append(newest)
        ahead = tagger.WINDOWS_AHEAD
        rows = [*list(self._embedding)[ahead:], *[newest] * ahead]
        return np.stack([rows[0]] * max(windows - len(rows), 0) + rows[-windows:])


class PaperFollower:
    def __init__(self, model: PaperAudioEstimator) -> None:
        self._model = model
        self._heard = _Heard()

    def hear(self, window: Array, sounding: bool) -> Sentiment | None:
        samples = self._heard.add(window)
        if len(samples) < LEAST * WINDOW:
            return None
        features = song_to_features(_song(samples))
        row = slice(_told(len(features.values)), _told(len(features.values)) + 1)
        newest = FeatureTrack(features.values[row], features.power[row], HOP_S)
        return _first(self._model.raw_sentiment(newest))


class _Heard:
    """The newest KEPT windows."""

    def __init__(self) -> None:
        self._samples = np.empty(0, np.float32)

    def add(self, window: Array) -> Array:
        self._samples = np.concatenate([self._samples, window])[-KEPT * WINDOW :]
        return self._samples


def _song(samples: Array) -> Song:
    return Song(samples, SAMPLE_RATE, Path(), "")


def _told(windows: int) -> int:
    """Of which of so many windows is told: the one LATE ago, or the middle while fewer are known."""
    return windows - min(LATE, (windows + 1) // 2)


def _first(track: SentimentTrack) -> Sentiment:
    return track.at(0)
