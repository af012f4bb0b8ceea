"""Classes that somebody holds: every scene is of one of them, and the picture of it still answers to what is felt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.types import Sentiment, SentimentTrack
from .diversity import RECENT, DiverseTranslator, nearest, others
from .protocol import SentimentTranslator, Translation


@dataclass(frozen=True)
class HeldTranslator:
    """`translator`, but for the classes: class id → its share of the scenes, above 0, which sum to 1.

    Where the translator has samples of a class, latents are those of the one that feels nearest to what is asked, and
    another one where scenes follow each other; else they are the translator's own.
    """

    translator: SentimentTranslator
    shares: Mapping[int, float]

    @property
    def name(self) -> str:
        return self.translator.name

    def translate(self, track: SentimentTrack) -> Translation:
        answer = self.translator.translate(track)
        class_ids = np.fromiter(_turns(self.shares, len(track)), np.int64, len(track))
        probabilities = np.zeros_like(answer.probabilities)
        for class_id, share in self.shares.items():
            probabilities[:, class_id] = share
        return Translation(class_ids, probabilities, self._latents(track, class_ids, answer.latents))

    def others(self, class_id: int, felt: Sentiment) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """None where the translator has no samples."""
        if isinstance(self.translator, DiverseTranslator):
            yield from others(self.translator.samples, class_id, felt, [*self.shares])

    def _latents(
        self, track: SentimentTrack, class_ids: NDArray[np.int64], latents: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        if not isinstance(self.translator, DiverseTranslator):
            return latents
        found, shown = latents.copy(), np.stack([track.valence, track.arousal], axis=1)
        samples = {class_id: self.translator.samples.of_classes([class_id]) for class_id in self.shares}
        for index, class_id in enumerate(class_ids.tolist()):
            kinds, recent = samples[class_id], slice(max(index - RECENT, 0), index)
            if len(kinds):
                row = nearest(kinds, shown[index], class_id, class_ids[recent], shown[recent])
                found[index], shown[index] = kinds.latents[row], (kinds.valence[row], kinds.arousal[row])
        return found


def _turns(shares: Mapping[int, float], count: int) -> Iterator[int]:
    """The classes in turn, each as often as its share says (smooth weighted round robin, as nginx has it)."""
    due = dict.fromkeys(shares, 0.0)
    for _ in range(count):
        for class_id, share in shares.items():
            due[class_id] += share
        first = max(due, key=lambda class_id: round(due[class_id], 9))
        due[first] -= 1.0
        yield first
