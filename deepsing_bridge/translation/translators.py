"""Sentiments → what to ask a generator for: a class and a latent for each (paper section 2.2).

Three ways behind one method: the neural translator of the paper, the dictionary of affective words, and
chance, which is what the other two are measured against. The noise on the latents (paper section 3.1) is
added by whoever plans the story; pictures are made elsewhere.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from .. import weights
from ..core.errors import BridgeError
from ..core.types import Progress, SentimentTrack, no_progress
from ..weights.class_tables import BIGGAN, read_class_table
from ..weights.files import MODELS
from ..weights.model_sets import ModelSets
from .attribute_view import SampleTable, view_of
from .network import INPUT_ORDER, Streams, Translator

EPOCHS = 200  # paper section 3.1, as the learning rate
LEARNING_RATE = 1e-3
STEPS_PER_EPOCH = 8
"""Small views get small batches, so that 200 epochs are 1,600 steps: enough to converge, in a few seconds."""
DICTIONARY_TRUNCATION = 0.1  # the authors', for their dictionary


@dataclass(frozen=True)
class Translation:
    """What n sentiments were turned into.

    `class_ids` (n,); `probabilities` (n, classes), rows sum to 1; `latents` (n, latent_dim), without noise.
    """

    class_ids: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    latents: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.class_ids)


class SentimentTranslator(Protocol):
    """Anything that turns sentiments, as z-scores, into what one generator understands."""

    @property
    def name(self) -> str: ...

    def translate(self, track: SentimentTrack) -> Translation: ...


@dataclass(frozen=True)
class NeuralTranslator:
    """The paper's translator. It answers with the classes of its view (`palette`) only."""

    name: str
    network: Translator
    palette: tuple[int, ...]

    @classmethod
    def load(cls, view: int, models: Path = MODELS, generator: str = "embedded") -> Self:
        """Shipped view number `view` of `generator`. Raises BridgeError for a view that there is not."""
        listed = _listed_views(generator, models)
        if not 0 <= view < len(listed):
            raise BridgeError(f"view {view}: the {generator} generator has views 0 to {len(listed) - 1}")
        prefix = f"view{view}/"
        stored = weights.load(translators_file(generator), models)
        state = {key.removeprefix(prefix): tensor for key, tensor in stored.items() if key.startswith(prefix)}
        return cls(f"neural:view{view}", _network_of(state), tuple(listed[view]["class_ids"]))

    @classmethod
    def fit(
        cls,
        table: SampleTable,
        classes: Sequence[int],
        seed: int,
        progress: Progress = no_progress,
    ) -> Self:
        """A translator fitted on the spot to the user's own `classes`."""
        name = ",".join(table.classes[class_id] for class_id in classes)
        return cls.of_view(f"neural:{name}", view_of(table, classes, seed=seed), seed, progress)

    @classmethod
    def of_view(cls, name: str, view: SampleTable, seed: int, progress: Progress = no_progress) -> Self:
        """A translator fitted to a view that was made already."""
        return cls(name, fit_network(view, seed, progress), tuple(np.unique(view.class_ids).tolist()))

    @torch.inference_mode()
    def translate(self, track: SentimentTrack) -> Translation:
        streams = self.network(network_input(track))
        outside = torch.full_like(streams.scores, -torch.inf)
        outside[:, self.palette] = 0
        probabilities = (streams.scores + outside).softmax(1).numpy()
        return Translation(probabilities.argmax(1), probabilities, streams.latents.numpy())


def network_input(sentiments: SentimentTrack | SampleTable) -> Tensor:
    """(n, 2) in the order that the network wants: the one place where named values become a bare pair."""
    return torch.from_numpy(np.stack([getattr(sentiments, name) for name in INPUT_ORDER], axis=1))


def translation_loss(streams: Streams, class_ids: Tensor, latents: Tensor) -> Tensor:
    """Equation 5, stream by stream: cross-entropy for the softmax, mean squared error for the latent.

    The mean, not the sum, over the latent's numbers: a sum over 128 of them would drown the class.
    """
    return F.cross_entropy(streams.scores, class_ids) + F.mse_loss(streams.latents, latents)


def fit_network(view: SampleTable, seed: int, progress: Progress = no_progress) -> Translator:
    """The network trained on the pairs of `view`; the same seed gives the same weights."""
    inputs, latents = network_input(view), torch.from_numpy(view.latents)
    class_ids = torch.from_numpy(view.class_ids)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Translator(len(view.classes), latents.shape[1])
        optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE, fused=True)
        for epoch in range(EPOCHS):
            for rows in torch.randperm(len(view)).chunk(STEPS_PER_EPOCH):
                optimizer.zero_grad()
                loss = translation_loss(network(inputs[rows]), class_ids[rows], latents[rows])
                loss.backward()
                optimizer.step()
            progress(epoch + 1, EPOCHS)
    return network.requires_grad_(False).eval()


@dataclass(frozen=True)
class DictionaryTranslator:
    """The authors' default: the class whose name has the nearest sentiment, by the Glasgow Norms.

    `valence` and `arousal` (classes,) are z-scores over the classes, NaN where no word of the name is known:
    such a class is never chosen. Latents are small, and the same for the same seed and position.
    """

    name: str
    valence: NDArray[np.float64]
    arousal: NDArray[np.float64]
    latent_dim: int
    seed: int

    @classmethod
    def load(cls, generator_name: str, models: Path = MODELS, latent_dim: int = 128, seed: int = 0) -> Self:
        """The shipped table for `generator_name`. Raises BridgeError where there is none."""
        rows = read_class_table(generator_name, models)
        valence, arousal = (np.array([float(row[axis] or "nan") for row in rows]) for axis in ("valence", "arousal"))
        return cls("dictionary", valence, arousal, latent_dim, seed)

    def translate(self, track: SentimentTrack) -> Translation:
        """Probabilities are a softmax over −distance², so that a report can show how near the others were."""
        aside, above = track.valence[:, None] - self.valence, track.arousal[:, None] - self.arousal
        nearness = torch.from_numpy(np.nan_to_num(-(aside**2) - above**2, nan=-np.inf))
        probabilities = nearness.softmax(1).float().numpy()
        return Translation(nearness.argmax(1).numpy(), probabilities, self._latents(len(track)))

    def _latents(self, count: int) -> NDArray[np.float32]:
        """(count, latent_dim): a normal cut off at ±2, times the truncation."""
        within = math.erf(math.sqrt(2))  # the share of a normal that lies within ±2
        chance = np.random.default_rng(self.seed).uniform(-within, within, (count, self.latent_dim))
        return (DICTIONARY_TRUNCATION * math.sqrt(2) * torch.from_numpy(chance).erfinv()).float().numpy()


@dataclass(frozen=True)
class RandomTranslator:
    """A class and a latent by chance, whatever was asked: the baseline of the closed loop.

    `classes` are the generator's labels, `sample_latents(count, seed)` draws its latents.
    """

    classes: Sequence[str]
    sample_latents: Callable[[int, int], Tensor]
    seed: int
    name: str = "random"

    def translate(self, track: SentimentTrack) -> Translation:
        """Every class is equally probable, and the probabilities say so."""
        count, options = len(track), len(self.classes)
        class_ids = np.random.default_rng(self.seed).integers(options, size=count)
        uniform = np.full((count, options), 1 / options, np.float32)
        return Translation(class_ids, uniform, self.sample_latents(count, self.seed).numpy())


class Labelled(Protocol):
    """As much of a generator as it takes to look a class up."""

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...


def class_ids(names: str | Sequence[str], generator: Labelled) -> list[int]:
    """`"lake, fire"` → the ids of these classes, in this order, each once; in upper or lower case.

    Raises BridgeError that names the unknown class and the nearest ones.
    """
    wanted = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    if not any(wanted):
        raise BridgeError(f"no classes given: expected names out of {_some(generator.classes)}")
    return list(dict.fromkeys(_class_id(name, generator) for name in wanted if name))


def _class_id(name: str, generator: Labelled) -> int:
    known = {label.casefold(): class_id for class_id, label in enumerate(generator.classes)}
    if name.casefold() in known:
        return known[name.casefold()]
    near = [generator.classes[known[label]] for label in get_close_matches(name.casefold(), known)]
    hint = f"the nearest are {', '.join(near)}" if near else f"it has {_some(generator.classes)}"
    raise BridgeError(f"class {name!r}: the {generator.name} generator does not have it; {hint}")


def _some(labels: Sequence[str], most: int = 40) -> str:
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(labels[:most]) + more


def translators_file(generator: str) -> str:
    """The name of the weight file that holds the trained views of `generator`."""
    return f"{generator}-translators.safetensors"


@dataclass(frozen=True)
class Translators:
    """The trained translators that a generator takes: those of `whose`, itself or its family, in `folder`."""

    whose: str
    folder: Path

    @property
    def file(self) -> str:
        return translators_file(self.whose)

    def count(self) -> int:
        return view_count(self.folder, self.whose)

    def load(self, view: int) -> NeuralTranslator:
        """Raises BridgeError for a view that there is not."""
        return NeuralTranslator.load(view, self.folder, self.whose)

    def load_all(self) -> list[NeuralTranslator]:
        """In the order of their numbers."""
        return [self.load(view) for view in range(self.count())]


def translators_for(generator: str, sets: ModelSets) -> Translators:
    """Those of the first of `sets` that has any: its own, else its family's. Raises BridgeError where none has."""
    family = [BIGGAN] if generator.startswith(BIGGAN) else []
    for folder, whose in product(sets.folders, (generator, *family)):
        if translators_file(whose) in weights.manifest(folder):
            return Translators(whose, folder)
    raise BridgeError(
        f"generator {generator}: no translators for it are here; --models authors has some, once they are imported, "
        "and story can do without any: --translator dictionary"
    )


def view_count(models: Path = MODELS, generator: str = "embedded") -> int:
    """How many views of `generator` are shipped, numbered from 0."""
    return len(_listed_views(generator, models))


def _listed_views(generator: str, models: Path) -> list[dict[str, list[int]]]:
    listed: list[dict[str, list[int]]] = json.loads(weights.header(translators_file(generator), models)["views"])
    return listed


def _network_of(state: dict[str, Tensor]) -> Translator:
    """The network with the weights of `state`, whose shapes say how many classes and latent numbers."""
    network = Translator(len(state["fc3_class.bias"]), len(state["fc3_noise.bias"]))
    network.load_state_dict(state)
    return network.requires_grad_(False).eval()
