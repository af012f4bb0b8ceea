"""A file of somebody's own, as an editor's timeline names it, and the part of it that a scene shows. Values alone."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True)
class MediaFile:
    """A film, or a photo: `rate` and `frames` are 0 for that.

    `path` is absolute, `digest` tells its content (`footage.digest`). `rate` is in frames a second, the nominal one
    where it varies. `start` is the number of its first frame by its own timecode, counted at `rate`; 0 where it has
    none. `width` and `height` are pixels as it is shown: turned upright, and square.
    """

    path: Path
    digest: str
    rate: Fraction
    frames: int
    start: int
    width: int
    height: int

    @property
    def is_photo(self) -> bool:
        return self.frames == 0


@dataclass(frozen=True)
class Subclip:
    """`media` from its frame number `first` on, counted from 0; how long, the scene says."""

    media: MediaFile
    first: int
