"""The xges export in GStreamer Editing Services, which Pitivi is made of.

The pictures are small enough to be ProRes: GStreamer 1.22 knows no DNxHR in .mov.
"""

import subprocess
from fractions import Fraction
from pathlib import Path

import av
import pytest

from deepsing_bridge.export.editors.export import export
from tests.builders import storyboard
from tests.export.editors.stories import shown, story_folder
from tests.melt import frame_count, frames_at

WIDTH, HEIGHT = 128, 96


def render(project: Path, out: Path) -> Path:
    encoding = "video/x-matroska:image/jpeg:audio/x-raw"
    command = ["ges-launch-1.0", "--load", str(project), "-o", str(out), "-f", encoding]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out


@pytest.mark.program("ges-launch-1.0")
@pytest.mark.parametrize("scene_s", [1.27, 0.9, 1.61])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001)], ids=str)
def test_it_plays_to_the_same_length_and_cuts_within_a_frame(rate: Fraction, scene_s: float, tmp_path: Path) -> None:
    board = storyboard(rate=rate, scene_s=scene_s, width=WIDTH, height=HEIGHT)
    ((_, project, _),) = export(story_folder(tmp_path / "a story", board), ["xges"])
    film = render(project, tmp_path / "film.mkv")
    frames = frame_count(film)
    assert frames == board.scene_frames()[-1][1]
    scenes = [shown(picture)[0] for picture in frames_at(film, range(frames))]
    for scene, (start, end) in enumerate(board.scene_frames()):
        assert set(scenes[start + 1 : end - 1]) == {scene}


@pytest.mark.program("ges-launch-1.0")
@pytest.mark.parametrize(("rate", "channels"), [(Fraction(24000, 1001), 1), (Fraction(60000, 1001), 6)], ids=str)
def test_its_film_has_the_projects_rate_size_and_channels(rate: Fraction, channels: int, tmp_path: Path) -> None:
    board = storyboard(2, rate, width=WIDTH, height=HEIGHT)
    ((_, project, _),) = export(story_folder(tmp_path / "a story", board, channels), ["xges"])
    made = render(project, tmp_path / "film.mkv")
    assert frame_count(made) == board.frames
    with av.open(made) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height) == (WIDTH, HEIGHT)
        assert (sound.channels, sound.rate) == (channels, 48_000)
