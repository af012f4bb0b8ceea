"""An image emotion model that is nearer to people's ratings than the paper's: the mean of two estimators.

One is fine-tuned as the paper's is, the other compares a picture with rated photos by kernel ridge regression. They err
differently.
"""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from .. import weights
from ..core.device import CPU, Device
from ..core.types import SentimentTrack
from ..weights.class_tables import BIGGAN, read_class_table
from .backbones import pretrained
from .nets.backbone import Backbone
from .nets.image import SentimentTop
from .nets.kernel_ridge import KernelRidge

WEIGHTS = "visual-blend.safetensors"
TOP, KERNEL = "top.", "kernel."  # before the names of their tensors in the file
AREA = 256 * 320  # pixels; an OASIS photo keeps two thirds of its width and height
STRIDE = 32  # pixels that become one in the last stages
BATCH = 8
DESCRIBED = (208, 1000, 2)
SOFTNESS = 2.0  # what evidence is divided by; at 1 the likeliest class speaks nearly alone


class BlendImageEstimator:
    """The mean of two over a picture and its mirror image: stages fine-tuned on rated photos, and the ratings of photos
    like it, where stages as ImageNet left them, and words for what they see, say what is alike."""

    file = WEIGHTS

    def __init__(self, describer: "Describer", top: SentimentTop, kernel: KernelRidge, device: Device = CPU) -> None:
        """`describer` works on `device` already."""
        self.device, self.describer = device, describer
        self.top, self.kernel = device.own(top.eval()), device.own(kernel)

    @classmethod
    def load(cls, models: Path = weights.MODELS, device: Device = CPU) -> "BlendImageEstimator":
        backbone = pretrained(weights.header(WEIGHTS, models)["backbone"])
        top, tensors = SentimentTop(backbone), weights.load(WEIGHTS, models)
        top.load_state_dict(weights.part(tensors, TOP))
        return cls(Describer.load(backbone, device), top, KernelRidge.of(weights.part(tensors, KERNEL)), device)

    def estimate(self, pictures: Tensor) -> SentimentTrack:
        """As `PaperImageEstimator.estimate`."""
        with torch.inference_mode():
            scores = torch.cat([self._scores(batch) for batch in self.device.bring(pictures).split(BATCH)]).cpu()
        return SentimentTrack(valence=scores[:, 0].numpy(), arousal=scores[:, 1].numpy(), hop_s=0.0)

    def _scores(self, pictures: Tensor) -> Tensor:
        """(n, 3, H, W) → (n, 2)."""
        maps = self.describer.backbone.maps(both_ways(fitted(pictures)))
        scores = (self.top(maps) + self.kernel(self.describer.describe(maps))) / 2
        return scores.unflatten(0, (2, -1)).mean(0)


class Describer:
    """A backbone, and the valence and arousal (k, 2) of the names of those ImageNet `classes` (k,) that have any."""

    def __init__(self, backbone: Backbone, classes: Tensor, sentiments: Tensor) -> None:
        self.backbone, self.classes, self.sentiments = backbone, classes, sentiments

    @classmethod
    def load(cls, backbone: Backbone, device: Device = CPU) -> "Describer":
        """With people's norms for words, of the shipped table."""
        known = [row for row in read_class_table(BIGGAN) if row["valence"]]
        sentiments = torch.tensor([[float(row["valence"]), float(row["arousal"])] for row in known])
        classes = torch.tensor([int(row["id"]) for row in known])
        return cls(device.own(backbone), device.bring(classes), device.bring(sentiments))

    def describe(self, maps: Tensor) -> Tensor:
        """What `Backbone.maps` gave → (n, 1210): how strong each feature is before the last block, how much speaks for
        each of ImageNet's classes, and how pleasant and how arousing their names are (sizes in `DESCRIBED`)."""
        before = self.backbone.stages[-self.backbone.tuned : -2](maps)
        evidence = self.backbone.classes(self.backbone.stages[-2:](before))
        return torch.cat([before.mean((2, 3)), evidence, self._word_sentiment(evidence)], dim=1)

    def _word_sentiment(self, evidence: Tensor) -> Tensor:
        """(n, 1000) → (n, 2): the mean over the known names. Softened, since nothing says that only one of the classes
        is in the picture."""
        said: Tensor = (evidence[:, self.classes] / SOFTNESS).softmax(1) @ self.sentiments
        return said


def fitted(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) → about AREA pixels of about the same shape, each side a multiple of STRIDE."""
    height, width = pictures.shape[2:]
    scale = (AREA / (height * width)) ** 0.5 / STRIDE
    size = [max(1, round(side * scale)) * STRIDE for side in (height, width)]
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True, align_corners=False)


def both_ways(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) → (2 n, 3, H, W): themselves, then their mirror images."""
    return torch.cat([pictures, pictures.flip(-1)])
