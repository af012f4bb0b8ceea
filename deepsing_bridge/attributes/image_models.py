"""The image emotion models by name, as `--image-model` has them: pictures → sentiment.

`load(name)` gives any of them; what they share is `ImageEstimator`. Knows nothing of songs.
"""

from pathlib import Path
from typing import Protocol

from torch import Tensor

from .. import weights
from ..core.device import CPU, Device
from ..core.errors import BridgeError
from ..core.types import SentimentTrack
from ..weights.model_sets import ModelSets
from .image_blend import BlendImageEstimator
from .image_paper import PaperImageEstimator

PAPER, BLEND = "paper", "blend"


class ImageEstimator(Protocol):
    """`file` is the name of its weights in models/."""

    file: str

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        """(n, 3, H, W) float32 RGB 0..1 of any size → one valence and arousal each, see `PaperImageEstimator`."""


Kind = type[PaperImageEstimator] | type[BlendImageEstimator]
ESTIMATORS: dict[str, Kind] = {PAPER: PaperImageEstimator, BLEND: BlendImageEstimator}


def load(name: str, models: Path = weights.MODELS, device: Device = CPU) -> ImageEstimator:
    """The estimator called `name`. Raises BridgeError if there is none of that name."""
    return _called(name).load(models, device)


def choose(name: str, sets: ModelSets, device: Device = CPU) -> ImageEstimator:
    """The estimator called `name`, with the weights of `sets`. Raises BridgeError if there is none of that name."""
    return load(name, sets.holding(file_of(name)), device)


def file_of(name: str) -> str:
    """The name of the weights of the estimator called `name`. Raises BridgeError if there is none of that name."""
    return _called(name).file


def _called(name: str) -> Kind:
    if name not in ESTIMATORS:
        raise BridgeError(f"image estimator {name!r}: there is none of that name; expected {' or '.join(ESTIMATORS)}")
    return ESTIMATORS[name]
