"""Where a timeline's media lie, and where they lie now if the story has moved.

Names from the timeline are only ever looked up among files that were found, never used as paths below a folder.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath

from ...core.errors import BridgeError
from ...core.files import is_file, refuse_no_text
from ...core.plain_text import is_plain, plain
from ..timeline import Clip, Timeline, media_clips, media_path


def bare_path(clip: Clip) -> str:
    """Where the clip's file lies, for a format of lines of text that has no URLs.

    Raises BridgeError for a name that is no such text.
    """
    file = media_path(clip)
    if not is_plain(str(file)):
        raise BridgeError(f"{plain(str(file))}: a character of this name is no text; rename that folder or file")
    return file.as_posix()


def found_beside(timeline: Timeline, story: Path) -> Timeline:
    """A copy that has its media from `media/` beside `story`, and what is not there from where `timeline` says.

    `timeline` itself if that is where it says all of them are. Raises BridgeError that names all media which are in
    neither place.
    """
    folder = story.parent / "media"
    beside = _files_by_name(folder)
    clips = media_clips(timeline)
    places = [place for clip in clips if (place := _place(clip, beside))]
    if len(places) < len(clips):
        return relinked(timeline, folder)
    if places == [media_path(clip) for clip in clips]:
        return timeline
    return _moved(timeline, places)


def _place(clip: Clip, beside: Mapping[str, list[Path]]) -> Path | None:
    named, found = media_path(clip), beside.get(_name(clip), [])
    there = _is_there(named)
    if len(found) == 1 and not (there and found[0].samefile(named)):
        return found[0]
    return named if there else None


def _is_there(file: Path) -> bool:
    """A relative one is a bundle's."""
    return file.is_absolute() and is_file(file)


def refuse_outside(timeline: Timeline, folder: Path) -> None:
    """Raises BridgeError for media that do not lie below `folder`, links followed.

    Whoever made the timeline may have named any file of this machine.
    """
    files = {media_path(clip) for clip in media_clips(timeline)}
    if outside := sorted(str(file) for file in files if not file.resolve().is_relative_to(folder.resolve())):
        raise BridgeError(
            f"{', '.join(outside)}: not in {folder}, and nothing else is packed; "
            "name the folder that has the media with --relink"
        )


def relinked(timeline: Timeline, folder: Path) -> Timeline:
    """A copy whose media are the files of the same names below `folder`, at any depth.

    Raises BridgeError that names every file which is missing, or there more than once.
    """
    found = _files_by_name(folder)
    _refuse_missing({_name(clip) for clip in media_clips(timeline)}, found, folder)
    return _moved(timeline, [found[_name(clip)][0] for clip in media_clips(timeline)])


def _moved(timeline: Timeline, places: Sequence[Path]) -> Timeline:
    moved = timeline.deepcopy()
    for clip, place in zip(media_clips(moved), places, strict=True):
        refuse_no_text(place)
        clip.media_reference.target_url = str(place)
    return moved


def _files_by_name(folder: Path) -> Mapping[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.absolute().rglob("*")):
        if is_file(file):
            found.setdefault(_composed(file.name), []).append(file)
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
    return _composed(PureWindowsPath(media_path(clip)).name)


def _composed(name: str) -> str:
    """With é as one letter, of which a Mac's file system makes two."""
    return unicodedata.normalize("NFC", name)
