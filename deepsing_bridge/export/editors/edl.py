"""A CMX 3600 edit decision list: the first video track, and the first sound below it, in the list's fixed columns.

Written here: otio-cmx3600-adapter 1.0.0 leaves out the song, the timeline's start, and the line that tells drop-frame
from non-drop-frame timecode, and takes spaces into a reel's name, which only columns keep apart. A locator (* LOC)
stands at the timecode of the record, as Avid has it. A dissolve is an event of two lines: what it comes from, which has
no length any more, and what it goes to, from the first mixed frame on.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from ...core.errors import BridgeError
from ...core.plain_text import plain
from ...core.units import has_drop_frame
from ..timeline import Clip, media_path
from .dissolves import ends_of, pairs, source_frame
from .edit import Edit, marker_place, place, sound_of
from .source import source_of

MOST = 999  # events: their numbers have three digits; with more, reels would share names too
LONGEST_DISSOLVE = 999  # frames, for the same reason
REEL = 8  # characters of a reel's name
PICTURE, NO_REEL = "V", "AX"
CUT = "C"
SOUNDS = {1: ("A",), 2: ("AA",), 3: ("AA", "AUD   3"), 4: ("AA", "AUD   3    4")}
"""Per number of channels: what the event's column says, and the line below it; a list knows four."""


def edit_to_edl(edit: Edit) -> str:
    """Raises BridgeError for a story of more events than such a list can number, or of longer dissolves."""
    pictures, songs = _first(edit.timeline.video_tracks()), _first(edit.timeline.audio_tracks())
    if (events := len(pictures) + len(songs)) > MOST:
        raise BridgeError(
            f"{edit.timeline.name}: {events} events, scenes and sound; an EDL has at most {MOST}, "
            "fcp7xml and fcpxml have no such limit"
        )
    _refuse_long_dissolves(edit)
    lines = [f"TITLE: {edit.timeline.name}", f"FCM: {'DROP FRAME' if _drops(edit) else 'NON-DROP FRAME'}"]
    reels = _reels(pictures)
    for number, clip in enumerate(pictures, 1):
        lines += [*_picture(number, clip, pictures[number - 2], reels, edit), *_locators(clip, edit)]
    for number, clip in enumerate(songs, len(pictures) + 1):
        channels, *more = SOUNDS[min(sound_of(clip).channels, max(SOUNDS))]
        lines += [_event(number, NO_REEL, channels, CUT, clip, place(clip), edit), *more]
        lines += [f"* FROM CLIP NAME:  {clip.name}"]
    return "\n".join(lines) + "\n"


def _first(tracks: list[otio.schema.Track]) -> list[Clip]:
    return list(tracks[0].find_clips()) if tracks else []


def _drops(edit: Edit) -> bool:
    """Wherever it can, as it keeps up with the clock, unless the story begins at a timecode of the other kind."""
    return has_drop_frame(edit.frame_rate) and (edit.drop_frame or edit.start == 0)


def _reels(clips: list[Clip]) -> dict[Path, str]:
    """Each file's reel, of its name's letters and digits; no two files have the same."""
    reels: dict[Path, str] = {}
    for file in map(media_path, clips):
        if file not in reels:
            wanted = re.sub(r"[^A-Za-z0-9]", "", file.stem) or NO_REEL
            known, name, number = set(reels.values()), wanted[:REEL], 1
            while name in known:
                number += 1
                name = f"{wanted[: REEL - len(str(number))]}{number}"
            reels[file] = name
    return reels


def _refuse_long_dissolves(edit: Edit) -> None:
    lengths = [dissolve.frames for track in edit.timeline.video_tracks()[:1] for _, dissolve, _ in pairs(track)]
    if max(lengths, default=0) > LONGEST_DISSOLVE:
        raise BridgeError(
            f"{edit.timeline.name}: a dissolve of {max(lengths)} frames; an EDL has at most {LONGEST_DISSOLVE}, "
            "fcp7xml and fcpxml have no such limit"
        )


def _picture(number: int, clip: Clip, before: Clip, reels: dict[Path, str], edit: Edit) -> Iterator[str]:
    """`before` is what a dissolve, if there is one, comes from."""
    head, tail = ends_of(clip)
    start, end = head.start if head else place(clip)[0], tail.start if tail else place(clip)[1]
    if not head:
        yield _event(number, reels[media_path(clip)], PICTURE, CUT, clip, (start, end), edit)
        yield f"* FROM CLIP NAME:  {clip.name}"
        yield f"* FROM CLIP: {_path(clip)}"
        return
    yield _event(number, reels[media_path(before)], PICTURE, CUT, before, (start, start), edit)
    yield _event(number, reels[media_path(clip)], PICTURE, f"D    {head.frames:03}", clip, (start, end), edit)
    yield f"* FROM CLIP NAME:  {before.name}"
    yield f"* TO CLIP NAME:  {clip.name}"
    yield f"* FROM CLIP: {_path(before)}"
    yield f"* TO CLIP: {_path(clip)}"


def _event(number: int, reel: str, channels: str, effect: str, clip: Clip, shown: tuple[int, int], edit: Edit) -> str:
    """`shown` are the frames of the timeline, the first and the one after the last."""
    first = _source_start(clip, edit)
    frames = [*(first + source_frame(clip, frame) for frame in shown), *(edit.start + frame for frame in shown)]
    times = " ".join(_timecode(frame, edit) for frame in frames)
    return f"{number:03}  {reel:<{REEL}} {channels:<5} {effect:<8} {times}"


def _source_start(clip: Clip, edit: Edit) -> int:
    """The file's own timecode, read at the timeline's rate: hours, minutes and seconds stay what they are, in a
    drop-frame list too where the file's rate has no such timecode. Of one that has, it is taken for drop-frame."""
    source, a_second = source_of(clip, edit.frame_rate), round(edit.frame_rate)
    start = round(Fraction(source.start * a_second, round(source.rate)))
    if not _drops(edit) or has_drop_frame(source.rate):
        return start
    minutes = start // (60 * a_second)
    return start - a_second // 15 * (minutes - minutes // 10)


def _path(clip: Clip) -> str:
    """On one line, whatever is in it: to the list it is a comment."""
    return plain(str(media_path(clip)))


def _locators(clip: Clip, edit: Edit) -> Iterator[str]:
    for marker in clip.markers:
        frame = edit.start + marker_place(marker, clip)
        text = (marker.comment or marker.name).upper()
        yield f"* LOC: {_timecode(frame, edit)} {marker.color:7} {text}"


def _timecode(frame: int, edit: Edit) -> str:
    rate = float(edit.frame_rate)
    return str(otio.opentime.RationalTime(frame, rate).to_timecode(rate, _drops(edit)))
