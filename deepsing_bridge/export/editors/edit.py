"""story.otio → `Edit`: the timeline with what editors' formats ask for and OpenTimelineIO does not keep.

That is the exact frame rate, the pictures' size, the sound's format, and every marker in the timeline's own frames.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import av
import opentimelineio as otio
from av.container import InputContainer

from ...core import json_text
from ...core.colours import NO_COLOUR, RGB
from ...core.errors import BridgeError
from ...core.files import is_file, read_text
from ...core.plain_text import plain
from ...core.types import Sentiment
from ...core.units import FRAME_RATES, has_drop_frame
from ..timeline import Clip, Timeline, media_path
from .source import exact_rate, told_size

MOST_BYTES = 1 << 28  # of a timeline; one of twelve hours has a tenth of it
HIGHEST_RATE, LARGEST_TIME = 1e6, 1e11
"""Times a second, and as many of them: two days of sound have a tenth of that."""


class Sound(NamedTuple):
    sample_rate: int  # Hz
    channels: int
    bits: int


@dataclass(frozen=True)
class Mark:
    """A marker and its scene, `frame` to before `end_frame`, counted from the timeline's start.

    Somebody's own marker has no `feeling`, and 0 for the numbers.
    """

    frame: int
    end_frame: int
    label: str
    comment: str
    feeling: str
    valence: float
    arousal: float
    colour: str

    @property
    def rgb(self) -> str:
        """`#rrggbb`"""
        return RGB.get(self.colour, NO_COLOUR)


@dataclass(frozen=True)
class Edit:
    """`timeline` is never changed: writers change copies. They take what `flatten.flattened` makes of it. Media below
    `folder`, if there is one, are named by where they are there."""

    timeline: Timeline
    folder: Path | None = None

    @cached_property
    def frame_rate(self) -> Fraction:
        """Frames a second, that of the timeline's start or of its first picture.

        OpenTimelineIO has 30000/1001 as a float, of which others keep two or three decimals.
        """
        start = self.timeline.global_start_time
        rates = [exact_rate(time.rate) for time in (start, self.pictures[0].duration()) if time is not None]
        return next((rate for rate in rates if str(rate) in FRAME_RATES), rates[-1])

    @property
    def frames(self) -> int:
        return int(self.timeline.duration().value)

    @cached_property
    def start(self) -> int:
        """The frame that the timeline's own timecode begins at."""
        first = self.timeline.global_start_time
        return 0 if first is None else int(first.value)

    def timecode(self, frame: int) -> str:
        """That of `frame`, which counts from 0 whatever the start; drop-frame if the story's start is."""
        rate = float(self.frame_rate)
        return str(otio.opentime.RationalTime(self.start + frame, rate).to_timecode(rate, self.drop_frame))

    @cached_property
    def drop_frame(self) -> bool:
        """Whether the story's start is a drop-frame timecode."""
        return ";" in self.start_timecode and has_drop_frame(self.frame_rate)

    @cached_property
    def start_timecode(self) -> str:
        """What the story says that it begins at; "" for one that says nothing."""
        facts = self.timeline.metadata.get("deepsing", {})
        told = facts.get("start_timecode", "") if isinstance(facts, Mapping) else ""
        return told if isinstance(told, str) else ""

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """In the order of time, whatever track they are on."""
        marks = (mark for clip in self.pictures for mark in _marks(clip))
        return tuple(sorted(marks, key=lambda mark: mark.frame))

    @cached_property
    def pictures(self) -> list[Clip]:
        """The clips of all video tracks, the lowest first."""
        return [clip for track in self.timeline.video_tracks() for clip in track.find_clips()]

    @cached_property
    def songs(self) -> list[Clip]:
        """The clips of all audio tracks."""
        return [clip for track in self.timeline.audio_tracks() for clip in track.find_clips()]

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the timeline, pixels: as the story tells them, else those of the first picture.

        Raises BridgeError for a film that cannot be read.
        """
        return told_size(self.timeline.metadata) or _size_of_file(self.pictures[0])

    @cached_property
    def sound(self) -> Sound:
        """Of the first sound. Raises BridgeError for one that cannot be read."""
        return sound_of(self.songs[0])


def read_edit(file: Path) -> Edit:
    """Raises BridgeError for a file that is no timeline as stories have them: clips of media at a rate editors know."""
    if not is_file(file):
        raise BridgeError(f"{file}: no such file; expected a story folder or its story.otio")
    try:
        timeline = _read(read_text(file, MOST_BYTES))
    except ValueError as error:
        raise BridgeError(f"{file}: not an OpenTimelineIO file, or a damaged one ({error})") from error
    if not _has_tracks(timeline) or not Edit(timeline).pictures:
        raise BridgeError(f"{file}: no timeline with pictures; expected the story.otio of a story")
    if foreign := [clip.name for clip in timeline.find_clips() if not _has_range(clip)]:
        raise BridgeError(f"{file}: {', '.join(foreign)} without a range; expected the story.otio of a story")
    if odd := [marker.name for clip in Edit(timeline).pictures for marker in clip.markers if not _is_measured(marker)]:
        raise BridgeError(f"{file}: markers {', '.join(odd)}: expected numbers for valence and arousal")
    if str(rate := Edit(timeline).frame_rate) not in FRAME_RATES:
        raise BridgeError(f"{file}: {rate} frames a second; editors know {', '.join(FRAME_RATES)}")
    return Edit(timeline)


def _read(text: str) -> Any:
    """What OpenTimelineIO makes of `text`. Raises ValueError, in words for people, for what it cannot read or write."""
    try:
        _refuse_impossible(json_text.parse(text))  # first: OpenTimelineIO's parser crashes over deep nesting
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    try:
        read = otio.adapters.read_from_string(text, "otio_json")
        otio.core.serialize_json_to_string(read)  # which finds what is within itself
    except (otio.exceptions.OTIOError, LookupError, TypeError, ValueError) as error:
        line = re.search(r"near line \d+", str(error))  # all else that is told are names of C++
        raise ValueError(line[0] if line else "cannot be read") from error
    return read


def _has_tracks(value: Any) -> bool:
    """Whether `value` is a timeline of tracks: OpenTimelineIO crashes when it is asked for those of one whose stack is
    null, and its adapters take every child of the stack for a track."""
    if not isinstance(value, otio.schema.Timeline) or not isinstance(value.tracks, otio.schema.Stack):
        return False
    return all(isinstance(track, otio.schema.Track) for track in value.tracks)


def _refuse_impossible(value: Any) -> None:
    """Raises ValueError for a time that no film has."""
    if isinstance(value, dict):
        if str(value.get("OTIO_SCHEMA")).startswith("RationalTime.") and not _is_time(value):
            raise ValueError("a time that is negative, endless or none")
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        _refuse_impossible(part)


def _is_time(fields: Mapping[str, Any]) -> bool:
    """Compared as they are: whole numbers can be larger than any float."""
    rate, value = fields.get("rate"), fields.get("value")
    if not isinstance(rate, int | float) or not isinstance(value, int | float):
        return False
    return 0 < rate <= HIGHEST_RATE and 0 <= value <= LARGEST_TIME


def spelled_plainly(edit: Edit) -> Edit:
    """A copy in whose names and comments nothing ends a line or is no letter, as most formats are text of some kind."""
    copy = edit.timeline.deepcopy()
    clips = [clip for track in copy.tracks for clip in track if isinstance(clip, otio.schema.Clip)]
    markers = [marker for item in (copy.tracks, *copy.tracks, *clips) for marker in item.markers]
    for named in (copy, *copy.tracks, *clips, *(clip.media_reference for clip in clips), *markers):
        named.name = plain(named.name)
    for marker in markers:
        marker.comment = plain(marker.comment)
    return Edit(copy)


def _has_range(clip: Clip) -> bool:
    return clip.source_range is not None or getattr(clip.media_reference, "available_range", None) is not None


def _is_measured(marker: otio.schema.Marker) -> bool:
    facts = _facts(marker)
    return isinstance(facts, Mapping) and all(
        isinstance(facts.get(name, 0), int | float) for name in ("valence", "arousal")
    )


def _facts(marker: otio.schema.Marker) -> Any:
    """What a story says of the marker's scene; of somebody's own marker, nothing."""
    return marker.metadata.get("deepsing", {})


def size_of(clip: Clip) -> tuple[int, int]:
    """Width and height of the clip's pictures. Raises BridgeError for a film that cannot be read."""
    return told_size(clip.media_reference.metadata) or _size_of_file(clip)


def _size_of_file(clip: Clip) -> tuple[int, int]:
    with _opened(clip) as film:
        video = film.streams.video[0]
        return video.width, video.height


def sound_of(clip: Clip) -> Sound:
    """Raises BridgeError for a sound that cannot be read."""
    with _opened(clip) as file:
        audio = file.streams.audio[0]
        return Sound(audio.rate, audio.channels, _bits(audio.codec_context.name))


@contextmanager
def _opened(clip: Clip) -> Iterator[InputContainer]:
    """The clip's file. Raises BridgeError where it is no film or sound, or cut off."""
    file = media_path(clip)
    try:
        with file.open("rb") as opened, av.open(opened, "r", options={"protocol_whitelist": ""}) as container:
            yield container  # and nothing that it names
    except (av.FFmpegError, OSError, IndexError) as error:  # IndexError: it has no such stream
        raise BridgeError(
            f"{file}: not a readable film or sound, or cut off; remove it and run the command that made it again"
        ) from error


def _bits(codec: str) -> int:
    """Of a sample: 24 of `pcm_s24le`; 16 where the codec has no such number."""
    known = re.match(r"pcm_[a-z](\d+)", codec)
    return int(known[1]) if known else 16


def place(clip: Clip) -> tuple[int, int]:
    """The frames of the timeline that `clip` covers: the first, and the one after the last."""
    covered = clip.range_in_parent()
    return int(covered.start_time.value), int(covered.end_time_exclusive().value)


def marker_place(marker: otio.schema.Marker, clip: Clip) -> int:
    """The frame of the timeline that `marker` of `clip` is at."""
    start, _ = place(clip)
    return start + int((marker.marked_range.start_time - clip.source_range.start_time).value)


def _marks(clip: Clip) -> Iterator[Mark]:
    _, end = place(clip)
    for marker in clip.markers:
        facts = _facts(marker)
        felt = Sentiment(float(facts.get("valence", 0)), float(facts.get("arousal", 0)))
        yield Mark(
            frame=marker_place(marker, clip),
            end_frame=end,
            label=marker.name,
            comment=marker.comment,
            feeling=felt.feeling if facts else "",
            valence=felt.valence,
            arousal=felt.arousal,
            colour=marker.color,
        )
