"""The neural translator of the paper (sections 2.2 and 3.1): loaded from a trained view, or fitted on the spot.

It answers with the classes of one stable view (`attribute_view`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import weights
from ..core.errors import BridgeError
from ..core.types import Progress, SentimentTrack, no_progress
from ..weights.files import MODELS
from .attribute_view import SampleTable, view_of
from .network import INPUT_ORDER, Streams, Translator
from .protocol import Translation

EPOCHS = 200  # paper section 3.1, as the learning rate
LEARNING_RATE = 1e-3
STEPS_PER_EPOCH = 8
"""Small views get small batches, so that 200 epochs are 1,600 steps: enough to converge, in a few seconds."""


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
    """For Equation 5, a sum of norms over the whole generator vector, stream by stream: cross-entropy for the softmax,
    mean squared error for the latent.

    The authors' script sums the squares; classes are learned as well by either, and by norms.
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


def translators_file(generator: str) -> str:
    """The name of the weight file that holds the trained views of `generator`."""
    return f"{generator}-translators.safetensors"


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
