"""Story folders written by the project's own code, with stand-ins for the media that the fake host can read."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from deepsing_bridge.core.units import frame_to_seconds
from deepsing_bridge.export.story_folder import clip_name
from deepsing_bridge.export.timeline import storyboard_to_timeline, write_otio
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard
from tests.plugins.resolve.fake_host import media_text

HANDLE = 12


def write_story(
    folder: Path, scenes: int = 4, rate: Fraction = Fraction(24), named: Callable[[int, str], str] = clip_name
) -> Storyboard:
    """`story.otio` and `media/` in `folder`. `named` gives a clip's file name from its number and label."""
    board = storyboard(scenes, rate)
    spans = board.scene_frames()
    (folder / "media").mkdir(parents=True)
    clips = [folder / "media" / named(index + 1, scene.label) for index, scene in enumerate(board.scenes)]
    frames = [end - start + HANDLE for start, end in spans]
    for clip, count in zip(clips, frames, strict=True):
        clip.write_text(media_text(frames=count))
    song = folder / "media" / "song.wav"
    song.write_text(media_text(seconds=frame_to_seconds(spans[-1][1], rate)))
    write_otio(storyboard_to_timeline(board, clips, frames, song, folder.name), folder / "story.otio")
    return board
