"""Another picture of a class for the same feeling: out of the samples that its translator learned from.

Knows nothing of scenes; which one it is follows from a number, so that the next number gives the next picture.
"""

import numpy as np
from numpy.typing import NDArray

from ..core.types import Sentiment
from .attribute_view import SampleTable

NEAREST = 12  # samples of the class, of 100: as many pictures come before one comes again


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
