"""A song and a folder of somebody's own become a story: what is shown, what is kept, and what is refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest
import soundfile

from deepsing_bridge import api
from deepsing_bridge.app.config import ModelChoice, StoryRequest
from deepsing_bridge.app.story import Story, make_story, refuse_without_effect
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.footage import store
from deepsing_bridge.story.settings import FootageSettings, Settings
from deepsing_bridge.story.story_file import json_to_storyboard
from tests.footage.boards import media_files
from tests.footage.films import numbered, write_film
from tests.sounds import music

PLAIN = Settings(width=256, height=144, blend=0.0, grade=0.0)
NAMES = ["pal.mov", "ntsc fast.mov", "upright.mp4", "photo.png"]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "a song.flac"
    soundfile.write(path, music(7.3), 21_504)
    return path


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "footage.sqlite"


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_path", lambda: cache)


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    media_files(tmp_path / "footage", NAMES)
    return tmp_path / "footage"


def made(song: Path, footage: Path, out: Path, settings: Settings = PLAIN, **own: object) -> Story:
    asked = replace(settings, footage=FootageSettings((footage,), **own))  # type: ignore[arg-type]
    return make_story(StoryRequest(song, out, asked, ModelChoice("embedded")), lambda name: no_progress)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }


def test_the_timeline_is_of_the_originals_and_nothing_is_rendered(song: Path, footage: Path, tmp_path: Path) -> None:
    story = made(song, footage, tmp_path / "story")
    assert set(files_in(story.folder)) == {"story.json", "story.otio", "preview.mp4", "report.png", "media/song.wav"}
    timeline = otio.adapters.read_from_file(str(story.folder / "story.otio"))
    used = [Path(clip.media_reference.target_url) for clip in timeline.video_tracks()[0]]
    assert {file.parent for file in used} == {footage} and all(file.exists() for file in used)
    assert story.storyboard.generator == "footage"
    assert "visual-sentiment.safetensors" in story.storyboard.weights


def test_the_same_wish_gives_the_same_bytes(song: Path, footage: Path, tmp_path: Path) -> None:
    one, other = (files_in(made(song, footage, tmp_path / name / "story").folder) for name in ("a", "b"))
    assert one == {name: data.replace(b"/b/story", b"/a/story") for name, data in other.items()}


def test_a_story_that_was_begun_keeps_its_shots(song: Path, footage: Path, tmp_path: Path) -> None:
    story = made(song, footage, tmp_path / "story")
    before = files_in(story.folder)
    (story.folder / "preview.mp4").unlink()
    media_files(footage / "more", ["cinema.mp4", "slow.mp4"])
    assert files_in(made(song, footage, tmp_path / "story").folder) == before


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
def test_a_shot_that_is_gone_or_another_one_is_told(gone: bool, song: Path, footage: Path, tmp_path: Path) -> None:
    story = made(song, footage, tmp_path / "story")
    subclip = story.storyboard.scenes[0].subclip
    assert subclip is not None
    file = subclip.media.path
    if gone:
        file.unlink()
    else:
        shutil.copy(footage / "photo.png" if file.suffix != ".png" else footage / "pal.mov", file)
    wanted = "not there any more, and scene 1 shows it" if gone else "is another file than scene 1 was planned with"
    with pytest.raises(BridgeError, match=wanted):
        made(song, footage, tmp_path / "story")


def test_with_a_look_of_their_own_shots_are_rendered(song: Path, footage: Path, tmp_path: Path) -> None:
    story = made(song, footage, tmp_path / "story", replace(PLAIN, blend=0.3))
    clips = [name for name in files_in(story.folder) if name.startswith("media/scene")]
    assert len(clips) == len(story.storyboard.scenes)
    timeline = otio.adapters.read_from_file(str(story.folder / "story.otio"))
    used = {Path(clip.media_reference.target_url).parent for clip in timeline.video_tracks()[0]}
    assert used == {story.folder / "media"}
    assert all(scene.style for scene in story.storyboard.scenes)


def test_a_scene_can_be_given_another_shot_and_its_own_again(song: Path, footage: Path, tmp_path: Path) -> None:
    story = made(song, footage, tmp_path / "story", replace(PLAIN, every="3s"))
    before, first = files_in(story.folder), story.storyboard.scenes[0].subclip
    shown = {scene.subclip.media.path for scene in story.storyboard.scenes if scene.subclip}
    other = api.retake(story.folder, [1]).storyboard.scenes[0].subclip
    assert first and other and other.media.path not in shown
    after = files_in(story.folder)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= {"edits.json", "story.otio", "preview.mp4", "report.png"} and "story.otio" in changed
    named = api.retake(story.folder, [1], shot="photo.png").storyboard.scenes[0]
    assert named.subclip and named.subclip.media.is_photo and named.label == "photo"
    api.undo_retake(story.folder)
    api.undo_retake(story.folder)
    assert {**files_in(story.folder), "edits.json": b""} == {**before, "edits.json": b""}
    with pytest.raises(BridgeError, match=r"--shot none\.mov: no film or photo of that name in"):
        api.retake(story.folder, [1], shot="none.mov")


def test_a_scene_of_footage_is_split_and_stylized_and_as_it_was_again(
    song: Path, footage: Path, tmp_path: Path
) -> None:
    story = made(song, footage, tmp_path / "story", replace(PLAIN, cut="interval", every="3s"))
    before, first = files_in(story.folder), story.storyboard.scenes[0]
    two = api.retake(story.folder, split={1: "0:01.5"}).storyboard.scenes
    assert first.subclip and two[0].subclip == first.subclip
    assert two[1].subclip and two[1].subclip.media == first.subclip.media
    with pytest.raises(BridgeError, match=r"--style tense: scene 2 is shown as it is; add --blend"):
        api.retake(story.folder, [2], style="tense")
    styled = api.retake(story.folder, [2], blend=0.5).storyboard
    assert styled.scenes[1].style and styled.is_rendered(1) and not styled.is_rendered(0)
    (clip,) = (story.folder / "media").glob("scene*.mov")
    timeline = otio.adapters.read_from_file(str(story.folder / "story.otio"))
    used = [Path(shown.media_reference.target_url) for shown in timeline.video_tracks()[0]]
    assert used[1] == clip and used[0].parent == footage
    named = api.retake(story.folder, [2], style="tense").storyboard.scenes[1]
    assert named.style == "tense" and named.blend == 0.5
    for _ in range(3):
        api.undo_retake(story.folder)
    after = {name: data for name, data in files_in(story.folder).items() if "alternates" not in name}
    assert {**after, "edits.json": b""} == {**before, "edits.json": b""}


def test_what_the_folder_cannot_say_is_painted(song: Path, footage: Path, tmp_path: Path) -> None:
    story = made(song, footage, tmp_path / "story", fill=True, farthest=0.0)
    assert all(scene.subclip is None for scene in story.storyboard.scenes)
    assert story.storyboard.generator == "embedded"
    read = json_to_storyboard((story.folder / "story.json").read_text())
    assert read.settings.footage == FootageSettings((footage,), True, 0.0)


def test_scenes_longer_than_every_shot_show_several(song: Path, footage: Path, tmp_path: Path) -> None:
    (footage / "photo.png").unlink()
    write_film(footage / "blink.mp4", numbered(3))
    settings = replace(PLAIN, cut="interval", every="6s")
    story = made(song, footage, tmp_path / "story", settings)
    assert story.told[0].startswith("a scene lasts longer than every shot")
    assert story.told[1:] == (f"{footage / 'blink.mp4'}: lasts 0.12 s, which is too short for any scene",)
    assert len(story.storyboard.scenes) > 2 and all(scene.subclip for scene in story.storyboard.scenes)
    before = files_in(story.folder)
    (story.folder / "preview.mp4").unlink()
    assert files_in(made(song, footage, tmp_path / "story", settings).folder) == before


def test_shots_of_less_than_a_second_are_one_sentence(song: Path, tmp_path: Path) -> None:
    (tmp_path / "footage").mkdir()
    write_film(tmp_path / "footage" / "short.mp4", numbered(20))
    with pytest.raises(BridgeError, match=r"scene 1 lasts .*the longest shot 0\.8 s.*--every.*--fill worlds"):
        made(song, tmp_path / "footage", tmp_path / "story")


def test_originals_are_packed_for_who_asks(song: Path, footage: Path, tmp_path: Path) -> None:
    folder = made(song, footage, tmp_path / "story").folder
    with pytest.raises(BridgeError, match="nothing else is packed"):
        list(export(folder, ["otioz"]))
    ((_, bundle, _),) = export(folder, ["otioz"], relink=footage)
    assert bundle.stat().st_size > sum(file.stat().st_size for file in footage.iterdir()) // 4


@pytest.mark.parametrize(
    ("changes", "choice", "view"),
    [({"noise": 0.5}, {}, None), ({}, {"classes": "lake"}, None), ({}, {"translator": "random"}, None), ({}, {}, 3)],
)
def test_what_is_for_painted_scenes_is_refused(
    changes: dict[str, float], choice: dict[str, str], view: int | None
) -> None:
    settings = replace(PLAIN, footage=FootageSettings((Path("/films"),)), **changes)
    models = ModelChoice("embedded", **choice)  # type: ignore[arg-type]
    with pytest.raises(BridgeError, match="is for painted scenes"):
        refuse_without_effect(StoryRequest(Path("a.wav"), Path("out"), settings, models, view))


def test_the_library_takes_folders(song: Path, footage: Path, tmp_path: Path) -> None:
    story = api.make_story(song, tmp_path / "story", footage=footage)
    assert (story.storyboard.settings.width, story.storyboard.settings.blend) == (1920, 0.0)
    with pytest.raises(BridgeError, match="fill is for stories of footage"):
        api.make_story(song, tmp_path / "other", fill="worlds")
