"""The story in a real editor's engine: melt renders `story.otio` to the film that the storyboard tells of."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from deepsing_bridge.adapters.storyfile import scene_frames
from deepsing_bridge.adapters.timeline import storyboard_to_timeline, write_otio
from deepsing_bridge.adapters.video import write_scene_clip, write_song_copy
from deepsing_bridge.types import Storyboard
from deepsing_bridge.units import frame_to_seconds, seconds_to_frame
from tests.builders import COLOURS, pictures, storyboard, write_song
from tests.melt import frame_count, frames_at, middle_frames, needs_melt, render

HANDLE = 12


def write_story(board: Storyboard, folder: Path) -> Path:
    """Clips in their scenes' colours, the song, and the timeline, in a folder with a space in its name."""
    lengths = [end - start + HANDLE for start, end in scene_frames(board)]
    clips = [folder / f"scene-{i + 1:03}.mov" for i in range(len(lengths))]
    for i, (clip, frames) in enumerate(zip(clips, lengths, strict=True)):
        write_scene_clip(clip, pictures(i, frames), board.frame_rate)
    total = seconds_to_frame(board.duration_s, board.frame_rate)
    song = folder / "the song.wav"
    write_song_copy(song, write_song(folder / "in.wav", board.duration_s), frame_to_seconds(total, board.frame_rate))
    write_otio(storyboard_to_timeline(board, clips, lengths, song, "story"), folder / "story.otio")
    return folder / "story.otio"


def shown(picture: np.ndarray) -> tuple[int, int]:
    """Which scene a frame of `pictures` is from, by colour, and its number there, by the column."""
    distances = [np.abs(np.median(picture, axis=(0, 1)) - colour).max() for colour in COLOURS]
    return int(np.argmin(distances)), int(picture.mean(axis=(0, 2)).argmax())


@needs_melt
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001)], ids=str)
def test_melt_shows_every_scene_in_its_place(rate: Fraction, tmp_path: Path) -> None:
    folder = tmp_path / "a story"
    folder.mkdir()
    board = storyboard(rate=rate)
    film = render(write_story(board, folder), tmp_path / "film.mkv")
    cuts = scene_frames(board)

    assert frame_count(film) == round(Fraction(board.duration_s) * rate)
    middles = [shown(picture) for picture in middle_frames(film, board)]
    assert middles == [(i, (start + end) // 2 - start) for i, (start, end) in enumerate(cuts)]
    firsts = [shown(picture) for picture in frames_at(film, {start for start, _ in cuts})]
    assert firsts == [(i, 0) for i in range(len(cuts))]
    lasts = [shown(picture) for picture in frames_at(film, {end - 1 for _, end in cuts})]
    assert lasts == [(i, end - start - 1) for i, (start, end) in enumerate(cuts)]

    with av.open(film) as container:
        sound = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in container.decode(audio=0)])
    assert len(sound) / 48_000 == pytest.approx(float(frame_count(film) / rate), abs=0.01)
    pitches = np.abs(np.fft.rfft(sound[:48_000], axis=0)).argmax(axis=0)
    assert list(pitches) == [220, 440]
