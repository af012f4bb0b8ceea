"""The story in a real editor's engine: melt renders every project that it can read to the film of the storyboard."""

import shutil
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from deepsing_bridge.export.editors.export import export
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings
from tests.export.editors.stories import shown, story_folder
from tests.melt import frame_count, frames_at, middle_frames, render, render_project

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001)]


def check_pictures(film: Path, board: Storyboard) -> None:
    """Every scene's first, middle and last frame are its own, and stand where the storyboard has them."""
    cuts = board.scene_frames()
    assert frame_count(film) == round(Fraction(board.duration_s) * board.frame_rate)
    middles = [shown(picture) for picture in middle_frames(film, board)]
    assert middles == [column(board, i, (start + end) // 2 - start) for i, (start, end) in enumerate(cuts)]
    firsts = [shown(picture) for picture in frames_at(film, {start for start, _ in cuts})]
    assert firsts == [column(board, i, 0) for i in range(len(cuts))]
    lasts = [shown(picture) for picture in frames_at(film, {end - 1 for _, end in cuts})]
    assert lasts == [column(board, i, end - start - 1) for i, (start, end) in enumerate(cuts)]


def column(board: Storyboard, scene: int, frame: int) -> tuple[int, int]:
    return scene, 0 if board.settings.motion == "still" else frame


def check_sound(film: Path, board: Storyboard) -> None:
    with av.open(film) as container:
        sound = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in container.decode(audio=0)])
    assert len(sound) / 48_000 == pytest.approx(float(frame_count(film) / board.frame_rate), abs=0.01)
    pitches = np.abs(np.fft.rfft(sound[:48_000], axis=0)).argmax(axis=0)
    assert list(pitches) == [220, 440]


@pytest.mark.program("melt")
@pytest.mark.parametrize("motion", ["dynamic", "still"])
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_melt_shows_every_scene_in_its_place(rate: Fraction, motion: str, tmp_path: Path) -> None:
    board = with_settings(storyboard(rate=rate), motion=motion)
    film = render(story_folder(tmp_path / "a story", board) / "story.otio", tmp_path / "film.mkv")
    check_pictures(film, board)
    check_sound(film, board)


@pytest.mark.program("melt")
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_so_does_the_project_for_kdenlive(rate: Fraction, tmp_path: Path) -> None:
    board = storyboard(rate=rate)
    ((_, project, _),) = export(story_folder(tmp_path / "a story", board), ["kdenlive"])
    film = render_project(project, tmp_path / "film.mkv")
    check_pictures(film, board)
    check_sound(film, board)


@pytest.mark.program("melt")
def test_a_bundle_opens_elsewhere_when_the_folder_is_gone(tmp_path: Path) -> None:
    board = storyboard()
    folder = story_folder(tmp_path / "made here", board)
    elsewhere = tmp_path / "taken there"
    with zipfile.ZipFile(folder / "story.otioz") as bundle:
        bundle.extractall(elsewhere)
    shutil.rmtree(folder)
    film = render(elsewhere / "content.otio", tmp_path / "film.mkv")
    check_pictures(film, board)
    check_sound(film, board)
