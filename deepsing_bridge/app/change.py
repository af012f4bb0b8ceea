"""A story's folder goes over from one state of its edits to another: only what has changed is painted.

New clips are painted among the alternates. Then what was made of the old ones goes, `edits.json` is written, and clips
change places. So whoever is killed leaves the old story or the new one, and any later run finishes it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BridgeError
from ..core.files import draft, is_there, made, move, remove
from ..core.invocation import command
from ..core.units import frame_to_seconds
from ..export import alternates
from ..export.assemble import Earlier, assemble, is_timeline_untouched
from ..export.clips import clip_version, write_scene_clip
from ..export.preview_film import is_preview_alike
from ..export.segments import lone_frames
from ..export.sound import write_song_copy
from ..export.story_folder import (
    EARLIER,
    PRODUCTS,
    clear_all_drafts,
    clip_paths,
    read_board,
    read_history,
    song_path,
    write_history,
)
from ..export.video import film_fault
from ..footage.media import Subclip
from ..story.edited_story import EditedStory, apply
from ..story.edits_file import History
from ..story.storyboard import Storyboard
from .workshop import Workshop

log = logging.getLogger(__name__)

PREVIEW = PRODUCTS[0]


@dataclass(frozen=True)
class Opened:
    """A story's folder as it is: the plan, the sha256 of its text, and how it was edited."""

    folder: Path
    planned: Storyboard
    digest: str
    history: History

    @property
    def story(self) -> EditedStory:
        return apply(self.planned, self.history.edits)

    @property
    def timeline(self) -> Path:
        """The one that shows it as it is."""
        return self.folder / self.history.timeline


def open_story(folder: Path) -> Opened:
    """Raises BridgeError for a folder without a story, and for damaged files."""
    planned, digest = read_board(folder)
    return Opened(folder.absolute(), planned, digest, read_history(folder, digest))


def change(opened: Opened, history: History, workshop: Workshop) -> EditedStory:
    """The folder's story as `history` says, all its files made. For who is alone in the folder.

    With the history that it has already, what an interrupted run has left undone is done.
    """
    folder, before, after = opened.folder, opened.story, apply(opened.planned, history.edits)
    clear_all_drafts(folder)
    _paint(folder, history, after, workshop)
    earlier = None
    if _shown(before) != _shown(after):
        earlier = _retire(opened, before, after)
    if history != opened.history:
        write_history(folder, history, opened.digest)
    try:
        _finish(folder, history, after, workshop, earlier)
    except BridgeError as error:
        if history == opened.history:
            raise
        alone = f"{command('retake')} {folder}"
        raise BridgeError(f"{error} (the change is noted already, and finished by {alone} alone)") from error
    return after


def _finish(folder: Path, history: History, after: EditedStory, workshop: Workshop, earlier: Earlier | None) -> None:
    """Clips into their places, and what is made of them."""
    alternates.settle(folder, after)
    if _is_finished(folder, history):
        return
    if not is_there(song_path(folder)):
        length_s = frame_to_seconds(after.board.frames, after.board.frame_rate)
        write_song_copy(song_path(folder), workshop.song, length_s)
    assemble(folder, after.board, workshop.song, workshop.classes, workshop.stage, history.timeline, earlier)
    if earlier:
        remove(earlier.film)


def _is_finished(folder: Path, history: History) -> bool:
    return all(is_there(folder / name) for name in (*PRODUCTS, history.timeline))


def _paint(folder: Path, history: History, after: EditedStory, workshop: Workshop) -> None:
    """The clips of `after` that are not there, into the alternates."""
    clips, rendered = clip_paths(folder, after.board), after.board.is_rendered
    missing = [scene for scene, clip in enumerate(clips) if rendered(scene) and not _is_at_hand(clip, after, scene)]
    if not missing:
        return
    sounding = apply(workshop.sounding, history.edits)
    renderer, progress = workshop.renderer, workshop.stage("painting scenes")
    made(alternates.alternates_folder(folder))
    for number, scene in enumerate(missing):
        board, index = sounding.painted_from(scene)
        version = after.version(scene)
        frames = renderer.frames(board, index)
        write_scene_clip(alternates.parked(clips[scene], version), frames, board.frame_rate, version)
        progress(number + 1, len(missing))


def _is_at_hand(clip: Path, story: EditedStory, scene: int) -> bool:
    """In its place, or among the alternates; there it is looked at, and removed if it is damaged."""
    version = story.version(scene)
    if is_there(clip) and clip_version(clip) == version:
        return True
    other, settings = alternates.parked(clip, version), story.planned.settings
    if not is_there(other):
        return False
    if fault := film_fault(other, story.board.clip_frames(scene), (settings.width, settings.height)):
        log.warning("%s: damaged (%s); it is made again", other, fault)
        remove(other)
    return not fault


Shown = tuple[str, str, Subclip | None, tuple[int, ...], tuple[int, ...]]


def _shown(story: EditedStory) -> Sequence[Shown]:
    """What is seen of each scene: its clip, which one of that name, or of what footage; how many frames it goes over
    from the one before, and the frames of the film that it takes."""
    board = story.board
    return [
        (
            edited.scene.clip,
            story.version(scene),
            edited.scene.subclip,
            board.dissolve_into(scene),
            tuple(frame - board.first_frame for frame in board.shown_frames(scene)),
        )
        for scene, edited in enumerate(story.scenes)
    ]


def _retire(opened: Opened, before: EditedStory, after: EditedStory) -> Earlier | None:
    """Remove what was made of `before`, but for a timeline that somebody has changed. The preview serves once more."""
    if is_timeline_untouched(opened.timeline, before.board):
        remove(opened.timeline)
    film, kept = opened.folder / PREVIEW, draft(opened.folder / EARLIER)
    if is_there(film):
        move(film, kept)
    for name in PRODUCTS:
        remove(opened.folder / name)
    if not is_there(kept):
        return None
    size = after.board.settings.width, after.board.settings.height
    fits = is_preview_alike(kept, size, after.board.frame_rate)
    return Earlier(kept, _copied(kept, before, after) if fits else {})


def _copied(film: Path, before: EditedStory, after: EditedStory) -> dict[int, range]:
    """Scenes of `after` that look in the preview as they did; each may begin with what is seen of the one before.

    None, if any scene of `before` does not stand alone in `film`: previews of 0.1 are encoded as a whole.
    """
    lone = lone_frames(film, after.board.frame_rate)
    if not all(lone.issuperset(frames) for *_, frames in _shown(before)):
        return {}
    known, pairs = _after_each_other(_shown(before)), _after_each_other(_shown(after))
    return {scene: range(*shown[-1]) for scene, (former, shown) in enumerate(pairs) if (former, shown) in known}


def _after_each_other(scenes: Sequence[Shown]) -> list[tuple[Shown | None, Shown]]:
    return list(zip([None, *scenes], scenes, strict=False))
