"""Shots and what a story's scenes want → which part of which shot each scene shows. Pure, and the same for a seed.

Every scene takes a shot that is long enough and near to it in feeling, such that all together are as near as can be: an
assignment, not a race in which the first scenes get the best. No shot comes twice before all good ones that fit have
come. Speed is never changed: a scene that is longer than every shot gets none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ..core.types import Sentiment
from .alignment import Scales
from .media import Subclip
from .neighbours import SAME_SHOT, Neighbours
from .parts import AGAIN, Parts, Wants
from .shot import Shot

CHANCE = 0.05  # by so much at most the seed decides
NEVER = 1e6  # what a shot costs that does not fit

Costs = NDArray[np.float64]


@dataclass(frozen=True)
class Want:
    """What a scene asks for: a `sentiment` in z-scores of the song, `duration_s` > 0, the music's `energy`, 0..1."""

    sentiment: Sentiment
    duration_s: float
    energy: float


@dataclass(frozen=True)
class Choice:
    """What a scene shows, and how far that is in feeling from what it asked for, in z-scores of the folder; None and
    infinitely far where every shot is too short."""

    subclip: Subclip | None
    distance: float


def choose(shots: Sequence[Shot], wants: Sequence[Want], seed: int = 0) -> list[Choice]:
    """One for each of `wants`, the scenes of a story in order."""
    if not shots or not wants:
        return [Choice(None, np.inf) for _ in wants]
    scales, asked = Scales.of(shots), _asked(wants)
    parts = [Parts(shot, scales, float(asked.duration_s.min())) for shot in shots]
    costs = np.stack([one.costs(asked).min(axis=1) for one in parts], axis=1)
    costs += np.random.default_rng(seed).uniform(0, CHANCE, costs.shape)
    good = np.array([scales.is_good(shot) for shot in shots])
    costs = np.where(np.isfinite(costs) & _is_offered(costs, good), costs, NEVER)
    neighbours = Neighbours(_assigned(costs), costs, shots)
    neighbours.part()
    return _cut_out(parts, asked, neighbours.chosen)


def _asked(wants: Sequence[Want]) -> Wants:
    energy = np.array([want.energy for want in wants])
    return Wants(
        np.array([want.sentiment.valence for want in wants]),
        np.array([want.sentiment.arousal for want in wants]),
        (energy - energy.mean()) / max(float(energy.std()), 0.05),
        np.array([want.duration_s for want in wants]),
    )


def _is_offered(costs: Costs, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(scenes, shots): the good ones, or all for a scene that no good one fits."""
    fits_good = np.any(np.isfinite(costs) & good, axis=1, keepdims=True)
    return np.logical_or(good, ~fits_good)


def _assigned(costs: Costs) -> NDArray[np.int64]:
    """(scenes,) numbers of shots, −1 for none: in rounds, in each of which a shot comes once at most."""
    chosen = np.full(len(costs), -1)
    possible = costs.min(axis=1) < NEVER
    while len(waiting := np.flatnonzero(possible & (chosen < 0))):
        now = np.minimum(costs[waiting] + _beside(waiting, chosen, costs.shape[1]), NEVER)
        rows, columns = linear_sum_assignment(now)
        fits = now[rows, columns] < NEVER
        chosen[waiting[rows[fits]]] = columns[fits]
    return chosen


def _beside(scenes: NDArray[np.int64], chosen: NDArray[np.int64], shots: int) -> Costs:
    """(scenes, shots): what is added to a shot that one of a scene's neighbours shows already."""
    added = np.zeros((len(scenes), shots))
    for row, scene in enumerate(scenes.tolist()):
        for shown in chosen[max(0, scene - 1) : scene + 2]:
            if shown >= 0:
                added[row, shown] = SAME_SHOT
    return added


def _cut_out(parts: Sequence[Parts], asked: Wants, chosen: NDArray[np.int64]) -> list[Choice]:
    """The best part of each scene's shot, another one where it has come before."""
    shown: dict[int, list[tuple[float, float]]] = {}
    choices = []
    for scene, number in enumerate(chosen.tolist()):
        if number < 0:
            choices.append(Choice(None, np.inf))
            continue
        one, before, want = parts[number], shown.setdefault(number, []), asked.of(scene)
        duration_s = float(want.duration_s[0])
        place = int((one.costs(want)[0] + AGAIN * one.overlap(duration_s, before)).argmin())
        start_s = float(one.starts_s[place])
        before.append((start_s, start_s + duration_s))
        valence, arousal, _ = one.means(want.duration_s)[:, 0, place]
        distance = float(np.hypot(valence - want.valence[0], arousal - want.arousal[0]))
        choices.append(Choice(_subclip(one.shot, start_s), distance))
    return choices


def _subclip(shot: Shot, start_s: float) -> Subclip:
    return Subclip(shot.media, shot.first + round(start_s * float(shot.media.rate)))
