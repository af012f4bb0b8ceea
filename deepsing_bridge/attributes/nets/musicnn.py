"""MusiCNN (Pons and Serra 2019, arXiv:1909.06654), a tagger of music, as its authors built it: their weights fit.

It listens with filters of musical shapes: tall ones for timbre, of which only the strongest pitch counts, and long ones
for rhythm. What 3 s sound like is the maximum and the mean of that over time.
"""

from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional

from .strongest_answers import LongFilters, TallFilters

WEIGHTS = "musicnn.safetensors"
BANDS = 96
FILTERS = ((204, 7, 38), (204, 7, 67), (51, 128, 1), (51, 64, 1), (51, 32, 1))
"""Of the first layer: how many, how many frames long, how many mel bands high."""
HEARD = sum(count for count, _, _ in FILTERS)  # 561
MIDDLE = 64  # channels of each of three layers, seven frames long
MAPS = HEARD + 3 * MIDDLE  # 753
EMBEDDING = 200
TAGS = 50
_EPSILON = 1e-3  # of TensorFlow's batch norms


class Filters(nn.Module):
    """(frames, 96) → (frames, count): how strongly each filter answers, at the pitch where it does most.

    Its weights are those that it has when it first hears something.
    """

    def __init__(self, count: int, frames: int, bands: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, count, (frames, bands))
        self.norm = nn.BatchNorm2d(count, _EPSILON)
        self.before, self.after = (frames - 1) // 2, frames // 2

    def forward(self, mel: Tensor) -> Tensor:
        padded = functional.pad(mel, (0, 0, self.before, self.after))
        strongest = self._filters.strongest(padded) * self._sign + self.conv.get_parameter("bias")
        heard: Tensor = self.norm(strongest.relu_()[:, :, None, None])
        return heard[:, :, 0, 0]

    @cached_property
    def _filters(self) -> TallFilters | LongFilters:
        filters = self.conv.weight.detach()[:, 0] * self._sign[:, None, None]
        return TallFilters(filters, BANDS) if filters.shape[2] > 1 else LongFilters(filters[:, :, 0])

    @cached_property
    def _sign(self) -> Tensor:
        """Where the norm turns answers around, the least is the greatest after it."""
        return self.norm.weight.detach().sign()


class Layer(nn.Module):
    """(1, inputs, frames) → (1, 64, frames)."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, MIDDLE, 7, padding=3)
        self.norm = nn.BatchNorm1d(MIDDLE, _EPSILON)

    def forward(self, maps: Tensor) -> Tensor:
        heard: Tensor = self.norm(self.conv(maps).relu_())
        return heard


class MusiCNN(nn.Module):
    """`maps` of a whole song, then `embed` for any stretch of it (3 s is what it was trained on), then `tags`."""

    def __init__(self) -> None:
        super().__init__()
        self.input = nn.BatchNorm2d(1, _EPSILON)
        self.front = nn.ModuleList(Filters(*shape) for shape in FILTERS)
        self.middle = nn.ModuleList(Layer(inputs) for inputs in (HEARD, MIDDLE, MIDDLE))
        self.pooled = nn.BatchNorm1d(2 * MAPS, _EPSILON)
        self.dense = nn.Linear(2 * MAPS, EMBEDDING)
        self.embedded = nn.BatchNorm1d(EMBEDDING, _EPSILON)
        self.tags = nn.Linear(EMBEDDING, TAGS)

    def maps(self, mel: Tensor) -> Tensor:
        """Mel frames (frames, 96), log10(1 + 10,000 power) → (frames, 753)."""
        ready = self.input(mel[None, None])[0, 0]
        heard = torch.cat([filters(ready) for filters in self.front], dim=1).T[None]
        first = self.middle[0](heard)
        second = self.middle[1](first) + first
        third = self.middle[2](second) + second
        return torch.cat([heard, first, second, third], dim=1)[0].T

    def embed(self, maps: Tensor) -> Tensor:
        """(stretches, frames, 753) → (stretches, 200)."""
        pooled = torch.stack([maps.amax(1), maps.mean(1)], dim=2).flatten(1)
        embedded: Tensor = self.embedded(self.dense(self.pooled(pooled)).relu_())
        return embedded
