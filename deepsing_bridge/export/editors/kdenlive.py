"""Kdenlive's project (https://github.com/KDE/kdenlive/blob/master/dev-docs/fileformat.md).

The adapter has a profile of 1920×1080 whatever the pictures are, takes markers from the timeline only and drops
their comments, and numbers their categories with colours of its own. It leaves the black below all tracks without an
end, so that melt renders 15,000 frames of every project, and keeps Kdenlive from looking into files, so that it
finds no sound to draw. What it is given for a path it takes for a URL.

It leaves out dissolves, too. A track of Kdenlive's is two playlists, and clips that are mixed lie in both by turns,
each as long as it is seen, with a transition of the track over both.
"""

import json
from urllib.parse import quote

import opentimelineio as otio

from ...core.colours import feeling_rgb
from ...core.types import FEELINGS
from ..timeline import Timeline
from .adapter import Element, child, write_xml, xml_text
from .dissolves import Dissolve, ends_of, seen, source_frame, without_dissolves
from .edit import Edit
from .media import bare_path
from .mlt import profile, properties


def edit_to_kdenlive(edit: Edit) -> str:
    root = write_xml(_audio_first(edit), "kdenlive")
    _only(root, "profile").attrib.update(profile(*edit.size))
    for service in root.iterfind("producer/property[@name='mlt_service']"):
        service.text = (service.text or "").removesuffix("-novalidate")
    for number in range(1, len(edit.timeline.audio_tracks()) + 1):  # behind the black one
        _mix(_only(root, "tractor[@global_feed]"), number)
    for number, track in enumerate(edit.timeline.video_tracks(), len(edit.timeline.audio_tracks())):
        if any(isinstance(item, otio.schema.Transition) for item in track):
            _dissolves(root, number, track)
    _only(root, "producer[@id='black_track']").attrib.update({"in": "0", "out": str(edit.frames - 1)})
    _set(root, "guides", [_guide(edit, index) for index in range(len(edit.marks))])
    _set(root, "guidesCategories", [_category(index) for index in range(len(FEELINGS))])
    return xml_text(root)


def _mix(tractor: Element, number: int) -> None:
    """All tracks of sound are heard together; Kdenlive knows its own transitions by their number."""
    mix = child(tractor, "transition")
    properties(mix, a_track=0, b_track=number, mlt_service="mix", kdenlive_id="mix", internal_added=237)
    properties(mix, always_active=1, accepts_blanks=1, sum=1)


def _dissolves(root: Element, number: int, track: otio.schema.Track) -> None:
    """Lay the clips of track `number` over each other where they are mixed, in its two playlists by turns."""
    playlists = [_only(root, f"playlist[@id='playlist{2 * number + place}']") for place in range(2)]
    entries = iter(list(playlists[0].iterfind("entry")))
    for element in list(playlists[0]):
        playlists[0].remove(element)
    tractor, ends, turn = _only(root, f"tractor[@id='tractor{number}']"), [0, 0], 0
    _only(tractor, f"track[@producer='playlist{2 * number + 1}']").set("hide", "audio")
    for clip in track.find_clips():
        entry, (start, end), head = next(entries), seen(clip), ends_of(clip).head
        if head:
            turn = 1 - turn
            _mixed(tractor, head, turn)
        if start > ends[turn]:
            child(playlists[turn], "blank", length=str(start - ends[turn]))
        entry.attrib.update({"in": str(source_frame(clip, start)), "out": str(source_frame(clip, end) - 1)})
        playlists[turn].append(entry)
        ends[turn] = end


def _mixed(tractor: Element, dissolve: Dissolve, turn: int) -> None:
    """Towards playlist `turn`. Its end is a frame further than what is mixed, as Kdenlive has it."""
    transition = child(tractor, "transition", **{"in": str(dissolve.start), "out": str(dissolve.end)})
    properties(transition, a_track=0, b_track=1, mlt_service="luma", kdenlive_id="luma", reverse=1 - turn)
    properties(transition, **{"kdenlive:mixcut": dissolve.cut - dissolve.start})


def _audio_first(edit: Edit) -> Timeline:
    """Kdenlive stacks tracks from the bottom, and wants sound below pictures. Paths as the adapter reads them."""
    copy = edit.timeline.deepcopy()
    for track in copy.video_tracks():
        without_dissolves(track)
    for clip in copy.find_clips():
        clip.media_reference.target_url = quote(bare_path(clip, edit.folder))
    tracks = [*copy.audio_tracks(), *copy.video_tracks()]
    copy.tracks.clear()
    copy.tracks.extend(tracks)
    return copy


def _guide(edit: Edit, index: int) -> dict[str, object]:
    """A guide's category is its feeling's place in FEELINGS."""
    mark = edit.marks[index]
    category = FEELINGS.index(mark.feeling or "neutral")
    return {"pos": mark.frame, "comment": mark.comment or mark.label, "type": category}


def _category(index: int) -> dict[str, object]:
    feeling = FEELINGS[index]
    return {"color": feeling_rgb(feeling), "comment": feeling, "index": index}


def _set(root: Element, name: str, value: object) -> None:
    _only(root, f".//property[@name='kdenlive:docproperties.{name}']").text = json.dumps(value, ensure_ascii=False)


def _only(root: Element, path: str) -> Element:
    found = root.find(path)
    assert found is not None, f"the adapter wrote no {path}"
    return found
