"""Where a class comes again soon, another picture, of its own or of another class, which feels as was asked: something
else is seen at every cut.

The network answers alike sentiments with alike classes and latents, so that a long chorus would stand on one picture.
The samples that it learned from are many, and their sentiments are known. Nothing here knows of time or pictures.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..core.types import Sentiment, SentimentTrack
from ..weights.model_sets import ModelSets
from .attribute_view import SampleTable, load_samples, samples_file
from .protocol import SentimentTranslator, Translation

APART = 0.1  # of sentiments, in z: samples of a class that feel more alike are often one picture in another light
RECENT = 4  # scenes until a picture may come again: a longer memory would drive a long run far from what is asked
OTHER_CLASS = 0.1  # z: what it costs to leave the class that was asked for
AGAIN = 1.5  # z: what it costs to show the last scene's class again; the one before it costs a quarter, then a ninth
USED = 0.5  # z: what each showing of a class costs that is beyond its share, were all of the palette shown as often;
COUNTED = 2  # so many of them at most: music of one feeling goes on with what feels so
OTHERS = 12  # pictures of the class, and as many of other classes, that come into question in place of one
STRAY = 0.5  # of the square of how far off a sample feels: that is worse, in the end, than to be seen again


class PaletteTranslator(SentimentTranslator, Protocol):
    """A translator that answers with the classes of its `palette` only."""

    @property
    def palette(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class DiverseTranslator:
    """`translator`, whose classes are repeated with latents out of `samples`, and with others of its palette."""

    translator: PaletteTranslator
    samples: SampleTable

    @property
    def name(self) -> str:
        return self.translator.name

    @property
    def palette(self) -> Sequence[int]:
        return self.translator.palette

    def translate(self, track: SentimentTrack) -> Translation:
        """A class that was not seen in the RECENT scenes keeps its latent. Where it was, the scene shows the sample
        whose sentiment is the nearest, of the palette's samples that are at least APART from the RECENT ones; rather of
        a class that was seen little, and not for long, if it fits nearly as well."""
        answer = self.translator.translate(track)
        class_ids, latents = answer.class_ids.copy(), answer.latents.copy()
        kinds = self.samples.of_classes(self.translator.palette)
        shown = np.stack([track.valence, track.arousal], axis=1)  # what scenes feel like: as asked, or as a sample does
        for index, wanted in enumerate(answer.class_ids.tolist()):
            recent = slice(max(index - RECENT, 0), index)
            if wanted in class_ids[recent]:
                row = nearest(kinds, shown[index], wanted, class_ids[:index], shown[recent])
                class_ids[index], latents[index] = kinds.class_ids[row], kinds.latents[row]
                shown[index] = kinds.valence[row], kinds.arousal[row]
        return replace(answer, class_ids=class_ids, latents=latents)

    def others(self, class_id: int, felt: Sentiment) -> Iterator[tuple[int, NDArray[np.float32]]]:
        return others(self.samples, class_id, felt, self.palette)


def others(
    samples: SampleTable, class_id: int, felt: Sentiment, palette: Collection[int]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """What may be shown in place of a picture of a class: classes and their latents (latent_dim,), first the OTHERS of
    that class that feel most as `felt`, then those of all other classes of `palette`."""
    for classes in ([class_id], [other for other in palette if other != class_id]):
        kinds = samples.of_classes(classes)
        off = np.hypot(kinds.valence - felt.valence, kinds.arousal - felt.arousal)
        near = np.argsort(off, kind="stable")[:OTHERS]
        yield from zip(kinds.class_ids[near].tolist(), kinds.latents[near], strict=True)


def nearest(
    kinds: SampleTable,
    asked: NDArray[np.float32],
    wanted: int,
    before: NDArray[np.int64],
    shown: NDArray[np.float32],
) -> int:
    """The row of `kinds` for a scene that was to feel as `asked` (2,) and to be of class `wanted`, after scenes of the
    classes `before` (scenes,), the last of which felt as `shown` (n, 2)."""
    recent = before[len(before) - len(shown) :]
    felt = np.stack([kinds.valence, kinds.arousal], axis=1)
    again, ago = kinds.class_ids[:, None] == recent, np.arange(len(recent), 0, -1)
    off = np.linalg.norm(felt - asked, axis=1)
    cost = (
        off
        + STRAY * off**2
        + OTHER_CLASS * (kinds.class_ids != wanted)
        + (AGAIN * again / ago**2).max(axis=1, initial=0.0)
        + USED * _beyond_share(kinds.class_ids, before)
    )
    near = np.linalg.norm(felt[:, None] - shown, axis=2) < APART
    alike = (near & again).sum(axis=1)
    return int(np.lexsort((cost, alike))[0])  # if all were seen, the one least often


def _beyond_share(class_ids: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) how often each of `class_ids` (n,) is `before` (scenes,) beyond as often as all would be, up to COUNTED."""
    kinds, places = np.unique(class_ids, return_inverse=True)
    times = (kinds[:, None] == before).sum(axis=1)
    return np.asarray(np.clip(times - len(before) / len(kinds), 0, COUNTED)[places])


def diversify(
    translators: Sequence[PaletteTranslator], generator: str, sets: ModelSets
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
