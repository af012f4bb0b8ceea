"""A survey that is of use while it grows: a few pictures of every class first, then more of those that views want.

The whole survey of BigGAN takes hours. In minutes there are fewer views, of classes that were seen often enough; the
same command again goes on where it was, with more of both.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..translation.attribute_view import SampleTable, clusters_for, draw_classes
from .class_samples import COARSE, MOST, STOPS, ClassSamples
from .view_candidates import FEWEST_CLASSES

ROUGHLY, CLOSELY = 0.45, 0.9
"""Of the time, when every class should be known roughly, and those that views want closely; the rest is for fitting."""
ENOUGH = 20  # pictures of a class that a view is fitted to: as many classes are looked at closely as there is time for
GOLDEN = (5**0.5 - 1) / 2
Clock = Callable[[], float]


@dataclass(frozen=True)
class Grown:
    """The samples of the classes that `views` views may be of."""

    table: SampleTable
    views: int


def grow(
    samples: ClassSamples,
    minutes: float,
    views: int,
    progress: Progress = no_progress,
    clock: Clock = time.monotonic,
) -> Grown:
    """Sample for so many `minutes`, less what fitting takes. `progress` counts seconds.

    Raises BridgeError where that is too short for a single view.
    """
    started, length_s = clock(), 60 * minutes

    def left_s(share: float) -> float:
        gone_s = clock() - started
        progress(min(round(gone_s), round(length_s)), round(length_s))
        return share * length_s - gone_s

    known = _roughly(samples, lambda: left_s(ROUGHLY) > 0)
    picture_s = samples.seconds_per_picture()
    room = int(left_s(CLOSELY) / (ENOUGH * picture_s))
    wanted, count = _wanted(samples.table(known, COARSE), room, views, samples.seed)
    _closely(samples, wanted, lambda: left_s(CLOSELY) > 0)
    seen = [class_id for class_id in wanted if samples.counts([class_id])[class_id] > COARSE]
    if len(seen) < FEWEST_CLASSES:
        raise BridgeError(
            f"--minutes {minutes:g}: {len(seen)} classes were seen often enough, and a view wants {FEWEST_CLASSES}; "
            "the same command goes on, or give it more minutes"
        )
    return Grown(samples.table(seen), count)


def _roughly(samples: ClassSamples, goes_on: Callable[[], bool]) -> list[int]:
    """The classes that are known: evenly over all of them, wherever the time ends."""
    count = len(samples.generator.classes)
    order = np.argsort(np.arange(count) * GOLDEN % 1, kind="stable").tolist()
    for place, class_id in enumerate(order):
        if not goes_on() and place >= 2 * FEWEST_CLASSES:
            break
        samples.fill([class_id], COARSE)
    return sorted(class_id for class_id, seen in samples.counts(order).items() if seen)


def _wanted(table: SampleTable, room: int, views: int, seed: int) -> tuple[list[int], int]:
    """The classes that views would be of, at most `views` of them and about `room` classes; and how many views."""
    wanted: dict[int, None] = {}
    for view in range(views):
        drawn = sorted(draw_classes(table, clusters_for(table), seed=seed + view))
        if view and len(wanted.keys() | set(drawn)) > room:
            return list(wanted), view
        wanted |= dict.fromkeys(drawn)
    return list(wanted), views


def _closely(samples: ClassSamples, wanted: list[int], goes_on: Callable[[], bool]) -> None:
    """Of each class as many pictures as of the others, wherever the time ends; a second time round if there is more."""
    for stop in STOPS:
        for class_id in wanted:
            if stop > STOPS[1] and not goes_on():
                return
            samples.fill([class_id], min(stop, MOST))
