"""Where a class follows itself, another picture of it, which feels the same: something changes at every cut.

The network answers alike sentiments with alike latents, so that a long chorus would stand on one picture. The samples
that it learned from are many, and their sentiments are known. Nothing here knows of time or pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..core.types import SentimentTrack
from ..weights.model_sets import ModelSets
from .attribute_view import SampleTable, load_samples, samples_file
from .protocol import SentimentTranslator, Translation

APART = 0.1  # of sentiments, in z: samples that feel more alike are often one picture in another light
RECENT = 4  # scenes until a picture may come again: a longer memory would drive a long run far from what is asked


@dataclass(frozen=True)
class DiverseTranslator:
    """`translator`, whose classes are repeated with latents out of `samples`."""

    translator: SentimentTranslator
    samples: SampleTable

    @property
    def name(self) -> str:
        return self.translator.name

    def translate(self, track: SentimentTrack) -> Translation:
        """The first of a run of one class keeps its latent; the others get that of the sample whose sentiment is the
        nearest, of those that are at least APART from the RECENT ones of the run."""
        answer = self.translator.translate(track)
        latents = answer.latents.copy()
        asked = np.stack([track.valence, track.arousal], axis=1)
        for start, end in runs(answer.class_ids):
            if end - start > 1:
                latents[start + 1 : end] = self._others(int(answer.class_ids[start]), asked[start:end])
        return replace(answer, latents=latents)

    def _others(self, class_id: int, asked: NDArray[np.float32]) -> NDArray[np.float32]:
        """Latents for all but the first of `asked` (n, 2); what the first shows is taken to feel as it was asked to."""
        kind = self.samples.of_classes([class_id])
        felt = np.stack([kind.valence, kind.arousal], axis=1)
        shown: list[int] = []
        for sentiment in asked:
            distance = np.linalg.norm(felt - sentiment, axis=1)
            alike = np.linalg.norm(felt[:, None] - felt[shown[-RECENT:]], axis=2) < APART
            shown.append(int(np.lexsort((distance, alike.sum(axis=1)))[0]))  # if all are, the one least often
        return kind.latents[shown[1:]]


def diversify(
    translators: Sequence[SentimentTranslator], generator: str, sets: ModelSets
) -> Sequence[SentimentTranslator]:
    """`translators` with the samples of `generator` that are in `sets`; as they are, where there are none."""
    file = samples_listed(generator, sets)
    if file is None:
        return translators
    samples = load_samples(generator, sets.holding(file))
    return [DiverseTranslator(translator, samples) for translator in translators]


def samples_listed(generator: str, sets: ModelSets) -> str | None:
    """The name of the file of samples of `generator`, if `sets` hold it."""
    file = samples_file(generator)
    return file if file in weights.manifest(sets.holding(file)) else None


def runs(class_ids: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Start and end of every run of one class; there is at least one."""
    borders = [0, *(np.flatnonzero(np.diff(class_ids)) + 1).tolist(), len(class_ids)]
    yield from pairwise(borders)
