"""From a song and a request to a folder that an editor can open. Owns the order of things.

`story.json` is written first. A run that was killed is taken up again where it stopped, since every file
appears whole or not at all, and since the same request gives the same bytes. What is there is looked through all the
same: a disk may have lost some of it. Who comes while another process is at work on the folder is told so, and leaves.
"""

from dataclasses import dataclass
from pathlib import Path

from ..audio.decode import file_to_song, refuse_unspellable
from ..core.errors import BridgeError
from ..core.folder_lock import alone_in
from ..core.types import Progress
from ..core.units import frame_to_seconds
from ..export import video
from ..export.assemble import Stages, assemble
from ..export.damage import clear_damaged_media
from ..export.story_folder import claim, clip_paths, refuse_foreign, song_path
from ..render.film import Film
from ..story.analysis import analyze
from ..story.plan import plan, with_styles
from ..story.settings import own_view
from ..story.storyboard import Storyboard
from .bundle import load, refuse_contradictions
from .config import StoryRequest


@dataclass(frozen=True)
class Story:
    """A finished story's folder and its storyboard."""

    folder: Path
    storyboard: Storyboard


def make_story(request: StoryRequest, stage: Stages) -> Story:
    """The whole job. Raises BridgeError, before any picture is painted, for a request that cannot be met, and where
    another process is at work on the folder."""
    refuse_without_effect(request)
    refuse_unspellable(request.out.absolute())
    refuse_foreign(request.out)
    with alone_in(request.out):
        return _make(request, stage)


def _make(request: StoryRequest, stage: Stages) -> Story:
    settings = request.settings
    song = file_to_song(request.song, stage("reading the song"))
    models = load(request.models, settings.for_song(song.digest).seed or 0)
    view = own_view(song.digest, models.default_views) if request.view is None else request.view
    translator, painter = models.translator(view), models.painter()
    style_for = models.styles.rule(settings.style)  # complains of a missing image before any work is done
    analysis = analyze(song, models.audio_model, settings.alignment, stage("listening"))
    board = with_styles(plan(analysis, models.generator, translator, settings, models.digests), style_for)
    folder = claim(request.out, board)
    clear_damaged_media(folder, board, stage("looking at what is there"))
    _copy_song(folder, request.song, board, stage("copying the song"))
    _paint_clips(folder, Film(board, painter), stage("painting scenes"))
    assemble(folder, board, request.song, models.generator.classes, stage)
    return Story(folder, board)


def refuse_without_effect(request: StoryRequest) -> None:
    """Raises BridgeError where a part of `request` would be silently without effect."""
    choice, view = request.models, request.view
    refuse_contradictions(choice)
    if choice.classes is not None and view:
        raise BridgeError(f"--classes is a palette, and so is --view {view}; give one of them")
    if choice.translator != "neural" and view:
        raise BridgeError(f"--view is for --translator neural, got {choice.translator} with view {view}")


def _copy_song(folder: Path, song: Path, board: Storyboard, progress: Progress) -> None:
    path = song_path(folder)
    if not path.exists():
        video.write_song_copy(path, song, frame_to_seconds(board.frames, board.frame_rate))
    progress(1, 1)


def _paint_clips(folder: Path, film: Film, progress: Progress) -> None:
    clips = clip_paths(folder, film.board)
    for index, path in enumerate(clips):
        if not path.exists():
            video.write_scene_clip(path, film.clip(index), film.board.frame_rate)
        progress(index + 1, len(clips))
