"""A story folder's preview, timelines and report, out of its clips and its sound. What is there already stays."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..core import json_text
from ..core.files import is_there, read_bytes, write_text
from ..core.types import Progress
from ..story.edits_file import FIRST_TIMELINE
from ..story.storyboard import Storyboard
from . import timeline
from .damage import clear_damaged_products
from .preview import Preview
from .preview_film import write_preview
from .story_folder import clip_paths, song_path

log = logging.getLogger(__name__)

MOST_BYTES = 1 << 28  # of a timeline; one of twelve hours has a tenth of it

Stages = Callable[[str], Progress]
"""Called with a stage's name when it begins; gives the `Progress` for that stage."""


class Earlier(NamedTuple):
    """A preview from before a story was edited, and which of its frames are those of which scene, as they are now."""

    film: Path
    scenes: Mapping[int, range]


def assemble(
    folder: Path,
    board: Storyboard,
    sound: Path,
    classes: Sequence[str],
    stage: Stages,
    listing: str = FIRST_TIMELINE,
    earlier: Earlier | None = None,
) -> None:
    """`sound` is what the preview plays; `classes` are the generator's labels; `listing` is the timeline's name.
    Raises BridgeError for a broken clip."""
    from . import report  # and with it matplotlib, which takes a while

    clear_damaged_products(folder, board)
    film, drawing = folder / "preview.mp4", folder / "report.png"
    shown = [] if drawing.exists() else report.choose_key_scenes(board)
    preview = Preview(board, clip_paths(folder, board), shown, earlier.scenes if earlier else None)
    progress = stage("cutting the preview")
    if not film.exists():
        size, known = (board.settings.width, board.settings.height), earlier.film if earlier else None
        write_preview(film, preview.segments(progress), size, board.frame_rate, sound, known)
    progress(1, 1)
    _write_timelines(folder, board, folder / listing, stage("writing timelines"))
    progress = stage("drawing the report")
    if shown:
        pictures = {scene: preview.middle(scene) for scene in shown}
        report.write_report(drawing, board, pictures, classes, board.song_path.stem)
    progress(1, 1)


def timeline_of(folder: Path, board: Storyboard) -> timeline.Timeline:
    """The timeline that `folder` has for `board`, if nobody has changed it, but for how it names its media."""
    clips = clip_paths(folder, board)
    frames = [board.clip_frames(index) for index in range(len(clips))]
    return timeline.storyboard_to_timeline(board, clips, frames, song_path(folder), folder.name)


def timeline_text(folder: Path, board: Storyboard) -> str:
    """What the file of `timeline_of` holds."""
    cut = timeline_of(folder, board)
    return timeline.otio_text(timeline.with_relative_paths(cut, folder) if board.settings.paths == "relative" else cut)


def is_timeline_untouched(listing: Path, board: Storyboard) -> bool:
    """Whether nobody has changed the timeline `listing` of `board`; one that is not there has nothing to be lost."""
    text = timeline_text(listing.parent, board)
    return not is_there(listing) or read_bytes(listing, MOST_BYTES).decode(errors="replace") == text


def _write_timelines(folder: Path, board: Storyboard, listing: Path, progress: Progress) -> None:
    """What is there already stays: somebody may have worked on it, or the story has moved. No bundle is made of
    somebody's own footage unasked, as that may be huge."""
    text = timeline_text(folder, board)
    if not is_there(listing):
        write_text(listing, text)
    elif (known := read_bytes(listing, MOST_BYTES).decode(errors="replace")) != text:
        if _is_json(known):
            log.warning("%s: is there already, is another one, and stays; remove it to have it made anew", listing)
        else:
            log.warning("%s: damaged; it is made again", listing)
            write_text(listing, text)
    if not (folder / "story.otioz").exists() and all(map(board.is_rendered, range(len(board.scenes)))):
        timeline.write_otioz(timeline_of(folder, board), folder / "story.otioz")
    progress(1, 1)


def _is_json(text: str) -> bool:
    try:
        json_text.parse(text)
    except ValueError:
        return False
    return True
