"""Gets the bridge's frames on a thread of its own. The newest waits in one slot until somebody looks.

`keep`, `newest` and `stop` are for the main thread and never wait. Frames come by `client`, the project's own file for
all programs: by ZeroMQ, from any machine, if pyzmq can be imported; from shared memory, on this machine, without it.

No TouchDesigner name is in here, so the thread cannot touch an operator; nor does it import anything, for TouchDesigner
looks for modules among its operators first. The thread ends by itself once nobody has called `keep` for a while:
because this text was compiled anew, which makes another module of it, because the component was deleted, or because
nothing cooks.
"""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any, NamedTuple

import numpy as np

LEASE_S = 3.0  # without a call of `keep`
WAIT_S = 0.1  # for a frame; so long the thread may take to end
LOCAL = ("127.0.0.1", "localhost", "::1")


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


def keep(settings: Settings, client: Any) -> str:
    """See to it that frames come in, by the module `client`. How that stands, in words."""
    global _running
    if _running is None or _running.over or (_running.settings, _running.client) != (settings, client):
        stop()
        _running = Receiver(settings, client)
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
    """`newest` is the slot: assigned by the thread, read by anybody. The frames belong to the thread alone."""

    def __init__(self, settings: Settings, client: Any) -> None:
        self.settings, self.client = settings, client
        self.newest: Picture | None = None
        self._problem, self._alive = "", False
        self._asked_s = time.monotonic()
        self._stopping = threading.Event()
        try:
            self._place, self._frames = opened(settings, client)
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
        return ("frames by " if self._alive else "no bridge: ") + self._place

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and time.monotonic() - self._asked_s < LEASE_S:
                self._take()
        finally:
            self._stopping.set()
            self._frames.close()

    def _take(self) -> None:
        try:
            frame = self._frames.newest(WAIT_S)
        except ValueError as sentence:
            self._problem = str(sentence)
            return
        self._alive = self._frames.alive
        if frame is not None:
            self.newest, self._problem = Picture(next(_numbers), frame.sequence, bottom_up(frame.pixels)), ""


def opened(settings: Settings, client: Any) -> tuple[str, Any]:
    """Where frames come from in words, and what has them. Raises ValueError if there can be none here."""
    way = settings.way
    if way == "auto":
        if client.zmq is None and settings.address not in LOCAL:
            raise ValueError(f"shared memory does not reach {settings.address}: install pyzmq, see the README")
        way = "sharedmemory" if client.zmq is None else "zeromq"
    if way == "sharedmemory":
        return f"shared memory, {settings.memory}", client.SharedFrames(settings.memory)
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    endpoint = f"tcp://{host}:{settings.port}"
    return f"ZeroMQ, {endpoint}", client.Subscriber(endpoint)


def bottom_up(pixels: np.ndarray) -> np.ndarray:
    """A copy of (height, width, 3 or 4) uint8 pixels, rows from the top down, as RGBA with rows from the bottom up."""
    height, width, channels = pixels.shape
    turned = np.empty((height, width, 4), np.uint8)
    turned[..., :channels] = pixels[::-1]
    turned[..., channels:] = 255
    return turned
