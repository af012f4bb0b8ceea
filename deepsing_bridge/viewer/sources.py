"""Where a viewer gets its pictures: over ZeroMQ, or from shared memory. Neither ever blocks.

Asked again and again by one thread, the one that draws. Knows nothing of windows.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

import numpy as np
import zmq
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.types import Sentiment
from ..protocols.shared_memory.frames import SharedFrames
from ..protocols.zeromq.codec import FRAME, STATE, read_frame
from ..protocols.zeromq.keys import Key

SILENT_S = 3.0  # without a word, a bridge is gone: it tells its status once a second
RETRY_S = 5.0  # of silence, after which it is tried all over again
MOST_WAITING = 8  # messages; more would only be older frames
MIDDLE = Sentiment(0.0, 0.0)
LARGEST = 4096 * 4096 * 4  # bytes of the largest frame there can be
MOST_AT_ONCE = 64  # messages taken before the window is drawn again


@dataclass(frozen=True)
class Seen:
    """What there is to see. `frames` counts those that came, so that a new picture is noticed.

    `pixels` (height, width, 3 or 4) uint8, rows from the top down, None before the first; `alive`: whether a bridge
    is there now. `state` is the bridge's, as in its `status`, empty where that is not told.
    """

    alive: bool = False
    frames: int = 0
    pixels: NDArray[np.uint8] | None = None
    label: str = ""
    time_s: float = 0.0
    sentiment: Sentiment = MIDDLE
    state: str = ""


class Source(Protocol):
    name: str
    """What is waited for, in words."""

    def look(self) -> Seen:
        """What there is to see now; never waits."""

    def close(self) -> None: ...


class ZeroMQSource:
    """Subscribes to frames and state, and connects again by itself. `unreadable` counts messages of no use."""

    def __init__(self, endpoint: str, key: Key | None = None) -> None:
        """Raises BridgeError if `endpoint` is no address such as tcp://127.0.0.1:7702."""
        self.name = endpoint
        self.unreadable = 0
        self._key = key
        self._seen = Seen()
        self._heard_s = -math.inf
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        try:
            self._connect()
        except zmq.ZMQError as error:
            self.close()
            raise BridgeError(f"{endpoint!r:.80}: expected an address such as tcp://127.0.0.1:7702") from error

    def look(self) -> Seen:
        if monotonic() - max(self._heard_s, self._connected_s) > RETRY_S:
            self._socket.close()
            self._connect()
        frame: list[bytes] = []
        for _ in range(MOST_AT_ONCE):
            try:
                parts = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            self._heard_s = monotonic()
            if parts[0] == FRAME:
                frame = parts
                self._seen = replace(self._seen, frames=self._seen.frames + 1)
            else:
                self._take(_with_state, parts)
        if frame:  # only the newest is worth decoding
            self._take(_with_frame, frame)
        return replace(self._seen, alive=monotonic() - self._heard_s < SILENT_S)

    def close(self) -> None:
        self._context.destroy(linger=0)

    def _connect(self) -> None:
        """ZeroMQ does so by itself, but not after somebody there spoke another protocol or had other keys."""
        self._connected_s = monotonic()
        self._socket = self._context.socket(zmq.SUB)
        for option, value in _OPTIONS.items():
            self._socket.setsockopt(option, value)
        if self._key:
            self._socket.setsockopt(zmq.CURVE_SERVERKEY, self._key.server)
            self._socket.setsockopt(zmq.CURVE_PUBLICKEY, self._key.public)
            self._socket.setsockopt(zmq.CURVE_SECRETKEY, self._key.secret)
        for topic in (FRAME, STATE):
            self._socket.subscribe(topic)
        self._socket.connect(self.name)

    def _take(self, update: "Update", parts: Sequence[bytes]) -> None:
        try:
            self._seen = update(self._seen, parts)
        except (BridgeError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
            self.unreadable += 1


class SharedMemorySource:
    """Reads the block, and finds the next one by itself."""

    def __init__(self, name: str) -> None:
        """Raises BridgeError if `name` is none that shared memory can have."""
        self.name = f"shared memory {name}"
        self._memory = SharedFrames(name)
        self._seen = Seen()

    def look(self) -> Seen:
        frame, now = self._memory.newest(), self._memory.now()
        if frame is not None:
            pixels, frames = frame.pixels, self._seen.frames + 1
            self._seen = replace(self._seen, pixels=pixels, frames=frames, label=frame.label)
        if now is not None:
            self._seen = replace(self._seen, time_s=now.time_s, sentiment=now.sentiment)
        return replace(self._seen, alive=now is not None)

    def close(self) -> None:
        self._memory.close()


_OPTIONS = {
    zmq.LINGER: 0,
    zmq.RCVHWM: MOST_WAITING,
    zmq.MAXMSGSIZE: LARGEST,
    zmq.RECONNECT_IVL: 200,
    zmq.RECONNECT_IVL_MAX: 2000,
    zmq.HEARTBEAT_IVL: 2000,
    zmq.HEARTBEAT_TIMEOUT: 6000,
}


class Update(Protocol):
    def __call__(self, seen: Seen, parts: Sequence[bytes], /) -> Seen: ...


def _with_frame(seen: Seen, parts: Sequence[bytes]) -> Seen:
    header, pixels = read_frame(parts)
    return replace(seen, pixels=pixels, label=str(header["label"]))


def _with_state(seen: Seen, parts: Sequence[bytes]) -> Seen:
    message = json.loads(parts[1])
    match message["type"]:
        case "time":
            return replace(seen, time_s=_finite(message["time_s"]))
        case "valence":
            return replace(seen, sentiment=replace(seen.sentiment, valence=_finite(message["valence"])))
        case "arousal":
            return replace(seen, sentiment=replace(seen.sentiment, arousal=_finite(message["arousal"])))
        case "status":
            return replace(seen, state=str(message["state"]))
    return seen


def _finite(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r:.40} is no number")
    return float(value)
