"""From a recorded take to a story folder. What is there already stays."""

from collections.abc import Sequence
from pathlib import Path

from ..audio.decode import refuse_unspellable
from ..core.errors import BridgeError
from ..core.folder_lock import alone_in
from ..core.types import Progress
from ..core.units import frame_to_seconds
from ..export import damage, video
from ..export.assemble import Stages, assemble
from ..export.story_folder import claim, song_path
from ..export.take_file import TakeFile
from ..generators.load import load_generator
from ..story.storyboard import Storyboard
from .made import Story


def finish_take(folder: Path, stage: Stages) -> Story:
    """Makes a story folder of a take: adds its sound, timelines, preview and report.

    Raises BridgeError for a folder without a take, one that is still recorded, and where a clip of it or a song that it
    played is gone.
    """
    TakeFile.read(folder)  # before a lock is put into what is no take's folder
    with alone_in(folder):
        take = TakeFile.read(folder)
        classes = load_generator(take.board.generator).classes
        _refuse_other_classes(take.board, classes)
        for song in {run.song for run in take.sound}:
            refuse_unspellable(song)
        damage.refuse_damaged_clips(folder, take.board)
        folder = claim(folder, take.board)
        damage.clear_damaged_sound(folder, take.board)
        _splice_sound(song_path(folder), take, stage("cutting the sound"))
        assemble(folder, take.board, song_path(folder), classes, stage)
    return Story(folder, take.board)


def _refuse_other_classes(board: Storyboard, classes: Sequence[str]) -> None:
    if len(board.scenes[0].probabilities) > len(classes):
        raise BridgeError(f"the take was played with other classes than the {len(classes)} of {board.generator} here")


def _splice_sound(path: Path, take: TakeFile, progress: Progress) -> None:
    rate = take.board.frame_rate
    if not path.exists():
        ends = [*(run.frame for run in take.sound[1:]), take.frames]
        pieces = [
            video.Piece(run.song, run.time_s, frame_to_seconds(end - run.frame, rate))
            for run, end in zip(take.sound, ends, strict=True)
        ]
        video.write_spliced_sound(path, pieces)
    progress(1, 1)
