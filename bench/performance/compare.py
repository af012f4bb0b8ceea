"""Times two ways to the same result in turn, so that whatever else the machine does slows both alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float64]
Way = Callable[[], object]
PLAIN = "plain"


@dataclass(frozen=True)
class Row:
    """One thing to be done. `plain` does it by the packages as they come, `ours` as the project does, under its name;
    `unit` is what the results differ in, and `scale` how many of those 1 is. A way that gives a float has taken its own
    time: so many seconds."""

    name: str
    plain: Way | None
    ours: dict[str, Way]
    scale: float = 255.0
    unit: str = "of 255"


@dataclass(frozen=True)
class Figure:
    """Of one row and way: medians in seconds over the rounds; `ratios` of each round; `differs` on average."""

    row: str
    way: str
    plain_s: float | None
    ours_s: float
    ratios: tuple[float, ...]
    differs: float | None
    unit: str


def measure(row: Row, rounds: int, synchronize: Way) -> list[Figure]:
    """Each way once to warm up and to compare, then all of them in turn."""
    ways = ({PLAIN: row.plain} if row.plain else {}) | row.ours
    results = {name: _as_array(way()) for name, way in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(_seconds(way, synchronize))
    plain = times.get(PLAIN)
    return [_figure(row, name, plain, times[name], results.get(PLAIN), results[name]) for name in row.ours]


def _figure(
    row: Row, way: str, plain: list[float] | None, ours: list[float], expected: Array | None, result: Array
) -> Figure:
    ratios = tuple(one / other for one, other in zip(plain, ours, strict=True)) if plain else ()
    comparable = expected is not None and expected.size and expected.shape == result.shape
    differs = float(np.abs(result - expected).mean()) * row.scale if comparable else None
    return Figure(
        row.name,
        way,
        statistics.median(plain) if plain else None,
        statistics.median(ours),
        ratios,
        differs,
        row.unit,
    )


def _seconds(way: Way, synchronize: Way) -> float:
    synchronize()
    start = time.perf_counter()
    result = way()
    synchronize()
    return result if isinstance(result, float) else time.perf_counter() - start


def _as_array(result: object) -> Array:
    """What can be compared; nothing, of what is no picture and no feature."""
    if isinstance(result, torch.Tensor):
        result = result.float().cpu().numpy()
    return np.asarray(result, np.float64) if isinstance(result, np.ndarray) else np.empty(0)
