"""GStreamer Editing Services' project, for Pitivi and ges-launch-1.0.

GES counts nanoseconds, wants media as file:// URLs, and renders a frame too many where the end is rounded up. The
adapter sets 30 frames a second for every timeline, no size, and adds up rounded durations.
"""

import re
from pathlib import Path

from ..timeline import Timeline
from .adapter import Element, write_xml, xml_text
from .edit import Edit
from .media import media_path

NS_PER_S = 10**9


def edit_to_xges(edit: Edit) -> str:
    root = write_xml(_with_urls(edit), "xges")
    for track in root.iterfind(".//track"):
        track.set("properties", _with_format(track.get("properties", ""), edit))
    for clip in root.iterfind(".//clip"):
        _place(clip, edit)
    return xml_text(root)


def _with_urls(edit: Edit) -> Timeline:
    copy = edit.timeline.deepcopy()
    for clip in copy.find_clips():
        clip.media_reference.target_url = Path(media_path(clip)).absolute().as_uri()
        for marker in clip.markers:
            marker.name = marker.comment or marker.name  # GES knows only one text, and calls it the comment
    return copy


def _with_format(properties: str, edit: Edit) -> str:
    """GES' own escapes: the caps are a string within a structure."""
    width, height = edit.size
    rate = edit.frame_rate
    size = rf"width\=\(int\){width}\,\ height\=\(int\){height}\,\ "
    return re.sub(
        r"framerate\\=\\\(fraction\\\)\d+/\d+",
        lambda _: rf"{size}framerate\=\(fraction\){rate.numerator}/{rate.denominator}",
        properties,
    )


def _place(clip: Element, edit: Edit) -> None:
    """Both ends from whole frames, the last one before the frame that would begin there."""
    start = _frame(clip.get("start", "0"), edit)
    end = start + _frame(clip.get("duration", "0"), edit)
    start_ns, end_ns = _ns(start, edit), _ns(end, edit)
    clip.set("start", str(start_ns))
    clip.set("duration", str(end_ns - (end == edit.frames) - start_ns))


def _frame(ns: str, edit: Edit) -> int:
    return round(int(ns) * edit.frame_rate / NS_PER_S)


def _ns(frame: int, edit: Edit) -> int:
    return int(frame * NS_PER_S / edit.frame_rate)
