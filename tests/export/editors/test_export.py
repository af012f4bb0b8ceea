"""What every export has in common: where files go, what is refused, and where media are looked for."""

import io
import shutil
import zipfile
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio as otio
import pycmx
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.units import FRAME_RATES
from deepsing_bridge.export.editors.export import TEXTS, export
from deepsing_bridge.export.editors.formats import FORMATS
from deepsing_bridge.export.timeline import media_path
from tests.builders import storyboard
from tests.cli.test_cli import bridge, refused
from tests.export.editors.fcpxml_rules import broken_rules
from tests.export.editors.stories import story_folder

EVERY = list(FORMATS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story long enough for chapters; tests work on copies."""
    return story_folder(tmp_path_factory.mktemp("made") / "story", storyboard(9, scene_s=4, width=64, height=64))


@pytest.fixture
def story(made: Path, tmp_path: Path) -> Path:
    """A copy whose timeline still names the media of `made`."""
    return Path(shutil.copytree(made, tmp_path / "a story"))


def media_of(file: Path) -> list[Path]:
    return [media_path(clip) for clip in otio.adapters.read_from_file(str(file)).find_clips()]


def test_every_format_lies_beside_the_timeline_and_is_the_same_a_second_time(story: Path) -> None:
    first = {name: file.read_bytes() for (form, file, _) in export(story, EVERY) for name in [form.name]}
    assert list(first) == EVERY
    assert {file.name for file in story.iterdir() if file.is_file()} == {
        "story.json",
        *(form.file for form in FORMATS.values()),
    }
    assert {form.name: file.read_bytes() for form, file, _ in export(story / "story.otio", EVERY)} == first


def test_the_command_tells_where_it_is_and_what_is_lost(story: Path, tmp_path: Path) -> None:
    told = bridge("export", story, "--to", "edl", "--to", "fcpxml", "--out", tmp_path / "for them")
    assert told.returncode == 0
    for name in ("edl", "fcpxml"):
        file = tmp_path / "for them" / FORMATS[name].file
        assert file.is_file() and str(file) in told.stdout
        assert FORMATS[name].lost in told.stdout


def test_help_has_a_line_for_every_format() -> None:
    told = bridge("export", "--help").stdout
    for form in FORMATS.values():
        assert f"{form.name:<9} {form.file:<15} {form.host}" in told


def test_every_format_has_a_writer() -> None:
    assert set(TEXTS) | {"otio", "otioz"} == set(FORMATS)


def test_an_unknown_format_is_told_with_those_that_there_are(story: Path) -> None:
    assert "expected one of fcp7xml, fcpxml" in refused(bridge("export", story, "--to", "avi"))


def test_a_missing_package_is_told_with_the_command_that_brings_it(
    story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otio.adapters, "available_adapter_names", lambda: ["otio_json"])
    with pytest.raises(BridgeError, match=r'pip install -e "\.\[editors\]"'):
        list(export(story, ["csv", "kdenlive"]))
    assert not (story / "markers.csv").exists()


def test_somebodys_work_in_that_editor_is_not_overwritten(story: Path) -> None:
    list(export(story, ["kdenlive"]))
    project = story / "story.kdenlive"
    project.write_text(project.read_text() + "<!-- a day's work -->")
    with pytest.raises(BridgeError, match=r"story\.kdenlive: is there already"):
        list(export(story, ["kdenlive"]))
    assert project.read_text().endswith("<!-- a day's work -->")
    assert not list(story.glob("*.kdenlive.*"))


def test_unless_it_is_told_to(story: Path) -> None:
    (story / "story.kdenlive").write_text("a day's work")
    assert bridge("export", story, "--to", "kdenlive", "--force").returncode == 0
    assert "scene-001-lake.mov" in (story / "story.kdenlive").read_text()


@pytest.mark.parametrize("name", ["a copy", "Track #1", "100%41", 'a;"b"', "it's & ü é 日本"])
def test_exports_that_came_along_with_a_copied_folder_are_no_work_of_anybodys(
    name: str, story: Path, tmp_path: Path
) -> None:
    list(export(story, EVERY))
    copy = Path(shutil.copytree(story, tmp_path / name))
    again = {form.name: file for form, file, _ in export(copy, EVERY)}
    for form in FORMATS.values():
        text = again[form.name].read_text(encoding="utf-8", errors="replace")
        assert "a%20story" not in text and "a story/media" not in text
    assert set(media_of(copy / "story.otio")) == set((copy / "media").iterdir())


def test_but_work_that_was_done_before_it_was_copied_is(story: Path, tmp_path: Path) -> None:
    ((_, file, _),) = export(story, ["mlt"])
    file.write_text(file.read_text().replace("</mlt>", "<filter/></mlt>"))
    copy = Path(shutil.copytree(story, tmp_path / "a copy"))
    assert "is another one; remove it, replace it with --force" in refused(bridge("export", copy, "--to", "mlt"))
    assert "<filter/>" in (copy / "story.mlt").read_text()


def test_a_bundle_is_unpacked_first(story: Path, tmp_path: Path) -> None:
    assert "is packed; unpack it" in refused(bridge("export", story / "story.otioz", "--to", "mlt"))
    with zipfile.ZipFile(story / "story.otioz") as bundle:
        bundle.extractall(tmp_path / "unpacked")
    ((_, file, _),) = export(tmp_path / "unpacked", ["mlt"])
    assert ">media/song.wav<" in file.read_text()  # as the bundle has it
    ((_, file, _),) = export(tmp_path / "unpacked", ["mlt"], tmp_path, paths="absolute")
    assert str(tmp_path / "unpacked" / "media" / "song.wav") in file.read_text()


def test_what_one_format_cannot_hold_keeps_no_other_from_being_written(tmp_path: Path) -> None:
    short = story_folder(tmp_path / "short", storyboard(3, width=64, height=64))
    (short / "markers.csv").write_text("mine")
    told = bridge("export", short, "--to", "youtube", "--to", "csv", "--to", "mlt")
    sentence = refused(told)
    assert "YouTube takes at least 3 chapters" in sentence and "markers.csv: is there already" in sentence
    assert (short / "story.mlt").is_file() and f"{short / 'story.mlt'}  for melt" in told.stdout
    assert not (short / "chapters.txt").exists() and (short / "markers.csv").read_text() == "mine"


def test_nor_is_anything_that_is_called_nearly_the_same(story: Path) -> None:
    for name in ("markers.csv.new", "markers.csv.part"):
        (story / name).write_text("mine")
    list(export(story, ["csv"]))
    assert (story / "markers.csv.new").read_text() == (story / "markers.csv.part").read_text() == "mine"


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_where_nothing_can_be_written_is_one_sentence(place: str, story: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert "no folder can be made there" in refused(bridge("export", story, "--to", "csv", "--out", tmp_path / place))


@pytest.mark.parametrize(("name", "form"), [("scene-001-lake.mov", "fcpxml"), ("song.wav", "fcp7xml")])
def test_media_that_are_cut_off_are_one_sentence(name: str, form: str, story: Path) -> None:
    file = story / "media" / name
    file.write_bytes(file.read_bytes()[:20])
    assert f"{file}: not a readable film or sound" in refused(bridge("export", story, "--to", form))
    assert not (story / FORMATS[form].file).exists()


@pytest.mark.parametrize("facts", [{"valence": "high"}, {"arousal": None}, "happy"])
def test_markers_without_numbers_are_one_sentence(facts: object, story: Path) -> None:
    timeline = otio.adapters.read_from_file(str(story / "story.otio"))
    next(iter(timeline.find_clips())).markers[0].metadata["deepsing"] = facts
    otio.adapters.write_to_file(timeline, str(story / "story.otio"))
    sentence = refused(bridge("export", story, "--to", "csv"))
    assert "markers lake: expected numbers for valence and arousal" in sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not an OpenTimelineIO file"),
        ('{"OTIO_SCHEMA": "Track.1"}', "not an OpenTimelineIO file"),
        (otio.schema.Timeline("empty").to_json_string(), "no timeline with pictures"),
    ],
)
def test_what_is_no_story_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "story.otio").write_text(text)
    assert sentence in refused(bridge("export", tmp_path, "--to", "edl"))
    assert "no such file" in refused(bridge("export", tmp_path / "nothing", "--to", "edl"))


@pytest.mark.parametrize("rate", FRAME_RATES)
def test_every_rate_of_the_story_command_can_be_exported(rate: str, tmp_path: Path) -> None:
    board = storyboard(9, Fraction(rate), scene_s=4, width=64, height=64)
    files = {form.name: file for form, file, _ in export(story_folder(tmp_path / "story", board), EVERY)}
    assert list(files) == EVERY
    assert broken_rules(ElementTree.parse(files["fcpxml"]).getroot()) == []
    read = pycmx.parse_cmx3600(io.StringIO(files["edl"].read_text()))
    assert list(read.unrecognized_statements) == []
    assert len([edit for event in read.events for edit in event.edits]) == 9 + 1


def test_a_rate_that_editors_do_not_know_is_refused(tmp_path: Path) -> None:
    folder = story_folder(tmp_path / "story", storyboard(2, Fraction(20), width=64, height=64))
    with pytest.raises(BridgeError, match="20 frames a second; editors know 24, 25"):
        list(export(folder, ["mlt"]))


def test_a_story_that_moved_as_a_whole_finds_its_media_and_says_so(story: Path, tmp_path: Path) -> None:
    moved = _as_if_made_on_a_machine_that_is_gone(story)
    told = bridge("export", moved, "--to", "mlt", "--out", tmp_path)
    assert f"media from {moved / 'media'}, not from where story.otio says" in told.stdout
    assert str(moved / "media" / "song.wav") in (tmp_path / "story.mlt").read_text()


def test_a_copied_story_takes_its_own_media_before_those_it_was_copied_from(made: Path, story: Path) -> None:
    assert made / "media" / "song.wav" in media_of(story / "story.otio")
    list(export(story, ["otio"]))
    assert set(media_of(story / "story.otio")) == set((story / "media").iterdir())


def test_a_foreign_timeline_packs_no_file_of_the_users(story: Path, tmp_path: Path) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("a private key")
    timeline = otio.adapters.read_from_file(str(story / "story.otio"))
    timeline.audio_tracks()[0][0].media_reference.target_url = str(secret)
    otio.adapters.write_to_file(timeline, str(story / "story.otio"))
    (story / "story.otioz").unlink()
    assert f"{secret}: not in {story}, and nothing else is packed" in refused(bridge("export", story, "--to", "otioz"))
    (story / "media" / "id_ed25519").symlink_to(secret)
    assert "nothing else is packed" in refused(bridge("export", story, "--to", "otioz"))
    assert not (story / "story.otioz").exists()


def test_media_elsewhere_are_packed_if_their_folder_is_named(story: Path, tmp_path: Path) -> None:
    shutil.move(story / "media", tmp_path / "disk" / "media")
    (story / "story.otioz").unlink()
    ((_, file, _),) = export(story, ["otioz"], relink=tmp_path / "disk")
    with zipfile.ZipFile(file) as bundle:
        assert "media/song.wav" in bundle.namelist()


def test_its_timeline_can_be_written_anew_where_it_is(story: Path) -> None:
    _as_if_made_on_a_machine_that_is_gone(story)
    assert bridge("export", story, "--to", "otio").returncode == 0
    assert set(media_of(story / "story.otio")) == set((story / "media").iterdir())


def test_relinking_writes_the_timeline_anew_and_nothing_else_in_it_changes(story: Path, tmp_path: Path) -> None:
    _as_if_made_on_a_machine_that_is_gone(story)
    media = Path(shutil.move(story / "media", tmp_path / "disk" / "media"))
    before = otio.adapters.read_from_file(str(story / "story.otio"))
    assert bridge("export", story, "--to", "otio", "--relink", tmp_path / "disk").returncode == 0
    assert set(media_of(story / "story.otio")) == set(media.iterdir())
    after = otio.adapters.read_from_file(str(story / "story.otio"))
    for old, new in zip(before.find_clips(), after.find_clips(), strict=True):
        new.media_reference.target_url = old.media_reference.target_url
    assert after.is_equivalent_to(before)


def test_all_missing_media_are_named_and_nothing_is_written(story: Path) -> None:
    _as_if_made_on_a_machine_that_is_gone(story)
    for name in ("scene-001-lake.mov", "song.wav"):
        (story / "media" / name).unlink()
    before = {file: file.read_bytes() for file in story.iterdir() if file.is_file()}
    sentence = refused(bridge("export", story, "--to", "otio", "--to", "mlt", "--relink", story))
    assert "scene-001-lake.mov, song.wav not found" in sentence
    assert {file: file.read_bytes() for file in story.iterdir() if file.is_file()} == before


def test_two_files_of_one_name_are_not_guessed_between(story: Path) -> None:
    shutil.copytree(story / "media", story / "older media")
    with pytest.raises(BridgeError, match="more than one"):
        list(export(story, ["otio"], relink=story))


def test_lists_of_markers_need_no_media(story: Path) -> None:
    _as_if_made_on_a_machine_that_is_gone(story)
    shutil.rmtree(story / "media")
    assert [form.name for form, _, _ in export(story, ["csv", "youtube"])] == ["csv", "youtube"]


def _as_if_made_on_a_machine_that_is_gone(story: Path) -> Path:
    """Names media as Windows would, which this machine cannot have."""
    timeline = otio.adapters.read_from_file(str(story / "story.otio"))
    for clip in timeline.find_clips():
        clip.media_reference.target_url = rf"D:\gone\media\{clip.name}"
    otio.adapters.write_to_file(timeline, str(story / "story.otio"))
    return story
