"""The whole job on a short song: what lands in the folder, the same bytes twice, and a run that was killed."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
import soundfile
import torch
from PIL import Image

from deepsing_bridge.app import scenes
from deepsing_bridge.app import story as module
from deepsing_bridge.app.config import ModelChoice, StoryRequest
from deepsing_bridge.app.story import Story, make_story
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.core.units import seconds_to_frame
from deepsing_bridge.export import preview
from deepsing_bridge.export.clips import ClipWriter, write_scene_clip
from deepsing_bridge.export.damage import clear_damaged_media
from deepsing_bridge.export.story_folder import clip_paths
from deepsing_bridge.story import levels_cache
from deepsing_bridge.story.edited_story import apply
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.story_file import json_to_storyboard
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.weights.files import digest
from tests.melt import frame_count
from tests.process import ROOT, insist, send_signal
from tests.sounds import music

SETTINGS = Settings(width=256, height=144, frame_rate=Fraction(30000, 1001))


def make(song: Path, out: Path, **changes: object) -> Story:
    return make_story(StoryRequest(song, out, replace(SETTINGS, **changes)), lambda name: no_progress)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "a song.flac"
    soundfile.write(path, music(11.3), 21_504)
    return path


@pytest.fixture(scope="module")
def story(song: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return make(song, tmp_path_factory.mktemp("out") / "a story")


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file's bytes; the timeline without the folder's own name, which it must contain."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found["story.otio"] = found["story.otio"].replace(str(folder).encode(), b"")
    return found


def test_everything_that_was_promised_is_there_and_nothing_else(story: Story) -> None:
    scenes = [f"media/scene-{i + 1:03d}-{s.label}.mov" for i, s in enumerate(story.storyboard.scenes)]
    whole = {"story.json", "story.otio", "story.otioz", "preview.mp4", "report.png", "media/song.wav", *scenes}
    assert set(files_in(story.folder)) == whole


def test_story_json_tells_the_story_and_the_weights(story: Story) -> None:
    text = (story.folder / "story.json").read_text()
    board = json_to_storyboard(text)
    assert [scene.label for scene in board.scenes] == [scene.label for scene in story.storyboard.scenes]
    assert json.loads(text)["weights"]["embedded-generator.safetensors"] == digest("embedded-generator.safetensors")


def test_a_story_is_told_and_painted_as_it_is_once_neighbours_are_compared(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def marked(board: Storyboard, *others: object) -> Storyboard:
        return replace(board, scenes=tuple(replace(scene, label="compared") for scene in board.scenes))

    monkeypatch.setattr(module, "with_seen_cuts", marked)
    made = make(song, tmp_path / "out", motion="still", blend=0.0)
    assert {scene.label for scene in made.storyboard.scenes} == {"compared"}
    assert all("compared" in path.name for path in clip_paths(made.folder, made.storyboard))


def test_the_preview_is_as_long_as_the_song_and_has_sound(story: Story) -> None:
    wanted = seconds_to_frame(story.storyboard.duration_s, SETTINGS.frame_rate)
    assert frame_count(story.folder / "preview.mp4") == wanted
    with av.open(story.folder / "preview.mp4") as film:
        assert film.streams.audio[0].codec.name == "aac"


def test_the_timeline_finds_its_media_and_every_scene_has_a_handle(story: Story) -> None:
    timeline = otio.adapters.read_from_file(str(story.folder / "story.otio"))
    clips = list(timeline.find_clips())
    assert all(Path(clip.media_reference.target_url).exists() for clip in clips)
    for clip in clips[:-1]:
        file = Path(clip.media_reference.target_url)
        assert frame_count(file) == clip.available_range().duration.value
        assert clip.available_range().duration.value >= clip.source_range.duration.value + 29


def test_the_bundle_opens_after_the_folder_is_gone(story: Story, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    bundle = shutil.copy(story.folder / "story.otioz", tmp_path / "story.otioz")
    timeline = otio.adapters.read_from_file(str(bundle), extract_to_directory=str(tmp_path / "elsewhere"))
    assert len(list(timeline.find_clips())) == len(story.storyboard.scenes) + 1
    assert (tmp_path / "elsewhere" / "media" / "song.wav").exists()


def test_the_report_is_a_picture(story: Story) -> None:
    with Image.open(story.folder / "report.png") as report:
        assert report.width == 1920


def test_the_same_wish_gives_the_same_bytes_where_its_song_is_heard_anew(
    song: Path, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels_cache, "cache_folder", lambda: tmp_path / "cache")
    assert files_in(make(song, tmp_path / "a story").folder) == files_in(story.folder)


def test_a_song_s_levels_are_heard_once_for_all_its_stories(
    song: Path, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deepsing_bridge.story.levels.hear", lambda song, mel: pytest.fail("heard again"))
    assert files_in(make(song, tmp_path / "a story").folder) == files_in(story.folder)


def test_a_part_is_the_same_scenes_as_the_whole_has_there_in_the_songs_time(
    song: Path, story: Story, tmp_path: Path
) -> None:
    whole = story.storyboard
    second = whole.scenes[1]
    request = StoryRequest(song, tmp_path / "part", SETTINGS, from_s=second.start_s + 0.1, to_s=second.end_s - 0.1)
    made = make_story(request, lambda name: no_progress)
    assert [replace(scene, clip="") for scene in made.storyboard.scenes] == [replace(second, clip="")]
    (clip,) = (tmp_path / "part" / "media").glob("scene-*.mov")
    (same,) = (story.folder / "media").glob("scene-002-*.mov")
    assert clip.name == same.name and clip.read_bytes() == same.read_bytes()
    start, end = whole.frames_of(1)
    assert frame_count(tmp_path / "part" / "preview.mp4") == end - start
    timeline = otio.adapters.read_from_file(str(tmp_path / "part" / "story.otio"))
    assert timeline.global_start_time.value == start
    assert {track.duration().value for track in timeline.tracks} == {end - start}
    heard, _ = soundfile.read(tmp_path / "part" / "media" / "song.wav")
    there, rate = soundfile.read(story.folder / "media" / "song.wav")
    first = round(start / float(whole.frame_rate) * rate)
    mono = there[first : first + len(heard)].reshape(len(heard), -1).mean(axis=1)
    assert np.corrcoef(heard.mean(axis=1), mono)[0, 1] > 0.99
    again = json_to_storyboard((tmp_path / "part" / "story.json").read_text())
    assert again.scenes == (replace(second, clip=""),) and again.frames == end - start
    assert [file.name for file in clip_paths(tmp_path, apply(again, ()).board)] == [same.name]


@pytest.mark.parametrize(
    ("from_s", "to_s", "sentence"), [(100.0, None, "no scene; the song lasts"), (3.0, 2.0, "is not after --from")]
)
def test_a_part_that_there_is_not_is_one_sentence(
    from_s: float, to_s: float | None, sentence: str, song: Path, tmp_path: Path
) -> None:
    request = StoryRequest(song, tmp_path / "part", SETTINGS, from_s=from_s, to_s=to_s)
    with pytest.raises(BridgeError, match=sentence):
        make_story(request, lambda name: no_progress)
    assert not (tmp_path / "part" / "story.json").exists()


class Killed(Exception):
    pass


def test_a_killed_run_is_taken_up_and_ends_with_the_same_bytes(
    song: Path, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def interrupted(path: Path, frames: Iterator, rate: Fraction, version: str) -> None:
        if len(written) == 1:
            next(frames)
            raise Killed
        written.append(path)
        write(path, frames, rate, version)

    write = write_scene_clip
    monkeypatch.setattr(scenes, "write_scene_clip", interrupted)
    with pytest.raises(Killed):
        make(song, tmp_path / "a story")
    monkeypatch.undo()

    first = written[0].stat().st_mtime_ns
    made = make(song, tmp_path / "a story")
    assert written[0].stat().st_mtime_ns == first
    assert files_in(made.folder) == files_in(story.folder)


def test_ctrl_c_twice_leaves_nothing_half_written_and_the_same_command_goes_on(
    song: Path, story: Story, tmp_path: Path
) -> None:
    out, whole = tmp_path / "a story", files_in(story.folder)
    words = ("story", song, "--out", out, "--generator", "embedded", "--size", "256x144", "--fps", "30000/1001")
    same_threads = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    command = [sys.executable, str(ROOT / "bridge.py"), *map(str, words)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=same_threads)
    while not [*out.glob("media/.scene-002*.part")]:
        assert process.poll() is None, (tmp_path / "log").read_text()
        time.sleep(0.005)
    assert insist(process) != 0
    left = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    left = {name: data for name, data in left.items() if not name.endswith(".part")}
    assert "story.json" in left and left.items() < whole.items()
    assert subprocess.run(command, capture_output=True, env=same_threads, check=False).returncode == 0
    assert files_in(out) == whole


def test_another_story_in_the_folder_is_not_overwritten(song: Path, story: Story) -> None:
    before = files_in(story.folder)
    with pytest.raises(BridgeError, match="holds another story"):
        make(song, story.folder, seed=7)
    assert files_in(story.folder) == before


def test_a_timeline_that_somebody_worked_on_stays_and_that_is_told(
    song: Path, story: Story, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(shutil.copytree(story.folder, tmp_path / "a story"))
    edited = (folder / "story.otio").read_text().replace('"lake"', '"my lake"') + "\n"
    (folder / "story.otio").write_text(edited)
    make(song, folder)
    assert (folder / "story.otio").read_text() == edited
    (told,) = caplog.messages
    assert told.startswith(f"{folder / 'story.otio'}: is there already, is another one, and stays")


def test_with_the_dictionary_its_table_is_noted_down(song: Path, tmp_path: Path) -> None:
    """It decides every class."""
    settings = replace(SETTINGS, width=64, height=64, motion="still", blend=0.0)
    request = StoryRequest(song, tmp_path / "a story", settings, ModelChoice(translator="dictionary"))
    weights = make_story(request, lambda name: no_progress).storyboard.weights
    assert weights["class-sentiment-embedded.csv"] == digest("class-sentiment-embedded.csv")
    assert not any("translators" in name for name in weights)


def test_every_clip_is_decoded_once(song: Path, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []

    def counted(path: Path, first: int) -> Iterator:
        decoded.append(path.name)
        return read(path, first)

    read = preview.read_frames
    monkeypatch.setattr(preview, "read_frames", counted)
    folder = Path(shutil.copytree(story.folder, tmp_path / "a story"))
    for name in ("preview.mp4", "report.png"):
        (folder / name).unlink()
    make(song, folder)
    assert sorted(decoded) == sorted(path.name for path in folder.glob("media/*.mov"))
    for name in ("preview.mp4", "report.png"):
        assert (folder / name).read_bytes() == (story.folder / name).read_bytes()


def half_of(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def middle_of(path: Path) -> None:
    """More than a frame: frames end in zeros anyway."""
    data, middle = path.read_bytes(), path.stat().st_size // 2
    lost = len(data) // 5
    path.write_bytes(data[:middle] + bytes(lost) + data[middle + lost :])


def other_song(path: Path) -> None:
    soundfile.write(path, music(1.0), 48_000)


@pytest.mark.parametrize(
    ("names", "damage"),
    [
        (["media/scene-001*"], emptied),
        (["media/scene-001*", "media/scene-002*"], middle_of),
        (["media/scene-002*", "preview.mp4", "report.png", "story.otioz", "story.otio"], half_of),
        (["media/song.wav"], other_song),
        (
            ["media/song.wav", "preview.mp4", "report.png", "story.otioz", "story.otio"],
            lambda path: path.write_bytes(b""),
        ),
        (["story.json"], half_of),
        (["story.json"], emptied),
    ],
    ids=["empty clip", "two clips", "cut", "other sound", "empty", "story.json", "empty story.json"],
)
def test_what_a_disk_has_damaged_is_made_again_and_told(
    names: list[str],
    damage: Callable[[Path], object],
    song: Path,
    story: Story,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = Path(shutil.copytree(story.folder, tmp_path / "a story"))
    (folder / "story.otio").write_text((folder / "story.otio").read_text().replace(str(story.folder), str(folder)))
    damaged = [next(folder.glob(name)) for name in names]
    for path in damaged:
        damage(path)
    assert files_in(make(song, folder).folder) == files_in(story.folder)
    clips_or_sound = [path for path in damaged if path.parent.name == "media"]
    for path in clips_or_sound or damaged:
        assert sum(line.startswith(f"{path}: damaged") for line in caplog.messages) == 1


def test_with_a_clip_goes_what_was_made_of_it(song: Path, story: Story, tmp_path: Path) -> None:
    """And first, so that a run that is killed in between does not believe it."""
    folder = Path(shutil.copytree(story.folder, tmp_path / "a story"))
    half_of(next(folder.glob("media/scene-002*")))
    removed: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deepsing_bridge.export.damage.remove", lambda path: removed.append(path.name))
        clear_damaged_media(folder, story.storyboard)
    assert removed == ["preview.mp4", "report.png", "story.otioz", next(folder.glob("media/scene-002*")).name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_what_is_no_file_in_place_of_a_clip_is_not_waited_for(story: Story, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(story.folder, tmp_path / "a story"))
    clip = next(folder.glob("media/scene-001*"))
    clip.unlink()
    os.mkfifo(clip)
    clear_damaged_media(folder, story.storyboard)
    assert not clip.exists()


def test_somebodys_own_story_json_is_never_taken_for_a_damaged_one(song: Path, tmp_path: Path) -> None:
    for text in ("once upon a time", '{"schema": "another"}', "[1, 2, 3,]"):
        (tmp_path / "story.json").write_text(text)
        with pytest.raises(BridgeError, match="holds another story"):
            make(song, tmp_path, width=64, height=64, motion="still")
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"story.json": text}


def test_the_second_of_two_at_once_says_who_is_at_work_and_the_first_is_whole(
    song: Path, story: Story, tmp_path: Path
) -> None:
    out = tmp_path / "a story"
    words = ("story", song, "--out", out, "--generator", "embedded", "--size", "256x144", "--fps", "30000/1001")
    same_threads = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    command = [sys.executable, str(ROOT / "bridge.py"), *map(str, words)]
    with (tmp_path / "log").open("wb") as log:
        first = subprocess.Popen(command, stdout=log, stderr=log, env=same_threads)
    while not (out / ".lock-holder").exists():
        assert first.poll() is None, (tmp_path / "log").read_text()
        time.sleep(0.005)
    send_signal(first, signal.SIGSTOP)  # or it may be done before the second has begun
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    send_signal(first, signal.SIGCONT)
    assert second.returncode == 2
    assert f"error: {out}: another process is at work on it (process {first.pid}, since 2" in second.stderr
    assert first.wait() == 0
    assert files_in(out) == files_in(story.folder)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.ENODEV], ids=errno.errorcode.get)
def test_a_disk_that_fills_up_or_goes_away_is_a_sentence_and_the_next_run_goes_on(
    number: int, song: Path, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(clip: ClipWriter, packets: object) -> None:
        if clip._path.name.startswith("scene-002"):
            raise OSError(number, os.strerror(number))
        mux(clip, packets)

    mux = ClipWriter._mux
    monkeypatch.setattr(ClipWriter, "_mux", failing)
    with pytest.raises(BridgeError, match=r"scene-002-.*\.mov: (no space left on the disk|cannot be written)"):
        make(song, tmp_path / "a story")
    assert [path.name for path in (tmp_path / "a story" / "media").glob(".*")] == []
    monkeypatch.undo()
    assert files_in(make(song, tmp_path / "a story").folder) == files_in(story.folder)
