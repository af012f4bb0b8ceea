"""The preview film's pictures, out of clips."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export import video
from deepsing_bridge.export.preview import Preview
from tests.builders import pictures, storyboard


def test_a_clip_that_ends_before_its_scene_does_is_named(tmp_path: Path) -> None:
    board, clip = storyboard(1, width=64, height=64), tmp_path / "scene-001-lake.mov"
    video.write_scene_clip(clip, pictures(0, 5, 64, 64), board.frame_rate)
    with pytest.raises(BridgeError, match=r"lake\.mov: ends before its scene does"):
        Preview(board, [clip]).middle(0)


def test_middle_pictures_are_kept_on_the_way_and_are_those_of_the_clips(tmp_path: Path) -> None:
    board = storyboard(2, width=64, height=64)
    clips = [tmp_path / f"{index}.mov" for index in range(2)]
    for index, clip in enumerate(clips):
        video.write_scene_clip(clip, pictures(index, board.clip_frames(index), 64, 64), board.frame_rate)
    preview = Preview(board, clips, kept=[1])
    assert len(list(preview.frames())) == board.frames
    assert list(preview.middles) == [1]
    assert (preview.middles[1] == Preview(board, clips).middle(1)).all()
