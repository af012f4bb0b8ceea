"""Stories of somebody's own footage at every rate: what the preview and an editor's engine show, picture by picture."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from deepsing_bridge.core.types import no_progress
from deepsing_bridge.export.assemble import assemble
from deepsing_bridge.export.clips import write_scene_clip
from deepsing_bridge.export.damage import clear_damaged_media
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.export.preview import Preview
from deepsing_bridge.export.story_folder import claim, made_files
from deepsing_bridge.footage.probe import probe
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import with_settings, write_song
from tests.footage.boards import FILMS, footage_board, media_files, shown_number, wanted_number
from tests.footage.films import number_of, numbered, write_film
from tests.melt import render_project


def assembled(folder: Path, board: Storyboard) -> Path:
    folder = claim(folder, board)
    song = write_song(folder / "media" / "song.wav", board.duration_s + 0.1)
    assemble(folder, board, song, ["footage"] * 6, lambda name: no_progress)
    return folder


def wrong_pictures(
    film: Path, board: Storyboard, but_first: int = 0, but_last: int = 0
) -> list[tuple[int, int, int, int]]:
    """Scene, frame, and the numbers of the picture that was wanted and of that which is there."""
    with av.open(film) as opened:
        pictures = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert len(pictures) == board.frames
    return [
        (scene, frame, wanted, found)
        for scene, (start, end) in enumerate(board.scene_frames())
        for frame in range(but_first, end - start - but_last)
        if (wanted := wanted_number(board, scene, frame))
        != (found := shown_number(board, scene, pictures[start + frame]))
    ]


@pytest.mark.program("melt")
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)], ids=str)
def test_melt_shows_every_picture_of_every_rate_in_its_place(rate: Fraction, tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage"), rate)
    folder = assembled(tmp_path / "story", board)
    assert {file.name for file in folder.rglob("*.*")} == {
        *("story.json", "story.otio", "preview.mp4", "report.png", "song.wav")
    }
    ((_, project, _),) = export(folder, ["mlt"])
    assert wrong_pictures(render_project(project, tmp_path / "film.mkv"), board) == []


@pytest.mark.program("melt")
def test_so_does_the_project_for_kdenlive(tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage", list(FILMS)))  # its photos want a display
    ((_, project, _),) = export(assembled(tmp_path / "story", board), ["kdenlive"])
    assert wrong_pictures(render_project(project, tmp_path / "film.mkv"), board) == []


@pytest.mark.program("melt")
def test_where_a_rate_varies_melt_and_the_preview_show_the_same(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    media = []
    for name, steps in {"phone.mp4": (1 / 30, 1 / 28, 2 / 30, 1 / 60), "screen.mkv": (0.02, 0.1, 0.4)}.items():
        times = [0.0, *np.cumsum(chance.choice(steps, 119)).tolist()]
        write_film(tmp_path / name, numbered(120), Fraction(30), times_s=times)
        media.append(probe(tmp_path / name, name).media)
    board = footage_board(media, Fraction(25))
    folder = assembled(tmp_path / "story", board)
    ((_, project, _),) = export(folder, ["mlt"])
    melted = numbers_in(render_project(project, tmp_path / "film.mkv"))
    assert melted == numbers_in(folder / "preview.mp4")
    assert len(set(melted)) > 25


def numbers_in(film: Path) -> list[int]:
    with av.open(film) as opened:
        return [number_of(frame.to_ndarray(format="rgb24")) for frame in opened.decode(video=0)]


def test_the_preview_shows_the_same(tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage"))
    folder = assembled(tmp_path / "story", board)
    assert wrong_pictures(folder / "preview.mp4", board) == []


def test_dissolves_are_made_of_what_the_files_have_around(tmp_path: Path) -> None:
    board = with_settings(
        footage_board(media_files(tmp_path / "footage", ["pal.mov", "photo.png", "cinema.mp4"])), dissolve=6
    )
    assert [board.dissolve_into(index) for index in range(3)] == [(0, 0), (3, 3), (3, 3)]
    folder = assembled(tmp_path / "story", board)
    assert wrong_pictures(folder / "preview.mp4", board, 3, 3) == []


def test_key_frames_are_of_the_footage(tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage", ["pal.mov"]))
    start, end = board.frames_of(0)
    middle = Preview(board, [tmp_path / "nowhere.mov"]).middle(0)
    assert shown_number(board, 0, middle) == wanted_number(board, 0, (end - start) // 2)


def test_a_photo_of_another_shape_is_seen_whole(tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage", ["upright.mp4"]))
    frame = Preview(board, [tmp_path / "none"]).middle(0)
    assert frame.shape == (270, 480, 3)
    assert not frame[:, :100].any() and not frame[:, -100:].any() and frame[:, 200:280].any(axis=(0, 2)).all()


def test_nobody_s_own_files_are_ever_cleared(tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage", ["pal.mov", "photo.png"]))
    folder = assembled(tmp_path / "story", board)
    originals = {file: file.read_bytes()[:1000] for file in (tmp_path / "footage").iterdir()}
    for file in originals:
        file.write_bytes(originals[file])  # damaged
    clear_damaged_media(folder, board)
    assert all(file.read_bytes() == content for file, content in originals.items())
    assert not set(originals) & set(made_files(folder, board))


def test_a_story_with_a_look_of_its_own_has_clips(tmp_path: Path) -> None:
    board = footage_board(media_files(tmp_path / "footage", ["pal.mov"]))
    assert not board.is_rendered(0)
    assert with_settings(board, blend=0.1).is_rendered(0) and with_settings(board, grade=0.1).is_rendered(0)
    folder = claim(tmp_path / "story", with_settings(board, grade=0.1))
    clip = made_files(folder, board)[0]
    write_scene_clip(clip, [np.zeros((270, 480, 3), np.uint8)], board.frame_rate)
    clear_damaged_media(folder, with_settings(board, grade=0.1))
    assert not clip.exists()  # of one picture, which is too few
