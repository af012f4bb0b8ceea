"""Times two ways to the same result in turn, so that whatever else the machine does slows both alike."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float64]
Way = Callable[[], object]
PLAIN = "plain"


@dataclass(frozen=True)
class Taken:
    """What a way has measured itself: how long it took and, of a process of its own, the most memory that it had."""

    seconds: float
    memory_mb: float | None = None


@dataclass(frozen=True)
class Row:
    """One thing to be done. `plain` does it by the packages as they come, `ours` as the project does, under its name;
    `unit` is what the results differ in, and `scale` how many of those 1 is. `once`: it takes so long that it is done
    once in all, and not before, to warm up."""

    name: str
    plain: Way | None
    ours: dict[str, Way]
    scale: float = 255.0
    unit: str = "of 255"
    once: bool = False


@dataclass(frozen=True)
class Figure:
    """Of one row and way: medians in seconds over the rounds; `ratios` of each round; `differs` on average; the most
    memory in any round."""

    row: str
    way: str
    plain_s: float | None
    ours_s: float
    ratios: tuple[float, ...]
    differs: float | None
    unit: str
    memory_mb: float | None = None


def measure(row: Row, rounds: int, synchronize: Way) -> list[Figure]:
    """Each way once to warm up and to compare, then all of them in turn."""
    ways = ({PLAIN: row.plain} if row.plain else {}) | row.ours
    results = {} if row.once else {name: _as_array(way()) for name, way in ways.items()}
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(1 if row.once else rounds):
        for name, way in ways.items():
            taken[name].append(_take(way, synchronize))
    plain = _seconds(taken.get(PLAIN, ()))
    return [_figure(row, name, plain, taken[name], results.get(PLAIN), results.get(name)) for name in row.ours]


def _figure(
    row: Row, way: str, plain: list[float], ours: list[Taken], expected: Array | None, result: Array | None
) -> Figure:
    ratios = tuple(one / other for one, other in zip(plain, _seconds(ours), strict=True)) if plain else ()
    memory = [each.memory_mb for each in ours if each.memory_mb is not None]
    return Figure(
        row.name,
        way,
        statistics.median(plain) if plain else None,
        statistics.median(_seconds(ours)),
        ratios,
        _difference(row, expected, result),
        row.unit,
        max(memory, default=None),
    )


def _difference(row: Row, expected: Array | None, result: Array | None) -> float | None:
    if expected is None or result is None or not expected.size or expected.shape != result.shape:
        return None
    return float(np.abs(result - expected).mean()) * row.scale


def _seconds(taken: Iterable[Taken]) -> list[float]:
    return [each.seconds for each in taken]


def _take(way: Way, synchronize: Way) -> Taken:
    synchronize()
    start = time.perf_counter()
    result = way()
    synchronize()
    return result if isinstance(result, Taken) else Taken(time.perf_counter() - start)


def _as_array(result: object) -> Array:
    """What can be compared; nothing, of what is no picture and no feature."""
    if isinstance(result, torch.Tensor):
        result = result.float().cpu().numpy()
    return np.asarray(result, np.float64) if isinstance(result, np.ndarray) else np.empty(0)
