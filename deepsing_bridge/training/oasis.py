"""Reads OASIS (Kurdi, Lozano and Banaji 2017) as it is published, and checks it before anything long begins.

`OASIS.csv`, 900 rows of ratings 1..7, and `images/`, a JPEG named after each row's theme, as `Acorns 1.jpg`. The table
ends its lines as old Macs did. Knows nothing of networks.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, tensor

from ..core.files import sha256
from ..core.types import Progress, no_progress
from .dataset_checks import number, read_rows, refuse_missing, refuse_unmatched
from .pictures import refuse_unreadable

TABLE, IMAGES, KEY = "OASIS.csv", "images/", "Theme"
MEANS = ("Valence_mean", "Arousal_mean")
EXPECTED = "OASIS as published: OASIS.csv and images/, with a picture for each row"


@dataclass(frozen=True)
class Oasis:
    """`photos` (n,) and their `ratings` (n, 2), raters' mean valence and arousal, 1..7; `themes` (n,), which several
    photos share; `unrated`, names of pictures that nobody rated; `digest` of the table."""

    photos: tuple[Path, ...]
    ratings: Tensor
    themes: tuple[str, ...]
    unrated: tuple[str, ...]
    digest: str


def read_oasis(folder: Path, progress: Progress = no_progress) -> Oasis:
    """Raises BridgeError for a file that is missing, ratings without a picture, a cell that is no number, and pictures
    that cannot be read. `progress` counts pictures."""
    refuse_missing(folder, (TABLE, IMAGES), EXPECTED)
    rows = read_rows(folder / TABLE, KEY, MEANS)
    photos = {path.stem.strip(): path for path in (folder / IMAGES).glob("*.jpg")}
    refuse_unmatched(folder / IMAGES, rows, photos, "picture")
    ratings = [[number(folder / TABLE, name, column, row[column]) for column in MEANS] for name, row in rows.items()]
    chosen = tuple(photos[name] for name in rows)
    refuse_unreadable(chosen, progress)
    return Oasis(
        chosen,
        tensor(ratings),
        tuple(theme(name) for name in rows),
        tuple(sorted(photos.keys() - rows.keys())),
        sha256(folder / TABLE)[:16],
    )


def theme(name: str) -> str:
    """What photos of several numbers share: `Acorns` of `Acorns 1`."""
    return re.sub(r" *\d+$", "", name)
