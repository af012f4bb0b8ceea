"""From a song and a request to a folder that an editor can open. Owns the order of things.

`story.json` is written first. A run that was killed is taken up again where it stopped, since every file
appears whole or not at all, and since the same request gives the same bytes. What is there is looked through all the
same: a disk may have lost some of it. Who comes while another process is at work on the folder is told so, and leaves.
"""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..attributes.audio_models import AudioEstimator
from ..audio.decode import file_to_song, refuse_unspellable
from ..core.errors import BridgeError
from ..core.folder_lock import alone_in
from ..core.types import Progress, Sentiment
from ..core.units import frame_to_seconds, timecode_to_frame
from ..export import alternates
from ..export.assemble import Stages, assemble
from ..export.damage import clear_damaged_media
from ..export.sound import Piece, write_song_copy, write_spliced_sound
from ..export.story_folder import board_digest, claim, clip_paths, read_history, refuse_foreign, song_path
from ..render.clips import ClipRenderer
from ..render.painter import Painter
from ..render.seen_cuts import with_seen_cuts
from ..render.styled_footage import FootageStyler
from ..story import levels_cache
from ..story.analysis import analyze
from ..story.edited_story import EditedStory, apply
from ..story.footage_plan import Unpainted
from ..story.plan import Labels, plan, with_styles
from ..story.settings import Settings, own_view
from ..story.storyboard import Storyboard
from ..stylization.styles import Style
from ..translation.protocol import SentimentTranslator
from ..weights import model_sets
from . import cluster_scenes, scene_workers
from .bundle import load, load_for_footage, refuse_contradictions
from .config import ModelChoice, StoryRequest
from .footage import Shown, with_footage
from .made import Story
from .scenes import SceneJob, renderer_of, write_clip

log = logging.getLogger(__name__)


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
    means = _means(request, song.digest, stage)  # complains of what is missing before any work is done
    heard = levels_cache.kept(song.digest)
    analysis = analyze(song, means.audio_model, settings.alignment, stage("listening"), heard)
    if heard is None:
        levels_cache.keep(song.digest, levels_cache.Heard(analysis.levels, analysis.sound))
    board = plan(analysis, means.generator, means.translator, settings, means.digests)
    if means.painter is not None:
        board = with_seen_cuts(board, means.painter, means.translator, stage("comparing neighbours"))
    board = with_styles(board, means.style_for) if means.style_for else board
    shown = (
        with_footage(board, request.out, model_sets.chosen(request.models.sets, request.models.generator), stage)
        if settings.footage
        else Shown(board)
    )
    part = shown.board.part(request.from_s, math.inf if request.to_s is None else request.to_s)
    folder = claim(request.out, part)
    history = read_history(folder, board_digest(folder))
    edited = apply(part, history.edits)
    if history.done:
        log.warning("%s: was edited since, and stays so; `retake --undo` takes that back", folder)
    alternates.settle(folder, edited)
    clear_damaged_media(folder, edited.board, stage("looking at what is there"))
    sound = _copy_song(folder, request.song, part, stage("copying the song"))
    _render_clips(folder, edited, means.renderer, request, stage)
    assemble(folder, edited.board, sound, means.generator.classes, stage, history.timeline)
    return Story(folder, edited.board, shown.told)


@dataclass(frozen=True)
class _Means:
    """What a story is made with; no `style_for` where nothing is stylized, no `painter` where nothing is painted."""

    audio_model: AudioEstimator
    generator: Labels
    translator: SentimentTranslator
    style_for: Callable[[Sentiment], Style] | None
    painter: Painter | None
    renderer: ClipRenderer
    digests: Mapping[str, str]


def _means(request: StoryRequest, digest: str, stage: Stages) -> _Means:
    """Those for the song of this `digest`."""
    settings = request.settings
    if settings.footage is not None and not settings.footage.fill:
        return _means_of_footage(request)
    models = load(request.models, settings.for_song(digest).seed or 0, stage)
    view = own_view(digest, models.default_views) if request.view is None else request.view
    return _Means(
        models.audio_model,
        models.generator,
        models.translator(view),
        models.styles.rule(settings.style),
        models.painter(),
        renderer_of(models, settings),
        models.digests,
    )


def _means_of_footage(request: StoryRequest) -> _Means:
    settings, unpainted = request.settings, Unpainted()
    models = load_for_footage(request.models, styled=settings.blend > 0 or settings.grade > 0)
    style_for = styler = None
    if styling := models.styling:
        style_for = styling.styles.rule(settings.style)
        styler = FootageStyler(styling.stylizer, styling.styles)
    renderer = ClipRenderer(None, styler)
    return _Means(models.audio_model, unpainted, unpainted, style_for, None, renderer, models.digests)


def refuse_without_effect(request: StoryRequest) -> None:
    """Raises BridgeError where a part of `request` would be silently without effect, or only be refused at the end."""
    choice, view = request.models, request.view
    if request.to_s is not None and request.to_s <= request.from_s:
        raise BridgeError(f"--to {request.to_s:g} s is not after --from {request.from_s:g} s")
    timecode_to_frame(request.settings.start_timecode, request.settings.frame_rate)
    refuse_contradictions(choice)
    if request.jobs > 1 and request.cluster is not None:
        raise BridgeError(f"--jobs {request.jobs} paints here, and --ray {request.cluster} there; give one of them")
    if request.settings.footage is not None and not request.settings.footage.fill:
        _refuse_painting(request)
    if choice.classes is not None and view:
        raise BridgeError(f"--classes is a palette, and so is --view {view}; give one of them")
    if choice.translator != "neural" and view:
        raise BridgeError(f"--view is for --translator neural, got {choice.translator} with view {view}")


def _refuse_painting(request: StoryRequest) -> None:
    """Raises BridgeError for what is wanted of painted scenes where none is painted."""
    settings, choice, usual = request.settings, request.models, Settings()
    wanted = {
        "classes": choice.classes is not None,
        "translator": choice.translator != ModelChoice.translator,
        "view": request.view is not None,
    }
    of_pictures = ("motion", "noise", "react", "temperature", "truncation")
    wanted |= {name: getattr(settings, name) != getattr(usual, name) for name in of_pictures}
    if named := [f"--{name}" for name, given in wanted.items() if given]:
        raise BridgeError(
            f"{', '.join(named)} is for painted scenes, and with --footage alone none is; add --fill worlds"
        )


def _copy_song(folder: Path, song: Path, board: Storyboard, progress: Progress) -> Path:
    """What the preview plays: the song itself, or, of a part of one, the copy, which begins and ends with it."""
    path, length_s = song_path(folder), frame_to_seconds(board.frames, board.frame_rate)
    whole = board.first_frame == 0 and length_s + 1 / board.frame_rate > board.duration_s
    if not path.exists() and whole:
        write_song_copy(path, song, length_s)
    elif not path.exists():
        start_s = frame_to_seconds(board.first_frame, board.frame_rate)
        write_spliced_sound(path, [Piece(song, start_s, length_s)])
    progress(1, 1)
    return song if whole else path


def _render_clips(
    folder: Path, story: EditedStory, renderer: ClipRenderer, request: StoryRequest, stage: Stages
) -> None:
    """The clips that are not parts of somebody's own files as they are, if there are any."""
    paths = clip_paths(folder, story.board)
    clips = [(index, path) for index, path in enumerate(paths) if story.board.is_rendered(index)]
    if not clips:
        return
    told = stage("painting scenes" if renderer.paints else "stylizing the footage")
    missing = [(index, path) for index, path in clips if not path.exists()]
    there = len(clips) - len(missing)

    def progress(done: int, total: int) -> None:
        told(there + done, len(clips))

    if request.cluster is not None:
        cluster_scenes.paint_all(SceneJob.of(story, request.models), missing, request.cluster, progress)
    elif min(request.jobs, len(missing)) > 1:
        scene_workers.paint_all(SceneJob.of(story, request.models), missing, request.jobs, progress)
    else:
        for done, (index, path) in enumerate(missing, 1):
            write_clip(story, index, renderer, path)
            progress(done, len(missing))
    progress(len(missing), len(missing))
