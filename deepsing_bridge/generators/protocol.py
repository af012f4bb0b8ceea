"""What every generator shares: the protocols, the distribution of latents and their truncation, a weight file's name.

Knows none of them, and nothing of sentiment or time.
"""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from torch import Tensor

from ..core.types import Levels, Sound

TRUNCATION = 2.0  # latents are normal, drawn again beyond ±2, as BigGAN's are


class Generator(Protocol):
    """What can be asked for pictures. `classes[i]` is the label of class id i; pictures are `native_size` square."""

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def latent_dim(self) -> int: ...
    @property
    def native_size(self) -> int: ...
    @property
    def truncation(self) -> float:
        """Its own one, 0..1: `sample_latents` keeps within ±2 times this."""

    def sample_latents(self, count: int, seed: int) -> Tensor:
        """(count, latent_dim) float32 from the distribution that the generator was made for."""

    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        """(n, classes) rows summing to 1, mixtures allowed, and (n, latent_dim) → (n, 3, S, S) float32 RGB 0..1.

        What is asked for lies on the CPU; pictures on the device that made them, for whoever goes on there.
        Latents are taken as if they had been drawn at `truncation`, 0 < t ≤ 1; without one as they are.
        """


@dataclass(frozen=True)
class Instant:
    """What moves a picture: seconds on a clock of its own, which the music drives and which never runs backwards, and
    what is heard."""

    clock_s: float = 0.0
    levels: Levels = field(default_factory=Levels)
    sound: Sound = field(default_factory=Sound.steady)


@runtime_checkable
class MovingGenerator(Generator, Protocol):
    """One whose pictures move by themselves, and have any size."""

    def draw(
        self,
        class_id: int,
        latent: NDArray[np.float32],
        instant: Instant,
        width: int,
        height: int,
        truncation: float | None = None,
    ) -> NDArray[np.uint8]:
        """(height, width, 3) RGB of one class and its latent (latent_dim,); the same for the same arguments."""

    def numbers(
        self, class_id: int, latent: NDArray[np.float32], instant: Instant, truncation: float | None = None
    ) -> tuple[float, ...]:
        """What another host needs to draw the same with the class's shader: the seconds on its clock, and the value of
        each input in the file's order but sounds, a point as two numbers and a colour as four. From any thread."""


def generator_file(name: str) -> str:
    """The name of the weight file of the generator called `name`."""
    return f"{name}-generator.safetensors"


def truncated_normal(count: int, size: int, seed: int) -> Tensor:
    """(count, size) float32, normal within ±2: as scipy.stats draws them, which takes longer to import than a picture
    to paint."""
    least, most = ndtr(-TRUNCATION), ndtr(TRUNCATION)
    values = ndtri(least + (most - least) * np.random.default_rng(seed).uniform(size=(count, size)))
    return torch.from_numpy(values.astype(np.float32))


def at_truncation(latents: Tensor, truncation: float | None, own: float) -> Tensor:
    """As if they had been drawn at `truncation` instead of a generator's `own`; as they are without one.

    Scaled, as BigGAN's samples are (pytorch_pretrained_biggan.truncated_noise_sample), and within ±2. To cut them off
    would do nothing until they are cut: translators answer with small ones.
    """
    return latents if truncation is None else (latents * (truncation / own)).clamp(-TRUNCATION, TRUNCATION)
