"""Folders with names that one format or another gives a meaning to: each export refers to the very file."""

import os
import re
import shutil
import unicodedata
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.export.story_folder import refuse_foreign
from tests.builders import storyboard
from tests.cli.test_cli import bridge, refused
from tests.export.editors.stories import shown, story_folder
from tests.melt import frames_at, render_project

MEANT_BY_MLT = ["Track #1", "100%41", "50%05d", "a;b", "really?", "a:b", "C:\\songs", "ü é 日本"]
NAMES = [
    *MEANT_BY_MLT,
    *(
        "tab\\tle",
        "it's",
        '"so"',
        "<b> & co",
        "e\u0301",
        "\u00e9",
        " ends with a space ",
        "-o",
        "~",
        "$HOME",
        "[1]",
        "*",
    ),
]
BY_URL = {
    "fcp7xml": ".//pathurl",
    "fcpxml": ".//media-rep[@src]",
    "xges": ".//asset[@id]",
}
BY_PATH = {"mlt": ".//producer/property[@name='resource']", "kdenlive": ".//producer/property[@name='resource']"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_folder(tmp_path_factory.mktemp("made") / "story", storyboard(2, width=64, height=64))


def moved(made: Path, folder: Path) -> Path:
    """A copy of the story at `folder`, whose timeline finds its media there."""
    shutil.copytree(made, folder)
    return folder


def url_path(url: str) -> bytes:
    return unquote_to_bytes(urlsplit(url).path)


@pytest.mark.parametrize("name", NAMES)
def test_every_format_refers_to_the_file_itself(name: str, made: Path, tmp_path: Path) -> None:
    folder = moved(made, tmp_path / name)
    media = {os.fsencode(file) for file in (folder / "media").iterdir()}
    out = tmp_path / "out"
    files = {form.name: file for form, file, _ in export(folder, [*BY_URL, *BY_PATH, "edl"], out)}
    for form, path in BY_URL.items():
        found = ElementTree.parse(files[form]).iterfind(path)
        assert {url_path(e.text or e.get("src") or e.get("id") or "") for e in found} == media
    for form, path in BY_PATH.items():
        found = ElementTree.parse(files[form]).iterfind(path)
        assert {os.fsencode(e.text or "") for e in found} - {b"0", b"black"} == media
    told = re.findall(r"^\* FROM CLIP: (.*)$", files["edl"].read_text(), re.MULTILINE)
    assert {os.fsencode(path) for path in told} == {file for file in media if not file.endswith(b".wav")}


@pytest.mark.program("melt")
@pytest.mark.parametrize("name", MEANT_BY_MLT)
def test_melt_finds_it(name: str, made: Path, tmp_path: Path) -> None:
    folder = moved(made, tmp_path / name)
    ((_, mlt, _), (_, kdenlive, _)) = export(folder, ["mlt", "kdenlive"], tmp_path / "out")
    for project in (mlt, kdenlive):
        film = render_project(project, project.with_suffix(".mkv"))
        assert [shown(picture)[0] for picture in frames_at(film, {0, 60})] == [0, 1]


@pytest.mark.parametrize("name", ["tab\there", "new\nline", "bell\x07", "line\u2028end"])
def test_a_name_that_is_no_text_is_a_url_or_one_sentence(name: str, made: Path, tmp_path: Path) -> None:
    """As each format can: none is refused for another's sake, and no line is broken."""
    folder = moved(made, tmp_path / name)
    written = {}
    with pytest.raises(BridgeError, match="a character of this name is no text; rename") as told:
        for form, file, _ in export(folder, [*BY_URL, *BY_PATH, "edl", "csv", "otio"], tmp_path / "out"):
            written[form.name] = file
    assert "\n" not in str(told.value)
    assert set(written) == {*BY_URL, "edl", "csv", "otio"}
    for form, path in BY_URL.items():
        found = [e.text or e.get("src") or e.get("id") or "" for e in ElementTree.parse(written[form]).iterfind(path)]
        assert {url_path(url) for url in found} == {os.fsencode(file) for file in (folder / "media").iterdir()}


def test_a_folder_whose_name_is_not_utf_8_is_one_sentence(made: Path, tmp_path: Path) -> None:
    folder = moved(made, tmp_path / os.fsdecode(b"caf\xe9"))
    sentence = refused(bridge("export", folder, "--to", "mlt", "--to", "csv"))
    assert "this name is not in UTF-8; rename that folder or file" in sentence
    assert bridge("export", folder, "--to", "csv").returncode == 0


def test_a_story_is_not_begun_in_such_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="this name is not in UTF-8"):
        refuse_foreign(tmp_path / os.fsdecode(b"caf\xe9"))


def test_a_name_that_a_mac_took_apart_is_the_same_name(made: Path, tmp_path: Path) -> None:
    folder = moved(made, tmp_path / "story")
    named, there = unicodedata.normalize("NFC", "été.mov"), unicodedata.normalize("NFD", "été.mov")
    (folder / "media" / "scene-001-lake.mov").rename(folder / "media" / there)
    text = (folder / "story.otio").read_text(encoding="utf-8")
    (folder / "story.otio").write_text(text.replace("scene-001-lake.mov", named), encoding="utf-8")
    ((_, file, _),) = export(folder, ["mlt"])
    assert str(folder / "media" / there) in file.read_text(encoding="utf-8")
