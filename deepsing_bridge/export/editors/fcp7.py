"""Final Cut Pro 7's XML, xmeml 5, with which Resolve and Premiere find media that have moved
(https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/).

The adapter copies what lies in a timeline's metadata under "fcp_xml" into the file; formats, comments and colours
go in that way. What it cannot say, or says wrongly, is put right afterwards.
"""

from typing import Any

import opentimelineio as otio

from ..colours import NO_COLOUR, RGB
from ..timeline import Clip, Timeline
from .adapter import Element, child, write_xml, xml_text
from .edit import Edit
from .media import media_path


def edit_to_fcp7(edit: Edit) -> str:
    root = write_xml(_prepared(edit), "fcp_xml")
    root.set("version", "5")  # the first with colours of markers
    for item in root.iter("clipitem"):
        _put_right(item)
    for marker in root.iter("marker"):
        _text(marker, "out", "-1")  # it has no length
    for described in (*root.iter("file"), *root.iter("sequence")):
        _put_media_last(described)
    _link_channels(root)
    return xml_text(root, "<!DOCTYPE xmeml>")


def _prepared(edit: Edit) -> Timeline:
    copy = edit.timeline.deepcopy()
    _prepare_markers(copy.tracks)
    copy.metadata["fcp_xml"] = {"media": {"video": {"format": _picture(edit)}, "audio": _sequence_sound(edit)}}
    for clip in copy.video_tracks()[0].find_clips():
        _prepare_clip(clip, {"video": _picture(edit)})
    if edit.songs:
        for clip in copy.audio_tracks()[0].find_clips():
            _prepare_clip(clip, {"audio": _sound(edit) | {"channelcount": str(edit.sound.channels)}})
        _split_channels(copy, edit.sound.channels)
    return copy


def _picture(edit: Edit) -> dict[str, Any]:
    width, height = edit.size
    described = {"rate": _rate(edit), "width": str(width), "height": str(height)}
    return {"samplecharacteristics": described | {"pixelaspectratio": "square", "fielddominance": "none"}}


def _rate(edit: Edit) -> dict[str, str]:
    return {"timebase": str(round(edit.frame_rate)), "ntsc": "FALSE" if edit.frame_rate.denominator == 1 else "TRUE"}


def _sequence_sound(edit: Edit) -> dict[str, Any]:
    if not edit.songs:
        return {}
    return {"numOutputChannels": str(edit.sound.channels), "format": _sound(edit)}


def _sound(edit: Edit) -> dict[str, Any]:
    return {"samplecharacteristics": {"depth": str(edit.sound.bits), "samplerate": str(edit.sound.sample_rate)}}


def _prepare_clip(clip: Clip, media: dict[str, Any]) -> None:
    clip.media_reference.target_url = _url(clip)
    clip.media_reference.metadata["fcp_xml"] = {"media": media}
    _prepare_markers(clip)


def _prepare_markers(item: otio.core.Item) -> None:
    for marker in item.markers:
        marker.metadata["fcp_xml"] = {"comment": marker.comment, "color": _colour(marker.color)}


def _url(clip: Clip) -> str:
    """As the format wants it: with the host's name, the rest percent-encoded."""
    return media_path(clip).absolute().as_uri().replace("file:///", "file://localhost/", 1)


def _colour(name: str) -> dict[str, str]:
    red, green, blue = bytes.fromhex(RGB.get(name, NO_COLOUR)[1:])
    return {"alpha": "0", "red": str(red), "green": str(green), "blue": str(blue)}


def _split_channels(timeline: Timeline, channels: int) -> None:
    """A track of this format is mono: one for each channel, each clip with the channel that it takes."""
    first = timeline.audio_tracks()[0]
    for number in range(1, channels + 1):
        track = first.deepcopy()
        for clip in track.find_clips():
            clip.metadata["fcp_xml"] = {"sourcetrack": {"mediatype": "audio", "trackindex": str(number)}}
        timeline.tracks.append(track)
    timeline.tracks.remove(first)


def _put_right(item: Element) -> None:
    """One <rate> of two; <duration> is that of the file, not of what is used."""
    for repeated in item.findall("rate")[1:]:
        item.remove(repeated)
    length = item.find("file/duration")
    if length is not None:
        _text(item, "duration", length.text or "")


def _put_media_last(described: Element) -> None:
    """Behind name, rate and timecode, where every program that writes this format has it."""
    media = described.find("media")
    if media is not None:
        described.remove(media)
        described.append(media)


def _text(parent: Element, tag: str, text: str) -> None:
    found = parent.find(tag)
    assert found is not None, f"the adapter wrote no {tag}"
    found.text = text


def _link_channels(root: Element) -> None:
    """Clips that are channels of one sound are moved as one."""
    tracks = [list(track.iter("clipitem")) for track in root.iterfind(".//sequence/media/audio/track")]
    for index, channels in enumerate(zip(*tracks, strict=True), 1):
        for item in channels:
            _text(item, "duration", channels[0].findtext("duration", ""))
            for number, other in enumerate(channels, 1):
                _link(item, other.get("id", ""), number, index)


def _link(item: Element, other: str, track: int, place_in_track: int) -> None:
    link = child(item, "link")
    child(link, "linkclipref", other)
    child(link, "mediatype", "audio")
    child(link, "trackindex", track)
    child(link, "clipindex", place_in_track)
