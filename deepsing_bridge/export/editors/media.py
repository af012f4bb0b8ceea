"""Where a timeline's media lie, and where they lie now if the story has moved.

Names from the timeline are only ever looked up among files that were found, never used as paths below a folder.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path, PureWindowsPath

from ...core.errors import BridgeError
from ...core.files import is_file, refuse_no_text
from ...core.plain_text import is_plain, plain
from ..timeline import Clip, Timeline, media_clips, media_path, path_beside

MADE = "media"  # the folder, in a story's, of what is made for it


def bare_path(clip: Clip, folder: Path | None = None) -> str:
    """Where the clip's file lies, from `folder` if it is below that, for a format of lines of text that has no URLs.

    Raises BridgeError for a name that is no such text.
    """
    file = media_path(clip)
    if not is_plain(str(file)):
        raise BridgeError(f"{plain(str(file))}: a character of this name is no text; rename that folder or file")
    return path_beside(file, folder) if folder is not None else file.as_posix()


def found_beside(timeline: Timeline, story: Path) -> Timeline:
    """A copy that has its media from `media/` beside `story`, and what is not there from where `timeline` says.

    `timeline` itself if that is where it says all of them are. Raises BridgeError that names all media which are in
    neither place.
    """
    folder = story.parent / MADE
    beside = _files_by_name(folder)
    clips = media_clips(timeline)
    places = [place for clip in clips if (place := _place(clip, beside))]
    if len(places) < len(clips):
        lacking = [clip for clip in clips if not _place(clip, beside)]
        _refuse_unclear({media_path(clip): beside.get(_name(clip), []) for clip in lacking}, folder)
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


def relinked(timeline: Timeline, folder: Path, beside: Path | None = None) -> Timeline:
    """A copy whose media are the files of the same names below `folder`, at any depth; those that it has none of may
    lie in `beside`, as what is made for a story of somebody's own footage does.

    Of several of one name, somebody's own file is the one whose folders are called as they were. Raises BridgeError
    that names every file which is missing, or there more than once.
    """
    found = {**(_files_by_name(beside) if beside else {}), **_files_by_name(folder)}
    meant = {media_path(clip): _likest(media_path(clip), found.get(_name(clip), [])) for clip in media_clips(timeline)}
    _refuse_unclear(meant, folder)
    return _moved(timeline, [meant[media_path(clip)][0] for clip in media_clips(timeline)])


def _likest(named: Path, files: Sequence[Path]) -> list[Path]:
    """Those of `files` whose folders are called most like those of `named`, counted from the last. What was made for a
    story is known by its name alone: copies of it lie anywhere."""
    if named.parent.name == MADE:
        return list(files)
    alike = [_shared(PureWindowsPath(named).parts, file.parts) for file in files]
    return [file for file, count in zip(files, alike, strict=True) if count == max(alike)]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(map(_composed, reversed(one)), map(_composed, reversed(other)), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


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


def _refuse_unclear(meant: Mapping[Path, Sequence[Path]], folder: Path) -> None:
    """Raises BridgeError for media that none, or more than one, of the files in `folder` can be."""
    if missing := sorted({_base_name(named) for named, files in meant.items() if not files}):
        raise BridgeError(
            f"{folder}: {', '.join(missing)} not found there; give the folder that has the story's media with --relink"
        )
    if twice := sorted({_base_name(named) for named, files in meant.items() if len(files) > 1}):
        raise BridgeError(f"{folder}: more than one {', '.join(twice)} there; give the folder of this story's media")


def _name(clip: Clip) -> str:
    return _base_name(media_path(clip))


def _base_name(file: Path) -> str:
    """The file's own name; a story may have been made on Windows and moved elsewhere."""
    return _composed(PureWindowsPath(file).name)


def _composed(name: str) -> str:
    """With é as one letter, of which a Mac's file system makes two."""
    return unicodedata.normalize("NFC", name)
