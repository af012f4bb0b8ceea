"""Reads a folder of class folders of pictures, `FOLDER/dog/….jpg`, `FOLDER/lake/….png`, and checks it.

A class is called what its folder is called. Files that are no pictures, and what is hidden, are passed over.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..core.errors import BridgeError, first_few
from ..core.files import sha256
from ..core.plain_text import is_plain
from ..core.types import Progress, no_progress
from .example_photos import Photos, read_square
from .photo_probe import LEAST_PER_CLASS
from .pictures import refuse_unreadable
from .view_candidates import FEWEST_CLASSES

PICTURES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
MOST_CLASSES = 200  # more and a translator of 256 units no longer tells them apart
EXPECTED = f"a folder of at least {FEWEST_CLASSES} class folders of at least {LEAST_PER_CLASS} pictures each"
"""Of fewer classes no translator could be made, so nothing could be shown of the generator."""


@dataclass(frozen=True)
class Listing:
    """`pictures` (n,), class by class, and the class folder's name of each, `labels` (n,); `folder` holds them all."""

    folder: Path
    pictures: tuple[Path, ...]
    labels: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.labels)))

    def digest(self) -> str:
        """Of which pictures there are and what is in them."""
        return " ".join(sha256(path)[:8] for path in self.pictures)


def list_classes(folder: Path, progress: Progress = no_progress) -> Listing:
    """Raises BridgeError for too few classes, classes with too few pictures, names that cannot be asked for, and
    pictures that cannot be read. `progress` counts pictures."""
    if not folder.is_dir():
        raise BridgeError(f"{folder}: no such folder; expected {EXPECTED}")
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    classes = {path.name: _pictures(path) for path in inside}
    _refuse(folder, classes)
    pictures = tuple(path for found in classes.values() for path in found)
    refuse_unreadable(pictures, progress)
    return Listing(folder, pictures, tuple(path.parent.name for path in pictures))


def read_classes(listing: Listing) -> Photos:
    """The pictures, cropped square from the middle."""
    classes = listing.classes
    return Photos(
        torch.stack([read_square(path) for path in listing.pictures]),
        np.array([classes.index(label) for label in listing.labels], np.int64),
        tuple(path.relative_to(listing.folder).as_posix() for path in listing.pictures),
        classes,
    )


def _pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES and not p.name.startswith("."))


def _refuse(folder: Path, classes: dict[str, list[Path]]) -> None:
    if not FEWEST_CLASSES <= len(classes) <= MOST_CLASSES:
        raise BridgeError(f"{folder}: holds {len(classes)} folders; expected {EXPECTED}, and at most {MOST_CLASSES}")
    if few := [f"{name} ({len(found)})" for name, found in classes.items() if len(found) < LEAST_PER_CLASS]:
        raise BridgeError(f"{folder}: too few pictures in {first_few(few)}; expected {EXPECTED}")
    if odd := [name for name in classes if "," in name or name != name.strip() or not is_plain(name)]:
        raise BridgeError(
            f"{folder}: {first_few(map(ascii, odd))}: a class's name may hold no comma and no control "
            "character, and not end in a space"
        )
