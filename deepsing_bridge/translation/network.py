"""The translator's network (paper section 3.1): a sentiment → class scores and a latent."""

from typing import NamedTuple

from torch import Tensor, nn

INPUT_ORDER = ("arousal", "valence")
"""What the two inputs mean, in order: the authors', so that their checkpoints fit. Written down only here."""


class Streams(NamedTuple):
    """`scores` (n, classes) before the softmax; `latents` (n, latent_dim), unbounded."""

    scores: Tensor
    latents: Tensor


class Translator(nn.Module):
    """2 → 64 → 256 → one stream for the class and one for the latent; layers named as the authors' are."""

    def __init__(self, classes: int, latent_dim: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(2, 64)
        self.fc2 = nn.Linear(64, 256)
        self.fc3_class = nn.Linear(256, classes)
        self.fc3_noise = nn.Linear(256, latent_dim)

    def forward(self, sentiments: Tensor) -> Streams:
        """`sentiments` (n, 2), z-scores in `INPUT_ORDER`."""
        hidden = self.fc2(self.fc1(sentiments).relu()).relu()
        return Streams(self.fc3_class(hidden), self.fc3_noise(hidden))
