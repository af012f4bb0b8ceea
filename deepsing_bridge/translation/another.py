"""Another picture of a class for the same feeling, out of the samples that its translator learned from: what a scene
shows when it is painted anew, and what the picture of any scene goes over into.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ..core.types import Sentiment
from .attribute_view import SampleTable
from .diversity import others

ENDS = 6  # pictures of the class, to one of which a scene goes: of twelve, the picture half-way feels less as was asked


def another_latent(
    samples: SampleTable, class_id: int, felt: Sentiment, shown: NDArray[np.float64], number: int
) -> NDArray[np.float32]:
    """(latent_dim,) of picture `number`, counted round and round, of those of a class that feel most as `felt`, but for
    the one that is most like what is `shown` (latent_dim,) already. Raises LookupError if the class has no samples."""
    own = np.array([latent for _, latent in others(samples, class_id, felt, ())])
    if not len(own):
        raise LookupError(f"no samples of class {class_id}")
    like = np.linalg.norm(own - shown, axis=1).argmin()
    rest = np.delete(own, like, axis=0) if len(own) > 1 else own
    return np.asarray(rest[number % len(rest)])


def end_among(
    found: Iterator[tuple[int, NDArray[np.float32]]],
    class_id: int,
    start: NDArray[np.float64],
    chance: np.random.Generator,
) -> NDArray[np.float32] | None:
    """(latent_dim,) where a scene of a class that begins at `start` (latent_dim,) ends, so that it goes on feeling as
    asked: one of the ENDS first that `others` found, which feel most so, but for the one that is most like `start`.
    None where there is no other of the class."""
    own = [latent for kind, latent in islice(found, ENDS) if kind == class_id]
    away = sorted(own, key=lambda latent: float(np.linalg.norm(latent - start)))[1:]
    return away[chance.integers(len(away))] if away else None
