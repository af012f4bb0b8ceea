"""Final Cut Pro's own XML, version 1.8 (https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference).

Written here: otio-fcpx-xml-adapter 1.0.0 stops at 29.97 frames a second, refers to media by bare paths, and makes a
finished to-do of every green marker. Every time is a whole number of frames as a fraction of seconds.
"""

from fractions import Fraction

from ..timeline import Clip
from .adapter import Element, child, xml_text
from .edit import Edit, Mark, place
from .media import media_path


def edit_to_fcpxml(edit: Edit) -> str:
    root = Element("fcpxml", version="1.8")
    assets = _resources(root, edit)
    name = edit.timeline.name
    event = child(child(root, "library"), "event", name=name)
    length = _time(edit.frames, edit)
    sequence = child(
        child(event, "project", name=name),
        "sequence",
        **{"format": "r1", "duration": length, "tcStart": "0s", "tcFormat": "NDF", "audioLayout": "stereo"},
        audioRate="48k",
    )
    spine = child(sequence, "spine")
    for clip in edit.pictures:
        _scene(spine, clip, edit, assets)
    return xml_text(root, "<!DOCTYPE fcpxml>")


def _resources(root: Element, edit: Edit) -> dict[str, str]:
    """The format and every file; gives each file's id."""
    width, height = edit.size
    resources = child(root, "resources")
    frame = _time(1, edit)
    child(resources, "format", id="r1", frameDuration=frame, width=str(width), height=str(height))
    picture = {"hasVideo": "1", "videoSources": "1", "format": "r1"}
    assets: dict[str, str] = {}
    for clip in edit.pictures:
        _asset(resources, clip, edit, assets, picture)
    for clip in edit.songs:
        _asset(resources, clip, edit, assets, _sound(edit))
    return assets


def _sound(edit: Edit) -> dict[str, str]:
    rate, channels, _ = edit.sound
    return {"hasAudio": "1", "audioSources": "1", "audioChannels": str(channels), "audioRate": str(rate)}


def _asset(resources: Element, clip: Clip, edit: Edit, assets: dict[str, str], kind: dict[str, str]) -> None:
    url = media_path(clip).absolute().as_uri()
    if url not in assets:
        assets[url] = f"r{len(assets) + 2}"
        length = _time(int(clip.available_range().duration.value), edit)
        child(resources, "asset", id=assets[url], name=clip.name, src=url, start="0s", duration=length, **kind)


def _scene(spine: Element, clip: Clip, edit: Edit, assets: dict[str, str]) -> None:
    scene = _asset_clip(spine, clip, edit, assets, place(clip)[0])
    for song in edit.songs:
        if _starts_in(song, clip):
            offset = place(song)[0] - place(clip)[0] + int(clip.source_range.start_time.value)
            _asset_clip(scene, song, edit, assets, offset).set("lane", "-1")
    for mark in edit.marks:
        if place(clip)[0] <= mark.frame < place(clip)[1]:
            _marker(scene, mark, clip, edit)


def _starts_in(song: Clip, scene: Clip) -> bool:
    start, end = place(scene)
    return start <= place(song)[0] < end


def _asset_clip(parent: Element, clip: Clip, edit: Edit, assets: dict[str, str], offset: int) -> Element:
    start, end = place(clip)
    return child(
        parent,
        "asset-clip",
        ref=assets[media_path(clip).absolute().as_uri()],
        name=clip.name,
        offset=_time(offset, edit),
        start=_time(int(clip.source_range.start_time.value), edit),
        duration=_time(end - start, edit),
    )


def _marker(scene: Element, mark: Mark, clip: Clip, edit: Edit) -> None:
    at = mark.frame - place(clip)[0] + int(clip.source_range.start_time.value)
    attributes = {"start": _time(at, edit), "duration": _time(1, edit), "value": mark.label, "note": mark.comment}
    child(scene, "marker", **attributes)


def _time(frames: int, edit: Edit) -> str:
    seconds = Fraction(frames) / edit.frame_rate
    return f"{seconds}s"
