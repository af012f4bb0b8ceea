"""The dictionary translator: a sentiment → the class whose name has the nearest one, by people's norms for words."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from ..core.types import SentimentTrack
from ..weights.class_tables import read_class_table
from ..weights.files import MODELS
from .protocol import Translation

DICTIONARY_TRUNCATION = 0.1  # the authors', for their dictionary


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
