"""Story folders as `app.story` lays them out, painted without the models."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.core.units import frame_to_seconds
from deepsing_bridge.export.clips import write_scene_clip
from deepsing_bridge.export.sound import write_song_copy
from deepsing_bridge.export.story_folder import claim, clip_paths
from deepsing_bridge.export.timeline import storyboard_to_timeline, write_otio, write_otioz
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import COLOURS, pictures, write_song


def story_folder(folder: Path, board: Storyboard, channels: int = 2) -> Path:
    """A clip per scene with its handles, the song, story.json, story.otio and story.otioz in `folder`."""
    folder = claim(folder, board)
    lengths = [board.clip_frames(index) for index in range(len(board.scenes))]
    clips = clip_paths(folder, board)
    for index, (clip, frames) in enumerate(zip(clips, lengths, strict=True)):
        write_scene_clip(clip, clip_pictures(board, index, frames), board.frame_rate)
    song = folder / "media" / "song.wav"
    _write_sound(song, board, channels)
    timeline = storyboard_to_timeline(board, clips, lengths, song, folder.name)
    write_otio(timeline, folder / "story.otio")
    write_otioz(timeline, folder / "story.otioz")
    return folder


def clip_pictures(board: Storyboard, scene: int, frames: int) -> Iterator[NDArray[np.uint8]]:
    """In the scene's own colour; a column moves through the picture, 0 where the scene begins, or stands if the
    storyboard says "still"."""
    if board.settings.motion == "still":
        return (next(pictures(scene, 1, board.settings.width, board.settings.height)) for _ in range(frames))
    return pictures(scene, frames, board.settings.width, board.settings.height, -board.head_frames(scene))


def _write_sound(song: Path, board: Storyboard, channels: int) -> None:
    tone = write_song(song.with_name("tone.wav"), board.duration_s, channels=channels)
    write_song_copy(song, tone, frame_to_seconds(board.frames, board.frame_rate))
    tone.unlink()


def shown(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """Which scene a frame of `pictures` is from, by colour, and its number there, by the column."""
    distances = [np.abs(np.median(picture, axis=(0, 1)) - colour).max() for colour in COLOURS]
    return int(np.argmin(distances)), int(picture.mean(axis=(0, 2)).argmax())
