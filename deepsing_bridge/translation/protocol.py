"""Sentiments → what to ask a generator for: a class and a latent for each (paper section 2.2).

Several ways behind one method: the paper's network, the dictionary of affective words, and chance. The noise on the
latents (paper section 3.1) is added by whoever plans the story; pictures are made elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..core.types import Sentiment, SentimentTrack


@dataclass(frozen=True)
class Translation:
    """What n sentiments were turned into.

    `class_ids` (n,); `probabilities` (n, classes), rows sum to 1; `latents` (n, latent_dim), without noise.
    """

    class_ids: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    latents: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.class_ids)


class SentimentTranslator(Protocol):
    """Anything that turns sentiments, as z-scores, into what one generator understands."""

    @property
    def name(self) -> str: ...

    def translate(self, track: SentimentTrack) -> Translation: ...


@runtime_checkable
class VariedTranslator(SentimentTranslator, Protocol):
    """One that knows several pictures for what is felt."""

    def others(self, class_id: int, felt: Sentiment) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Classes and their latents (latent_dim,), which may be shown in place of a picture of `class_id`, the best
        first; of that class as long as there are some."""
