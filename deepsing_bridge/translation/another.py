"""Another picture of a class for the same feeling: out of the samples that its translator learned from. It is what a
scene that is painted anew shows, and what the picture of any scene goes over into.

Knows nothing of scenes; which one it is follows from a number, so that the next number gives the next picture.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ..core.types import Sentiment
from .attribute_view import SampleTable

NEAREST = 12  # samples of the class, of 100: as many pictures come before one comes again
ENDS = 6  # of them, of which a scene goes to one: of twelve, the picture half-way feels less as was asked


def another_latent(
    samples: SampleTable, class_id: int, felt: Sentiment, shown: NDArray[np.float64], number: int
) -> NDArray[np.float32]:
    """(latent_dim,) of picture `number` of those of a class that feel most as `felt`, but for the one that is most like
    what is `shown` (latent_dim,) already. Raises LookupError if there are no samples of the class."""
    kinds = samples.of_classes([class_id])
    if not len(kinds):
        raise LookupError(f"no samples of class {class_id}")
    off = np.hypot(kinds.valence - felt.valence, kinds.arousal - felt.arousal)
    nearest = np.argsort(off, kind="stable")[:NEAREST]
    like = np.argmin(np.linalg.norm(kinds.latents[nearest] - shown, axis=1))
    others = np.delete(nearest, like) if len(nearest) > 1 else nearest
    return np.asarray(kinds.latents[others[number % len(others)]])


def end_among(
    others: Iterator[tuple[int, NDArray[np.float32]]],
    class_id: int,
    start: NDArray[np.float64],
    chance: np.random.Generator,
) -> NDArray[np.float32] | None:
    """(latent_dim,) where a scene of a class that begins at `start` (latent_dim,) ends, so that it goes on feeling as
    asked: one of the ENDS first of `others`, which feel most so, but for the one that is most like `start`. None where
    there is no other of the class."""
    own = [latent for kind, latent in islice(others, ENDS) if kind == class_id]
    away = sorted(own, key=lambda latent: float(np.linalg.norm(latent - start)))[1:]
    return away[chance.integers(len(away))] if away else None
