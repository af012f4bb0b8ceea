"""Watches a `stage` in its process, and the bridge beside it, so that the two can be compared."""

import hashlib
import json
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.clients import Watcher
from tests.process import ROOT, Bridge, bridge, free_port

PATIENCE_S = 30.0
MOST_WAITING = 5000  # frames: none is to be missed


class Published:
    """What the bridge has published: digests of its pictures, by sequence number."""

    def __init__(self, port: int) -> None:
        self.digests: dict[int, set[str]] = defaultdict(set)
        self.count = 0
        self._watcher = Watcher(port, MOST_WAITING)
        self._over = Event()
        self._thread = Thread(target=self._read)
        self._thread.start()

    def has(self, sequence: int | None, digest: str) -> bool:
        if sequence is None:
            return any(digest in found for found in list(self.digests.values()))
        return digest in self.digests[sequence]

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._watcher.close()

    def _read(self) -> None:
        while not self._over.is_set():
            shown = self._watcher.next(0.1)
            if shown is not None:
                digest = hashlib.sha1(shown.frame.pixels.tobytes()).hexdigest()
                self.digests[shown.frame.sequence].add(digest)
                self.count += 1


@dataclass
class Stage:
    """A running stage: `pictures` and `statuses` as it told them."""

    process: "subprocess.Popen[str]"
    pictures: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    end: dict[str, Any] = field(default_factory=dict)

    def do(self, **command: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def until(self, holds: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not holds():
            assert self.process.poll() is None, f"the stage is gone with {self.process.returncode}"
            assert time.monotonic() < deadline, f"{what}; it told {self.statuses[-3:]}, {len(self.pictures)} pictures"
            time.sleep(0.02)

    def shows(self, more: int) -> None:
        """Until it has shown so many pictures more."""
        enough = len(self.pictures) + more
        self.until(lambda: len(self.pictures) >= enough, f"never {more} pictures more")

    def threads(self) -> list[str]:
        """The scripts' own, now."""
        told = len(self.statuses)
        self.do(report=True)
        self.until(lambda: len(self.statuses) > told, "no report")
        return self.statuses[-1]["threads"]

    def says(self, text: str) -> None:
        self.until(lambda: self.statuses and text in self.statuses[-1]["status"], f"never {text!r}")

    def leave(self) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while not self.end and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.end

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            told = json.loads(line) if line.startswith("{") else {}
            if "digest" in told:
                self.pictures.append(told)
            elif "status" in told:
                self.statuses.append(told)
            elif "over" in told:
                self.end = told


@contextmanager
def stage(
    running: Bridge, forbidden: tuple[str, ...] = (), python: str = sys.executable, **pars: Any
) -> Iterator[Stage]:
    """The scripts in a process of their own, looking at this bridge; ended when the block is left."""
    places = {"Oscport": running.osc, "Framesport": running.frames, "Memory": running.memory}
    places["Listenport"] = free_port(socket.SOCK_DGRAM)
    wish = {"pars": {**places, **pars}, "forbidden": forbidden}
    command = [sys.executable, "-m", "tests.plugins.touchdesigner.stage", json.dumps(wish)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    made = Stage(process)
    reader = Thread(target=made.read)
    reader.start()
    try:
        yield made
    finally:
        process.kill()
        process.wait()
        reader.join()


@contextmanager
def in_its_place(gone: Bridge, folder: Path, *arguments: object) -> Iterator[Bridge]:
    """Another bridge on the ports and at the shared memory of one that is gone."""
    names = ("--osc-port", "--oscquery-port", "--frames-port", "--commands-port", "--shm")
    places = (gone.osc, gone.http, gone.frames, gone.commands, gone.memory)
    options = [part for pair in zip(names, places, strict=True) for part in pair]
    with bridge(folder, *arguments, *options) as other:
        yield replace(gone, process=other.process, log_file=other.log_file)
