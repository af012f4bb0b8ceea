"""Examples dealt into those that are learned from, those that are watched, and those that the figures are about.

What belongs together (a song's windows, pictures of one theme) is dealt together. It follows from the seed alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from .recipes import Recipe

LEAST = 3  # groups in each part: a correlation over two is always 1 or -1
FEWEST = 4 * LEAST
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """The numbers of the examples in each part, ascending."""

    learned: Numbers
    watched: Numbers
    held_out: Numbers


def deal(groups: Sequence[object], recipe: Recipe, seed: int, kind: str) -> Parts:
    """`groups`: of each example, what it belongs to. Raises BridgeError where there are too few of a `kind`."""
    _, members = np.unique(np.array([str(group) for group in groups]), return_inverse=True)
    count = int(members.max()) + 1 if len(members) else 0
    if count < FEWEST:
        raise BridgeError(f"{count} {kind}: expected at least {FEWEST}, to keep some aside to watch and to hold out")
    order = np.random.default_rng(seed).permutation(count)
    watched, held_out = (max(LEAST, round(share * count)) for share in (recipe.watched, recipe.held_out))
    return Parts(
        learned=_of(members, order[watched + held_out :]),
        watched=_of(members, order[:watched]),
        held_out=_of(members, order[watched : watched + held_out]),
    )


def _of(members: Numbers, chosen: Numbers) -> Numbers:
    return np.flatnonzero(np.isin(members, chosen))
