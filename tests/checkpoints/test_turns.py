"""Two real processes that want the same model at once take turns, however the first one ends."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from deepsing_bridge.checkpoints.download import CHUNK
from deepsing_bridge.weights import model_sets
from tests import process
from tests.checkpoints import authorsfolder
from tests.checkpoints.biggan import FILE, NAME, random_biggan, write
from tests.checkpoints.server import FileServer
from tests.cli.test_cli import bridge

ARRIVED = 20 * CHUNK
WAITS = "another process is at work on it; waiting until it is done (Ctrl-C gives up)\n"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("published"), random_biggan()).read_bytes()


@pytest.fixture
def slow(server: FileServer, checkpoint: bytes) -> Iterator[Event]:
    """The server gives the beginning, and goes on when this is set."""
    hold = Event()
    server.put(f"/{FILE}", checkpoint, cuts=[ARRIVED], hold=hold)
    yield hold
    hold.set()


class Command:
    """`bridge.py models …` in a process of its own."""

    def __init__(self, log: Path, *words: object) -> None:
        self.log = log
        command = [sys.executable, str(process.ROOT / "bridge.py"), "models", *map(str, words)]
        with log.open("wb") as both:
            self.process = subprocess.Popen(command, cwd=process.ROOT, stdout=both, stderr=subprocess.STDOUT)

    def ended(self) -> tuple[int, str]:
        """Its exit code, and all that it said."""
        return self.process.wait(process.READY_S), self.log.read_text()

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + process.READY_S
        while not condition():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def until_it_waits(self) -> None:
        self.until(lambda: WAITS in self.log.read_text())


@contextmanager
def running(log: Path, *words: object) -> Iterator[Command]:
    command = Command(log, *words)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.wait()


@contextmanager
def pulling(server: FileServer, folder: Path) -> Iterator[Command]:
    """A process that has pulled the beginning, and waits for the rest."""
    with running(folder / "first.log", "pull", NAME, "--from", server.address) as first:
        part = model_sets.arrivals_of(NAME) / f"{FILE}.part"
        first.until(lambda: part.exists() and part.stat().st_size == ARRIVED)
        yield first


def test_the_second_to_pull_waits_says_so_and_finds_it_done(server: FileServer, slow: Event, tmp_path: Path) -> None:
    with (
        pulling(server, tmp_path) as first,
        running(tmp_path / "second.log", "pull", NAME, "--from", server.address) as second,
    ):
        second.until_it_waits()
        slow.set()
        assert first.ended()[0] == 0
        code, said = second.ended()
    assert code == 0 and said.startswith(f"model set {NAME}: {WAITS}") and f"{NAME} is in" in said
    assert [asked.start for asked in server.asked] == [0, ARRIVED], "both in the first process"
    assert model_sets.faults(model_sets.folder_of(NAME)) == []


def test_the_second_goes_on_where_the_first_was_killed(server: FileServer, slow: Event, tmp_path: Path) -> None:
    with (
        pulling(server, tmp_path) as first,
        running(tmp_path / "second.log", "pull", NAME, "--from", server.address) as second,
    ):
        second.until_it_waits()
        first.process.kill()
        assert second.ended()[0] == 0
    assert [asked.start for asked in server.asked] == [0, ARRIVED]
    assert model_sets.faults(model_sets.folder_of(NAME)) == [] and not model_sets.arrivals_of(NAME).exists()


def test_what_is_being_pulled_is_removed_once_it_is_there(server: FileServer, slow: Event, tmp_path: Path) -> None:
    with pulling(server, tmp_path) as first, running(tmp_path / "second.log", "remove", NAME) as second:
        second.until_it_waits()
        assert first.process.poll() is None and model_sets.arrivals_of(NAME).exists()
        slow.set()
        assert first.ended()[0] == second.ended()[0] == 0
    assert model_sets.installed() == [] and not model_sets.arrivals_of(NAME).exists()


def test_other_models_do_not_wait(server: FileServer, slow: Event, tmp_path: Path) -> None:
    theirs = authorsfolder.write(tmp_path / "authors")
    with pulling(server, tmp_path) as first:
        assert bridge("models", "import", theirs).returncode == 0
        assert first.process.poll() is None
    assert model_sets.installed() == ["authors"]


def test_two_imports_take_turns(home: Path, tmp_path: Path) -> None:
    theirs = authorsfolder.write(tmp_path / "authors")
    with (
        running(tmp_path / "first.log", "import", theirs) as first,
        running(tmp_path / "second.log", "import", theirs) as second,
    ):
        with model_sets.alone_with("authors"):
            first.until_it_waits()
            second.until_it_waits()
            assert model_sets.installed() == []
        assert first.ended()[0] == second.ended()[0] == 0
    assert model_sets.faults(model_sets.folder_of("authors")) == []
    assert {path.name for path in home.iterdir()} == {"authors", ".authors.lock"}
