"""A CMX 3600 edit decision list: one video track, the song as one stereo event below it.

The adapter leaves out the song and the line that tells drop-frame from non-drop-frame timecode, though its timecodes
are drop-frame at 29.97 and 59.94. A locator (* LOC) stands at the timecode of the record, as Avid has it.
"""

import opentimelineio as otio

from ...core.errors import BridgeError
from ..timeline import Timeline
from .adapter import write
from .edit import Edit, place

MOST = 999  # events: their numbers have three digits; with more, reels would share names too


def edit_to_edl(edit: Edit) -> str:
    """Raises BridgeError for a story of more events than such a list can number."""
    if (events := len(edit.pictures) + len(edit.songs)) > MOST:
        raise BridgeError(
            f"{edit.timeline.name}: {events} events, scenes and sound; an EDL has at most {MOST}, "
            "fcp7xml and fcpxml have no such limit"
        )
    title, *lines = write(_with_locators(edit), "cmx_3600").splitlines()
    drop = any(";" in line for line in lines)
    counting = "FCM: DROP FRAME" if drop else "FCM: NON-DROP FRAME"
    return "\n".join([title, counting, *lines, *_song(edit)]) + "\n"


def _with_locators(edit: Edit) -> Timeline:
    copy = edit.timeline.deepcopy()
    for clip in copy.find_clips():
        start, _ = place(clip)
        for marker in clip.markers:
            at = marker.marked_range.start_time - clip.source_range.start_time
            record = at + otio.opentime.RationalTime(start, at.rate)
            marker.marked_range = otio.opentime.TimeRange(record, marker.marked_range.duration)
            marker.name = marker.comment or marker.name
    return copy


def _song(edit: Edit) -> list[str]:
    """The sound's events, numbered on; AA is both channels."""
    lines = []
    for number, clip in enumerate(edit.songs, len(edit.pictures) + 1):
        source = clip.source_range
        times = (source.start_time, source.end_time_exclusive(), *_record(clip))
        lines.append(f"{number:03}  AX       AA    C        {' '.join(time.to_timecode() for time in times)}")
        lines.append(f"* FROM CLIP NAME:  {clip.name}")
    return lines


def _record(clip: otio.schema.Clip) -> tuple[otio.opentime.RationalTime, otio.opentime.RationalTime]:
    covered = clip.range_in_parent()
    return covered.start_time, covered.end_time_exclusive()
