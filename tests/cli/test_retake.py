"""`retake` as it is typed: pairs of words, ranges of scenes, what contradicts itself, and the list."""

from pathlib import Path

import pytest

from deepsing_bridge.app import retake as work
from deepsing_bridge.app.config import RetakeRequest
from deepsing_bridge.app.made import Story
from deepsing_bridge.export.story_folder import read_board, write_history
from deepsing_bridge.story.edits import Lock, Reblend
from deepsing_bridge.story.edits_file import History, Step
from deepsing_bridge.story.story_file import storyboard_to_json
from tests.builders import storyboard
from tests.cli.test_cli import bridge, refused


@pytest.fixture
def story(tmp_path: Path) -> Path:
    (tmp_path / "story.json").write_text(storyboard_to_json(storyboard()))
    return tmp_path


@pytest.fixture
def asked(story: Path, monkeypatch: pytest.MonkeyPatch) -> list[RetakeRequest]:
    """What was asked for; nothing is done."""
    requests: list[RetakeRequest] = []

    def noted(request: RetakeRequest, stage: object) -> Story:
        requests.append(request)
        return Story(story, storyboard())

    monkeypatch.setattr(work, "retake", noted)
    return requests


def test_scenes_are_numbers_and_ranges(story: Path, asked: list[RetakeRequest]) -> None:
    bridge("retake", story, "--scene", "7", "--scene", "9-11", "--scene", "7", "--class", "lake", "--blend", "0.3")
    assert asked[0].scenes == (7, 9, 10, 11)
    assert (asked[0].class_name, asked[0].blend, asked[0].style) == ("lake", 0.3, None)


def test_cuts_take_two_words_and_may_be_repeated(story: Path, asked: list[RetakeRequest]) -> None:
    words = ("--move-cut", "7", "+12f", "--move-cut", "3", "-0.5s", "--merge", "8", "9", "--split", "2", "0:41.2")
    bridge("retake", story, *words, "--lock", "3", "--unlock", "4-5")
    assert asked[0].moves == ((7, "+12f"), (3, "-0.5s"))
    assert asked[0].merges == ((8, 9),)
    assert asked[0].splits == ((2, "0:41.2"),)
    assert (asked[0].locks, asked[0].unlocks) == ((3,), (4, 5))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--scene", "seven"), "--scene 'seven': expected the number of a scene, as 7"),
        (("--scene", "9-7"), "--scene 9-7: expected the earlier scene first"),
        (("--merge", "7"), "--merge '': expected the number of a scene"),
        (("--split", "x", "0:41"), "--split 'x': expected the number of a scene"),
        (("--undo", "--redo"), "--undo and --redo: give one of them at a time"),
        (("--undo", "--scene", "7"), "--undo: changes nothing else; do one after the other"),
        (("--undo",), "there is nothing to undo"),
    ],
)
def test_what_is_not_meant_is_told_in_a_sentence(words: tuple[str, ...], sentence: str, story: Path) -> None:
    assert sentence in refused(bridge("retake", story, *words))


def test_a_folder_without_a_story_is_told(tmp_path: Path) -> None:
    assert "holds no story.json" in refused(bridge("retake", tmp_path / "nowhere", "--scene", "7"))
    assert not (tmp_path / "nowhere").exists()


def test_the_list_shows_what_each_scene_is(story: Path) -> None:
    steps = (Step((Lock(1, True), Reblend(2, 0.4))),)
    write_history(story, History(steps, done=1), read_board(story)[1])
    lines = [line.split() for line in bridge("retake", story, "--list").stdout.splitlines() if line.strip()]
    assert lines[0] == ["scene", "from", "seconds", "feeling", "label", "style", "blend"]
    rows = {line[0]: line for line in lines if line[0].isdigit()}
    assert list(rows) == ["1", "2", "3", "4"]
    assert rows["1"][1] == "0:00.00" and "lake" in rows["1"] and rows["1"][-1] == "locked"
    assert "0.4" in rows["2"] and rows["2"][-1] == "edited"
    assert rows["3"][-1] == "0.1"
