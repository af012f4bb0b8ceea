"""GStreamer Editing Services' project, for Pitivi and ges-launch-1.0.

GES counts nanoseconds, wants media as file:// URLs, and renders a frame too many where the end is rounded up. The
adapter sets 30 frames a second for every timeline, no size, no format of sound, and adds up rounded durations. Pitivi
takes a project's settings from its encoding profiles; without any it is 720×576 at 25 frames a second, 8 kHz mono.
"""

import re
from pathlib import Path

from ..timeline import Timeline, media_path
from .adapter import Element, child, write_xml, xml_text
from .edit import Edit, Sound

NS_PER_S = 10**9
WEBM = {"container": "webmmux", "video": "vp8enc", "audio": "vorbisenc"}
"""GStreamer's elements, as Pitivi names them in a project of its own: without a name it takes no profile."""

CODECS = {"container": "video/webm", "video": "video/x-vp8", "audio": "audio/x-vorbis"}
NO_SOUND = Sound(48_000, 2, 16)  # of a timeline without a song


def edit_to_xges(edit: Edit) -> str:
    root = write_xml(_with_urls(edit), "xges")
    for track in root.iterfind(".//track"):
        raw, _, _ = track.get("caps", "").partition("(")
        track.set("properties", _track(_caps(edit)[raw]))
    for clip in root.iterfind(".//clip"):
        _place(clip, edit)
    project = root.find("project")
    assert project is not None, "the adapter wrote no project"
    project.insert(0, _profiles(edit))
    return xml_text(root)


def _caps(edit: Edit) -> dict[str, str]:
    """Per kind of raw media, how the timeline has it."""
    (width, height), rate = edit.size, edit.frame_rate
    sample_rate, channels, _ = edit.sound if edit.songs else NO_SOUND
    return {
        "video/x-raw": f"video/x-raw, width=(int){width}, height=(int){height}, "
        f"framerate=(fraction){rate.numerator}/{rate.denominator}",
        "audio/x-raw": f"audio/x-raw, rate=(int){sample_rate}, channels=(int){channels}",
    }


def _profiles(edit: Edit) -> Element:
    """What Pitivi renders to unless it is told otherwise: its own settings are taken from there, too."""
    profiles = Element("encoding-profiles")
    container = child(profiles, "encoding-profile", **_profile("pitivi-profile", "container"))
    for number, (raw, caps) in enumerate(_caps(edit).items()):
        kind, _ = raw.split("/")
        stream = _profile(f"{kind}-profile", kind) | {"restriction": caps, "presence": "0"}
        child(container, "stream-profile", parent="pitivi-profile", id=str(number), **stream)
    return profiles


def _profile(name: str, kind: str) -> dict[str, str]:
    return {"name": name, "description": "", "type": kind, "format": CODECS[kind], "preset-name": WEBM[kind]}


def _with_urls(edit: Edit) -> Timeline:
    copy = edit.timeline.deepcopy()
    for clip in copy.find_clips():
        clip.media_reference.target_url = Path(media_path(clip)).absolute().as_uri()
        for marker in clip.markers:
            marker.name = marker.comment or marker.name  # GES knows only one text, and calls it the comment
    return copy


def _track(caps: str) -> str:
    """In GES' own escapes: the caps are a string within a structure."""
    escaped = re.sub(r"([ ,=()])", r"\\\1", caps)
    return f'properties, mixing=(boolean)true, restriction-caps=(string)"{escaped}";'


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
