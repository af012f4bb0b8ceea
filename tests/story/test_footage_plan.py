"""Scenes of somebody's own footage, in a storyboard and in its file."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.footage.media import MediaFile, Subclip
from deepsing_bridge.story.footage_plan import Unpainted, with_subclips
from deepsing_bridge.story.settings import FootageSettings
from deepsing_bridge.story.story_file import json_to_storyboard, storyboard_to_json
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings

FILM = MediaFile(Path("/films/Été 1.mov"), "ab" * 32, Fraction(30000, 1001), 900, 107_892, 1080, 1920)
PHOTO = MediaFile(Path("/photos/a.heic"), "cd" * 32, Fraction(0), 0, 0, 4032, 3024)
OWN = FootageSettings((Path("/films"), Path("/photos")), fill=True, farthest=0.75)


def board() -> Storyboard:
    return with_subclips(with_settings(storyboard(3), footage=OWN), [Subclip(FILM, 300), None, Subclip(PHOTO, 0)])


def test_reading_back_gives_the_same_scenes_and_folders() -> None:
    read = json_to_storyboard(storyboard_to_json(board()))
    assert read.scenes == board().scenes and read.settings == board().settings
    assert storyboard_to_json(read) == storyboard_to_json(board())


def test_a_story_without_footage_is_written_as_ever() -> None:
    assert "footage" not in storyboard_to_json(storyboard())


def test_scenes_are_called_after_their_files_and_those_without_stay_as_planned() -> None:
    assert [scene.label for scene in board().scenes] == ["Été 1", storyboard(3).scenes[1].label, "a"]
    assert board().scenes[1] == storyboard(3).scenes[1]


def test_a_film_that_is_shorter_than_its_scene_is_one_sentence() -> None:
    with pytest.raises(BridgeError, match=r"scene 1: .*Été 1\.mov: \d+ frames wanted of"):
        with_subclips(storyboard(1, scene_s=31), [Subclip(FILM, 0)])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("path", odd) for odd in ("film.mov", "/a\nb.mov", 7, "/" + "a" * 5000)),
        *(("rate", odd) for odd in ("0", "1/0", "30000/0", "-1", "1e3", 24, "2000", "9" * 40)),
        *(("frames", odd) for odd in (-1, 0, 10**10, "900", 1.5, True)),
        *(("start", odd) for odd in (-1, 10**10, None)),
        *(("width", odd) for odd in (0, 10**6)),
        *(("first", odd) for odd in (-1, 900)),
        *(("digest", odd) for odd in (7, "a\nb", "a" * 2000)),
    ],
)
def test_what_is_no_part_of_a_film_is_refused(name: str, value: object) -> None:
    fields: dict[str, Any] = json.loads(storyboard_to_json(board()))
    fields["scenes"][0]["footage"][name] = value
    with pytest.raises(BridgeError, match="not a story, or a damaged one"):
        json_to_storyboard(json.dumps(fields))


@pytest.mark.parametrize(
    "changed",
    [
        {"folders": ["films"]},
        {"folders": 7},
        {"folders": ["/a\0"]},
        {"fill": "maybe"},
        {"farthest": -1},
        {"farthest": "x"},
    ],
)
def test_odd_folders_are_refused(changed: dict[str, object]) -> None:
    fields: dict[str, Any] = json.loads(storyboard_to_json(board()))
    fields["footage"] |= changed
    with pytest.raises(BridgeError, match="not a story, or a damaged one"):
        json_to_storyboard(json.dumps(fields))


def test_a_windows_path_is_a_path_anywhere() -> None:
    moved = replace(FILM, path=Path(r"C:\films\a.mov"))
    made = with_subclips(storyboard(1), [Subclip(moved, 0)])
    assert json_to_storyboard(storyboard_to_json(made)).scenes == made.scenes


def test_what_paints_nothing_has_one_class() -> None:
    track = SentimentTrack(*storyboard().sentiment.valence[None].repeat(2, 0), 0.0)
    translation = Unpainted().translate(track)
    assert translation.latents.shape == (len(track), 0)
    assert translation.probabilities.shape == (len(track), len(Unpainted.classes))
