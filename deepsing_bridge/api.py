"""The package as a library: what the commands do, as functions. `deepsing_bridge` itself gives them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .app import retake as _retake
from .app.config import ModelChoice, RetakeRequest, StoryRequest
from .app.made import Story
from .app.sizes import default_size, footage_size
from .app.story import make_story as _make_story
from .attributes import audio_models
from .audio.decode import file_to_song
from .core import options
from .core.errors import BridgeError
from .core.options import Alignment
from .core.types import Progress, no_progress
from .generators.load import default_generator
from .story.analysis import SongAnalysis
from .story.analysis import analyze as _analyze
from .story.settings import FootageSettings, Settings
from .weights import model_sets


def analyze(
    song: str | Path,
    *,
    alignment: Alignment = "song",
    audio_model: str | None = None,
    models: str = "",
    progress: Progress = no_progress,
) -> SongAnalysis:
    """The sentiment, power and beats of the sound file or film `song`.

    `audio_model` is context or paper, `models` are names of installed model sets to prefer, separated by commas.
    Raises BridgeError for what cannot be played or is not installed.
    """
    sets = model_sets.chosen(models, "embedded")
    return _analyze(file_to_song(Path(song)), audio_models.choose(audio_model, sets), alignment, progress)


def make_story(
    song: str | Path,
    out: str | Path,
    *,
    settings: Settings | None = None,
    models: ModelChoice | None = None,
    view: int | None = None,
    footage: str | Path | Sequence[str | Path] = (),
    fill: str | None = None,
    farthest: float = options.FARTHEST.default,
    from_s: float = 0.0,
    to_s: float | None = None,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Callable[[str], Progress] = lambda stage: no_progress,
) -> Story:
    """A story of `song` in folder `out`, which must be new, empty, or hold the same story unfinished.

    `from_s` and `to_s`: only the scenes that are on between these seconds of the song. `view` None: the song's own.
    `models` None: worlds where there is OpenGL, else photos. `settings` None: the size, too, is what the machine can
    draw.
    `footage`: folders of films and photos that the scenes are cut from; `fill` is the generator that paints those for
    which the nearest shot is farther than `farthest` standard deviations in feeling. `settings` None: footage stays as
    it is; with a `blend` or a `grade` above 0, styled copies of it are made.
    Scenes are painted by so many processes (`jobs`), or by the Ray cluster at the address `cluster`, to the same bytes.
    `progress` is called with a stage's name when it begins, and gives what is told `(done, total)` within it.
    Raises BridgeError for a request that cannot be met.
    """
    own = _footage_settings(footage, fill, farthest)
    models = models or ModelChoice(fill or "embedded" if own else default_generator())
    if settings is None:
        width, height = default_size(models.generator, None) if own is None or fill else footage_size(None)
        settings = Settings(width=width, height=height)
        settings = settings if own is None else replace(settings, blend=0.0, grade=0.0)
    settings = replace(settings, footage=own or settings.footage)
    request = StoryRequest(Path(song).absolute(), Path(out), settings, models, view, from_s, to_s, jobs, cluster)
    return _make_story(request, progress)


def retake(
    story: str | Path,
    scenes: Sequence[int] = (),
    *,
    class_name: str | None = None,
    style: str | None = None,
    blend: float | None = None,
    shot: str | None = None,
    move_cuts: Mapping[int, str] | None = None,
    merge: Sequence[tuple[int, int]] = (),
    split: Mapping[int, str] | None = None,
    lock: Sequence[int] = (),
    unlock: Sequence[int] = (),
    models: ModelChoice | None = None,
    song: str | Path | None = None,
    progress: Callable[[str], Progress] = lambda stage: no_progress,
) -> Story:
    """Change the story in folder `story`, scenes counted from 1 as they are before, and make all that shows it anew.

    `scenes` get another picture of the same feeling, of class `class_name` if one is given; or, with `style` or `blend`
    and no class, that alone. One of footage gets another shot, of the film or photo called `shot` if one is given.
    `move_cuts` maps scenes to shifts of the cuts at which they begin, `"+12f"` or `"-0.5s"`;
    `merge` names the first and the last of scenes that become one; `split` maps scenes to times in the song from which
    they are another one, `"0:41.2"`, of footage with the same shot going on. Nothing changes those of `lock`. If
    nothing is asked for, what was interrupted is finished. `models` and `song`: as the story was made, and where its
    song is now. Raises BridgeError for what cannot be, before anything is changed.
    """
    request = RetakeRequest(
        story=Path(story),
        scenes=tuple(scenes),
        class_name=class_name,
        style=style,
        blend=blend,
        shot=shot,
        moves=tuple((move_cuts or {}).items()),
        merges=tuple(merge),
        splits=tuple((split or {}).items()),
        locks=tuple(lock),
        unlocks=tuple(unlock),
        models=models or ModelChoice(),
        song=None if song is None else Path(song),
    )
    return _retake.retake(request, progress)


def undo_retake(
    story: str | Path, *, models: ModelChoice | None = None, progress: Callable[[str], Progress] = lambda _: no_progress
) -> Story:
    """The story in folder `story` before the last change, to the byte. Raises BridgeError if there was none."""
    return _retake.undo(RetakeRequest(Path(story), models=models or ModelChoice()), progress)


def redo_retake(
    story: str | Path, *, models: ModelChoice | None = None, progress: Callable[[str], Progress] = lambda _: no_progress
) -> Story:
    """What was undone last, again. Raises BridgeError if nothing was."""
    return _retake.redo(RetakeRequest(Path(story), models=models or ModelChoice()), progress)


def _footage_settings(
    footage: str | Path | Sequence[str | Path], fill: str | None, farthest: float
) -> FootageSettings | None:
    folders = [footage] if isinstance(footage, str | Path) else list(footage)
    if fill and not folders:
        raise BridgeError("fill is for stories of footage; name its folders")
    if not folders:
        return None
    return FootageSettings(tuple(Path(folder).absolute() for folder in folders), bool(fill), farthest)
