"""Scenes painted by several processes and over Ray: the same bytes as by one, whatever is killed on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from deepsing_bridge.app import scene_workers
from deepsing_bridge.app.config import StoryRequest
from deepsing_bridge.app.scenes import SceneJob
from deepsing_bridge.app.story import make_story
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Progress, no_progress
from deepsing_bridge.story.edited_story import apply
from deepsing_bridge.story.settings import Settings
from tests.process import ROOT
from tests.sounds import music

SETTINGS = Settings(width=128, height=72, motion="still", every="1s", cut="interval")
STAGE = "painting scenes"


def request(song: Path, out: Path, **changes: object) -> StoryRequest:
    return replace(StoryRequest(song, out, SETTINGS), **changes)  # type: ignore[arg-type]


def files_in(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found | {"story.otio": found["story.otio"].replace(str(folder).encode(), b"")}


def telling(told: Callable[[int, int], None]) -> Callable[[str], Progress]:
    """Stages, of which the painting is told."""
    return lambda name: told if name == STAGE else no_progress


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.flac"
    soundfile.write(path, music(9.0), 21_504)
    return path


@pytest.fixture(scope="module")
def plain(song: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes."""
    return files_in(make_story(request(song, tmp_path_factory.mktemp("plain") / "story"), telling(no_progress)).folder)


@pytest.mark.slow
def test_two_processes_make_the_same_bytes_though_one_was_killed(
    song: Path, plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, told = [], list[tuple[int, int]]()

    @contextmanager
    def noted(*arguments: object, **options: object) -> "Iterator[subprocess.Popen[bytes]]":
        with worker_process(*arguments, **options) as process:  # type: ignore[arg-type]
            started.append(process)
            yield process

    def killing(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            os.kill(started[0].pid, signal.SIGKILL)

    worker_process = scene_workers.worker_process
    monkeypatch.setattr(scene_workers, "worker_process", noted)
    with pytest.raises(BridgeError, match=r"scene-.*the process that painted it ended \(SIGKILL\).*the same command"):
        make_story(request(song, tmp_path / "story", jobs=2), telling(killing))
    assert len(started) == 2 and all(process.poll() is not None for process in started)
    there = {path.name: path.read_bytes() for path in (tmp_path / "story" / "media").glob("scene-*.mov")}
    assert there and all(plain[f"media/{name}"] == data for name, data in there.items())
    again = list[tuple[int, int]]()
    story = make_story(
        request(song, tmp_path / "story", jobs=2), telling(lambda done, all_: again.append((done, all_)))
    )
    assert files_in(story.folder) == plain
    scenes = len(story.storyboard.scenes)
    assert again[0][0] > len(there) and again[-1] == (scenes, scenes)  # it says what was there already
    assert told == [(done, scenes) for done in range(1, len(told) + 1)]


@pytest.mark.slow
def test_workers_do_not_outlive_whoever_asked_them(song: Path, plain: dict[str, bytes], tmp_path: Path) -> None:
    words = ["story", song, "--out", tmp_path / "story", "--size", "128x72", "--motion", "still", "--every", "1s"]
    command = [sys.executable, "bridge.py", *map(str, words), "--cut", "interval", "--generator", "embedded"]
    with subprocess.Popen([*command, "--jobs", "2"], cwd=ROOT, stderr=subprocess.DEVNULL) as running:
        wait_until(lambda: any((tmp_path / "story" / "media").glob("scene-*.mov")))
        workers = [pid for pid in children_of(running.pid) if "scene_worker" in command_line(pid)]
        assert len(workers) == 2
        running.kill()
    wait_until(lambda: not any("scene_worker" in command_line(pid) for pid in workers))
    story = make_story(request(song, tmp_path / "story", jobs=3), telling(no_progress))
    assert files_in(story.folder) == plain


@pytest.mark.slow
def test_a_cluster_makes_the_same_bytes_though_a_worker_was_killed(
    song: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason='needs Ray (pip install "deepsing-bridge[ray]")')
    killed, told = list[int](), list[tuple[int, int]]()

    def killing(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            killed.extend(pid for pid in processes() if command_line(pid).startswith("ray::SceneActor"))
            os.kill(killed[0], signal.SIGKILL)

    story = make_story(request(song, tmp_path / "story", cluster="local"), telling(killing))
    assert len(killed) > 1  # and so others were at work
    assert files_in(story.folder) == plain
    assert told[-1] == (len(story.storyboard.scenes),) * 2


@pytest.mark.slow
def test_what_a_worker_finds_wrong_is_told_in_its_words(song: Path, tmp_path: Path) -> None:
    story = make_story(request(song, tmp_path / "story"), telling(no_progress))
    clip = next((tmp_path / "story" / "media").glob("scene-003*"))
    job = SceneJob.of(apply(story.storyboard, []), replace(request(song, clip).models, sets="gone"))
    with pytest.raises(BridgeError, match="model set gone: not installed"):
        scene_workers.paint_all(job, [(2, clip)], 2)


def test_here_and_there_at_once_is_refused(song: Path, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"--jobs 2 paints here, and --ray local there"):
        make_story(request(song, tmp_path / "story", jobs=2, cluster="local"), telling(no_progress))


def wait_until(reached: Callable[[], bool], timeout_s: float = 300.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
