"""A made-up generator of twelve classes, which feel like places on a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.translation.attribute_view import SampleTable

LABELS = ("ash", "beach", "cave", "dune", "elm", "fire", "glade", "hill", "island", "jungle", "knoll", "lake")
LATENT_DIM = 16


def felt(ids: NDArray[np.int64], latents: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What pictures feel like here: the class sets the place on a 4×3 grid, the latent shifts it a little."""
    valence = ids % 4 - 1.5 + 0.3 * latents[:, 0]
    arousal = ids // 4 - 1.0 + 0.3 * latents[:, 1]
    return valence.astype(np.float32), arousal.astype(np.float32)


def sampled(samples_per_class: int = 50) -> SampleTable:
    ids = np.repeat(np.arange(len(LABELS)), samples_per_class)
    latents = np.random.default_rng(0).standard_normal((len(ids), LATENT_DIM)).astype(np.float32)
    return SampleTable("toy", LABELS, ids, latents, *felt(ids, latents))


def asked(count: int = 200) -> SentimentTrack:
    valence, arousal = np.random.default_rng(1).standard_normal((2, count)).astype(np.float32)
    return SentimentTrack(valence, arousal, 5.0)


@dataclass(frozen=True)
class Toy:
    """As much of a generator as looking classes up takes."""

    name: str = "toy"
    classes: tuple[str, ...] = LABELS


def grid_of_labels() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ids = np.arange(len(LABELS))
    return ids % 4 - 1.5, ids // 4 - 1.0
