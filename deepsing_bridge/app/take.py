"""From a recorded take to a story folder. What is there already stays, unless other dissolves are wanted."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..audio.decode import refuse_unspellable
from ..core.errors import BridgeError
from ..core.files import is_there, read_text, remove
from ..core.folder_lock import alone_in
from ..core.types import Progress
from ..core.units import frame_to_seconds
from ..export import damage
from ..export.assemble import Stages, assemble, is_timeline_untouched
from ..export.sound import Piece, write_spliced_sound
from ..export.story_folder import LISTING, MOST_BYTES, PRODUCTS, claim, song_path
from ..export.take_file import TakeFile
from ..generators.load import load_generator
from ..story.edits_file import FIRST_TIMELINE
from ..story.story_file import json_to_storyboard, storyboard_to_json
from ..story.storyboard import Storyboard
from .made import Story


def finish_take(folder: Path, stage: Stages, dissolve: int | None = None) -> Story:
    """Makes a story folder of a take: adds its sound, timelines, preview and report.

    `dissolve`: in how many frames a scene goes over into the next, as far as the take has pictures for it; None: as the
    take was finished before, and at first not at all. Raises BridgeError for a folder without a take, one that is still
    recorded, where a clip of it or a song that it played is gone, and for other dissolves in a timeline that somebody
    has changed.
    """
    TakeFile.read(folder)  # before a lock is put into what is no take's folder
    with alone_in(folder):
        take = TakeFile.read(folder)
        classes = load_generator(take.board.generator).classes
        _refuse_other_classes(take.board, classes)
        for song in {run.song for run in take.sound}:
            refuse_unspellable(song)
        damage.refuse_damaged_clips(folder, take.board)
        board = _dissolving(folder, take.board, dissolve)
        folder = claim(folder, board)
        damage.clear_damaged_sound(folder, board)
        _splice_sound(song_path(folder), take, stage("cutting the sound"))
        assemble(folder, board, song_path(folder), classes, stage)
    return Story(folder, board)


def _dissolving(folder: Path, board: Storyboard, frames: int | None) -> Storyboard:
    """`board` with dissolves of so many `frames`; where it was finished with others, what was made of them goes."""
    before = _finished_before(folder, board)
    if frames is None:
        return before or board
    wanted = _with_dissolve(board, frames)
    if before is not None and before.settings.dissolve != frames:
        timeline = folder / FIRST_TIMELINE
        if not is_timeline_untouched(timeline, before):
            raise BridgeError(f"{timeline}: somebody has changed it; move it elsewhere to have it made with --dissolve")
        for path in (timeline, *(folder / name for name in PRODUCTS), folder / LISTING):
            remove(path)
    return wanted


def _finished_before(folder: Path, board: Storyboard) -> Storyboard | None:
    """`board` as it was made a story of; None where it was not, or where that is damaged."""
    listing = folder / LISTING
    if not is_there(listing):
        return None
    text = read_text(listing, MOST_BYTES)
    try:
        before = _with_dissolve(board, json_to_storyboard(text).settings.dissolve)
    except BridgeError:
        return None
    return before if storyboard_to_json(before) == text else None


def _with_dissolve(board: Storyboard, frames: int) -> Storyboard:
    return replace(board, settings=replace(board.settings, dissolve=frames))


def _refuse_other_classes(board: Storyboard, classes: Sequence[str]) -> None:
    if len(board.scenes[0].probabilities) > len(classes):
        raise BridgeError(f"the take was played with other classes than the {len(classes)} of {board.generator} here")


def _splice_sound(path: Path, take: TakeFile, progress: Progress) -> None:
    rate = take.board.frame_rate
    if not path.exists():
        ends = [*(run.frame for run in take.sound[1:]), take.frames]
        pieces = [
            Piece(run.song, run.time_s, frame_to_seconds(end - run.frame, rate))
            for run, end in zip(take.sound, ends, strict=True)
        ]
        write_spliced_sound(path, pieces)
    progress(1, 1)
