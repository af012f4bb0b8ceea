"""Examples are split into train, validation and test.

What belongs together (a song's windows, pictures of one theme) is never on two sides. It follows from the seed alone.
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
class Split:
    """The numbers of the examples in each part, ascending: those that are learned from, those that decide when to
    stop, and those that the metrics are about."""

    train: Numbers
    val: Numbers
    test: Numbers


def split(groups: Sequence[object], recipe: Recipe, seed: int, kind: str) -> Split:
    """`groups`: of each example, what it belongs to. Raises BridgeError where there are too few of a `kind`."""
    _, members = np.unique(np.array([str(group) for group in groups]), return_inverse=True)
    count = int(members.max()) + 1 if len(members) else 0
    if count < FEWEST:
        raise BridgeError(f"{count} {kind}: expected at least {FEWEST}, to keep some for validation and for the test")
    order = np.random.default_rng(seed).permutation(count)
    val, test = (max(LEAST, round(share * count)) for share in (recipe.val_share, recipe.test_share))
    return Split(
        train=_of(members, order[val + test :]),
        val=_of(members, order[:val]),
        test=_of(members, order[val : val + test]),
    )


def _of(members: Numbers, chosen: Numbers) -> Numbers:
    return np.flatnonzero(np.isin(members, chosen))
