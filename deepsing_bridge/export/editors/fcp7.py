"""Final Cut Pro 7's XML, xmeml 5, with which Resolve and Premiere find media that have moved
(https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/).

Written here: otio-fcp-adapter 1.0.0 knows no formats, outputs or channels of sound, and no colours of markers. A track
of sound is mono here: a song has one for each channel, whose clips are linked. Premiere takes the tracks of a stereo
pair for one by attributes of its own; for it, tracks say where they are heard, and that they are on and not locked.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import opentimelineio as otio

from ...core.colours import NO_COLOUR, RGB
from ..timeline import Clip, media_path
from .adapter import Element, child, xml_text
from .dissolves import Dissolve, ends_of, seen, source_frame
from .edit import Edit, place, size_of, sound_of
from .source import source_of, timecode

PREMIERE_TRACKS = {1: "Mono", 2: "Stereo"}  # by channels; of what is more Premiere is told nothing, and has it as mono

OF_THE_DISSOLVE = -1  # in place of a clip's start or end
TICKS_PER_S = 254_016_000_000  # Premiere's
CROSS_DISSOLVE = {
    "name": "Cross Dissolve",
    "effectid": "Cross Dissolve",
    "effectcategory": "Dissolve",
    "effecttype": "transition",
    "mediatype": "video",
    "wipecode": 0,
    "wipeaccuracy": 100,
    "startratio": 0,
    "endratio": 1,
    "reverse": "FALSE",
}


class _Item(NamedTuple):
    """A clip's place among the tracks of sound: both count from 1."""

    element: Element
    track: int
    place: int


class _Files:
    """Each is described where it is first used, and referred to from then on."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._ids: dict[str, str] = {}

    def add(self, item: Element, clip: Clip, sounds: bool) -> None:
        url = _url(clip)
        if url in self._ids:
            child(item, "file", id=self._ids[url])
            return
        self._ids[url] = f"file-{len(self._ids) + 1}"
        file = child(item, "file", id=self._ids[url])
        child(file, "name", media_path(clip).name)
        child(file, "pathurl", url)
        source = source_of(clip, self._edit.frame_rate)
        _rate(file, source.rate)
        child(file, "duration", source.frames)
        _timecode(file, source.start, timecode(source.start, source.rate), source.rate)
        _file_media(child(file, "media"), clip, sounds, source.rate)


def edit_to_fcp7(edit: Edit) -> str:
    root = Element("xmeml", version="5")  # the first with colours of markers
    project = child(root, "project")
    child(project, "name", edit.timeline.name)
    sequence = child(child(project, "children"), "sequence", id="sequence-1")
    child(sequence, "name", edit.timeline.name)
    child(sequence, "duration", edit.frames)
    _rate(sequence, edit.frame_rate)
    _timecode(sequence, edit.start, edit.timecode(0), edit.frame_rate)
    for marker in edit.timeline.tracks.markers:
        _marker(sequence, marker)
    media, files = child(sequence, "media"), _Files(edit)
    _pictures(child(media, "video"), files, edit)
    _sounds(child(media, "audio"), files, edit)
    return xml_text(root, "<!DOCTYPE xmeml>")


def _pictures(video: Element, files: _Files, edit: Edit) -> None:
    _picture(child(video, "format"), edit.size, edit.frame_rate)
    for number, track in enumerate(edit.timeline.video_tracks(), 1):
        made = child(video, "track")
        for index, clip in enumerate(track.find_clips(), 1):
            if dissolve := ends_of(clip).head:
                _dissolve(made, dissolve, edit)
            item = _item(made, f"picture-{number}-{index}", clip, edit)
            files.add(item, clip, sounds=False)
            for marker in clip.markers:
                _marker(item, marker)
        _switches(made)


def _sounds(audio: Element, files: _Files, edit: Edit) -> None:
    if not edit.songs:
        return
    child(audio, "numOutputChannels", edit.sound.channels)
    _samples(child(audio, "format"), edit.songs[0])
    outputs = child(audio, "outputs")
    for channel in range(1, edit.sound.channels + 1):
        group = child(outputs, "group")
        child(group, "index", channel)
        child(group, "numchannels", 1)
        child(group, "downmix", 0)
        child(child(group, "channel"), "index", channel)
    first = 1
    for track in edit.timeline.audio_tracks():
        first += _channels(audio, track, first, files, edit)


def _channels(audio: Element, track: otio.schema.Track, first: int, files: _Files, edit: Edit) -> int:
    """A mono track for each channel of `track`, numbered from `first`; gives how many there are."""
    clips = [(clip, sound_of(clip).channels) for clip in track.find_clips()]
    count = max(channels for _, channels in clips)
    linked: list[list[_Item]] = [[] for _ in clips]
    for channel in range(1, count + 1):
        made = child(audio, "track", **_pair(channel, count))
        for index, (clip, channels) in enumerate(clips):
            if channel <= channels:
                item = _sound_item(made, f"sound-{first}-{index + 1}-{channel}", clip, files, edit)
                source = child(item, "sourcetrack")
                child(source, "mediatype", "audio")
                child(source, "trackindex", channel)
                linked[index].append(_Item(item, first + channel - 1, len(made)))
        _switches(made)
        child(made, "outputchannelindex", min(channel, edit.sound.channels))
    for items in linked:
        _link(items)
    return count


def _pair(channel: int, count: int) -> dict[str, str]:
    if count not in PREMIERE_TRACKS:
        return {}
    exploded = {"currentExplodedTrackIndex": str(channel - 1), "totalExplodedTrackCount": str(count)}
    return exploded | {"premiereTrackType": PREMIERE_TRACKS[count]}


def _sound_item(track: Element, name: str, clip: Clip, files: _Files, edit: Edit) -> Element:
    item = _item(track, name, clip, edit)
    channels = sound_of(clip).channels
    if channels in PREMIERE_TRACKS:
        item.set("premiereChannelType", PREMIERE_TRACKS[channels].lower())
    files.add(item, clip, sounds=True)
    return item


def _link(items: list[_Item]) -> None:
    """Clips that are channels of one sound are moved as one."""
    for item in items:
        for other in items:
            link = child(item.element, "link")
            child(link, "linkclipref", other.element.get("id"))
            child(link, "mediatype", "audio")
            child(link, "trackindex", other.track)
            child(link, "clipindex", other.place)
            child(link, "groupindex", 1)


def _item(track: Element, name: str, clip: Clip, edit: Edit) -> Element:
    """Its duration is that of the file, not of what is used; all is counted in the sequence's frames, whatever rate the
    file has, as Resolve and Premiere read it. Beside a dissolve, that tells the place, and `in` and `out` are of all
    that is seen, mixed or not."""
    (start, end), (first, last), (head, tail) = place(clip), seen(clip), ends_of(clip)
    item = child(track, "clipitem", id=name)
    child(item, "name", clip.name)
    child(item, "enabled", "TRUE")
    child(item, "duration", int(clip.available_range().duration.value))
    _rate(item, edit.frame_rate)
    child(item, "start", OF_THE_DISSOLVE if head else start)
    child(item, "end", OF_THE_DISSOLVE if tail else end)
    child(item, "in", source_frame(clip, first))
    child(item, "out", source_frame(clip, last))
    return item


def _dissolve(track: Element, dissolve: Dissolve, edit: Edit) -> None:
    """As Premiere writes it; the place of its cut in Premiere's own ticks, as it may lie anywhere."""
    item = child(track, "transitionitem")
    child(item, "start", dissolve.start)
    child(item, "end", dissolve.end)
    child(item, "alignment", _alignment(dissolve))
    child(item, "cutPointTicks", int((dissolve.cut - dissolve.start) * TICKS_PER_S / edit.frame_rate))
    _rate(item, edit.frame_rate)
    effect = child(item, "effect")
    for tag, value in CROSS_DISSOLVE.items():
        child(effect, tag, value)


def _alignment(dissolve: Dissolve) -> str:
    if dissolve.cut == dissolve.start:
        return "start"
    return "end" if dissolve.cut == dissolve.end else "center"


def _switches(track: Element) -> None:
    child(track, "enabled", "TRUE")
    child(track, "locked", "FALSE")


def _file_media(media: Element, clip: Clip, sounds: bool, rate: Fraction) -> None:
    if not sounds:
        _picture(child(media, "video"), size_of(clip), rate)
        return
    audio = child(media, "audio")
    _samples(audio, clip)
    child(audio, "channelcount", sound_of(clip).channels)


def _picture(parent: Element, size: tuple[int, int], rate: Fraction) -> None:
    width, height = size
    described = child(parent, "samplecharacteristics")
    _rate(described, rate)
    child(described, "width", width)
    child(described, "height", height)
    child(described, "pixelaspectratio", "square")
    child(described, "fielddominance", "none")


def _samples(parent: Element, clip: Clip) -> None:
    sample_rate, _, bits = sound_of(clip)
    described = child(parent, "samplecharacteristics")
    child(described, "depth", bits)
    child(described, "samplerate", sample_rate)


def _rate(parent: Element, rate: Fraction) -> None:
    made = child(parent, "rate")
    child(made, "timebase", round(rate))
    child(made, "ntsc", "FALSE" if rate.denominator == 1 else "TRUE")


def _timecode(parent: Element, frame: int, string: str, rate: Fraction) -> None:
    made = child(parent, "timecode")
    _rate(made, rate)
    child(made, "string", string)
    child(made, "frame", frame)
    child(made, "displayformat", "DF" if ";" in string else "NDF")


def _marker(parent: Element, marker: otio.schema.Marker) -> None:
    """At its frame of the file, or of the sequence; it has no length."""
    made = child(parent, "marker")
    child(made, "name", marker.name)
    child(made, "comment", marker.comment)
    child(made, "in", int(marker.marked_range.start_time.value))
    child(made, "out", -1)
    colour = child(made, "color")
    for tag, value in _colour(marker.color):
        child(colour, tag, value)


def _colour(name: str) -> Iterator[tuple[str, int]]:
    yield "alpha", 0
    yield from zip(("red", "green", "blue"), bytes.fromhex(RGB.get(name, NO_COLOUR)[1:]), strict=True)


def _url(clip: Clip) -> str:
    """As the format wants it: with the host's name, the rest percent-encoded."""
    return media_path(clip).absolute().as_uri().replace("file:///", "file://localhost/", 1)
