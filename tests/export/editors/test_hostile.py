"""A story.otio from somebody else: what is wrong is one sentence, and text is text in what is made of it."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio
import pytest

from deepsing_bridge.core import json_text
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export.editors.edit import read_edit
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.export.editors.flatten import flattened
from tests.builders import storyboard
from tests.export.editors.stories import story_folder
from tests.process import ROOT

Spoil = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_folder(tmp_path_factory.mktemp("out") / "a story", storyboard(3, width=64, height=64))


def spoiled(story: Path, spoil: Spoil) -> Path:
    """The story's timeline with something else in it, beside its media."""
    document = json.loads((story / "story.otio").read_text())
    spoil(document)
    (story / "spoiled.otio").write_text(json.dumps(document))
    return story / "spoiled.otio"


def first_clip(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["tracks"]["children"][0]["children"][0]
    return found


def time(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = first_clip(document)["source_range"]["duration"]
    return found


def exported(story: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bridge.py"), "export", str(story), "--to", "csv"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def nested(document: dict[str, Any]) -> dict[str, Any]:
    """A stack with the first clip, behind the clips of the first track, as editors nest what was cut before."""
    stack: dict[str, Any] = {"OTIO_SCHEMA": "Stack.1", "name": "nested", "source_range": None, "enabled": True}
    return stack | {"children": [first_clip(document)], "metadata": {}, "effects": [], "markers": []}


def within_itself(document: dict[str, Any]) -> None:
    document["OTIO_REF_ID"] = "all"
    document["metadata"]["all"] = {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "all"}


@pytest.mark.parametrize(
    "spoil",
    [
        within_itself,
        lambda document: time(document).update(value=-5.0),
        lambda document: time(document).update(value=1e300),
        lambda document: time(document).update(value=float("inf")),
        lambda document: time(document).update(value=float("nan")),
        lambda document: time(document).update(value=10**400),
        lambda document: time(document).update(value="soon"),
        lambda document: time(document).update(rate=0),
        lambda document: time(document).pop("rate"),
        lambda document: first_clip(document)["markers"][0]["marked_range"]["start_time"].update(value=-1),
        lambda document: first_clip(document)["markers"][0].update(name="\ud800"),
        lambda document: document["tracks"]["children"].append(7),
        lambda document: document.update(OTIO_SCHEMA="Timeline.9"),
    ],
)
def test_what_no_film_has_is_refused_before_anything_is_written(spoil: Spoil, story: Path) -> None:
    with pytest.raises(BridgeError, match=r"spoiled\.otio: not an OpenTimelineIO file, or a damaged one"):
        list(export(spoiled(story, spoil), ["csv"]))
    assert not (story / "markers.csv").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.update(tracks=None),
        lambda document: document.update(tracks=document["tracks"]["children"][0]),
        lambda document: document["tracks"]["children"].insert(0, nested(document)),
        lambda document: document["tracks"].update(children=[]),
    ],
    ids=["null", "a track", "a stack among them", "empty"],
)
def test_a_timeline_of_anything_but_tracks_is_one_sentence(spoil: Spoil, story: Path) -> None:
    """In a process of its own: OpenTimelineIO ends it where the stack of tracks is null."""
    file = spoiled(story, spoil)
    told = exported(file)
    assert told.returncode == 2
    assert told.stderr.startswith(f"error: {file}: no") and told.stderr.count("\n") == 1


def test_what_an_adapter_cannot_write_is_one_sentence_and_keeps_no_other_format_back(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("what nobody thought of")

    monkeypatch.setattr(otio.adapters, "write_to_string", fail)
    written = []
    with pytest.raises(BridgeError, match="kdenlive cannot say what is in it"):
        for made in export(story, ["kdenlive", "mlt", "xges", "edl"], tmp_path):
            written.append(made.form.name)
    assert written == ["mlt", "edl"]
    assert {file.name for file in tmp_path.iterdir()} == {"story.mlt", "story.edl"}


def test_nesting_without_an_end_is_flat_or_one_sentence(story: Path) -> None:
    """How deep it goes is another in each version of Python."""

    def spoil(document: dict[str, Any]) -> None:
        stack = nested(document)
        for _ in range(150):
            stack = nested(document) | {"children": [stack]}
        document["tracks"]["children"][0]["children"].append(stack)

    try:
        flat, dropped = flattened(read_edit(spoiled(story, spoil)))
    except BridgeError as error:
        assert "nested too deeply" in str(error)
    else:
        assert len(flat.pictures) == 4 and "laid out flat" in dropped


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: time(document).update(value=None),
        lambda document: first_clip(document).update(effects=None),
        lambda document: first_clip(document)["markers"][0].pop("marked_range"),
        lambda document: first_clip(document)["markers"][0].update(name="\ud800"),
        within_itself,
    ],
)
def test_what_is_told_is_no_name_in_python_or_c(spoil: Spoil, story: Path) -> None:
    with pytest.raises(BridgeError) as told:
        read_edit(spoiled(story, spoil))
    assert re.search(
        r"damaged one \((near line \d+|cannot be read|a time that is negative, endless or none)\)$", str(told.value)
    )


@pytest.mark.parametrize("text", ["{}", "[]", "null", "7"])
def test_json_of_something_else_is_no_timeline(text: str, tmp_path: Path) -> None:
    (tmp_path / "story.otio").write_text(text)
    with pytest.raises(BridgeError, match="no timeline with pictures; expected the story"):
        read_edit(tmp_path / "story.otio")


def test_nesting_that_only_the_json_parser_bears_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How deep it goes is another in each version of Python."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    (tmp_path / "story.otio").write_text("[]")
    monkeypatch.setattr(json_text, "parse", lambda text: deep)
    with pytest.raises(BridgeError, match="nested too deeply"):
        read_edit(tmp_path / "story.otio")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0" * 100,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "{}".encode("utf-16"),
    ],
    ids=["empty", "zeros", "lists", "objects", "UTF-16"],
)
def test_what_is_no_timeline_is_one_sentence(text: bytes, tmp_path: Path) -> None:
    """In a process of its own: OpenTimelineIO's parser ends it over the nested ones."""
    (tmp_path / "story.otio").write_bytes(text)
    told = exported(tmp_path)
    assert told.returncode == 2
    assert told.stderr.startswith(f"error: {tmp_path / 'story.otio'}: not ") and told.stderr.count("\n") == 1


def test_a_byte_order_mark_is_no_damage(story: Path) -> None:
    (story / "marked.otio").write_text((story / "story.otio").read_text(), encoding="utf-8-sig")
    assert len(read_edit(story / "marked.otio").marks) == 3


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_label_is_no_formula_in_a_table(label: str, story: Path, tmp_path: Path) -> None:
    file = spoiled(story, lambda document: first_clip(document)["markers"][0].update(name=label))
    list(export(file, ["csv"], tmp_path))
    with (tmp_path / "markers.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert rows[0]["label"] == f"'{label}"
    assert float(rows[0]["valence"]) == pytest.approx(read_edit(file).marks[0].valence)  # numbers stay numbers


def test_control_characters_end_no_line_and_break_no_document(story: Path, tmp_path: Path) -> None:
    def spoil(document: dict[str, Any]) -> None:
        marker = first_clip(document)["markers"][0]
        marker["name"] = "a\x01b\nM2   EVIL\u2028c\uffff"
        marker["comment"] = "a\x1b[31m\r\n000002 EVIL"
        document["name"] = "a\x00b"

    formats = ["csv", "edl", "fcp7xml", "fcpxml", "kdenlive", "mlt", "xges"]
    for made in export(spoiled(story, spoil), formats, tmp_path):
        text = made.file.read_text(encoding="utf-8")
        assert not any(line.startswith(("M2   EVIL", "000002 EVIL")) for line in text.splitlines())
        assert not set(text) & {"\x00", "\x01", "\x1b", "\u2028", "\uffff"}
        if text.startswith("<"):
            ElementTree.fromstring(text)


def test_media_that_name_other_media_get_nothing_else_opened(story: Path, tmp_path: Path) -> None:
    clip = next((story / "media").glob("scene-001*"))
    playlist = tmp_path / "media" / clip.name
    playlist.parent.mkdir()
    playlist.write_text(f"ffconcat version 1.0\nfile '{clip}'\n")
    (tmp_path / "story.otio").write_text((story / "story.otio").read_text())
    with pytest.raises(BridgeError, match="not a readable film"):
        list(export(tmp_path, ["fcpxml"]))
