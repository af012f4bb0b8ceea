"""MLT's XML, for melt and Shotcut (https://www.mltframework.org/docs/mltxml/).

Written here: otio-mlt-adapter 0.3.0 takes the first of two files of one name for both, and a song for a track that is
there already. Shotcut opens a file as tracks, and not as one clip, if its own annotations are there
(https://www.shotcut.org/notes/mltxml-annotations/). Paths are bare, which melt wants, and times are numbers of frames,
but for markers, whose times Shotcut wants on the clock. A dissolve is what Shotcut makes of one: a tractor of the two
clips, which stands in the playlist between what each shows alone.
"""

from typing import NamedTuple

import opentimelineio as otio

from ..timeline import Clip
from .adapter import Element, child, xml_text
from .dissolves import Dissolve, alone, ends_of, source_frame
from .edit import Edit, Mark, place
from .media import bare_path


def edit_to_mlt(edit: Edit) -> str:
    root = Element("mlt", LC_NUMERIC="C", title=edit.timeline.name)  # or a comma of the reader's language is looked for
    rate = edit.frame_rate
    per_second = {"frame_rate_num": str(rate.numerator), "frame_rate_den": str(rate.denominator)}
    child(root, "profile", **profile(*edit.size), **per_second)
    _background(root, edit)
    tracks = [*edit.timeline.video_tracks(), *edit.timeline.audio_tracks()]
    for number, track in enumerate(tracks):
        _playlist(root, f"playlist{number}", track, edit)
    tractor = child(root, "tractor", id="tractor", **{"in": "0", "out": str(edit.frames - 1)})
    properties(tractor, shotcut=1)
    _markers(tractor, edit)
    child(tractor, "track", producer="background")
    for number, track in enumerate(tracks):
        child(tractor, "track", producer=f"playlist{number}", **({"hide": "video"} if _sounds(track) else {}))
    for number, track in enumerate(tracks, 1):
        _mix(tractor, number, track)
    return xml_text(root)


def properties(parent: Element, **values: object) -> None:
    for name, value in values.items():
        child(parent, "property", value, name=name)


def _sounds(track: otio.schema.Track) -> bool:
    return bool(track.kind == otio.schema.TrackKind.Audio)


def _background(root: Element, edit: Edit) -> None:
    """What is seen and heard where no track has anything, and as long as all of them."""
    covered = {"in": "0", "out": str(edit.frames - 1)}
    black = child(root, "producer", id="black", **covered)
    properties(black, length=edit.frames, eof="pause", resource="0", mlt_service="color")
    properties(black, **{"set.test_audio": 0})
    child(child(root, "playlist", id="background"), "entry", producer="black", **covered)


def _playlist(root: Element, name: str, track: otio.schema.Track, edit: Edit) -> None:
    """Below the producers that it plays: what is referred to comes first."""
    playlist = Element("playlist", id=name)
    kind = "shotcut:audio" if _sounds(track) else "shotcut:video"
    properties(playlist, **{kind: 1, "shotcut:name": track.name})
    before = None
    for number, item in enumerate(track):
        if isinstance(item, otio.schema.Clip):
            shown = _Shown(item, _producer(root, f"{name}-{number}", item, edit))
            if (dissolve := ends_of(item).head) and before:
                mixed = _dissolve(root, f"{name}-{number}-dissolve", dissolve, before, shown)
                child(playlist, "entry", producer=mixed, **_span(0, dissolve.frames))
            start, end = alone(item)
            if start < end:
                child(playlist, "entry", producer=shown.producer, **_frames(shown, start, end))
            before = shown
        elif isinstance(item, otio.schema.Gap):
            start, end = place(item)
            child(playlist, "blank", length=str(end - start))
    root.append(playlist)


class _Shown(NamedTuple):
    """A clip and the name of what plays it."""

    clip: Clip
    producer: str


def _dissolve(root: Element, name: str, dissolve: Dissolve, before: _Shown, after: _Shown) -> str:
    """Both clips while they are mixed, as Shotcut makes one of two clips that are moved over each other."""
    tractor = child(root, "tractor", id=name, **_span(0, dissolve.frames))
    properties(tractor, **{"shotcut:transition": "lumaMix"})
    for shown in (before, after):
        child(tractor, "track", producer=shown.producer, **_frames(shown, dissolve.start, dissolve.end))
    services: dict[str, dict[str, object]] = {
        "luma": {"factory": "loader", "alpha_over": 1},
        "mix": {"start": -1, "accepts_blanks": 1},
    }
    for service, values in services.items():
        transition = child(tractor, "transition", **_span(0, dissolve.frames))
        properties(transition, a_track=0, b_track=1, mlt_service=service, **values)
    return name


def _frames(shown: _Shown, start: int, end: int) -> dict[str, str]:
    """Those of the clip's file from `start` to before `end` of the timeline."""
    return _span(source_frame(shown.clip, start), end - start)


def _span(first: int, frames: int) -> dict[str, str]:
    return {"in": str(first), "out": str(first + frames - 1)}


def _producer(root: Element, name: str, clip: Clip, edit: Edit) -> str:
    frames = int(clip.available_range().duration.value)
    producer = child(root, "producer", id=name, **{"in": "0", "out": str(frames - 1)})
    properties(producer, length=frames, eof="pause", resource=bare_path(clip, edit.folder))
    properties(producer, **{"shotcut:caption": clip.name})
    return name


def _mix(tractor: Element, number: int, track: otio.schema.Track) -> None:
    """All tracks are heard together, and pictures lie upon those of the track below, as Shotcut itself writes it."""
    mix = child(tractor, "transition")
    properties(mix, a_track=0, b_track=number, mlt_service="mix", always_active=1, sum=1)
    if not _sounds(track):
        blend = child(tractor, "transition")
        properties(blend, a_track=number - 1, b_track=number, mlt_service="frei0r.cairoblend", disable=int(number == 1))


def _markers(tractor: Element, edit: Edit) -> None:
    markers = child(tractor, "properties", name="shotcut:markers")
    for number, mark in enumerate(edit.marks):
        marker = child(markers, "properties", name=str(number))
        at = _clock(mark, edit)
        properties(marker, text=mark.comment or mark.label, start=at, end=at, color=mark.rgb)


def _clock(mark: Mark, edit: Edit) -> str:
    """The nearest thousandth of a second, which is within its frame at every rate."""
    thousandths = round(mark.frame * 1000 / edit.frame_rate)
    seconds, thousandths = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def profile(width: int, height: int) -> dict[str, str]:
    """The attributes of a <profile> of square pixels."""
    return {
        "description": f"{width}x{height}",
        "width": str(width),
        "height": str(height),
        "progressive": "1",
        "sample_aspect_num": "1",
        "sample_aspect_den": "1",
        "display_aspect_num": str(width),
        "display_aspect_den": str(height),
        "colorspace": "709",
    }
