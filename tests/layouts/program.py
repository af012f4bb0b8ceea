"""A program that opens a layout, and what it prints."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread

from tests.process import Bridge

PATIENCE_S = 180.0  # compiling SuperCollider's library takes four seconds of an idle core


class Program:
    """Running. Lines are looked at once each."""

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        self._lines: Queue[str] = Queue()
        self._said: list[str] = []
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment},
        )
        self._reader = Thread(target=self._read)
        self._reader.start()

    def says(self, line: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait until it prints `line`; do something `meanwhile`, again and again."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            meanwhile()
            try:
                said = self._lines.get(timeout=0.5)
            except Empty:
                continue
            self._said.append(said)
            if said == line:
                return
        raise AssertionError(f"never said {line!r}:\n" + "\n".join(self._said[-40:]))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))


@contextmanager
def program(command: Sequence[str], **environment: str) -> Iterator[Program]:
    started = Program(command, **environment)
    try:
        yield started
    finally:
        started.close()


def until(holds: Callable[[], object], again: Callable[[], object] = lambda: None) -> None:
    """Wait for that, and do something `again` now and then, as a program may not be there yet."""
    deadline, again_s = time.monotonic() + PATIENCE_S, 0.0
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        if time.monotonic() >= again_s:
            again()
            again_s = time.monotonic() + 1
        time.sleep(0.05)


def becomes(bridge: Bridge, name: str, value: object) -> None:
    """Wait until the bridge's parameter `name` is `value`."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        told = bridge.ask("get", name=name)["value"]
        if told == value or (isinstance(value, float) and abs(float(str(told)) - value) < 1e-6):
            return
        assert time.monotonic() < deadline, f"{name} is {told}, and not {value}"
        time.sleep(0.05)
