"""A moving generator for tests of what is done with its pictures: what is grey where is all that each has to say."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deepsing_bridge.generators.protocol import Instant

Grey = NDArray[np.float64]


class Pattern:
    """As much of `MovingGenerator` as a painter asks for; `grey` is what it draws."""

    latent_dim, native_size, truncation = 128, 64, 1.0

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return torch.zeros(count, self.latent_dim)

    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        return torch.zeros(len(latents), 3, self.native_size, self.native_size)

    def draw(
        self,
        class_id: int,
        latent: NDArray[np.float32],
        instant: Instant,
        width: int,
        height: int,
        truncation: float | None = None,
    ) -> NDArray[np.uint8]:
        grey = self.grey(class_id, latent, instant, width, height)
        return np.repeat(grey[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)

    def grey(self, class_id: int, latent: NDArray[np.float32], instant: Instant, width: int, height: int) -> Grey:
        """(height, width), 0..255."""
        raise NotImplementedError

    def numbers(
        self, class_id: int, latent: NDArray[np.float32], instant: Instant, truncation: float | None = None
    ) -> tuple[float, ...]:
        return (instant.clock_s, instant.levels.bass)
