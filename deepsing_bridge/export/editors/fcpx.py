"""Final Cut Pro's own XML, version 1.9 (https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference).

Written here: otio-fcpx-xml-adapter 1.0.0 stops at 29.97 frames a second, refers to media by bare paths, and makes a
finished to-do of every green marker. 1.9 is the first version whose media have a <media-rep>, from which editors
relink; Final Cut Pro refuses a file that breaks the DTD of the version that it names. Every time is a fraction of
seconds: a whole number of the sequence's frames, from the file's own timecode on where it is of a file. The first video
track is the spine; all other clips hang below or above what the spine has where they begin. Clips of the spine meet at
the cut; a dissolve lies over both, out of their handles.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import quote

import opentimelineio as otio

from ..timeline import Clip, media_path, path_beside
from .adapter import Element, child, xml_text
from .dissolves import Dissolve, ends_of
from .edit import Edit, place, size_of, sound_of
from .source import is_photo, source_of

_LAYOUTS = {1: "mono", 2: "stereo"}  # of a sequence; more channels are surround
_RATES = {
    **{32_000: "32k", 44_100: "44.1k", 48_000: "48k", 88_200: "88.2k"},
    **{96_000: "96k", 176_400: "176.4k", 192_000: "192k"},
}
_STILL = "FFVideoFormatRateUndefined"  # what Final Cut Pro calls the format of every still
_CONFORMED = {
    **{"24000/1001": "23.98", "24": "24", "25": "25", "30000/1001": "29.97", "30": "30"},
    **{"48": "48", "50": "50", "60000/1001": "59.94", "60": "60"},
}
_COMMON_RATE = "48k"  # where the sound has a rate that no sequence can

_DISSOLVE_ID = "dissolve"
_CROSS_DISSOLVE = {"name": "Cross Dissolve", "uid": "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"}


class _Held(NamedTuple):
    """What the spine has from frame `start` to before `end`; `local_s` is its own time at `start`, in seconds."""

    element: Element
    start: int
    end: int
    local_s: Fraction


def edit_to_fcpxml(edit: Edit) -> str:
    root = Element("fcpxml", version="1.9")
    assets = _resources(root, edit)
    name = edit.timeline.name
    event = child(child(root, "library"), "event", name=name)
    sequence = child(
        child(event, "project", name=name),
        "sequence",
        format="r1",
        duration=_time(edit.frames, edit),
        tcStart=_time(edit.start, edit),
        tcFormat="DF" if edit.drop_frame else "NDF",
        **_sequence_sound(edit),
    )
    held = list(_spine(child(sequence, "spine"), edit, assets))
    for lane, clip in _connected(edit):
        _connect(clip, lane, held, edit, assets)
    for holder, clip in zip(held, _held_items(edit), strict=False):
        _markers(holder.element, clip, edit)
    return xml_text(root, "<!DOCTYPE fcpxml>")


def _sequence_sound(edit: Edit) -> dict[str, str]:
    if not edit.songs:
        return {}
    rate, channels, _ = edit.sound
    return {"audioLayout": _LAYOUTS.get(channels, "surround"), "audioRate": _RATES.get(rate, _COMMON_RATE)}


def _resources(root: Element, edit: Edit) -> dict[str, str]:
    """The format and every file; gives each file's id."""
    width, height = edit.size
    resources = child(root, "resources")
    frame = _time(1, edit)
    child(resources, "format", id="r1", frameDuration=frame, width=str(width), height=str(height))
    files: dict[str, dict[str, str]] = {}
    formats = _Formats(resources, edit)
    for clip in edit.pictures:
        if (url := _url(clip, edit)) not in files:
            files[url] = _file(clip, edit) | {"hasVideo": "1", "videoSources": "1", "format": formats.of(clip)}
    for clip in edit.songs:
        files.setdefault(_url(clip, edit), _file(clip, edit)).update(_sound(clip))
    if any(isinstance(item, otio.schema.Transition) for item in _first_track(edit)):
        child(resources, "effect", id=_DISSOLVE_ID, **_CROSS_DISSOLVE)
    assets = {url: f"r{number}" for number, url in enumerate(files, 2)}
    for url, described in files.items():
        child(child(resources, "asset", id=assets[url], **described), "media-rep", kind="original-media", src=url)
    return assets


class _Formats:
    """Of files: each is described where it is first met. One like the sequence's is that."""

    def __init__(self, resources: Element, edit: Edit) -> None:
        self._resources, self._rate = resources, edit.frame_rate
        self._known = {self._described(edit.frame_rate, edit.size): "r1"}

    def of(self, clip: Clip) -> str:
        size = size_of(clip)
        wanted = self._still(size) if is_photo(clip) else self._described(source_of(clip, self._rate).rate, size)
        if wanted not in self._known:
            self._known[wanted] = f"f{len(self._known)}"
            child(self._resources, "format", id=self._known[wanted], **dict(wanted))
        return self._known[wanted]

    def _described(self, rate: Fraction, size: tuple[int, int]) -> tuple[tuple[str, str], ...]:
        return ("frameDuration", f"{1 / rate}s"), *self._sides(size)

    def _still(self, size: tuple[int, int]) -> tuple[tuple[str, str], ...]:
        return ("name", _STILL), *self._sides(size)

    def _sides(self, size: tuple[int, int]) -> tuple[tuple[str, str], ...]:
        return ("width", str(size[0])), ("height", str(size[1]))


def _file(clip: Clip, edit: Edit) -> dict[str, str]:
    """A still has no length."""
    source = source_of(clip, edit.frame_rate)
    duration_s = Fraction(0) if is_photo(clip) else source.duration_s
    return {"name": clip.name, "start": f"{source.start_s}s", "duration": f"{duration_s}s"}


def _sound(clip: Clip) -> dict[str, str]:
    rate, channels, _ = sound_of(clip)
    return {"hasAudio": "1", "audioSources": "1", "audioChannels": str(channels), "audioRate": str(rate)}


def _url(clip: Clip, edit: Edit) -> str:
    file = media_path(clip).absolute()
    if edit.folder is not None and file.is_relative_to(edit.folder):
        return quote(path_beside(file, edit.folder))
    return file.as_uri()


def _first_track(edit: Edit) -> list[otio.core.Item]:
    return list(edit.timeline.video_tracks()[0])


def _held_items(edit: Edit) -> list[otio.core.Item]:
    return [item for item in _first_track(edit) if not isinstance(item, otio.schema.Transition)]


def _spine(spine: Element, edit: Edit, assets: dict[str, str]) -> Iterator[_Held]:
    """Without holes, and as long as the longest track."""
    end = 0
    for item in _first_track(edit):
        if isinstance(item, otio.schema.Transition):
            continue
        start, end = place(item)
        if isinstance(item, otio.schema.Clip):
            if dissolve := ends_of(item).head:
                _dissolve(spine, dissolve, edit)
            element = _asset_clip(spine, item, edit, assets, (edit.start + start) / edit.frame_rate)
            yield _Held(element, start, end, _in_file(item.source_range.start_time, item, edit))
        else:
            yield _gap(spine, start, end, edit)
    if end < edit.frames:
        yield _gap(spine, end, edit.frames, edit)


def _dissolve(spine: Element, dissolve: Dissolve, edit: Edit) -> None:
    offset, duration = _time(edit.start + dissolve.start, edit), _time(dissolve.frames, edit)
    transition = child(spine, "transition", name=_CROSS_DISSOLVE["name"], offset=offset, duration=duration)
    child(transition, "filter-video", ref=_DISSOLVE_ID, name=_CROSS_DISSOLVE["name"])


def _gap(spine: Element, start: int, end: int, edit: Edit) -> _Held:
    length = _time(end - start, edit)
    element = child(spine, "gap", name="Gap", offset=_time(edit.start + start, edit), start="0s", duration=length)
    return _Held(element, start, end, Fraction(0))


def _connected(edit: Edit) -> Iterator[tuple[int, Clip]]:
    """All clips but the spine's, each with its lane: pictures above it, sound below."""
    video, audio = edit.timeline.video_tracks(), edit.timeline.audio_tracks()
    for lane, track in (*enumerate(video[1:], 1), *((-number, track) for number, track in enumerate(audio, 1))):
        for clip in track.find_clips():
            yield lane, clip


def _connect(clip: Clip, lane: int, held: list[_Held], edit: Edit, assets: dict[str, str]) -> None:
    start, _ = place(clip)
    holder = next(one for one in held if one.start <= start < one.end)
    offset_s = (start - holder.start) / edit.frame_rate + holder.local_s
    element = _asset_clip(holder.element, clip, edit, assets, offset_s)
    element.set("lane", str(lane))
    _markers(element, clip, edit)


def _asset_clip(parent: Element, clip: Clip, edit: Edit, assets: dict[str, str], offset_s: Fraction) -> Element:
    """A still is a <video>; what has another rate than the sequence keeps its speed."""
    start, end = place(clip)
    made = child(
        parent,
        "video" if is_photo(clip) else "asset-clip",
        ref=assets[_url(clip, edit)],
        name=clip.name,
        offset=f"{offset_s}s",
        start=f"{_in_file(clip.source_range.start_time, clip, edit)}s",
        duration=_time(end - start, edit),
    )
    rate = source_of(clip, edit.frame_rate).rate
    if rate != edit.frame_rate and not is_photo(clip):
        known = {"srcFrameRate": _CONFORMED[str(rate)]} if str(rate) in _CONFORMED else {}
        child(made, "conform-rate", scaleEnabled="0", frameSampling="nearest-neighbor", **known)
    return made


def _in_file(time: otio.opentime.RationalTime, clip: Clip, edit: Edit) -> Fraction:
    """`time`, which counts the timeline's frames from the file's first, in seconds by the file's own timecode."""
    return source_of(clip, edit.frame_rate).start_s + int(time.value) / edit.frame_rate


def _markers(element: Element, item: otio.core.Item, edit: Edit) -> None:
    """Behind all clips that hang on it, as the DTD has it; timed as its file is."""
    for marker in item.markers:
        at = f"{_in_file(marker.marked_range.start_time, item, edit)}s"
        attributes = {"start": at, "duration": _time(1, edit), "value": marker.name, "note": marker.comment}
        child(element, "marker", **attributes)


def _time(frames: int, edit: Edit) -> str:
    seconds = Fraction(frames) / edit.frame_rate
    return f"{seconds}s"
