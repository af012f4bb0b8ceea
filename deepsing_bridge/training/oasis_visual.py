"""OASIS → a visual attribute estimator, trained as the paper says (section 3.1): `train visual --oasis`.

A backbone as ImageNet left it, whose last layer is replaced by one with two outputs, is fine-tuned. Of MobileNetV2,
the paper's, everything is; of EfficientNet-Lite0 the last stages, since a file of ours holds no more of it.
Photos of one theme are never on two sides. Every epoch sees each photo altered a little, in another way.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .. import weights
from ..attributes.backbones import LITE0, pretrained, squeezed
from ..attributes.image_paper import WEIGHTS, WHOLE_MOBILENET
from ..attributes.nets.backbone import Backbone
from ..attributes.nets.image import SentimentTop
from ..attributes.nets.mobilenet import MobileNetV2
from ..checkpoints.convert import MOBILENET, MOBILENET_FILE
from ..core.errors import BridgeError, first_few
from ..core.files import sha256
from ..core.invocation import command
from ..core.types import Progress
from ..weights import model_sets
from . import splits
from .card import joining, training_facts
from .checkpointing import checkpoint_path
from .fitting import fit, seeded_rng
from .metrics import correlation, fitting_metrics
from .oasis import Oasis
from .rated_photos import altered, read_picture, statistics
from .recipes import Recipe
from .splits import Numbers, Split

AXES = ("valence", "arousal")  # the order inside the weight file
LOOK_BATCH = 16  # pictures at once where nothing is learned
COMMAND = "python bridge.py train visual --oasis FOLDER"


class ImageRegressor(nn.Module):
    """Pictures (n, 3, size, size), RGB 0..1 → (n, 2) in z-scores, as AXES. What is not to be tuned stays as it is."""

    size: int
    header: str
    """What the weight file says of its backbone."""
    licence: str
    """Of the backbone as ImageNet left it."""

    def prepare(self, pictures: Iterator[Tensor]) -> None:
        """Take from batches of pictures that will be learned from what the training starts with."""

    def tensors(self) -> dict[str, Tensor]:
        """As the weight file has them."""
        raise NotImplementedError


class WholeMobileNet(ImageRegressor):
    """MobileNetV2 with a linear head on its pooled features; all of it learns."""

    header = WHOLE_MOBILENET
    licence = "torchvision's (BSD-3-Clause)"

    def __init__(self, imagenet: dict[str, Tensor]) -> None:
        super().__init__()
        self.backbone, self.head = MobileNetV2(), nn.Linear(MobileNetV2.width, len(AXES))
        self.backbone.load_state_dict(imagenet)
        self.size = self.backbone.size

    def forward(self, pictures: Tensor) -> Tensor:
        scores: Tensor = self.head(self.backbone(pictures))
        return scores

    def tensors(self) -> dict[str, Tensor]:
        head = {f"head.{name}": tensor for name, tensor in self.head.state_dict().items()}
        return self.backbone.state_dict() | head


class TopOfLite0(ImageRegressor):
    """EfficientNet-Lite0 whose last stages learn, and the head over roots of their features."""

    header = LITE0
    licence = "Apache-2.0"

    def __init__(self) -> None:
        super().__init__()
        self._backbone = [pretrained(LITE0)]  # in a list, so that it is no part of what is saved
        self.top, self.size = SentimentTop(self.backbone), self.backbone.size

    @property
    def backbone(self) -> Backbone:
        return self._backbone[0]

    def forward(self, pictures: Tensor) -> Tensor:
        scores: Tensor = self.top(self._maps(pictures))
        return scores

    @torch.no_grad()
    def prepare(self, pictures: Iterator[Tensor]) -> None:
        roots = torch.cat([self.top.roots(self._maps(batch)) for batch in pictures])
        self.top.mean.copy_(roots.mean(0))
        self.top.spread.copy_(roots.var(0).mean().sqrt())

    def tensors(self) -> dict[str, Tensor]:
        return self.top.state_dict()

    def _maps(self, pictures: Tensor) -> Tensor:
        with torch.no_grad():
            return self.backbone.maps(pictures)


def make_regressor(backbone: str, seed: int) -> ImageRegressor:
    """The network that a training of `backbone` starts with; its head is drawn from `seed`.

    Raises BridgeError where MobileNetV2's ImageNet weights are not installed.
    """
    with seeded_rng(seed):
        return TopOfLite0() if backbone == LITE0 else WholeMobileNet(_imagenet_mobilenet())


def _imagenet_mobilenet() -> dict[str, Tensor]:
    if MOBILENET not in model_sets.installed():
        raise BridgeError(
            f"MobileNetV2's ImageNet weights are not installed; {command(f'models pull {MOBILENET}')} gets them, "
            f"or use --backbone {LITE0}"
        )
    return weights.load(MOBILENET_FILE, model_sets.folder_of(MOBILENET))


def train(
    oasis: Oasis, backbone: str, name: str, recipe: Recipe, seed: int, keep: Path, stages: Callable[[str], Progress]
) -> dict[str, float]:
    """Fit the estimator, put it into the model set called `name`, and give its metrics.

    An unfinished training waits in `keep`. Raises BridgeError for what is no name of a set, for too few themes, and for
    missing ImageNet weights.
    """
    model_sets.folder_of(name)  # complains at once
    split = splits.split(oasis.themes, recipe, seed, "themes")
    mean, sd = oasis.ratings[split.train].mean(0), oasis.ratings[split.train].std(0, correction=0)
    net = make_regressor(backbone, seed)
    task = VisualTask(net, oasis, (oasis.ratings - mean) / sd, split)
    photos = [sha256(photo) for photo in oasis.photos]
    facts = {"table": oasis.digest, "photos": photos, "backbone": backbone, "recipe": repr(recipe), "seed": seed}
    state = fit(task, recipe, seed, checkpoint_path(keep, "visual", facts), stages("fitting"))
    net.load_state_dict({key: _rounded(tensor) for key, tensor in net.state_dict().items()})
    metrics = _metrics(task.answers(split.test), oasis.ratings[split.test]) | fitting_metrics(state)
    about = training_facts(_facts(oasis, split, backbone, recipe, seed))
    command = f"{COMMAND} --backbone {backbone} {recipe.options} --seed {seed} --name {name}"
    _save(net, statistics(mean, sd) | about, metrics, command, name)
    return metrics


class VisualTask:
    """A network and the photos it learns from, as `fitting.Task`. `labels` (n, 2) are z-scores."""

    def __init__(self, net: ImageRegressor, oasis: Oasis, labels: Tensor, split: Split) -> None:
        self.net, self._photos, self._labels, self._split = net, oasis.photos, labels, split
        self.examples = len(split.train)
        net.eval().prepare(self._looks(split.train))

    def loss(self, batch: Tensor) -> Tensor:
        numbers = self._split.train[batch.numpy()]
        pictures = [self._squeezed(altered(read_picture(self._photos[i]), torch.default_generator)) for i in numbers]
        return F.mse_loss(self.net(torch.cat(pictures)), self._labels[numbers])

    def validation_error(self) -> float:
        return float(F.mse_loss(self.answers(self._split.val), self._labels[self._split.val]))

    @torch.inference_mode()
    def answers(self, numbers: Numbers) -> Tensor:
        """(n, 2) what the network says of the photos themselves."""
        return torch.cat([self.net(batch) for batch in self._looks(numbers)])

    def _looks(self, numbers: Numbers) -> Iterator[Tensor]:
        for first in range(0, len(numbers), LOOK_BATCH):
            chosen = numbers[first : first + LOOK_BATCH]
            yield torch.cat([self._squeezed(read_picture(self._photos[i])) for i in chosen])

    def _squeezed(self, picture: Tensor) -> Tensor:
        return squeezed(picture, self.net.size)


def _rounded(tensor: Tensor) -> Tensor:
    return tensor.half().float() if tensor.is_floating_point() else tensor


def _metrics(said: Tensor, rated: Tensor) -> dict[str, float]:
    return {
        f"{axis} r, held-out themes": round(correlation(said[:, column], rated[:, column]), 3)
        for column, axis in enumerate(AXES)
    }


def _facts(oasis: Oasis, split: Split, backbone: str, recipe: Recipe, seed: int) -> dict[str, object]:
    unrated = f"; left out, as nobody rated them: {first_few(oasis.unrated)}" if oasis.unrated else ""
    shares = f"{len(split.train)} photos for training, {len(split.val)} for validation, {len(split.test)} for the test"
    return {
        "data": f"OASIS (Kurdi, Lozano and Banaji 2017), {len(oasis.photos)} photos{unrated}",
        "split": f"{shares}, no theme on two sides",
        "backbone": backbone,
        **{setting: value for setting, value, _ in recipe.rows()},
        "seed": seed,
    }


def _save(net: ImageRegressor, header: dict[str, str], metrics: dict[str, float], command: str, name: str) -> None:
    halves = {key: t.half() if t.is_floating_point() else t for key, t in net.tensors().items()}
    with joining(name) as folder:
        weights.save(
            WEIGHTS,
            halves,
            header={"backbone": net.header} | header,
            what="picture → valence and arousal, fine-tuned on OASIS",
            licence=f"what OASIS's terms (free for research) leave to you; the backbone's weights: {net.licence}",
            command=command,
            metrics=metrics,
            models=folder,
        )
