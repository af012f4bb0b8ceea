"""A `Song` becomes a `SentimentTrack`, by the paper's estimator or by the one that hears every moment in its context.

`load(name)` gives either; what they share is `AudioEstimator`. Knows nothing of pictures.
"""

from pathlib import Path
from typing import Protocol

import torch

from .. import weights
from ..audio.features import song_to_features
from ..core.errors import BridgeError
from ..core.types import Progress, SentimentTrack, Song, no_progress
from ..weights.model_sets import ModelSets
from .alignment import WEIGHTS, Alignment, aligned, features_to_sentiment, named
from .audio_context import ContextTrack, song_to_context
from .nets.kernel_ridge import KernelRidge

CONTEXT_WEIGHTS = "audio-context.safetensors"
KERNEL = "kernel."  # before the names of its tensors in the file
PAPER, CONTEXT = "paper", "context"


class AudioEstimator(Protocol):
    """`file` is the name of its weights in models/."""

    file: str

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        """One z-scored value for every 500 ms (see `features_to_sentiment`). `progress` counts as it likes."""


class PaperEstimator:
    """What 500 ms sound like, into the paper's network; each half second by itself."""

    file = WEIGHTS

    def __init__(self, models: Path = weights.MODELS) -> None:
        self._models = models

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        return features_to_sentiment(song_to_features(song, progress), alignment, self._models)


class ContextEstimator:
    """What the ten seconds around every half second sound like, compared with rated music."""

    file = CONTEXT_WEIGHTS

    def __init__(self, models: Path = weights.MODELS) -> None:
        self._models = models

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        raw = raw_sentiment(song_to_context(song, progress), self._models)
        return aligned(raw, alignment, self.file, self._models)


ESTIMATORS: dict[str, type[PaperEstimator] | type[ContextEstimator]] = {
    PAPER: PaperEstimator,
    CONTEXT: ContextEstimator,
}


def load(name: str, models: Path = weights.MODELS) -> AudioEstimator:
    """The estimator called `name`. Raises BridgeError if there is none of that name."""
    if name not in ESTIMATORS:
        raise BridgeError(f"audio estimator {name!r}: there is none of that name; expected {' or '.join(ESTIMATORS)}")
    return ESTIMATORS[name](models)


def choose(name: str | None, sets: ModelSets) -> AudioEstimator:
    """The estimator called `name`, with the weights of `sets`; without a name, the one that a set brings, else CONTEXT.

    Raises BridgeError if there is none of that name.
    """
    brought = sets.holding(WEIGHTS) != weights.MODELS
    name = name or (PAPER if brought else CONTEXT)
    return load(name, sets.holding(load(name).file))


def raw_sentiment(context: ContextTrack, models: Path = weights.MODELS) -> SentimentTrack:
    """What the examples say about each window, in z-scores of the training sets' ratings."""
    net = KernelRidge.of(weights.part(weights.load(CONTEXT_WEIGHTS, models), KERNEL))
    with torch.inference_mode():
        outputs = net(torch.from_numpy(context.values))
    return named(outputs, context.hop_s, CONTEXT_WEIGHTS, models)
