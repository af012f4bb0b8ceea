"""The preview film's pictures, out of clips."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export.clips import write_scene_clip
from deepsing_bridge.export.preview import Preview
from deepsing_bridge.export.story_folder import clip_paths
from deepsing_bridge.export.video import Pixels
from tests.builders import COLOURS, pictures, storyboard, with_settings
from tests.export.editors.stories import clip_pictures, shown, story_folder


def test_a_clip_that_ends_before_its_scene_does_is_named(tmp_path: Path) -> None:
    board, clip = storyboard(1, width=64, height=64), tmp_path / "scene-001-lake.mov"
    write_scene_clip(clip, pictures(0, 5, 64, 64), board.frame_rate)
    with pytest.raises(BridgeError, match=r"lake\.mov: ends before its scene does"):
        Preview(board, [clip]).middle(0)


def test_middle_pictures_are_kept_on_the_way_and_are_those_of_the_clips(tmp_path: Path) -> None:
    board = storyboard(2, width=64, height=64)
    clips = [tmp_path / f"{index}.mov" for index in range(2)]
    for index, clip in enumerate(clips):
        write_scene_clip(clip, clip_pictures(board, index, board.clip_frames(index)), board.frame_rate)
    preview = Preview(board, clips, kept=[1])
    assert sum(len(list(segment)) for segment in preview.segments()) == board.frames
    assert list(preview.middles) == [1]
    assert (preview.middles[1] == Preview(board, clips).middle(1)).all()


@pytest.mark.parametrize("head_s", [1.0, 0.0])
@pytest.mark.parametrize("dissolve", [0, 9])
def test_it_is_cut_as_the_timeline_is(dissolve: int, head_s: float, tmp_path: Path) -> None:
    board = with_settings(storyboard(3, width=256, height=144, scene_s=1.5, head_s=head_s), dissolve=dissolve)
    story = story_folder(tmp_path / "story", board)
    film = [one for scene in Preview(board, clip_paths(story, board)).segments() for one in scene]
    mixed = {
        frame
        for scene, (start, _) in enumerate(board.scene_frames())
        for frame in range(start - board.dissolve_into(scene)[0], start + board.dissolve_into(scene)[1])
    }
    assert len(film) == board.frames and len(mixed) == 2 * dissolve
    for scene, (start, end) in enumerate(board.scene_frames()):
        for frame in set(range(start, end)) - mixed:
            assert shown(film[frame]) == (scene, frame - start)
            assert is_pure(film[frame])
    assert not any(is_pure(film[frame]) for frame in mixed)


def is_pure(picture: Pixels) -> bool:
    return min(np.abs(np.median(picture, axis=(0, 1)) - colour).max() for colour in COLOURS) < 6
