"""Gets the bridge's frames on a thread of its own. The newest waits in one slot until somebody looks.

`keep`, `newest` and `stop` are for the main thread and never wait. What is asked for frames is in `sources`.

No TouchDesigner name is in here, so the thread cannot touch an operator. The thread ends by itself once nobody has
called `keep` for a while: because this text was compiled anew, which makes another module of it, because the component
was deleted, or because nothing cooks.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

LEASE_S = 3.0  # without a call of `keep`


class Settings(NamedTuple):
    """`way`: auto, zeromq or sharedmemory. `address` and `port` are ZeroMQ's, `memory` is the shared memory's name."""

    way: str = "auto"
    address: str = "127.0.0.1"
    port: int = 7702
    memory: str = "deepsing"


class Picture(NamedTuple):
    """`number` is another for each picture; `sequence` is the bridge's own count, from 0 since its start.

    `pixels`: (height, width, 4) uint8 RGBA without gaps, rows from the bottom up.
    """

    number: int
    sequence: int
    pixels: Any


_running: Receiver | None = None


def keep(settings: Settings, source_for: Callable[[Settings], Any]) -> str:
    """See to it that frames come in from `source_for(settings)`. How that stands, in words."""
    global _running
    if _running is None or _running.over or (_running.settings, _running.source_for) != (settings, source_for):
        stop()
        _running = Receiver(settings, source_for)
    return _running.keep()


def newest() -> Picture | None:
    """The newest picture, None before the first."""
    return _running.newest if _running else None


def stop() -> None:
    """End the thread, which takes it a tenth of a second; `keep` starts another."""
    global _running
    if _running is not None:
        _running.stop()
    _running = None


_numbers = itertools.count(time.monotonic_ns())  # another range after each compilation


class Receiver:
    """`newest` is the slot: assigned by the thread, read by anybody."""

    def __init__(self, settings: Settings, source_for: Callable[[Settings], Any]) -> None:
        self.settings, self.source_for = settings, source_for
        self.newest: Picture | None = None
        self._problem = ""
        self._asked_s = time.monotonic()
        self._stopping = threading.Event()
        try:
            self._source = source_for(settings)
        except ValueError as sentence:
            self._problem = str(sentence)
            return
        threading.Thread(target=self._run, name="deepsing frames", daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether it was stopped, or has ended since nobody asked for so long."""
        return self._stopping.is_set()

    def keep(self) -> str:
        self._asked_s = time.monotonic()
        if self._problem:
            return self._problem
        return ("frames by " if self._source.alive else "no bridge: ") + self._source.place

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and time.monotonic() - self._asked_s < LEASE_S:
                self._take()
        finally:
            self._stopping.set()
            self._source.close()

    def _take(self) -> None:
        try:
            frame = self._source.next()
        except ValueError as sentence:
            self._problem = str(sentence)
            return
        if frame is not None:
            sequence, pixels = frame
            self.newest, self._problem = Picture(next(_numbers), sequence, pixels), ""
