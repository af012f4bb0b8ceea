"""Media at one rate in a timeline at another: which picture is on at which of the timeline's frames. Pure.

Speed is never changed: a frame of the timeline shows the picture that is nearest in time, as MLT has it. A part begins
on a frame of the timeline, counted from the file's first picture, since most editors' formats know no other places.
"""

import math
from fractions import Fraction

from .media import MediaFile, Subclip


def timeline_frames(media: MediaFile, rate: Fraction) -> int:
    """How many whole frames of a timeline at `rate` the film `media` lasts."""
    return math.floor(media.frames * rate / media.rate)


def in_point(subclip: Subclip, rate: Fraction) -> int:
    """The frame that it begins with, counted from the file's first in frames of a timeline at `rate`; 0 of a photo."""
    return 0 if subclip.media.is_photo else _nearest(subclip.first * rate / subclip.media.rate)


def picture_at(media: MediaFile, frame: int, rate: Fraction) -> int:
    """The number of the picture of `media` that is on `frame` frames of a timeline at `rate` after its first; the last
    one beyond its end, and 0 of a photo."""
    if media.is_photo:
        return 0
    return min(_nearest(frame * media.rate / rate), media.frames - 1)


def snapped(subclip: Subclip, frames: int, rate: Fraction) -> Subclip:
    """`subclip` moved by less than a frame of its own or of the timeline at `rate`, so that it begins on a frame of
    both; or by more where less than `frames` frames are left from there.

    Raises ValueError for media that are shorter than that.
    """
    media = subclip.media
    if media.is_photo:
        return Subclip(media, 0)
    latest = timeline_frames(media, rate) - frames
    if latest < 0:
        raise ValueError(f"{media.path}: {frames} frames wanted of {timeline_frames(media, rate)}")
    first = picture_at(media, min(in_point(subclip, rate), latest), rate)
    while in_point(Subclip(media, first), rate) > latest:  # at most once: its picture may be nearest to a frame later
        first -= 1
    return Subclip(media, first)


def _nearest(place: Fraction) -> int:
    """Halves upwards."""
    return math.floor(place + Fraction(1, 2))
