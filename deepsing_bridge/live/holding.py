"""Which classes a performer's words mean, and how those that are held are told. Pure."""

from collections.abc import Sequence

from ..core.errors import BridgeError
from ..translation.class_names import Labelled, class_ids
from .events import HeldAt
from .messages import ROOT

Shares = tuple[tuple[int, float], ...]
"""Numbers of classes, and what share of the scenes each is to have; they sum to 1."""


def shares_of(weights: Sequence[tuple[str, float]], generator: Labelled) -> Shares:
    """Of names of classes, or several separated by commas, with a weight above 0 for each of them.

    Raises BridgeError for a class that the generator does not have, which names the nearest ones.
    """
    weighed: dict[int, float] = {}
    for names, weight in weights:
        for class_id in _class_ids(names, generator):
            weighed[class_id] = weighed.get(class_id, 0.0) + weight
    total = sum(weighed.values())
    return tuple((class_id, weight / total) for class_id, weight in weighed.items())


def held_at(shares: Shares, generator: Labelled) -> HeldAt:
    weights = tuple((generator.classes[class_id], share) for class_id, share in shares)
    return HeldAt(", ".join(f"{name} {share:.3g}" for name, share in weights), weights)


def _class_ids(names: str, generator: Labelled) -> list[int]:
    try:
        return class_ids(names, generator)
    except BridgeError as error:
        raise BridgeError(f"{ROOT}/class: {error}") from error
