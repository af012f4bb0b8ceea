"""What a clip of an `Edit` is of: the file's own rate, timecode and size, which a flat timeline's ranges do not tell.

Those count frames of the timeline from the file's first. The rest travels in the reference's metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...core.units import FRAME_RATES
from ...footage.photos import PHOTO_SUFFIXES
from ..timeline import Clip, media_path

ROUNDED = 0.005  # frames a second that a rate may have lost: 23.98 of 24000/1001
LARGEST_SIDE = 1 << 16  # pixels
KEY = "deepsing source"


@dataclass(frozen=True)
class Source:
    """`start` is the number of the file's first frame by its own timecode, `frames` how many it has, both at `rate`."""

    rate: Fraction
    start: int
    frames: int

    @property
    def start_s(self) -> Fraction:
        return self.start / self.rate

    @property
    def duration_s(self) -> Fraction:
        return self.frames / self.rate


def noted(reference: Any, rate: Fraction) -> dict[str, Any]:
    """The metadata of a flat reference to what `reference` refers to. With what is known of its file, if that is not
    like the timeline, which is at `rate`, and does not begin at 0."""
    there, facts = reference.available_range, dict(reference.metadata)
    if there is None:
        return facts
    own = exact_rate(there.duration.rate)
    start = round(there.start_time.rescaled_to(float(own)).value)
    if (own, start) == (rate, 0):
        return facts
    return facts | {KEY: {"rate": str(own), "start": start, "frames": round(there.duration.value)}}


def source_of(clip: Clip, rate: Fraction) -> Source:
    """That of a flat clip. `rate` is that of its timeline, which a file has of which nothing is known."""
    facts = clip.media_reference.metadata.get(KEY)
    if facts is None or is_photo(clip):
        return Source(rate, 0, int(clip.available_range().duration.value))
    return Source(Fraction(facts["rate"]), int(facts["start"]), int(facts["frames"]))


def is_photo(clip: Clip) -> bool:
    return media_path(clip).suffix.lower() in PHOTO_SUFFIXES


def told_size(metadata: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height as a story's `metadata` tell them, if they do."""
    facts = metadata.get("deepsing")
    if not isinstance(facts, Mapping):
        return None
    width, height = facts.get("width"), facts.get("height")
    if not isinstance(width, int) or not isinstance(height, int) or not 0 < min(width, height) <= LARGEST_SIDE:
        return None
    return (width, height) if max(width, height) <= LARGEST_SIDE else None


def exact_rate(rate: float) -> Fraction:
    near = (known for known in map(Fraction, FRAME_RATES) if abs(known - rate) < ROUNDED)
    return next(near, Fraction(rate).limit_denominator(1001))


def timecode(frame: int, rate: Fraction) -> str:
    """Non-drop-frame, at any rate."""
    seconds, frames = divmod(frame, round(rate))
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"
