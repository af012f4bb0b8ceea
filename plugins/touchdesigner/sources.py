"""Where frames come from: ZeroMQ, from any machine, if pyzmq can be imported; shared memory, on this machine, with
nothing but the standard library and numpy.

A source is made on the main thread and used by one other: `next` waits for a moment at most. `place` names it; `alive`
tells whether a bridge is there. Every complaint is a ValueError of one sentence. Knows nothing of TouchDesigner, and
imports nothing later than here: TouchDesigner looks for modules among its operators first, which no other thread may.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import struct
import time
from functools import partial
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

try:
    import zmq
except ImportError:
    zmq = None
try:
    import cv2  # comes with TouchDesigner
except ImportError:
    cv2 = None
try:
    import _posixshmem  # shm_open, as SharedMemory itself calls it
except ImportError:  # Windows has none, and needs none
    _posixshmem = None

SILENT_S = 3.0  # without a word or a heartbeat, a bridge is gone
LOCAL = ("127.0.0.1", "localhost", "::1")


def source_for(settings: Any) -> ZeroMQFrames | SharedFrames:
    """The source that `receiver.Settings` ask for. Raises ValueError if there can be none here."""
    way = settings.way
    if way == "auto":
        if zmq is None and settings.address not in LOCAL:
            raise ValueError(f"shared memory does not reach {settings.address}: install pyzmq, see the README")
        way = "sharedmemory" if zmq is None else "zeromq"
    return ZeroMQFrames(settings.address, settings.port) if way == "zeromq" else SharedFrames(settings.memory)


def bottom_up(pixels: np.ndarray) -> np.ndarray:
    """A copy of (height, width, 3 or 4) uint8 pixels, rows from the top down, as RGBA with rows from the bottom up."""
    height, width, channels = pixels.shape
    turned = np.empty((height, width, 4), np.uint8)
    turned[..., :channels] = pixels[::-1]
    turned[..., channels:] = 255
    return turned


# ---- ZeroMQ

WAIT_MS = 100  # for a frame
RETRY_S = 5.0  # of silence, after which it connects anew: another program may have had the port
MOST_AT_ONCE = 64  # messages
LARGEST = 4096 * 4096  # pixels of a frame
OPTIONS = {
    "LINGER": 0,
    "RCVHWM": 8,  # messages; more would only be older frames
    "MAXMSGSIZE": LARGEST * 4,
    "RECONNECT_IVL": 200,
    "RECONNECT_IVL_MAX": 2000,
    "HEARTBEAT_IVL": 2000,
    "HEARTBEAT_TIMEOUT": 6000,
    "IPV6": 1,
}


class ZeroMQFrames:
    """Frames from the bridge's publisher. It hears `state` too, though only as a sign of life."""

    def __init__(self, address: str, port: int) -> None:
        if zmq is None:
            raise ValueError("ZeroMQ needs pyzmq: install it, see the README, or use shared memory")
        self._endpoint = f"tcp://[{address}]:{port}" if ":" in address else f"tcp://{address}:{port}"
        self.place = f"ZeroMQ, {self._endpoint}"
        self._heard_s = -math.inf
        self._context = zmq.Context()
        try:
            self._connect()
        except zmq.ZMQError as error:
            self.close()
            raise ValueError(f"{self._endpoint}: no such address ({error})") from error

    @property
    def alive(self) -> bool:
        return time.monotonic() - self._heard_s < SILENT_S

    def next(self) -> tuple[int, np.ndarray] | None:
        """Sequence number and pixels of the newest frame, or None. Raises ValueError for one that cannot be read."""
        if time.monotonic() - max(self._heard_s, self._connected_s) > RETRY_S:
            self._socket.close()
            self._connect()
        parts = self._newest() if self._socket.poll(WAIT_MS) else None
        return None if parts is None else unpack(parts)

    def close(self) -> None:
        self._context.destroy(linger=0)

    def _connect(self) -> None:
        self._connected_s = time.monotonic()
        self._socket = self._context.socket(zmq.SUB)
        for name, value in OPTIONS.items():
            self._socket.setsockopt(getattr(zmq, name), value)
        for topic in (b"frame", b"state"):
            self._socket.setsockopt(zmq.SUBSCRIBE, topic)
        self._socket.connect(self._endpoint)

    def _newest(self) -> list[bytes] | None:
        """The parts of the newest frame of all messages that wait."""
        found = None
        for _ in range(MOST_AT_ONCE):
            try:
                parts = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            self._heard_s = time.monotonic()
            found = parts if parts[0] == b"frame" else found
        return found


def unpack(parts: list[bytes]) -> tuple[int, np.ndarray]:
    """Sequence number and pixels, from the bottom up, of a frame's three parts. Raises ValueError."""
    if len(parts) != 3:
        raise ValueError(f"a frame of {len(parts)} parts instead of 3: is the bridge of another version?")
    try:
        facts = json.loads(parts[1])
        width, height, sequence = (int(facts[name]) for name in ("width", "height", "sequence"))
        read = READERS[facts["format"]]
    except (KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"a frame whose header cannot be read ({error!r:.80})") from error
    if min(width, height) < 1 or width * height > LARGEST:
        raise ValueError(f"a frame of {width}x{height} pixels")
    return sequence, bottom_up(read(parts[2], width, height))


def _from_raw(body: bytes, width: int, height: int, channels: int) -> np.ndarray:
    if len(body) != width * height * channels:
        raise ValueError(f"a frame of {width}x{height} pixels with {len(body)} bytes instead of {channels} for each")
    return np.frombuffer(body, np.uint8).reshape(height, width, channels)


def _from_jpeg(body: bytes, width: int, height: int) -> np.ndarray:
    if cv2 is None:
        raise ValueError("the bridge sends JPEG and there is no cv2 here: start it without --pixels jpeg")
    try:
        blue_first = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ValueError("a frame that is no JPEG") from error
    if blue_first is None or blue_first.shape[:2] != (height, width):
        raise ValueError(f"a frame that is no JPEG of {width}x{height} pixels")
    return blue_first[..., ::-1]


READERS = {"rgb": partial(_from_raw, channels=3), "rgba": partial(_from_raw, channels=4), "jpeg": _from_jpeg}


# ---- shared memory; its layout is told in deepsing_bridge/protocols/shared_memory/frames.py

LOOK_S = 0.005  # between two looks, for nothing here tells of a new frame
SEARCH_S = 0.25  # between two searches for a block whose writer lives
WATCH_S = 0.1  # for its heartbeat, which comes every 0.04 s
HEADER, HEADER_SIZE = struct.Struct("=4sIIIQQ"), 256
SLOT, SLOT_HEADER_SIZE, SLOTS = struct.Struct("=QQdIII"), 128, 3
CAPACITY = 1920 * 1080 * 4  # bytes of pixels in a slot
STRIDE = SLOT_HEADER_SIZE + CAPACITY
LAYOUT = (b"DSB1", 1, HEADER_SIZE, SLOTS, STRIDE, SLOT_HEADER_SIZE)
OWNER, HEARTBEAT, WRITTEN = 32 // 8, 40 // 8, 48 // 8  # places of 8-byte values
RGBA = 1


class SharedFrames:
    """Frames from the bridge's shared memory, found again when another bridge has made another block.

    Whether a writer lives is seen by its heartbeat moving. Its clock is not compared with this one: on Windows, that of
    `time.monotonic` is another since Python 3.13. A block without a heartbeat is not held: there, it is gone only when
    nobody has it open, and a bridge that was killed could not be started again for some seconds.
    """

    def __init__(self, name: str) -> None:
        if not name:
            raise ValueError("the shared memory has no name: the bridge calls its own deepsing")
        if os.name != "nt" and _posixshmem is None:
            raise ValueError("this Python cannot open shared memory: install pyzmq, see the README")
        self.place = f"shared memory, {name}"
        self._name = name
        self._block: Block | None = None
        self._searched_s = self._beaten_s = -math.inf
        self._beat = 0.0
        self._seen = 0  # of all frames that were written to this block

    @property
    def alive(self) -> bool:
        return time.monotonic() - self._beaten_s < SILENT_S

    def next(self) -> tuple[int, np.ndarray] | None:
        """Sequence number and pixels of the newest frame; None if there is no new one."""
        time.sleep(LOOK_S)
        if self._block is None:
            self._search()
        elif self._feel(self._block):
            return self._read(self._block)
        else:
            self.close()
        return None

    def close(self) -> None:
        if self._block is not None:
            self._block.close()
        self._block = None

    def _search(self) -> None:
        if time.monotonic() - self._searched_s < SEARCH_S:
            return
        self._searched_s = time.monotonic()
        self._block, self._seen = find(self._name), 0
        if self._block is not None:
            self._beat = self._block.floats[HEARTBEAT]
            time.sleep(WATCH_S)

    def _feel(self, block: Block) -> bool:
        """Whether the writer is there: its heartbeat moved not long ago, and it has not left."""
        if block.floats[HEARTBEAT] != self._beat:
            self._beat, self._beaten_s = block.floats[HEARTBEAT], time.monotonic()
        if block.numbers[OWNER] == 0:
            self._beaten_s = -math.inf
        return self.alive

    def _read(self, block: Block) -> tuple[int, np.ndarray] | None:
        """None if there is nothing new, or it was overwritten while it was copied: the next look gets what is there."""
        written = block.numbers[WRITTEN]
        start = HEADER_SIZE + (written - 1) % SLOTS * STRIDE
        if written in (0, self._seen) or block.numbers[start // 8] != 2 * written:
            return None
        sequence, _, _, width, height, kind = SLOT.unpack_from(block.view, start + 8)
        size = width * height * 4
        if kind != RGBA or not 0 < size <= CAPACITY:
            return None
        flat = np.frombuffer(block.view, np.uint8, size, start + SLOT_HEADER_SIZE)
        pixels = bottom_up(flat.reshape(height, width, 4))
        if block.numbers[start // 8] != 2 * written:
            return None
        self._seen = written
        return sequence, pixels


class Block:
    """`view`: the memory as bytes; `numbers` and `floats`: the same as 8-byte values, each read in one go."""

    def __init__(self, name: str) -> None:
        """Raises OSError or ValueError if there is none of this name that can be read."""
        self._memory, self.view = _mapped(name)
        whole = self.view[: len(self.view) // 8 * 8]
        self.numbers, self.floats = whole.cast("Q"), whole.cast("d")
        whole.release()

    def close(self) -> None:
        for view in (self.floats, self.numbers, self.view):
            view.release()
        self._memory.close()


def find(name: str) -> Block | None:
    """The block of this name, if it is one of the bridge's."""
    try:
        block = Block(name)
    except (OSError, ValueError):  # none, or none of any size yet
        return None
    if len(block.view) >= HEADER_SIZE + SLOTS * STRIDE and HEADER.unpack_from(block.view) == LAYOUT:
        return block
    block.close()
    return None


def _mapped(name: str) -> tuple[Any, memoryview]:
    """What is to be closed in the end, and its bytes.

    On macOS not by SharedMemory: before Python 3.13 it reports to a helper process, which it starts by sys.executable,
    in here maybe a second TouchDesigner, and which removes the bridge's block when this process ends
    (python/cpython#82300).
    """
    if os.name == "nt":
        shared = SharedMemory(name)
        return shared, memoryview(shared.buf)
    handle = _posixshmem.shm_open(f"/{name}", os.O_RDONLY, mode=0)
    try:
        mapped = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(handle)
    return mapped, memoryview(mapped)
