import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.footage import files, store, workers
from deepsing_bridge.footage.files import find_media
from deepsing_bridge.footage.index import Footage, index
from deepsing_bridge.footage.media import MediaFile
from deepsing_bridge.footage.probe import Facts
from deepsing_bridge.footage.shot import Look, Shot
from deepsing_bridge.footage.store import from_text, open_store, to_text
from tests.footage.films import numbered, write_film
from tests.process import ROOT

CODE = """
import sys
from pathlib import Path
from deepsing_bridge.footage.index import index
index([Path(sys.argv[1])], store=Path(sys.argv[2]))
"""
COLOURS = {"red": (220, 40, 40), "green": (40, 180, 60), "blue": (40, 60, 220)}


def photo(path: Path, colour: tuple[int, int, int] = (90, 90, 90)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), colour).save(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("footage")
    for name, colour in COLOURS.items():
        photo(folder / "photos" / f"{name}.png", colour)
    write_film(folder / "clip.mp4", numbered(50, 128, 72))
    (folder / "copy.mp4").write_bytes((folder / "clip.mp4").read_bytes())
    (folder / "damaged.mov").write_bytes(b"\0" * 5000)
    (folder / "notes.txt").write_text("no footage")
    return folder


@pytest.fixture(scope="module")
def kept(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.sqlite")


@pytest.fixture(scope="module")
def footage(folder: Path, kept: Path) -> Footage:
    return index([folder], store=kept)


def told(shot: Shot) -> tuple[str, float, float]:
    return shot.media.path.name, shot.mean("valence"), shot.mean("arousal")


def test_every_film_and_photo_becomes_shots(footage: Footage, folder: Path) -> None:
    assert [shot.media.path for shot in footage.shots] == [
        folder / "clip.mp4",
        *(folder / "photos" / f"{name}.png" for name in sorted(COLOURS)),
    ]
    clip = footage.shots[0]
    assert (clip.first, clip.frames, clip.media.rate) == (0, 50, 25)
    assert len({told(shot)[1:] for shot in footage.shots}) == 4
    assert [facts.media for facts in footage.files] == [shot.media for shot in footage.shots]


def test_what_is_passed_over_is_told(footage: Footage, folder: Path) -> None:
    assert footage.passed_over == (
        f"{folder / 'copy.mp4'}: the same as {folder / 'clip.mp4'}",
        f"{folder / 'damaged.mov'}: not a readable film, or cut off",
    )


def forbid_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(workers, "worker_process", refuse)


def test_what_is_known_is_not_seen_again(
    footage: Footage, folder: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_work(monkeypatch)
    assert index([folder / "photos", folder / "clip.mp4"], store=kept).shots == footage.shots


def test_a_file_may_be_renamed(
    footage: Footage, folder: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_work(monkeypatch)
    (tmp_path / "moved.mp4").write_bytes((folder / "clip.mp4").read_bytes())
    (shot,) = index([tmp_path], store=kept).shots
    assert shot.media.path == tmp_path / "moved.mp4"
    assert shot.looks == footage.shots[0].looks


@pytest.mark.usefixtures("footage")
def test_another_content_is_seen_anew(kept: Path, tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png", (1, 2, 3))
    before = index([tmp_path], store=kept).shots
    photo(path, (250, 220, 20))
    after = index([tmp_path], store=kept).shots
    assert before[0].looks[0].brightness < 0.1 < after[0].looks[0].brightness


def test_a_place_without_anything_is_refused(tmp_path: Path, kept: Path) -> None:
    with pytest.raises(BridgeError, match="no such folder or file; if it is on another drive"):
        index([tmp_path / "away"], store=kept)
    with pytest.raises(BridgeError, match="no film or photo there"):
        index([tmp_path], store=kept)


def test_a_file_that_crashes_its_reader_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo(tmp_path / "good.png")
    photo(tmp_path / "bad.png", (1, 1, 1))
    crash = tmp_path / "sitecustomize.py"  # which Python imports at its start
    crash.write_text(
        "import os, sys, PIL.Image as I\n"
        "plain = I.open\n"
        "def opened(path, *a, **k):\n"
        "    if str(path).endswith('bad.png'): os.abort()\n"
        "    return plain(path, *a, **k)\n"
        "I.open = opened\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    footage = index([tmp_path], store=tmp_path / "s.sqlite")
    assert [shot.media.path.name for shot in footage.shots] == ["good.png"]
    assert footage.passed_over == (
        f"{tmp_path / 'bad.png'}: ended the process that reads it (SIGABRT); convert it to another format",
    )


@pytest.mark.slow
def test_a_run_that_was_killed_is_taken_up(tmp_path: Path) -> None:
    folder, path = tmp_path / "in", tmp_path / "s.sqlite"
    folder.mkdir()
    for number in range(24):
        write_film(folder / f"{number:02}.mp4", numbered(40 + number, 320, 180))
    process = subprocess.Popen([sys.executable, "-c", CODE, str(folder), str(path)], cwd=ROOT)
    while kept_in(path) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert children
    psutil.wait_procs(children, timeout=20)
    assert not any(child.is_running() for child in children)

    done = kept_in(path)
    assert 2 <= done < 24
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('update judged set told=replace(told, \'"timecode": ""\', \'"timecode": "kept"\')')
    footage = index([folder], store=path)
    assert [shot.frames for shot in footage.shots] == [40 + number for number in range(24)]
    assert sum(facts.timecode == "kept" for facts in footage.files) == done


def kept_in(path: Path) -> int:
    try:
        with closing(sqlite3.connect(path, timeout=10)) as database:
            return int(database.execute("select count(*) from judged").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_giving_up_leaves_nothing_running(tmp_path: Path) -> None:
    for number in range(4):
        photo(tmp_path / f"{number}.png", (number, 0, 0))
    seen: list[psutil.Process] = []

    def give_up(done: int, total: int) -> None:
        seen.extend(psutil.Process().children(recursive=True))
        if seen:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index([tmp_path], progress=give_up, store=tmp_path / "s.sqlite")
    gone, alive = psutil.wait_procs(seen, timeout=20)
    assert gone and not alive


class TestFindMedia:
    def test_hidden_and_other_files_are_no_footage(self, tmp_path: Path) -> None:
        wanted = [photo(tmp_path / name) for name in ("b/c.png", "a.png")]
        for name in (".hidden.png", "._a.png", ".trash/d.png", "@eaDir/e.png"):
            photo(tmp_path / name)
        (tmp_path / "sound.wav").touch()
        found = find_media([tmp_path])
        assert (found.paths, found.told) == (sorted(wanted), [])

    def test_stories_within_are_no_footage(self, tmp_path: Path) -> None:
        photo(tmp_path / "a.png")
        photo(tmp_path / "story" / "media" / "scene.png")
        (tmp_path / "story" / "story.json").touch()
        assert [path.name for path in find_media([tmp_path]).paths] == ["a.png"]
        assert [path.name for path in find_media([tmp_path / "story"]).paths] == ["scene.png"]

    def test_links_in_circles_end(self, tmp_path: Path) -> None:
        photo(tmp_path / "in" / "a.png")
        (tmp_path / "in" / "up").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "in" / "away.png").symlink_to(tmp_path / "gone.png")
        found = find_media([tmp_path, tmp_path / "in"])
        assert [path.name for path in found.paths] == ["a.png"]
        assert found.told == [f"{tmp_path / 'in' / 'away.png'}: leads to a file that is not there"]

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
    def test_names_that_no_timeline_holds_are_told(self, tmp_path: Path) -> None:
        odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
        odd.touch()
        found = find_media([tmp_path])
        assert found.paths == []
        assert found.told[0].startswith(f"{tmp_path}/caf\\udce9.png: a name that is not UTF-8")
        found.told[0].encode()

    def test_what_is_no_file_is_told(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.mp4")
        assert find_media([tmp_path]).told == [f"{tmp_path / 'pipe.mp4'}: not a file"]

    def test_there_is_a_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MOST_FILES", 2)
        for number in range(3):
            photo(tmp_path / f"{number}.png")
        with pytest.raises(BridgeError, match="more than 2"):
            find_media([tmp_path])


def judged(digest: str = "d", looks: int = 3) -> tuple[Facts, tuple[Shot, ...]]:
    media = MediaFile(Path("/a.mov"), digest, Fraction(30000, 1001), 90, 107_892, 1920, 1080)
    facts = Facts(media, 3.0, 90, Fraction(16, 11), True, True, "HLG", "01:00:00;00", True, 0.5)
    seen = tuple(Look(10 * number, 0.1, -0.2 * number, 0.3, 0.4, 0.5) for number in range(looks))
    return facts, (Shot(media, 0, 60, seen), Shot(media, 60, 30, (Look(60, *np.linspace(0, 1, 5).tolist()),)))


def test_what_was_seen_is_read_as_it_was_written() -> None:
    assert from_text(to_text(judged()), Path("/a.mov"), "d") == judged()


def test_the_store_forgets_what_is_of_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = to_text(judged())
    monkeypatch.setattr(store, "MOST_BYTES", 2 * len(text) + 10)
    with open_store(tmp_path / "s.sqlite") as kept:
        for digest in "abcd":
            kept.keep_digest(Path(f"/{digest}"), 1, 2, digest)
            kept.keep(digest, "m", text)
        kept.tidy(["a", "c"], "m")
        assert [digest for digest in "abcd" if kept.has(digest, "m")] == ["a", "c"]
        assert [kept.digest(Path(f"/{digest}"), 1, 2) for digest in "ab"] == ["a", None]
        assert kept.digest(Path("/a"), 1, 3) is None
        assert not kept.has("a", "another model")


@pytest.mark.parametrize("damage", ["bytes", "version", "row"])
def test_a_store_that_is_damaged_or_old_is_begun_anew(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as kept:
        kept.keep("a", "m", to_text(judged()))
    if damage == "bytes":
        path.write_bytes(b"no database at all, " * 300)
    else:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute({"version": "pragma user_version=999", "row": "update judged set told='{}'"}[damage])
    with open_store(path) as kept:
        assert kept.judged(Path("/a.mov"), "a", "m") is None
        kept.keep("a", "m", to_text(judged("a")))
        assert kept.judged(Path("/a.mov"), "a", "m") == judged("a")


def test_the_store_lies_in_the_user_s_cache() -> None:
    assert store.default_path().name == "footage.sqlite"
    assert Path(os.environ["XDG_CACHE_HOME"]) in store.default_path().parents or sys.platform != "linux"
