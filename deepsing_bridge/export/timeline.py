"""A `Storyboard` becomes an OpenTimelineIO timeline in the one dialect that Resolve takes.

Clip.2 with an available range on every reference, media as bare absolute paths, each clip named after its file,
tracks "Video 1" and "Audio 1", stock schemas only, every time whole frames. What was made for the story starts at
timecode 0. Somebody's own footage has its own rate and timecode in its available range, while what is used of it is
told at the timeline's rate, from that timecode on: so Resolve itself writes mixed rates.
Writes it as `.otio`, and as `.otioz` with the media inside. Knows nothing of how the media are made.
"""

import shutil
import zipfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from ..core.colours import FEELING_COLOURS, STRUCTURE_COLOURS
from ..core.errors import BridgeError
from ..core.files import appearing, write_text
from ..core.units import seconds_to_frame
from ..story.storyboard import Scene, Storyboard

Timeline = Any  # opentimelineio has no type stubs
Clip = Any

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: the same bytes on every run


def storyboard_to_timeline(
    storyboard: Storyboard, clips: Sequence[Path], clip_frames: Sequence[int], song: Path, name: str
) -> Timeline:
    """The timeline of `storyboard`: `clips[i]`, of `clip_frames[i]` frames, cut to scene i, above `song`. Scenes of
    somebody's own footage which are not rendered refer to that instead.

    What a clip has before and beyond its scene are handles, of which dissolves are made. Its
    timecode is the song's own time, later by as much as the settings' start is.
    Raises ValueError for a clip that is shorter than its scene.
    """
    rate = float(storyboard.frame_rate)
    total = storyboard.frames
    start = RationalTime(storyboard.first_timecode + storyboard.first_frame, rate)
    timeline = otio.schema.Timeline(name, global_start_time=start, metadata=_story(storyboard))
    video = otio.schema.Track("Video 1", kind=otio.schema.TrackKind.Video)
    audio = otio.schema.Track("Audio 1", kind=otio.schema.TrackKind.Audio)
    for index, clip in enumerate(_scene_clips(storyboard, clips, clip_frames)):
        video.extend([*_dissolves(storyboard, index), clip])
    audio.append(_clip(song, 0, total, total, rate))
    timeline.tracks.extend([video, audio])
    timeline.tracks.markers.extend(_song_markers(storyboard))
    return timeline


def otio_text(timeline: Timeline) -> str:
    """What an `.otio` of `timeline` holds."""
    return str(timeline.to_json_string()) + "\n"


def with_relative_paths(timeline: Timeline, folder: Path) -> Timeline:
    """A copy that names media below `folder`, in which it is to lie, by where they are there."""
    copy = timeline.deepcopy()
    for clip in media_clips(copy):
        clip.media_reference.target_url = path_beside(media_path(clip), folder)
    return copy


def names_relatively(timeline: Timeline) -> bool:
    """Whether all of its media are named by where they are from where it lies."""
    clips = media_clips(timeline)
    return bool(clips) and not any(_is_whole(str(media_path(clip))) for clip in clips)


def _is_whole(path: str) -> bool:
    """On this system or on Windows."""
    return Path(path).is_absolute() or PureWindowsPath(path).is_absolute()


def path_beside(file: Path, folder: Path) -> str:
    """`file` as what lies in `folder` may name it: from there, with slashes, if it is below it; else as it is."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def write_otio(timeline: Timeline, path: Path) -> None:
    """Write `timeline` as `.otio`. Raises BridgeError where the disk is full."""
    write_text(path, otio_text(timeline))


def write_otioz(timeline: Timeline, path: Path) -> None:
    """Write `timeline` as `.otioz`, with every file it refers to under `media/`, and with fixed dates.

    OpenTimelineIO's own writer stamps the hour into the file. Raises BridgeError where two media share a name, and
    where the disk is full.
    """
    media = sorted(set(map(media_path, media_clips(timeline))))
    names = [f"media/{file.name}" for file in media]
    if len(set(names)) < len(names):
        twice = sorted({file.name for file in media if names.count(f"media/{file.name}") > 1})
        raise BridgeError(f"{path}: two files named {', '.join(twice)}, and it has one place for each name; rename one")
    with appearing(path) as part, zipfile.ZipFile(part, "w") as bundle:
        _pack_text(bundle, "version.txt", "1.0.0")
        _pack_text(bundle, "content.otio", _relinked(timeline).to_json_string())
        for file, inside in zip(media, names, strict=True):
            _pack_file(bundle, inside, file)


def is_of_media(clip: Clip) -> bool:
    """Whether `clip` is of a file, as all of a story are, and no title or colour of an editor's own."""
    reference = clip.media_reference
    return isinstance(reference, otio.schema.ExternalReference) and bool(reference.target_url)


def media_clips(timeline: Timeline) -> list[Clip]:
    """Those of files, nested ones too."""
    return [clip for clip in timeline.find_clips() if is_of_media(clip)]


def media_path(clip: Clip) -> Path:
    """What the clip refers to; a bare path, as stories have it, or a file:// URL."""
    url = clip.media_reference.target_url
    return Path(otio.url_utils.filepath_from_url(url) if urlsplit(url).scheme == "file" else url)


def _scene_clips(storyboard: Storyboard, clips: Sequence[Path], clip_frames: Sequence[int]) -> Iterable[Clip]:
    scenes = zip(storyboard.scenes, storyboard.scene_frames(), clips, clip_frames, strict=True)
    for index, (scene, (start, end), file, available) in enumerate(scenes):
        if storyboard.is_rendered(index):
            rate = float(storyboard.frame_rate)
            clip = _clip(file, storyboard.head_frames(index), end - start, available, rate)
        else:
            clip = _footage_clip(storyboard, index)
        clip.metadata["deepsing"] = _facts(scene)
        clip.markers.append(_marker(scene, clip.source_range.start_time))
        yield clip


def _dissolves(storyboard: Storyboard, index: int) -> Iterable[Any]:
    """The one into scene number `index`, if there is one."""
    rate = float(storyboard.frame_rate)
    before, after = storyboard.dissolve_into(index)
    if before or after:
        kind = otio.schema.TransitionTypes.SMPTE_Dissolve
        yield otio.schema.Transition("Dissolve", kind, RationalTime(before, rate), RationalTime(after, rate))


def _clip(file: Path, first: int, used: int, available: int, rate: float) -> Clip:
    if first + used > available:
        raise ValueError(f"{file.name}: {used} frames from frame {first} on wanted of {available}")
    reference = otio.schema.ExternalReference(str(file.absolute()), _span(0, available, rate))
    reference.name = file.name
    return otio.schema.Clip(file.name, reference, _span(first, used, rate))


def _footage_clip(storyboard: Storyboard, index: int) -> Clip:
    """What is used of it starts at the media's own timecode, which need not be a whole frame of the timeline."""
    subclip, rate = storyboard.scenes[index].subclip, storyboard.frame_rate
    assert subclip is not None
    media, (start, end) = subclip.media, storyboard.frames_of(index)
    first, available = storyboard.footage_frames(index)
    if first + end - start > available:
        raise ValueError(f"{media.path}: {first + end - start} frames wanted of {available}")
    if media.is_photo:
        begins, there = Fraction(0), _span(0, available, float(rate))
    else:
        begins, own = media.start * rate / media.rate, float(media.rate)
        there = TimeRange(RationalTime(media.start, own), RationalTime(media.frames, own))
    size = {"width": media.width, "height": media.height}
    reference = otio.schema.ExternalReference(str(media.path), there, metadata={"deepsing": size})
    reference.name = media.path.name
    used = TimeRange(RationalTime(float(begins + first), float(rate)), RationalTime(end - start, float(rate)))
    return otio.schema.Clip(media.path.name, reference, used)


def _span(first: int, frames: int, rate: float) -> TimeRange:
    return TimeRange(RationalTime(first, rate), RationalTime(frames, rate))


def _marker(scene: Scene, at: RationalTime) -> Any:
    """At `at` of the clip's file; named, and with a comment, as some editors show the one and some the other."""
    felt = scene.sentiment
    return otio.schema.Marker(
        name=scene.label,
        marked_range=TimeRange(at, RationalTime(0, at.rate)),
        color=FEELING_COLOURS[felt.feeling],
        comment=f"{scene.label}: valence {felt.valence:+.2f}, arousal {felt.arousal:+.2f}, {felt.feeling}",
        metadata={"deepsing": _facts(scene)},
    )


def _song_markers(storyboard: Storyboard) -> Iterable[Any]:
    """Where bars and sections begin, on the timeline itself, so that moving a clip leaves them in place."""
    rate, structure = storyboard.frame_rate, storyboard.structure
    for kind, times in (("bar", structure.bars), ("section", [0.0, *structure.sections])):
        for number, time in enumerate(times, 1):
            at = RationalTime(seconds_to_frame(float(time), rate) - storyboard.first_frame, float(rate))
            if 0 <= at.value < storyboard.frames and len(times) > 1:
                name = f"{kind} {number}"
                yield otio.schema.Marker(name, TimeRange(at, RationalTime(0, float(rate))), STRUCTURE_COLOURS[kind])


def _facts(scene: Scene) -> dict[str, Any]:
    """Plain Python values, as OpenTimelineIO refuses NumPy's, and rounded, as it misreads long decimals."""
    return {
        "label": scene.label,
        "class_id": int(scene.class_id),
        "probability": round(float(scene.probabilities[scene.class_id]), 4),
        "valence": round(float(scene.sentiment.valence), 4),
        "arousal": round(float(scene.sentiment.arousal), 4),
        "mood": scene.mood,
        "style": scene.style,
        "feeling": scene.sentiment.feeling,
    }


def _story(storyboard: Storyboard) -> dict[str, Any]:
    facts = {
        "song_sha256": storyboard.song_digest,
        "seed": storyboard.settings.seed,
        "generator": storyboard.generator,
        "translator": storyboard.translator,
        "width": storyboard.settings.width,
        "height": storyboard.settings.height,
        "start_timecode": storyboard.settings.start_timecode,  # frames do not tell whether they are counted drop-frame
    }
    return {"deepsing": facts}


def _relinked(timeline: Timeline) -> Timeline:
    """A copy whose media are named as a bundle wants them: URLs relative to its root."""
    copy = timeline.deepcopy()
    for clip in media_clips(copy):
        inside = f"media/{media_path(clip).name}"
        clip.media_reference.target_url = otio.url_utils.url_from_filepath(inside)
    return copy


def _pack_text(bundle: zipfile.ZipFile, name: str, text: str) -> None:
    bundle.writestr(_entry(name, zipfile.ZIP_DEFLATED), text)


def _pack_file(bundle: zipfile.ZipFile, name: str, file: Path) -> None:
    """Uncompressed, as media are compressed already; the size is told first, for those beyond 4 GiB."""
    entry = _entry(name, zipfile.ZIP_STORED)
    entry.file_size = file.stat().st_size
    with bundle.open(entry, "w") as target, file.open("rb") as source:
        shutil.copyfileobj(source, target, 2**20)


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.compress_type = compression
    entry.create_system = 3  # Unix, whatever system this is
    entry.external_attr = 0o644 << 16
    return entry
