"""What is fine-tuned of the image emotion models: the last stages of a backbone, under a new head.

Nothing here knows what the two outputs mean.
"""

import copy

import torch
from torch import Tensor, nn

from .backbone import Backbone


class SentimentTop(nn.Module):
    """The last stages of a backbone, free to be fine-tuned, and a linear head with two outputs.

    The head reads roots of the pooled features, which keep a few strong ones from drowning the many weak ones,
    less their `mean` (width,) and in units of `spread`, one number for them all.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.stages = copy.deepcopy(backbone.stages[-backbone.tuned :]).requires_grad_(True)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(backbone.width, 2)
        self.register_buffer("mean", torch.zeros(backbone.width))
        self.register_buffer("spread", torch.ones(()))

    def forward(self, maps: Tensor) -> Tensor:
        """What `Backbone.maps` gave (n, channels, h, w) → (n, 2)."""
        scores: Tensor = self.head(self.dropout((self.roots(maps) - self.mean) / self.spread))
        return scores

    def roots(self, maps: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, width); the addend keeps the root's slope finite where a feature is silent."""
        return (self.stages(maps) + 1e-4).sqrt()
