"""From a song and a wish to a folder that an editor can open. Owns the order of things, and what is on disk when.

`story.json` is written first. A run that was killed is taken up again where it stopped, since every file
appears whole or not at all, and since the same wish gives the same bytes.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..attributes import audio_models, image_tuned
from ..audio.decode import file_to_song, refuse_unspellable
from ..core.device import CPU, Device
from ..core.errors import BridgeError
from ..core.files import made, write_text
from ..core.types import Progress, Storyboard
from ..core.units import HANDLE_S, frame_to_seconds, seconds_to_frame
from ..export import timeline, video
from ..export.take import clip_name
from ..export.take_file import TakeFile
from ..generators.generate import EMBEDDED, Generator, generator_file, load_generator
from ..story import story_file
from ..story.plan import Painter, Settings, clip_frames, plan
from ..stylization import stylize
from ..translation import attribute_view, diversity, translators
from ..weights import model_sets

log = logging.getLogger(__name__)

Stages = Callable[[str], Progress]
"""Called with a stage's name when it begins; gives the `Progress` for that stage."""

CROSS_FADE_S = 0.5  # in the preview; at most HANDLE_S, as the outgoing picture comes from its clip's handle
TRANSLATORS = ("neural", "dictionary", "random")


@dataclass(frozen=True)
class StoryRequest:
    """What somebody asked for: a story of `song` in folder `out`."""

    song: Path
    out: Path
    settings: Settings = field(default_factory=Settings)
    generator: str = EMBEDDED
    translator: str = "neural"
    view: int = 0
    classes: str | None = None  # names, separated by commas: fit a translator to these
    styles: Path = stylize.DEFAULT_STYLES
    models: str = ""  # names of installed model sets, separated by commas, that are asked before the shipped one
    audio_model: str | None = None  # the audio estimator's name, see `audio_models.choose`
    device: Device = CPU


@dataclass(frozen=True)
class Story:
    """A finished story's folder and its storyboard."""

    folder: Path
    storyboard: Storyboard


def make_story(wish: StoryRequest, stage: Stages) -> Story:
    """The whole job. Raises BridgeError for a wish that cannot be met, before any picture is painted."""
    refuse_contradictions(wish)
    refuse_unspellable(wish.out.absolute())
    refuse_foreign(wish.out)
    refuse_unwritable(wish.out)
    song = file_to_song(wish.song, stage("reading the song"))
    sets = model_sets.chosen(wish.models, wish.generator)
    generator = load_generator(wish.generator, wish.device)
    translator = make_translator(wish, generator)
    painter = load_painter(generator, wish.styles, sets, wish.device)
    painter.styles_for(wish.settings.style)
    settings = replace(wish.settings, audio_model=audio_models.choose(wish.audio_model, sets))
    board = plan(song, generator, translator, settings, weights_used(wish), stage("listening"))
    folder = claim_folder(wish.out, board)
    song_copy = _copy_song(folder, wish.song, board, stage("copying the song"))
    clips = _paint_clips(folder, painter, board, stage("painting scenes"))
    _write_preview(folder, wish.song, board, clips, stage("cutting the preview"))
    _write_timelines(folder, board, clips, song_copy, stage("writing timelines"))
    _write_report(folder, board, clips, generator.classes, stage("drawing the report"))
    return Story(folder, board)


def refuse_contradictions(wish: StoryRequest) -> None:
    """Raises BridgeError where a part of `wish` would be silently without effect."""
    if wish.classes is not None and wish.translator != "neural":
        raise BridgeError(f"--classes fits a neural translator of its own; leave out --translator {wish.translator}")
    if wish.classes is not None and wish.view:
        raise BridgeError(f"--classes is a palette, and so is --view {wish.view}; give one of them")
    if wish.translator != "neural" and wish.view:
        raise BridgeError(f"--view is for --translator neural, got {wish.translator} with view {wish.view}")


def finish_take(folder: Path, stage: Stages) -> Story:
    """Makes a story folder of a take: adds its sound, timelines, preview and report; what is there already stays.

    Raises BridgeError for a folder without a take, or where a song that it played is gone.
    """
    take = TakeFile.read(folder)
    board = take.board
    folder = claim_folder(folder, board)
    clips = [clip_path(folder, board, index) for index in range(len(board.scenes))]
    song = _splice_sound(folder, take, stage("cutting the sound"))
    _write_timelines(folder, board, clips, song, stage("writing timelines"))
    _write_preview(folder, song, board, clips, stage("cutting the preview"))
    _write_report(folder, board, clips, load_generator(board.generator).classes, stage("drawing the report"))
    return Story(folder, board)


def make_translator(wish: StoryRequest, generator: Generator) -> translators.SentimentTranslator:
    """The translator that the wish names. Raises BridgeError for an unknown one, view or class."""
    seed, sets = wish.settings.seed, model_sets.chosen(wish.models, generator.name)
    if wish.classes is not None:
        chosen = translators.class_ids(wish.classes, generator)
        samples = attribute_view.load_samples(generator.name, sets.holding(attribute_view.samples_file(generator.name)))
        return diversity.DiverseTranslator(translators.NeuralTranslator.fit(samples, chosen, seed), samples)
    if wish.translator == "neural":
        translator = translators.translators_for(generator.name, sets).load(wish.view)
        return diversity.varied([translator], generator.name, sets)[0]
    if wish.translator == "dictionary":
        tables = sets.holding(translators.dictionary_file(generator.name))
        return translators.DictionaryTranslator.load(generator.name, tables, generator.latent_dim, seed)
    if wish.translator == "random":
        return translators.RandomTranslator(generator.classes, generator.sample_latents, seed)
    raise BridgeError(f"translator {wish.translator!r}: expected one of {', '.join(TRANSLATORS)}")


def load_painter(
    generator: Generator,
    styles: Path = stylize.DEFAULT_STYLES,
    sets: model_sets.ModelSets = model_sets.SHIPPED,
    device: Device = CPU,
) -> Painter:
    """A painter with the stylizer and the visual estimator of `sets`, and the style images of folder `styles`."""
    stylizer = stylize.Stylizer.load(sets.holding(stylize.WEIGHTS), device)
    estimate = image_tuned.TunedImageEstimator.load(sets.holding(image_tuned.WEIGHTS)).estimate
    return Painter(generator, stylizer, stylize.StyleBook.load(styles, stylizer, estimate))


def weights_used(wish: StoryRequest) -> dict[str, str]:
    """The name and sha256 of every weight file, and of every style image, that shapes the story."""
    sets = model_sets.chosen(wish.models, wish.generator)
    names = [
        audio_models.choose(wish.audio_model, sets).file,
        image_tuned.WEIGHTS,
        stylize.WEIGHTS,
        generator_file(wish.generator),
    ]
    if wish.classes is not None:
        names.append(attribute_view.samples_file(wish.generator))
    elif wish.translator == "neural":
        names.append(translators.translators_for(wish.generator, sets).file)
        names += filter(None, [diversity.samples_listed(wish.generator, sets)])
    return sets.digests(names) | {
        f"styles/{image.name}": weights.sha256(image) for image in stylize.style_images(wish.styles)
    }


def refuse_foreign(out: Path) -> None:
    """Raises BridgeError if `out` is a file, or a folder with anything but a story in it: nothing is overwritten."""
    if out.exists() and not out.is_dir():
        raise BridgeError(f"{out}: a file is there already; give the name of a new or empty folder")
    foreign = (path for path in out.glob("*") if not path.name.startswith(".") and path.suffix != ".part")
    if not (out / "story.json").exists() and any(foreign):
        raise BridgeError(f"{out}: holds other files; give the name of a new or empty folder")


def refuse_unwritable(out: Path) -> None:
    """Raises BridgeError where `out` cannot be made, rather than after minutes; leaves nothing there."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    made(out)
    for folder in missing:
        folder.rmdir()


def claim_folder(out: Path, board: Storyboard) -> Path:
    """`out`, made if need be, with `story.json` and `media/` in it. Raises BridgeError if it holds another story."""
    text, listing = story_file.storyboard_to_json(board), out / "story.json"
    if listing.exists() and listing.read_text(encoding="utf-8") != text:
        raise BridgeError(f"{out}: holds another story; give the name of a new or empty folder")
    made(out)
    if not listing.exists():  # before media/, since a folder with media and no story is somebody else's
        write_text(listing, text)
    made(out / "media")
    return out.absolute()


def clip_path(folder: Path, board: Storyboard, index: int) -> Path:
    return folder / "media" / clip_name(index + 1, board.scenes[index].label)


def _copy_song(folder: Path, song: Path, board: Storyboard, progress: Progress) -> Path:
    path = folder / "media" / "song.wav"
    if not path.exists():
        frames = seconds_to_frame(board.duration_s, board.frame_rate)
        video.write_song_copy(path, song, frame_to_seconds(frames, board.frame_rate))
    progress(1, 1)
    return path


def _splice_sound(folder: Path, take: TakeFile, progress: Progress) -> Path:
    path, rate = folder / "media" / "song.wav", take.board.frame_rate
    if not path.exists():
        ends = [*(run.frame for run in take.sound[1:]), take.frames]
        pieces = [
            video.Piece(run.song, run.time_s, frame_to_seconds(end - run.frame, rate))
            for run, end in zip(take.sound, ends, strict=True)
        ]
        video.write_spliced_sound(path, pieces)
    progress(1, 1)
    return path


def _paint_clips(folder: Path, painter: Painter, board: Storyboard, progress: Progress) -> list[Path]:
    clips = [clip_path(folder, board, index) for index in range(len(board.scenes))]
    for index, path in enumerate(clips):
        if not path.exists():
            video.write_scene_clip(path, _clip_pictures(painter, board, index), board.frame_rate)
        progress(index + 1, len(clips))
    return clips


def _clip_pictures(painter: Painter, board: Storyboard, index: int) -> Iterator[NDArray[np.uint8]]:
    first = seconds_to_frame(board.scenes[index].start_s, board.frame_rate)
    for frame in range(first, first + clip_frames(board, index)):
        yield painter.picture(board, index, frame_to_seconds(frame, board.frame_rate))


def _write_preview(folder: Path, song: Path, board: Storyboard, clips: list[Path], progress: Progress) -> None:
    path = folder / "preview.mp4"
    if not path.exists():
        video.write_preview(path, cross_faded(board, clips, progress), board.frame_rate, song)
    progress(1, 1)


def cross_faded(board: Storyboard, clips: list[Path], progress: Progress) -> Iterator[NDArray[np.uint8]]:
    """Every frame of the story, (H, W, 3) uint8, a cross-fade after each cut out of the handle before it."""
    fade = round(min(CROSS_FADE_S, HANDLE_S) * board.frame_rate)
    handle: list[NDArray[np.uint8]] = []
    scenes = zip(clips, story_file.scene_frames(board), strict=True)
    for clip, (start, end) in scenes:
        fading, handle = handle, []
        for index, picture in enumerate(video.read_frames(clip)):
            if index < end - start:
                yield _faded(fading, picture, index)
                progress(start + index + 1, seconds_to_frame(board.duration_s, board.frame_rate))
            elif len(handle) < fade:
                handle.append(picture)


def _faded(fading: list[NDArray[np.uint8]], picture: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
    if index >= len(fading):
        return picture
    share = (index + 1) / (len(fading) + 1)
    return (fading[index] + share * (picture.astype(np.float32) - fading[index]) + 0.5).astype(np.uint8)


def _write_timelines(folder: Path, board: Storyboard, clips: list[Path], song: Path, progress: Progress) -> None:
    """What is there already stays: somebody may have worked on it, or the story has moved."""
    frames = [clip_frames(board, index) for index in range(len(clips))]
    cut = timeline.storyboard_to_timeline(board, clips, frames, song, folder.name)
    listing = folder / "story.otio"
    if not listing.exists():
        timeline.write_otio(cut, listing)
    elif listing.read_text(encoding="utf-8") != timeline.otio_text(cut):
        log.warning("%s: is there already, is another one, and stays; remove it to have it made anew", listing)
    if not (folder / "story.otioz").exists():
        timeline.write_otioz(cut, folder / "story.otioz")
    progress(1, 1)


def _write_report(
    folder: Path,
    board: Storyboard,
    clips: list[Path],
    classes: tuple[str, ...],
    progress: Progress,
) -> None:
    from ..export import report  # and with it matplotlib, which takes a while

    path = folder / "report.png"
    if not path.exists():
        shown = report.choose_key_scenes(board)
        pictures = {index: middle_picture(board, clips, index) for index in shown}
        report.write_report(path, board, pictures, classes, board.song_path.stem)
    progress(1, 1)


def middle_picture(board: Storyboard, clips: list[Path], index: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8: what scene `index` shows half-way through, as its clip has it.

    Raises BridgeError for a clip that ends before.
    """
    start, end = story_file.scene_frames(board)[index]
    picture = next(islice(video.read_frames(clips[index]), (end - start) // 2, None), None)
    if picture is None:
        raise BridgeError(f"{clips[index]}: ends before its scene does; remove it and run the same command again")
    return picture
