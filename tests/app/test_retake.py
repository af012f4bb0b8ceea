"""Scenes of a real short story, taken again and taken back: which files change, and to which bytes."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
import soundfile

from deepsing_bridge.app import change, workshop
from deepsing_bridge.app.config import ModelChoice, RetakeRequest, StoryRequest
from deepsing_bridge.app.retake import edited_story, prune, redo, retake, undo
from deepsing_bridge.app.story import make_story
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.folder_lock import alone_in
from deepsing_bridge.core.types import Song, no_progress
from deepsing_bridge.core.user_folders import cache_folder
from deepsing_bridge.export import alternates, assemble, preview_film
from deepsing_bridge.export.clips import ClipWriter
from deepsing_bridge.export.video import read_frames
from deepsing_bridge.story import levels
from deepsing_bridge.story.levels import hear
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.translation.attribute_view import load_samples
from tests.sounds import music

SETTINGS = Settings(width=64, height=64, frame_rate=Fraction(24), cut="interval", every="2s")
MADE_OF_ALL = {"preview.mp4", "report.png", "story.otio", "story.otioz"}


def stage(name: str) -> Callable[[int, int], None]:
    return no_progress


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "a song.flac"
    soundfile.write(path, music(8.3), 21_504)
    return path


@pytest.fixture(scope="module")
def story(song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of four scenes."""
    folder = tmp_path_factory.mktemp("out") / "a story"
    made = make_story(StoryRequest(song, folder, SETTINGS), stage)
    assert len(made.storyboard.scenes) == 4
    return folder


@pytest.fixture(scope="module", autouse=True)
def loaded_once() -> Iterator[None]:
    """The models, for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workshop, "load_painting", cache(workshop.load_painting))
        yield


@pytest.fixture
def folder(story: Path, tmp_path: Path) -> Path:
    """A copy, in which nobody has changed the timeline."""
    copy = Path(shutil.copytree(story, tmp_path / "a story"))
    (copy / "story.otio").write_text((copy / "story.otio").read_text().replace(str(story), str(copy)))
    return copy


def again(folder: Path, **asked: object) -> None:
    retake(RetakeRequest(folder, **asked), stage)  # type: ignore[arg-type]


def back(folder: Path) -> None:
    undo(RetakeRequest(folder), stage)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def of_the_story(folder: Path) -> dict[str, bytes]:
    """All but what remembers other states of it."""
    found = files_in(folder)
    return {name: data for name, data in found.items() if name != "edits.json" and "alternates" not in name}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def clip_of(folder: Path, number: int) -> str:
    return f"media/{edited_story(folder).scenes[number - 1].scene.clip}"


def remade(folder: Path) -> dict[str, bytes]:
    """What the story's files are if all of them are painted anew from story.json and edits.json."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("story.json", "edits.json"):
            path.unlink()
    again(folder)
    return of_the_story(folder)


def but_one_slow(cases: Mapping[str, tuple[object, ...]]) -> Iterator[object]:
    """Parameters by name: each takes some seconds, and one is enough to see that it works at all."""
    for number, (name, values) in enumerate(cases.items()):
        yield pytest.param(*values, id=name, marks=pytest.mark.slow if number else ())


CHANGES = {
    "another picture": ({"scenes": (2,)}, {2}),
    "another class": ({"scenes": (2,), "class_name": "Lake"}, {2}),
    "style": ({"scenes": (1, 3), "style": "tense"}, {1, 3}),
    "blend": ({"scenes": (3,), "blend": 0.8}, {3}),
    "the first scene, which grades all": ({"scenes": (1,), "class_name": "fire"}, {1}),
    "moved cut": ({"moves": ((3, "+5f"),)}, {2, 3}),
    "split": ({"splits": ((2, "3.0"),)}, {2, 3}),
    "merged": ({"merges": ((2, 3),)}, {2}),
}


@pytest.mark.parametrize(("asked", "painted"), [*but_one_slow(CHANGES)])
def test_only_what_changed_is_painted_and_undo_gives_the_bytes_of_before(
    asked: dict[str, object], painted: set[int], folder: Path
) -> None:
    before = of_the_story(folder)
    again(folder, **asked)
    after = of_the_story(folder)
    clips = {clip_of(folder, number) for number in painted}
    assert clips | {"preview.mp4", "story.otioz"} <= changed(before, after) <= clips | MADE_OF_ALL
    back(folder)
    assert of_the_story(folder) == before
    redo(RetakeRequest(folder), stage)
    assert of_the_story(folder) == after
    expected = {name: data for name, data in after.items() if name in needed(folder)}
    assert remade(folder) == expected


@pytest.mark.slow
def test_all_of_it_follows_from_the_plan_and_the_edits(folder: Path) -> None:
    """What is painted of a scene does not hang on what was done to others later."""
    again(folder, scenes=(2,))
    again(folder, scenes=(4,), style="tense", blend=0.6)
    again(folder, splits=((2, "3.0"),))
    again(folder, merges=((3, 4),))
    again(folder, scenes=(1,), moves=((2, "-4f"),))
    after = of_the_story(folder)
    assert remade(folder) == {name: data for name, data in after.items() if name in needed(folder)}


def needed(folder: Path) -> set[str]:
    """All that the story needs; clips that no scene shows any more are not painted."""
    clips = {f"media/{scene.scene.clip}" for scene in edited_story(folder).scenes}
    return MADE_OF_ALL | clips | {"story.json", "media/song.wav"}


@pytest.mark.slow
def test_every_take_is_another_one(folder: Path) -> None:
    seen = {(folder / clip_of(folder, 2)).read_bytes()}
    for _ in range(3):
        again(folder, scenes=(2,))
        seen.add((folder / clip_of(folder, 2)).read_bytes())
    back(folder)
    again(folder, scenes=(2,))
    seen.add((folder / clip_of(folder, 2)).read_bytes())
    assert len(seen) == 5
    first = edited_story(folder).planned.scenes[1]
    assert edited_story(folder).scenes[1].scene.label == first.label


def test_a_take_goes_as_planned_scenes_do_to_another_picture_of_its_class(folder: Path) -> None:
    story = edited_story(folder)
    picture = workshop.Workshop(story.planned, ModelChoice(), None, stage).picture(story.scenes[1], "fire", 0)
    known = {tuple(latent) for latent in load_samples("embedded").of_classes([picture.class_id]).latents.tolist()}
    assert picture.towards in known
    assert all(scene.towards for scene in story.planned.scenes)


def test_the_preview_shows_the_new_take_and_the_timeline_has_its_name(folder: Path) -> None:
    before, scene = list(read_frames(folder / "preview.mp4")), edited_story(folder).board.frames_of(2)
    name = clip_of(folder, 3)
    again(folder, scenes=(3,), class_name="fire")
    after = list(read_frames(folder / "preview.mp4"))
    off = [float(np.abs(a.astype(int) - b).mean()) for a, b in zip(before, after, strict=True)]
    fade = 12
    assert min(off[scene[0] + 1 : scene[1]]) > 5
    assert max(off[: scene[0]] + off[scene[1] + fade :]) == 0
    clips = list(otio.adapters.read_from_file(str(folder / "story.otio")).find_clips())
    assert clips[2].name == Path(name).name
    assert clips[2].metadata["deepsing"]["label"] == "fire"


def test_nothing_is_decoded_for_the_preview_that_did_not_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(path: Path, first: int = 0) -> object:
        read.append(path.name)
        return read_frames(path, first)

    monkeypatch.setattr("deepsing_bridge.export.preview.read_frames", noted)
    monkeypatch.setattr("deepsing_bridge.export.report.choose_key_scenes", lambda board: [])
    again(folder, scenes=(2,))
    names = [Path(clip_of(folder, number)).name for number in (1, 2, 3)]
    assert read == names  # the first one's handle, which fades into the second


def test_a_timeline_that_somebody_worked_on_stays_and_the_new_one_is_beside_it(folder: Path) -> None:
    mine = (folder / "story.otio").read_text().replace('"lake"', '"my lake"') + "\n"
    (folder / "story.otio").write_text(mine)
    before = of_the_story(folder)
    again(folder, scenes=(2,))
    assert (folder / "story.otio").read_text() == mine
    files = [folder / name for name in ("story.otio", "story-2.otio")]
    names = [[clip.name for clip in otio.adapters.read_from_file(str(file)).find_clips()] for file in files]
    assert names[0] == names[1]
    again(folder, scenes=(3,))  # nobody has touched that one
    assert sorted(path.name for path in folder.glob("*.otio")) == ["story-2.otio", "story.otio"]
    back(folder)
    back(folder)
    assert of_the_story(folder) == before


class Killed(Exception):
    pass


KILLED = {
    "while it paints": (change, "write_scene_clip", 1),
    "when all is painted": (change, "_retire", 0),
    "before it is written down": (change, "write_history", 0),
    "before clips change places": (alternates, "settle", 0),
    "while clips change places": (alternates, "move", 1),
    "between two clips": (alternates, "move", 2),
    "before the preview": (assemble, "write_preview", 0),
    "before the timeline": ("deepsing_bridge.export.assemble", "write_text", 0),
    "before the report": ("deepsing_bridge.export.report", "write_report", 0),
}


@pytest.mark.parametrize(("place", "name", "calls"), [*but_one_slow(KILLED)])
def test_a_killed_run_leaves_the_old_story_or_the_new_one_and_any_later_run_finishes_it(
    place: object, name: str, calls: int, folder: Path
) -> None:
    before = of_the_story(folder)
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(place, str):
            patch.setattr(f"{place}.{name}", killed_after(calls, lambda *_: None))
        else:
            patch.setattr(place, name, killed_after(calls, getattr(place, name)))
        with pytest.raises(Killed):
            again(folder, scenes=(2, 3))
    committed = (folder / "edits.json").exists()
    again(folder)
    if not committed:
        assert of_the_story(folder) == before
        again(folder, scenes=(2, 3))
    after = of_the_story(folder)
    assert changed(before, after) >= {clip_of(folder, 2), clip_of(folder, 3), "preview.mp4"}
    assert list(folder.rglob("*.part")) == []
    assert of_the_story(folder).keys() == before.keys()
    back(folder)
    assert of_the_story(folder) == before


@pytest.mark.slow
def test_a_process_that_is_really_killed_leaves_the_old_story_or_the_new_one() -> None:
    """With SIGKILL, at two moments; `bench.retake_kills` has more of them."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "bench.retake_kills", "--times", "2"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def killed_after(calls: int, then: Callable[..., object]) -> Callable[..., object]:
    made = []

    def call(*given: object, **named: object) -> object:
        if len(made) == calls:
            raise Killed
        made.append(given)
        return then(*given, **named)

    return call


def test_the_story_command_keeps_the_edits_and_says_so(
    song: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    again(folder, scenes=(2,), class_name="fire")
    before = files_in(folder)
    (folder / clip_of(folder, 2)).unlink()
    (folder / clip_of(folder, 3)).unlink()
    made = make_story(StoryRequest(song, folder, SETTINGS), stage)
    assert [scene.label for scene in made.storyboard.scenes][1] == "fire"
    assert files_in(folder) == before
    assert [message for message in caplog.messages if "was edited since, and stays so" in message]


def test_a_story_that_was_interrupted_can_be_taken_again(folder: Path, song: Path) -> None:
    whole = of_the_story(folder)
    for name in ("preview.mp4", "story.otio", "media/song.wav", clip_of(folder, 4)):
        (folder / name).unlink()
    again(folder)
    assert of_the_story(folder) == whole


@pytest.mark.slow
def test_a_song_is_heard_once_and_again_where_that_was_lost_to_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Song] = []
    monkeypatch.setattr(levels, "hear", lambda song: heard.append(song) or hear(song))  # type: ignore[func-returns-value]
    again(folder, scenes=(2,))
    assert not heard
    after = of_the_story(folder)
    shutil.rmtree(cache_folder() / "levels")
    assert remade(folder) == {name: data for name, data in after.items() if name in needed(folder)}
    assert len(heard) == 1
    again(folder, scenes=(2,))
    assert len(heard) == 1


def test_locked_scenes_are_never_changed(folder: Path) -> None:
    again(folder, locks=(2,))
    before = files_in(folder)
    for asked in (
        {"scenes": (2,)},
        {"scenes": (1, 2), "blend": 0.5},
        {"moves": ((2, "+2f"),)},
        {"moves": ((3, "+2f"),)},
        {"merges": ((1, 2),)},
        {"merges": ((1, 4),)},
        {"splits": ((2, "3.0"),)},
    ):
        with pytest.raises(BridgeError, match="scene 2 is locked, and this would change it; --unlock 2 lets it"):
            again(folder, **asked)
    assert files_in(folder) == before
    again(folder, unlocks=(2,), scenes=(2,))
    assert not edited_story(folder).scenes[1].locked


def test_a_lock_paints_nothing_and_touches_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_in(folder)
    monkeypatch.setattr(workshop, "load_painting", killed_after(0, print))
    again(folder, locks=(1, 3))
    assert changed(before, files_in(folder)) == {"edits.json"}
    assert [scene.locked for scene in edited_story(folder).scenes] == [True, False, True, False]


def test_what_was_pruned_is_painted_again_to_the_same_bytes(folder: Path) -> None:
    before = of_the_story(folder)
    again(folder, merges=((2, 3),))
    left = clip_of(folder, 3), "media/scene-003-" in "".join(of_the_story(folder))
    assert left[1]  # the clip that no scene shows stays where somebody's timeline may look for it
    gone = prune(folder)
    assert len(gone) == 2 and not any(path.exists() for path in gone)
    assert list((folder / "media" / "alternates").iterdir()) == []
    back(folder)
    assert of_the_story(folder) == before


def test_somebodys_own_file_among_the_alternates_is_not_pruned(folder: Path) -> None:
    again(folder, scenes=(1,))
    (folder / "media/alternates/notes.txt").write_text("mine")
    (folder / "media/my own.mov").write_text("mine")
    assert [path.name.split(".")[1] for path in prune(folder)] == ["planned"]
    assert (folder / "media/alternates/notes.txt").exists() and (folder / "media/my own.mov").exists()


def test_a_damaged_alternate_is_made_again_and_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = of_the_story(folder)
    again(folder, scenes=(2,))
    (alternate,) = (folder / "media/alternates").iterdir()
    alternate.write_bytes(alternate.read_bytes()[:2000])
    back(folder)
    assert of_the_story(folder) == before
    assert f"{alternate}: damaged" in caplog.text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"scenes": (9,)}, "scene 9: the story has scenes 1 to 4"),
        ({"scenes": (0,)}, "scene 0: the story has scenes 1 to 4"),
        ({"scenes": (2,), "class_name": "lke"}, "class 'lke': the embedded generator does not have it; the nearest"),
        ({"scenes": (2,), "class_name": "lake,fire"}, "expected one class"),
        ({"scenes": (2,), "style": "tensse"}, "style 'tensse': no image of that name; the nearest names are tense"),
        ({"style": "tense"}, "which scene"),
        ({"moves": ((1, "+5f"),)}, "scene 1 begins with the song"),
        ({"moves": ((2, "+90f"),)}, "scenes last 1 s at least, so expected 1.00 to"),
        ({"moves": ((2, "soon"),)}, "shift 'soon': expected frames or seconds"),
        ({"splits": ((2, "0:00"),)}, "scenes last 1 s at least"),
        ({"splits": ((2, "noon"),)}, "time 'noon': expected seconds"),
        ({"merges": ((3, 2),)}, "expected the earlier one first"),
        ({"merges": ((1, 2), (2, 3))}, "scene 2: to be merged or split twice"),
        ({"merges": ((1, 10**9),)}, "scene 1000000000: the story has scenes 1 to 4"),
        ({"locks": (2,), "unlocks": (1, 2)}, "scene 2: to be locked and unlocked; do one after the other"),
        ({"locks": (2,), "splits": ((2, "3.0"),)}, "scene 2: to be locked, and merged or split"),
        ({"scenes": (2, 3), "merges": ((2, 3),)}, "scene 3: to be taken again, and merged into the one before"),
        ({"moves": ((4, "+2f"),), "merges": ((3, 4),)}, "scene 4: to be begun elsewhere, and merged"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_changed(
    asked: dict[str, object], sentence: str, folder: Path
) -> None:
    before = files_in(folder)
    with pytest.raises(BridgeError, match=sentence):
        again(folder, **asked)
    assert files_in(folder) == before


@pytest.mark.parametrize(
    "asked", [{"scenes": (2, 9)}, {"scenes": (2, 3)}, {"splits": ((2, "3.0"), (3, "5.0"))}], ids=str
)
def test_nothing_is_drawn_for_a_request_of_which_a_part_cannot_be(
    asked: dict[str, object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again(folder, locks=(3,))
    monkeypatch.setattr(workshop.Workshop, "picture", lambda *_: pytest.fail("drawn"))
    with pytest.raises(BridgeError, match=r"scene 9: the story has|scene 3 is locked"):
        again(folder, **asked)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_where_the_disk_is_full_before_anything_is_changed_the_story_is_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_in(folder)
    monkeypatch.setattr(ClipWriter, "_mux", full)
    with pytest.raises(
        BridgeError, match=r"scene-002.*: no space left on the disk; make room and run the same command"
    ):
        again(folder, scenes=(2,))
    assert files_in(folder) == before


def test_where_it_is_full_later_the_change_is_finished_and_not_made_twice(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other" / "a story"))
    again(other, merges=((2, 3),))
    with monkeypatch.context() as patch:
        patch.setattr(preview_film, "sound_packets", full)  # of the preview
        alone = rf"no space left on the disk.*\(the change is noted already, and finished by .*retake {folder} alone\)"
        with pytest.raises(BridgeError, match=alone):
            again(folder, merges=((2, 3),))
        with pytest.raises(BridgeError, match=r"run the same command again$"):
            again(folder)
    again(folder)
    assert len(edited_story(folder).scenes) == 3
    assert (folder / "preview.mp4").read_bytes() == (other / "preview.mp4").read_bytes()


def test_a_story_from_before_is_taken_again_and_back(folder: Path) -> None:
    """Many settings are younger than the file's first version."""
    fields = json.loads((folder / "story.json").read_text())
    for name in ("alignment", "temperature", "truncation", "allow_flashing", "dissolve", "start_timecode", "paths"):
        del fields[name]
    (folder / "story.json").write_text(json.dumps(fields))
    before = of_the_story(folder)
    again(folder, scenes=(2,))
    clip = clip_of(folder, 2)
    assert {clip, "preview.mp4", "story.otioz"} <= changed(before, of_the_story(folder)) <= MADE_OF_ALL | {clip}
    back(folder)
    assert of_the_story(folder) == before


def test_only_one_process_at_a_time_takes_a_story_again(folder: Path) -> None:
    before = files_in(folder)
    with alone_in(folder):
        for do in (again, back, prune):
            with pytest.raises(BridgeError, match="another process is at work on it"):
                do(folder)
        assert len(edited_story(folder).scenes) == 4  # looking at it is free
    assert files_in(folder) == before


def test_a_folder_that_may_not_be_written_is_told_and_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    before = files_in(folder)
    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(BridgeError, match=r"a story: cannot be written \(Read-only file system\)"):
        again(folder, scenes=(2,))
    assert files_in(folder) == before


def test_there_is_an_end_to_undo_and_redo(folder: Path) -> None:
    with pytest.raises(BridgeError, match="nothing to undo"):
        back(folder)
    with pytest.raises(BridgeError, match="nothing to do again"):
        redo(RetakeRequest(folder), stage)


def test_edits_that_are_damaged_or_of_another_story_change_nothing(song: Path, folder: Path) -> None:
    again(folder, scenes=(2,))
    text = (folder / "edits.json").read_text()
    fields = json.loads(text)
    for other in (text[:200], "[]", json.dumps(fields | {"version": 2}), json.dumps(fields | {"story_sha256": "0"})):
        (folder / "edits.json").write_text(other)
        before = files_in(folder)
        with pytest.raises(BridgeError, match=r"edits\.json: "):
            back(folder)
        with pytest.raises(BridgeError, match=r"edits\.json: "):
            make_story(StoryRequest(song, folder, SETTINGS), stage)
        assert files_in(folder) == before


def test_the_song_may_have_moved_but_is_the_same_song(song: Path, folder: Path, tmp_path: Path) -> None:
    text = (folder / "story.json").read_text()
    (folder / "story.json").write_text(text.replace(str(song), "/nowhere/a song.flac"))
    with pytest.raises(BridgeError, match="not the song of this story, or not there any more"):
        again(folder, scenes=(2,))
    other = tmp_path / "other.flac"
    soundfile.write(other, music(3), 21_504)
    with pytest.raises(BridgeError, match=r"other\.flac: not the song of this story"):
        again(folder, scenes=(2,), song=other)
    again(folder, scenes=(2,), song=song)


def test_a_story_painted_with_other_models_is_not_mixed(folder: Path) -> None:
    fields = json.loads((folder / "story.json").read_text())
    fields["weights"]["embedded-generator.safetensors"] = "0" * 64
    (folder / "story.json").write_text(json.dumps(fields))
    with pytest.raises(BridgeError, match=r"embedded-generator\.safetensors: not what the story was painted with"):
        again(folder, scenes=(2,))


def test_a_take_that_was_played_live_is_refused(folder: Path) -> None:
    fields = json.loads((folder / "story.json").read_text())
    (folder / "story.json").write_text(json.dumps(fields | {"motion": "live"}))
    with pytest.raises(BridgeError, match="was played live, and what was played cannot be painted again"):
        again(folder, scenes=(2,))


def test_no_story_is_told_and_nothing_is_left_there(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"holds no story\.json; expected a folder that `story` made"):
        again(tmp_path, scenes=(2,))
    assert list(tmp_path.iterdir()) == []
