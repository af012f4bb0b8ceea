"""The random translator: the baseline that the others are measured against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ..core.types import SentimentTrack
from .protocol import Translation


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
