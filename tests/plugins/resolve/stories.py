"""Story folders written by the project's own code, with stand-ins for the media that the fake host can read."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from deepsing_bridge.core.units import frame_to_seconds
from deepsing_bridge.export.story_folder import clip_name
from deepsing_bridge.export.timeline import storyboard_to_timeline, write_otio
from deepsing_bridge.footage.media import MediaFile, Subclip
from deepsing_bridge.story.footage_plan import with_subclips
from deepsing_bridge.story.story_file import storyboard_to_json
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings
from tests.plugins.resolve.fake_host import media_text


def write_story(
    folder: Path,
    scenes: int = 4,
    rate: Fraction = Fraction(24),
    named: Callable[[int, str], str] = clip_name,
    **settings: object,
) -> Storyboard:
    """`story.otio` and `media/` in `folder`. `named` gives a clip's file name from its number and label;
    `settings` are others than a story's usual ones."""
    board = with_settings(storyboard(scenes, rate), **settings)
    spans = board.scene_frames()
    (folder / "media").mkdir(parents=True)
    clips = [folder / "media" / named(index + 1, scene.label) for index, scene in enumerate(board.scenes)]
    frames = [board.clip_frames(index) for index in range(scenes)]
    for clip, count in zip(clips, frames, strict=True):
        clip.write_text(media_text(frames=count))
    song = folder / "media" / "song.wav"
    song.write_text(media_text(seconds=frame_to_seconds(spans[-1][1], rate)))
    (folder / "story.json").write_text(storyboard_to_json(board))
    write_otio(storyboard_to_timeline(board, clips, frames, song, folder.name), folder / "story.otio")
    return board


def write_footage_story(folder: Path, footage: Path) -> Storyboard:
    """A story of a film at 50 frames a second from 01:00:00:00 on, one at 12, and two stills, all in `footage`."""
    films = [(Fraction(50), "a.mov", 180_000), (Fraction(12), "b.mov", 0)]
    media = [MediaFile(footage / name, "", rate, int(20 * rate), start, 64, 36) for rate, name, start in films]
    media += [MediaFile(footage / f"img_000{number}.jpg", "", Fraction(0), 0, 0, 64, 36) for number in (1, 2)]
    board = with_settings(storyboard(4, scene_s=2.0), blend=0.0, grade=0.0)
    board = with_subclips(board, [Subclip(one, min(one.frames, 100)) for one in media])
    footage.mkdir()
    for one in media:
        text = media_text(frames=1 << 20) if one.is_photo else media_text(frames=one.frames, rate=one.rate)
        one.path.write_text(text)
    (folder / "media").mkdir(parents=True)
    song = folder / "media" / "song.wav"
    song.write_text(media_text(seconds=frame_to_seconds(board.frames, board.frame_rate)))
    timeline = storyboard_to_timeline(board, [one.path for one in media], [0] * 4, song, folder.name)
    write_otio(timeline, folder / "story.otio")
    return board
