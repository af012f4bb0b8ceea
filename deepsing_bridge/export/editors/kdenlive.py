"""Kdenlive's project (https://github.com/KDE/kdenlive/blob/master/dev-docs/fileformat.md).

The adapter has a profile of 1920×1080 whatever the pictures are, takes markers from the timeline only and drops
their comments, and numbers their categories with colours of its own. It leaves the black below all tracks without an
end, so that melt renders 15,000 frames of every project, and keeps Kdenlive from looking into files, so that it
finds no sound to draw. What it is given for a path it takes for a URL.
"""

import json
from urllib.parse import quote

from ...core.colours import feeling_rgb
from ...core.types import FEELINGS
from ..timeline import Timeline
from .adapter import Element, child, write_xml, xml_text
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
    _only(root, "producer[@id='black_track']").attrib.update({"in": "0", "out": str(edit.frames - 1)})
    _set(root, "guides", [_guide(edit, index) for index in range(len(edit.marks))])
    _set(root, "guidesCategories", [_category(index) for index in range(len(FEELINGS))])
    return xml_text(root)


def _mix(tractor: Element, number: int) -> None:
    """All tracks of sound are heard together; Kdenlive knows its own transitions by their number."""
    mix = child(tractor, "transition")
    properties(mix, a_track=0, b_track=number, mlt_service="mix", kdenlive_id="mix", internal_added=237)
    properties(mix, always_active=1, accepts_blanks=1, sum=1)


def _audio_first(edit: Edit) -> Timeline:
    """Kdenlive stacks tracks from the bottom, and wants sound below pictures. Paths as the adapter reads them."""
    copy = edit.timeline.deepcopy()
    for clip in copy.find_clips():
        clip.media_reference.target_url = quote(bare_path(clip))
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
