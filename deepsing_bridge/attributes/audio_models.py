"""The audio emotion models by name, as `--audio-model` has them: a `Song` becomes a `SentimentTrack`.

`load(name)` gives any of them; what they share is `AudioEstimator`. Knows nothing of pictures.
"""

from pathlib import Path
from typing import Protocol

from .. import weights
from ..core.errors import BridgeError
from ..core.options import Alignment
from ..core.types import Progress, SentimentTrack, Song, no_progress
from ..weights.model_sets import ModelSets
from .alignment import Outputs
from .audio_context import ContextAudioEstimator
from .audio_paper import PaperAudioEstimator

PAPER, CONTEXT = "paper", "context"


class AudioEstimator(Protocol):
    """`file` is the name of its weights in models/; `outputs` say what its answers are, and their scale."""

    file: str
    outputs: Outputs

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        """One z-scored value for every 500 ms (see `alignment`). `progress` counts as it likes."""


Kind = type[PaperAudioEstimator] | type[ContextAudioEstimator]
ESTIMATORS: dict[str, Kind] = {PAPER: PaperAudioEstimator, CONTEXT: ContextAudioEstimator}


def load(name: str, models: Path = weights.MODELS) -> AudioEstimator:
    """The estimator called `name`. Raises BridgeError if there is none of that name, or its weights are missing."""
    return _called(name).load(models)


def choose(name: str | None, sets: ModelSets) -> AudioEstimator:
    """The estimator called `name`, with the weights of `sets`; without a name, the one that a set brings, else CONTEXT.

    Raises BridgeError if there is none of that name.
    """
    brought = sets.holding(PaperAudioEstimator.file) != weights.MODELS
    kind = _called(name or (PAPER if brought else CONTEXT))
    return kind.load(sets.holding(kind.file))


def _called(name: str) -> Kind:
    if name not in ESTIMATORS:
        raise BridgeError(f"audio estimator {name!r}: there is none of that name; expected {' or '.join(ESTIMATORS)}")
    return ESTIMATORS[name]
