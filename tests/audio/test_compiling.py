"""librosa is imported by one process after the other, so that they do not spoil the cache of what is compiled."""

import ast
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from filelock import FileLock

import deepsing_bridge
from deepsing_bridge.audio import compiling
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import song_to_mel
from deepsing_bridge.audio.structure import song_to_structure
from deepsing_bridge.core.types import Song
from tests.process import READY_S
from tests.sounds import music

PACKAGE = Path(deepsing_bridge.__file__).parent
IMPORTS = "from deepsing_bridge.audio.compiling import compiling\nwith compiling(): print('its turn', flush=True)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(compiling, "data_folder", lambda: tmp_path / "deepsing-bridge")
    return tmp_path / "deepsing-bridge"


def test_who_comes_second_says_that_it_waits_and_goes_on_when_the_first_is_done(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiling, "TOLD_AFTER_S", 0.01)
    through = Event()

    def second() -> None:
        with compiling.compiling():
            through.set()

    with compiling.compiling():
        thread = Thread(target=second)
        thread.start()
        while "another process compiles" not in caplog.text:
            thread.join(0.01)
            assert thread.is_alive()
        assert not through.is_set()
    thread.join(READY_S)
    assert through.is_set()


def test_nobody_waits_for_ever_nor_where_nothing_can_be_locked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "TOLD_AFTER_S", 0.01)
    monkeypatch.setattr(compiling, "PATIENCE_S", 0.01)
    home.mkdir()
    with FileLock(home / "compiling.lock"), compiling.compiling():
        pass
    (home / "compiling.lock").unlink(missing_ok=True)
    home.rmdir()
    home.write_text("a file in the folder's place")
    with compiling.compiling():
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_DATA_HOME names the user's folder on Linux")
def test_a_killed_process_keeps_nobody_waiting(home: Path) -> None:
    hung = f"{IMPORTS}; import time; time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", hung], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "its turn\n"
        first.kill()
    second = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, timeout=READY_S, check=True
    )
    assert second.stdout == "its turn\n" and second.stderr == ""


def test_who_has_heard_a_song_waits_for_nobody_at_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    song = Song(music(20), SAMPLE_RATE, Path("song.wav"), "")
    mel = song_to_mel(song)
    first = song_to_structure(song, mel)
    assert len(first.beats) and len(first.bars)
    monkeypatch.setattr(compiling, "_acquire", lambda lock: pytest.fail("waited"))
    song_to_structure(song, mel)


def test_every_import_of_librosa_takes_its_turn() -> None:
    found = {path: _unguarded(ast.parse(path.read_text("utf-8"))) for path in PACKAGE.rglob("*.py")}
    assert {str(path): lines for path, lines in found.items() if lines} == {}


def _unguarded(node: ast.AST) -> list[int]:
    """The lines of imports of librosa that stand outside `with compiling()`."""
    if isinstance(node, ast.With) and any("compiling()" in ast.unparse(item) for item in node.items):
        return []
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    here = [node.lineno for name in names if name.split(".")[0] == "librosa"]  # type: ignore[attr-defined]
    return here + [line for child in ast.iter_child_nodes(node) for line in _unguarded(child)]
