"""The rated clips of DATA/music, which audio estimators learn from: two sets, whose raters had scales of their own."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from .metrics import correlation

OUTPUTS = ("arousal", "valence")  # the order inside weight files, the same as in the authors'
FOLDS = 5

FOUR_QUADRANTS = "4q"
FEELINGS: dict[str, tuple[float, float]] = {  # of Emotify: what a rater who ticked it says of (valence, arousal)
    "amazement": (0.5, 0.25),
    "solemnity": (0.0, -0.25),
    "tenderness": (0.5, -0.75),
    "nostalgia": (0.0, -0.5),
    "calmness": (0.5, -1.0),
    "power": (0.25, 1.0),
    "joyful_activation": (1.0, 1.0),
    "tension": (-1.0, 0.5),
    "sadness": (-1.0, -0.5),
}
"""Our reading of the GEMS model (Zentner et al. 2008) in Russell's circle; each axis is then z-scored."""

Row = dict[str, str]
Exact = NDArray[np.float64]


def read_table(data: Path) -> list[Row]:
    """The rows of labels.csv. Raises BridgeError where there is none."""
    path = data / "labels.csv"
    if not path.exists():
        raise BridgeError(f"{path}: no such file; expected a folder with labels.csv and clips/")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def sets_and_groups(table: list[Row]) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Each clip's set, 0 for 4q and 1 for Emotify, and its artist or track."""
    sets = np.array([int(row["set"] != FOUR_QUADRANTS) for row in table])
    return sets, np.array([f"{row['set']} {row['group']}" for row in table])


def z_scored(table: list[Row], sets: NDArray[np.int64]) -> Exact:
    """(clips, 2), every column z-scored within its set."""
    targets = centred_by_set(np.array([_ratings(row) for row in table], np.float32), sets)
    for members in (sets == 0, sets == 1):
        targets[members] /= targets[members].std(axis=0)
    return targets


def _ratings(row: Row) -> list[float]:
    if row["set"] == FOUR_QUADRANTS:
        return [float(row[output]) for output in OUTPUTS]
    shares = np.array([float(row[feeling]) for feeling in FEELINGS])
    named = dict(zip(("valence", "arousal"), shares @ np.array(list(FEELINGS.values())), strict=True))
    return [float(named[output]) for output in OUTPUTS]


def centred_by_set(values: NDArray[np.float32], sets: NDArray[np.int64]) -> Exact:
    """The sets' z-scores have different zeros, so each set is fitted about its own mean."""
    centred = values.astype(np.float64)
    for members in (sets == 0, sets == 1):
        centred[members] -= centred[members].mean(axis=0)
    return centred


def correlations(predictions: Exact, targets: Exact, sets: NDArray[np.int64]) -> dict[str, float]:
    """Pearson's r over the clips of each set, by axis."""
    return {
        f"{name} {output} r": round(correlation(predictions[members, column], targets[members, column]), 3)
        for name, members in ((FOUR_QUADRANTS, sets == 0), ("emotify", sets == 1))
        for column, output in enumerate(OUTPUTS)
    }
