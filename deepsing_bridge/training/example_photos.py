"""The photos that a generator is trained on: as read, which of the embedded one's are unwanted, and their credits."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from ..core.errors import BridgeError
from ..core.files import appearing
from ..generators.decoder import SIZE
from ..weights.files import MODELS

CREDITS = "embedded-generator-photos.csv"
UNWANTED = "embedded-generator-unwanted.csv"


@dataclass(frozen=True)
class Photos:
    """`pixels` (n, 3, 256, 256) uint8, `class_ids` (n,), `names` of the files, and `classes` in order of id."""

    pixels: Tensor
    class_ids: NDArray[np.int64]
    names: tuple[str, ...]
    classes: tuple[str, ...]

    def subset(self, chosen: NDArray[np.int64]) -> "Photos":
        names = tuple(self.names[i] for i in chosen)
        return Photos(self.pixels[chosen], self.class_ids[chosen], names, self.classes)


def read_photos(folder: Path) -> Photos:
    """The photos that `folder`/index.csv lists, cropped square from the middle. BridgeError if there is no list."""
    index = folder / "index.csv"
    if not index.exists():
        raise BridgeError(f"{index}: no such file; it must list `file` and `class` of each photo")
    with index.open(newline="") as file:
        rows = list(csv.DictReader(file))
    classes = tuple(sorted({row["class"] for row in rows}))
    pixels = torch.stack([read_square(folder / row["file"]) for row in rows])
    class_ids = np.array([classes.index(row["class"]) for row in rows], np.int64)
    return Photos(pixels, class_ids, tuple(row["file"] for row in rows), classes)


def unwanted() -> list[str]:
    """The photos that are no examples for the embedded generator: they show something else than their class says, next
    to nothing, or what nobody wants to find in a show."""
    with (MODELS / UNWANTED).open(newline="", encoding="utf-8") as file:
        return [row["file"] for row in csv.DictReader(file)]


def read_square(path: Path) -> Tensor:
    """(3, SIZE, SIZE) uint8 RGB: the middle of a picture, upright as its camera noted it down."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        square = ImageOps.fit(upright, (SIZE, SIZE), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1).contiguous()


def write_credits(index: Path, names: tuple[str, ...], path: Path) -> None:
    """The rows of `index` for the photos `names`: where each of these examples is from, and its licence."""
    with index.open(newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    with appearing(path) as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "class", "source", "licence"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in names)
