"""A generator of plain colours, and an eye for them."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from deepsing_bridge.core.types import SentimentTrack

CLASSES = 16


@dataclass
class Colours:
    """Plain pictures: the class says how bright and how red, in four steps each; the latent shades both."""

    name: str = "embedded"
    classes: tuple[str, ...] = tuple(f"colour {number}" for number in range(CLASSES))
    latent_dim: int = 8
    native_size: int = 4
    truncation: float = 1.0
    batches: list[int] = field(default_factory=list)

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return torch.randn(count, self.latent_dim, generator=torch.Generator().manual_seed(seed))

    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        self.batches.append(len(class_vectors))
        number = class_vectors.argmax(1)
        brightness = 0.3 + 0.13 * (number % 4) + 0.03 * latents[:, 0]
        redness = 0.02 + 0.06 * (number // 4) + 0.015 * latents[:, 1]
        colour = torch.stack([brightness + 2 * redness, brightness - redness, brightness - redness], dim=1)
        return colour[:, :, None, None].expand(-1, -1, self.native_size, self.native_size)


def see(pictures: Tensor) -> SentimentTrack:
    """Bright is pleasant, red is exciting."""
    colour = pictures.mean(dim=(2, 3))
    valence = (colour.mean(1) - 0.5) / 0.15
    arousal = (colour[:, 0] - colour[:, 1:].mean(1) - 0.33) / 0.2
    return SentimentTrack(valence.numpy(), arousal.numpy(), 0)
