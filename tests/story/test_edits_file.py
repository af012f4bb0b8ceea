"""`edits.json`: written and read back, and what is refused."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.footage.media import MediaFile, Subclip
from deepsing_bridge.story.edits import (
    Edit,
    Lock,
    Merge,
    MoveCut,
    Picture,
    Reblend,
    Repaint,
    Reshoot,
    Restyle,
    Split,
    SplitShot,
)
from deepsing_bridge.story.edits_file import History, Step, history_to_json, json_to_history

PICTURE = Picture(3, "sunset", (0.1, -2.5e-7), (0.25, 1.0))
FILM = MediaFile(Path("/films/sea.mov"), "ef" * 32, Fraction(30000, 1001), 90, 108_000, 640, 360)
EDITS: tuple[Edit, ...] = (
    Reshoot(2, Subclip(FILM, 30)),
    Repaint(2, PICTURE),
    Restyle(3, "tränen"),
    Reblend(3, 0.4),
    MoveCut(3, 50),
    Merge(2, 4),
    Split(5, 216, PICTURE),
    SplitShot(7, 300),
    Lock(1, True),
)
DIGEST = "5a" * 32


def history() -> History:
    steps = (Step(EDITS[:3]), Step(EDITS[3:], "story-2.otio"))
    return History(steps, done=1, drawn=7)


def test_every_kind_of_edit_is_read_back() -> None:
    text = history_to_json(history(), DIGEST)
    assert json_to_history(text, DIGEST) == history()
    assert history_to_json(json_to_history(text, DIGEST), DIGEST) == text
    assert {edit["kind"] for step in json.loads(text)["steps"] for edit in step["edits"]} == {
        "picture",
        "style",
        "blend",
        "move-cut",
        "merge",
        "split",
        "split-shot",
        "lock",
        "shot",
    }


def test_only_what_is_done_is_in_force() -> None:
    assert history().edits == EDITS[:3] and history().timeline == "story.otio"
    assert history().redone().edits == EDITS and history().redone().timeline == "story-2.otio"
    assert history().undone().edits == ()
    with pytest.raises(BridgeError, match="nothing to undo"):
        history().undone().undone()
    with pytest.raises(BridgeError, match="nothing to do again"):
        history().redone().redone()


def test_another_change_takes_the_place_of_what_was_undone_but_its_pictures_count() -> None:
    after = history().with_step(Step(EDITS[:1]), 1)
    assert (len(after.steps), after.done, after.drawn) == (2, 2, 8)


def edit(**fields: object) -> dict[str, object]:
    return {"steps": [{"timeline": "story.otio", "edits": [fields]}], "done": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "deepsing-story"},
        {"version": 2},
        {"story_sha256": "00" * 32},
        {"done": 3},
        {"done": -1},
        {"done": 0.5},
        {"done": True},
        {"drawn": "1"},
        {"steps": {}},
        {"steps": [{"timeline": "../story.otio", "edits": []}]},
        {"steps": [{"timeline": "story-0.otio", "edits": []}]},
        {"steps": [{"timeline": "story.otio", "edits": [{}]}]},
        edit(kind="delete", scene=1),
        edit(kind="style", scene=1, style="a\nb"),
        edit(kind="style", scene=1, style=7),
        edit(kind="style", scene=1, style="x" * 2000),
        edit(kind="style", scene=-1, style="calm"),
        edit(kind="style", style="calm"),
        edit(kind="blend", scene=1, blend=7),
        edit(kind="lock", scene=1, locked="no"),
        edit(kind="move-cut", scene=1, frame=1.5),
        edit(kind="picture", scene=1, picture={"class_id": 1, "label": "x", "latent": [1e99], "towards": [0]}),
        edit(kind="picture", scene=1, picture={"class_id": 1, "label": "x", "latent": [0] * 5000, "towards": []}),
        edit(kind="picture", scene=1, picture=None),
    ],
)
def test_what_no_program_wrote_is_refused_in_a_sentence(change: dict[str, object]) -> None:
    fields = json.loads(history_to_json(history(), DIGEST)) | change
    with pytest.raises(BridgeError, match=r"^edits\.json: "):
        json_to_history(json.dumps(fields), DIGEST)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": "deepsing-edits", "schema": 1}', "[" * 10**5])
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(BridgeError, match=r"^edits\.json: "):
        json_to_history(text, DIGEST)
