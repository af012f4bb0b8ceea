"""Timelines that name their media by where they are from the folder: it may be moved, and stays whole."""

import json
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio as otio
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.export.editors.formats import FORMATS
from tests.builders import storyboard
from tests.export.editors.stories import shown, story_folder
from tests.export.editors.test_edited import MEDIA
from tests.melt import frames_at, render_project

RELATIVE = [name for name in MEDIA if FORMATS[name].relative]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return story_folder(tmp_path / "a story #1", storyboard(2))


def media_of(file: Path) -> list[str]:
    return [clip.media_reference.target_url for clip in otio.adapters.read_from_file(str(file)).find_clips()]


def test_a_format_that_can_names_media_from_the_folder_and_others_say_that_they_cannot(story: Path) -> None:
    for form, file, note in export(story, MEDIA, paths="relative"):
        if form.relative:
            assert str(story.parent) not in file.read_text() and note == ""
        else:
            assert f"{story.name}/media/" in file.read_text().replace("%20", " ").replace("%23", "#")
            assert note == "has no relative paths: it names media by whole ones"


@pytest.mark.program("melt")
@pytest.mark.parametrize("name", ["mlt", "kdenlive"])
def test_melt_finds_them_after_the_folder_was_moved(name: str, story: Path, tmp_path: Path) -> None:
    list(export(story, [name], paths="relative"))
    moved = story.rename(tmp_path / "elsewhere")
    film = render_project(moved / FORMATS[name].file, tmp_path / "film.mkv")
    assert [shown(picture) for picture in frames_at(film, {0, 40})] == [(0, 0), (1, 10)]


def test_fcpxml_has_them_as_relative_urls(story: Path) -> None:
    ((_, file, _),) = export(story, ["fcpxml"], paths="relative")
    sources = [media.get("src") for media in ElementTree.parse(file).iter("media-rep")]
    assert sources == ["media/scene-001-lake.mov", "media/scene-002-fire.mov", "media/song.wav"]


def test_a_story_of_relative_paths_stays_so_and_is_exported_so_unless_asked(story: Path, tmp_path: Path) -> None:
    list(export(story, ["otio"], paths="relative"))
    assert media_of(story / "story.otio")[0] == "media/scene-001-lake.mov"
    before = (story / "story.otio").read_bytes()
    moved = story.rename(tmp_path / "elsewhere")
    notes = [note for _, _, note in export(moved, ["otio", *RELATIVE])]
    assert notes == [""] * len(notes)
    assert (moved / "story.otio").read_bytes() == before
    assert str(tmp_path) not in (moved / "story.mlt").read_text()
    list(export(moved, ["otio", "mlt"], paths="absolute", force=True))
    assert media_of(moved / "story.otio")[0] == str(moved / "media" / "scene-001-lake.mov")
    assert str(moved) in (moved / "story.mlt").read_text()


def test_media_that_lie_elsewhere_are_named_as_a_whole(story: Path, tmp_path: Path) -> None:
    ((_, file, _),) = export(story, ["mlt"], tmp_path / "out", paths="relative")
    assert str(story / "media" / "song.wav") in file.read_text()


def test_a_relative_path_leads_to_no_file_outside_of_the_folder(story: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.mov").write_bytes((story / "media" / "scene-001-lake.mov").read_bytes())
    timeline = json.loads((story / "story.otio").read_text())
    reference = timeline["tracks"]["children"][0]["children"][0]["media_references"]["DEFAULT_MEDIA"]
    reference["target_url"] = "../secret.mov"
    (story / "story.otio").write_text(json.dumps(timeline))
    with pytest.raises(BridgeError, match=r"secret\.mov not found"):
        list(export(story, ["mlt"]))
