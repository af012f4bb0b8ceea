"""Pictures → sentiment, by the paper's estimator or by one that is fine-tuned and remembers rated photos besides.

`load(name)` gives either; what they share is `ImageEstimator`. Knows nothing of songs.
"""

from functools import cache
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from .. import weights
from ..core.errors import BridgeError
from ..core.types import SentimentTrack
from ..weights.class_tables import BIGGAN, read_class_table
from ..weights.model_sets import ModelSets
from .image_tuned import TunedImageEstimator, pretrained
from .nets.image import Backbone, SentimentTop
from .nets.kernel_ridge import KernelRidge

BLEND_WEIGHTS = "visual-blend.safetensors"
PAPER, BLEND = "paper", "blend"
TOP, KERNEL = "top.", "kernel."  # before the names of their tensors in the file
AREA = 256 * 320  # pixels; an OASIS photo keeps two thirds of its width and height
STRIDE = 32  # pixels that become one in the last stages
BATCH = 8
DESCRIBED = (208, 1000, 2)
SOFTNESS = 2.0  # what evidence is divided by; at 1 the likeliest class speaks nearly alone


class ImageEstimator(Protocol):
    """`file` is the name of its weights in models/."""

    file: str

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        """(n, 3, H, W) float32 RGB 0..1 of any size → one valence and arousal each, see `TunedImageEstimator`."""


class BlendedImageEstimator:
    """The mean of two judges over a picture and its mirror image: stages fine-tuned on rated photos, and the ratings of
    photos like it, where stages as ImageNet left them, and words for what they see, say what is alike."""

    file = BLEND_WEIGHTS

    def __init__(self, backbone: Backbone, top: SentimentTop, kernel: KernelRidge) -> None:
        self.backbone, self.top, self.kernel = backbone, top.eval(), kernel

    @classmethod
    def load(cls, models: Path = weights.MODELS) -> "BlendedImageEstimator":
        backbone = pretrained(weights.header(BLEND_WEIGHTS, models)["backbone"])
        top, tensors = SentimentTop(backbone), weights.load(BLEND_WEIGHTS, models)
        top.load_state_dict(weights.part(tensors, TOP))
        return cls(backbone, top, KernelRidge.of(weights.part(tensors, KERNEL)))

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        with torch.inference_mode():
            scores = torch.cat([self._judge(batch) for batch in pictures.split(BATCH)])
        return SentimentTrack(valence=scores[:, 0].numpy(), arousal=scores[:, 1].numpy(), hop_s=0.0)

    def _judge(self, pictures: Tensor) -> Tensor:
        """(n, 3, H, W) → (n, 2)."""
        maps = self.backbone.maps(both_ways(fitted(pictures)))
        scores = (self.top(maps) + self.kernel(describe(self.backbone, maps))) / 2
        return scores.unflatten(0, (2, -1)).mean(0)


Kind = type[TunedImageEstimator] | type[BlendedImageEstimator]
ESTIMATORS: dict[str, Kind] = {PAPER: TunedImageEstimator, BLEND: BlendedImageEstimator}


def load(name: str, models: Path = weights.MODELS) -> ImageEstimator:
    """The estimator called `name`. Raises BridgeError if there is none of that name."""
    return _called(name).load(models)


def choose(name: str, sets: ModelSets) -> ImageEstimator:
    """The estimator called `name`, with the weights of `sets`. Raises BridgeError if there is none of that name."""
    return load(name, sets.holding(file_of(name)))


def file_of(name: str) -> str:
    """The name of the weights of the estimator called `name`. Raises BridgeError if there is none of that name."""
    return _called(name).file


def fitted(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) → about AREA pixels of about the same shape, each side a multiple of STRIDE."""
    height, width = pictures.shape[2:]
    scale = (AREA / (height * width)) ** 0.5 / STRIDE
    size = [max(1, round(side * scale)) * STRIDE for side in (height, width)]
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True, align_corners=False)


def both_ways(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) → (2 n, 3, H, W): themselves, then their mirror images."""
    return torch.cat([pictures, pictures.flip(-1)])


def describe(backbone: Backbone, maps: Tensor) -> Tensor:
    """What `Backbone.maps` gave → (n, 1210): how strong each feature is before the last block, how much speaks for each
    of ImageNet's classes, and how pleasant and how arousing the classes' names are (sizes in `DESCRIBED`)."""
    before = backbone.stages[-backbone.tuned : -2](maps)
    evidence = backbone.classes(backbone.stages[-2:](before))
    return torch.cat([before.mean((2, 3)), evidence, word_sentiment(evidence)], dim=1)


def word_sentiment(evidence: Tensor) -> Tensor:
    """(n, 1000) → (n, 2): mean valence and arousal of the names, by people's norms for words, over the classes whose
    names have any. Softened, since nothing says that only one of them is in the picture."""
    classes, sentiments = _norms()
    said: Tensor = (evidence[:, classes] / SOFTNESS).softmax(1) @ sentiments
    return said


def _called(name: str) -> Kind:
    if name not in ESTIMATORS:
        raise BridgeError(f"picture estimator {name!r}: there is none of that name; expected {' or '.join(ESTIMATORS)}")
    return ESTIMATORS[name]


@cache
def _norms() -> tuple[Tensor, Tensor]:
    """The classes with known names (k,), and their valence and arousal (k, 2)."""
    known = [row for row in read_class_table(BIGGAN) if row["valence"]]
    sentiments = [[float(row["valence"]), float(row["arousal"])] for row in known]
    return torch.tensor([int(row["id"]) for row in known]), torch.tensor(sentiments)
