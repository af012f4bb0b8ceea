"""A story's timeline into files for other editors. Owns which files are written when, and what is refused.

What is there already and says something else may be somebody's work in that editor: it is never overwritten.
"""

import filecmp
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from ...core.errors import BridgeError
from ...core.files import appearing, is_file, made, read_text, write_text
from ...core.options import Paths
from ..timeline import media_clips, media_path, names_relatively, with_relative_paths, write_otio, write_otioz
from .adapter import require
from .dissolves import pairs
from .edit import MOST_BYTES, Edit, read_edit, spelled_plainly
from .edl import edit_to_edl
from .fcp7 import edit_to_fcp7
from .fcpx import edit_to_fcpxml
from .flatten import flattened
from .formats import FORMATS, Format
from .kdenlive import edit_to_kdenlive
from .lists import edit_to_chapters, edit_to_csv, merge_note
from .media import MADE, found_beside, refuse_outside, relinked
from .mlt import edit_to_mlt
from .xges import edit_to_xges

TEXTS: dict[str, Callable[[Edit], str]] = {
    "fcp7xml": edit_to_fcp7,
    "fcpxml": edit_to_fcpxml,
    "edl": edit_to_edl,
    "mlt": edit_to_mlt,
    "kdenlive": edit_to_kdenlive,
    "xges": edit_to_xges,
    "csv": edit_to_csv,
    "youtube": edit_to_chapters,
}


WHOLE = ("otio", "otioz")  # the timeline as it is, whatever is in it


class Exported(NamedTuple):
    """`note`: what somebody should know about this very file, if anything."""

    form: Format
    file: Path
    note: str


def export(
    story: Path,
    names: Sequence[str],
    out: Path | None = None,
    relink: Path | None = None,
    force: bool = False,
    paths: Paths | None = None,
) -> Iterator[Exported]:
    """Write `story`, a folder or its .otio, in every format of `names`: into folder `out`, else beside the .otio.

    With `relink`, media are the files of the same names below it; else those in `media/` beside the .otio, or those
    that it names. What is there already and is another one is replaced with `force`, or if it differs in nothing but
    where media lie. `paths` says how media are named that lie below the folder; None: as in the .otio.
    Raises BridgeError, before anything is written, for an unknown format, one whose package is missing, missing media,
    and media outside the story's folder that would be packed unasked; and at the end, when all others are written, for
    a file that is there already and is another, and for a story that a format has no room for.
    """
    forms = [_format(name) for name in names]
    for form in forms:
        require(form)
    source = _source(story)
    known = read_edit(source)
    edit, media = _with_media(known, source, relink, any(form.shows_media for form in forms))
    if relink is None and any(form.name == "otioz" for form in forms):
        refuse_outside(edit.timeline, source.parent)
    flat, dropped = flattened(edit)
    plain = spelled_plainly(flat)
    folder, failures = made(source.parent if out is None else out), []
    relative = paths == "relative" or (paths is None and names_relatively(known.timeline))
    for form in forms:
        file = folder / (source.name if form.name == "otio" else form.file)
        own = force or file.absolute() == source.absolute()
        try:
            beside = folder.absolute() if relative and form.relative else None
            _write(replace(edit if form.name in WHOLE else plain, folder=beside), form, file, own)
        except BridgeError as error:
            failures.append(error)
        else:
            yield Exported(form, file, "; ".join(filter(None, [media, *_lost(flat, dropped, form, relative)])))
    if failures:
        raise BridgeError("; ".join(map(str, failures)))


def _source(story: Path) -> Path:
    """The timeline of `story`: of a folder its story.otio, or what an unpacked bundle has. Raises BridgeError for one
    that is still packed."""
    if story.is_dir():
        unpacked = story / "content.otio"
        return unpacked if is_file(unpacked) else story / "story.otio"
    if is_file(story) and zipfile.is_zipfile(story):
        raise BridgeError(f"{story}: is packed; unpack it, as it is a zip, and export its content.otio")
    return story


def _lost(flat: Edit, dropped: str, form: Format, relative: bool) -> Iterator[str]:
    """What is not in this very file, of an edit that is more than a story was."""
    if form.name == "youtube":
        yield merge_note(flat)
    if form.name in WHOLE or not form.shows_media:
        return
    yield dropped
    if relative and not form.relative:
        yield "has no relative paths: it names media by whole ones"
    if not form.every_track and max(len(flat.timeline.video_tracks()), len(flat.timeline.audio_tracks())) > 1:
        yield "all but the first track of pictures and the first of sound are left out"
    above = sum(len(list(pairs(track))) for track in flat.timeline.video_tracks()[1:])
    if not form.upper_dissolves and above:
        yield f"dissolves above the first track of pictures are hard cuts ({above})"
    if not form.own_start and flat.start:
        yield f"begins at 00:00:00:00, not at {flat.timecode(0)}"


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise BridgeError(f"format {name!r}: expected one of {', '.join(FORMATS)}")
    return FORMATS[name]


def _with_media(edit: Edit, source: Path, relink: Path | None, needed: bool) -> tuple[Edit, str]:
    if relink is not None:
        return Edit(relinked(edit.timeline, relink, source.parent / MADE)), f"media from {relink}"
    if not needed:
        return edit, ""
    timeline = found_beside(edit.timeline, source)
    if timeline is edit.timeline:
        return edit, ""
    if names_relatively(edit.timeline):  # and has them where they are found
        return Edit(timeline), ""
    return Edit(timeline), f"media from {source.parent / 'media'}, not from where {source.name} says"


def _write(edit: Edit, form: Format, file: Path, own: bool) -> None:
    """Compared with what is there before it takes its place, unless that is `own`."""
    with appearing(file) as fresh:
        _write_fresh(edit, form, fresh)
        if file.exists() and not own and not _is_same(fresh, file, edit):
            raise BridgeError(
                f"{file}: is there already and is another one; remove it, replace it with --force, "
                "or name a folder with --out"
            )


def _is_same(fresh: Path, there: Path, edit: Edit) -> bool:
    """Whether `there` is an export of this very timeline, maybe from before its folder moved."""
    if filecmp.cmp(fresh, there, shallow=False):
        return True
    try:
        return _placeless(read_text(fresh, MOST_BYTES), edit) == _placeless(read_text(there, MOST_BYTES), edit)
    except BridgeError:  # no text
        return False


def _placeless(text: str, edit: Edit) -> str:
    """`text` with the mere names of the media where it has their paths or URLs."""
    names = {media_path(clip).name for clip in media_clips(edit.timeline)}
    known = "|".join(sorted(map(re.escape, names | set(map(quote, names))), key=len, reverse=True))
    return re.sub(rf"(file:/|/|[A-Za-z]:)[^<>\n]*[/\\]({known})", r"\2", text)


def _write_fresh(edit: Edit, form: Format, file: Path) -> None:
    if form.name == "otio":
        named = edit.timeline if edit.folder is None else with_relative_paths(edit.timeline, edit.folder)
        write_otio(named, file)
    elif form.name == "otioz":
        write_otioz(edit.timeline, file)
    else:
        write_text(file, TEXTS[form.name](edit))
