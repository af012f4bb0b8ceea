"""A client of npm's node-osc in a process of its own."""

import json
import subprocess
import time
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from tests.browser import CACHE

PACKAGE = CACHE / "node-osc-11.7.1"
CLIENT = Path(__file__).parent / "node_client.cjs"
PATIENCE_S = 60.0


class Client:
    """`kinds` are those of what it has said as far as it was heard; `heard`, all of that."""

    def __init__(self, port: int) -> None:
        command = ["node", str(CLIENT), str(PACKAGE / "dist" / "lib" / "index.js"), str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._said: Queue[list[object]] = Queue()
        self.kinds: set[object] = set()
        self.heard: list[list[object]] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def do(self, **what: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def hear(self, *start: object) -> list[object]:
        """The next thing said that begins so, without the beginning; floats as near as OSC has them."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                said = self._said.get(timeout=max(deadline - time.monotonic(), 0.001))
            except Empty:
                pytest.fail(f"never heard {start}")
            self.kinds.add(said[0])
            self.heard.append(said)
            if said[: len(start)] == pytest.approx([*start], abs=1e-6):
                return said[len(start) :]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdin
        self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._said.put(json.loads(line))
