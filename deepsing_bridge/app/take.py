"""From a recorded take to a story folder. What is there already stays."""

from pathlib import Path

from ..core.types import Progress
from ..core.units import frame_to_seconds
from ..export import video
from ..export.assemble import Stages, assemble
from ..export.story_folder import claim, song_path
from ..export.take_file import TakeFile
from ..generators.load import load_generator
from .story import Story


def finish_take(folder: Path, stage: Stages) -> Story:
    """Makes a story folder of a take: adds its sound, timelines, preview and report.

    Raises BridgeError for a folder without a take, or where a song that it played is gone.
    """
    take = TakeFile.read(folder)
    folder = claim(folder, take.board)
    _splice_sound(song_path(folder), take, stage("cutting the sound"))
    classes = load_generator(take.board.generator).classes
    assemble(folder, take.board, song_path(folder), classes, stage)
    return Story(folder, take.board)


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
