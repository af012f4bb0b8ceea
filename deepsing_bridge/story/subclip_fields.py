"""A scene's part of somebody's own footage as plain values, and back: what `story.json` and edits have of it.

What comes back is bounded, and its path is absolute and of one line; whether the file is there, and is still the same,
is not looked at here.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..core.fields import LONGEST_TEXT
from ..core.plain_text import is_plain
from ..footage.media import MediaFile, Subclip
from .settings import path_of

MOST_FRAMES = 10**9  # of a film, and of a day's timecode; a year at 30 frames a second
HIGHEST_RATE = 1000  # frames a second
LARGEST_SIDE = 1 << 16  # pixels


def subclip_to_fields(subclip: Subclip) -> dict[str, Any]:
    media = subclip.media
    return {
        "path": str(media.path),
        "digest": media.digest,
        "rate": str(media.rate),
        "frames": media.frames,
        "start": media.start,
        "width": media.width,
        "height": media.height,
        "first": subclip.first,
    }


def fields_to_subclip(fields: Mapping[str, Any]) -> Subclip:
    """Raises LookupError, TypeError or ValueError for what is no part of a film or photo."""
    frames = _whole(fields, "frames", 0, MOST_FRAMES)
    digest = fields["digest"]
    if not isinstance(digest, str) or not is_plain(digest) or len(digest) > LONGEST_TEXT:
        raise ValueError(f"digest {digest!r:.60}")
    media = MediaFile(
        path=path_of(fields["path"]),
        digest=digest,
        rate=_rate(fields["rate"], frames),
        frames=frames,
        start=_whole(fields, "start", 0, MOST_FRAMES),
        width=_whole(fields, "width", 1, LARGEST_SIDE),
        height=_whole(fields, "height", 1, LARGEST_SIDE),
    )
    return Subclip(media, _whole(fields, "first", 0, max(frames - 1, 0)))


def _whole(fields: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = fields[name]
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} {value!r:.60} of footage")
    return value


def _rate(text: object, frames: int) -> Fraction:
    """0 of a photo, which has no frames, and of nothing else."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,9}(/[1-9]\d{0,8})?", text, re.ASCII):
        raise ValueError(f"rate {text!r:.60} of footage")
    rate = Fraction(text)
    if rate > HIGHEST_RATE or (rate == 0) != (frames == 0):
        raise ValueError(f"rate {text} of footage of {frames} frames")
    return rate
