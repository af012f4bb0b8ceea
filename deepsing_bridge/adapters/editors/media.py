"""Where a timeline's media lie, and where they lie now if the story has moved.

Names from the timeline are only ever looked up among files that were found, never used as paths below a folder.
"""

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from urllib.parse import urlsplit

import opentimelineio as otio

from ...errors import BridgeError
from ..timeline import Clip, Timeline


def media_path(clip: Clip) -> Path:
    """What the clip refers to; a bare path, as stories have it, or a file:// URL."""
    url = clip.media_reference.target_url
    return Path(otio.url_utils.filepath_from_url(url) if urlsplit(url).scheme == "file" else url)


def found_beside(timeline: Timeline, story: Path) -> Timeline:
    """`timeline` itself if its media are where it says, else a copy that has them from `media/` beside `story`.

    Raises BridgeError that names all media which are in neither place.
    """
    files = [media_path(clip) for clip in timeline.find_clips()]
    if all(file.is_absolute() and file.is_file() for file in files):  # relative ones are those of a bundle
        return timeline
    return relinked(timeline, story.parent / "media")


def relinked(timeline: Timeline, folder: Path) -> Timeline:
    """A copy whose media are the files of the same names below `folder`, at any depth.

    Raises BridgeError that names every file which is missing, or there more than once.
    """
    found = _files_by_name(folder)
    _refuse_missing({_name(clip) for clip in timeline.find_clips()}, found, folder)
    moved = timeline.deepcopy()
    for clip in moved.find_clips():
        clip.media_reference.target_url = str(found[_name(clip)][0])
    return moved


def _files_by_name(folder: Path) -> Mapping[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.absolute().rglob("*")):
        if file.is_file():
            found.setdefault(file.name, []).append(file)
    return found


def _refuse_missing(names: set[str], found: Mapping[str, list[Path]], folder: Path) -> None:
    if missing := sorted(names - found.keys()):
        raise BridgeError(
            f"{folder}: {', '.join(missing)} not found there; give the folder that has the story's media with --relink"
        )
    if twice := sorted(name for name in names if len(found[name]) > 1):
        raise BridgeError(f"{folder}: more than one {', '.join(twice)} there; give the folder of this story's media")


def _name(clip: Clip) -> str:
    """The file's own name; a story may have been made on Windows and moved elsewhere."""
    return PureWindowsPath(media_path(clip)).name
