"""Frames, sentiment and commands of a running bridge, for programs of your own. This one file is all: copy it.

    from client import Commands, SharedFrames    # with the package installed: from deepsing_bridge import SharedFrames
    frames = SharedFrames()    # on this machine; from another one: Subscriber("tcp://192.168.0.20:7702")
    while True:
        if (frame := frames.newest(timeout_s=1.0)) is not None:    # None: nothing is new
            show(frame.pixels, frame.label)    # (height, width, 3 or 4) uint8, rows from the top down

`Commands().ask("seek", time_s=12.0)` gives `{"ok": True}`; docs/protocol.md has all that can be asked and told, and
docs/live.md the layout of the shared memory, for other languages. All find the bridge by themselves, also one that
comes later or comes back.

Needs numpy and Python 3.9; `Subscriber` and `Commands` need pyzmq, frames that were sent as JPEG need Pillow or OpenCV.
Threads may share a `Commands`, and take turns; every other object belongs to the thread that uses it. What cannot work
raises ValueError with one sentence. Knows nothing of the package around it, and imports nothing once it is loaded: in
TouchDesigner, only the main thread may.
"""

from __future__ import annotations

import errno
import io
import itertools
import json
import math
import mmap
import os
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    import zmq
    import zmq.auth
    from zmq.utils import z85
except ImportError:
    zmq = None  # type: ignore[assignment]
try:
    from PIL import JpegImagePlugin
except ImportError:
    JpegImagePlugin = None  # type: ignore[assignment]
    try:
        import cv2  # which TouchDesigner has
    except ImportError:
        cv2 = None
try:
    import _posixshmem  # type: ignore[import-not-found]  # shm_open, as SharedMemory itself calls it
except ImportError:  # Windows has none, and needs none
    _posixshmem = None

NAME = "deepsing"  # of the shared memory, if the bridge was told no other
FRAMES_PORT, COMMANDS_PORT = 7702, 7703
FRAMES_ADDRESS, COMMANDS_ADDRESS = f"tcp://127.0.0.1:{FRAMES_PORT}", f"tcp://127.0.0.1:{COMMANDS_PORT}"
GONE_S = 3.0  # without a heartbeat, or a word: the bridge tells its status once a second


class Frame(NamedTuple):
    """`sequence` counts all frames since the bridge's start; `index` those from the song's start, at its frame rate.

    `pixels`: (height, width, 3 or 4) uint8, RGB or RGBA, rows from the top down; a copy, read-only.
    """

    sequence: int
    index: int  # type: ignore[assignment]  # tuple's own method of that name is of no use here
    time_s: float
    scene_index: int
    label: str
    pixels: NDArray[np.uint8]


class Moment(NamedTuple):
    """Where the song is now, and what it feels like in z-scores; the newest frame may be older.

    `state` is the bridge's, as in its `status`; empty where that is not told, as in shared memory.
    """

    time_s: float
    valence: float
    arousal: float
    state: str = ""


# ---- shared memory

VERSION, MAGIC = 1, b"DSB1"
SLOTS, HEADER_SIZE, SLOT_HEADER_SIZE = 3, 256, 128
CAPACITY = 1920 * 1080 * 4  # bytes of pixels; fixed, so that a block is never too small for what comes later
STRIDE = SLOT_HEADER_SIZE + CAPACITY
SIZE = HEADER_SIZE + SLOTS * STRIDE
HEADER = struct.Struct("=4sIIIQQ")
LAYOUT = (MAGIC, VERSION, HEADER_SIZE, SLOTS, STRIDE, SLOT_HEADER_SIZE)
OWNER, HEARTBEAT, WRITTEN = 32 // 8, 40 // 8, 48 // 8  # places in `Block.numbers`; the heartbeat is one of `floats`
TIME, VALENCE, AROUSAL = 56 // 8, 64 // 8, 72 // 8  # places in `Block.floats`
SLOT = struct.Struct("=QQdIIIII60s")  # all but the lock
RGBA = 1

SEARCH_S = 0.25  # between two searches for a block whose writer lives
WATCH_S = 0.1  # for the heartbeat of one that was found: it comes every 0.04 s
LOOK_S = 0.005  # between two looks, for nothing tells of a new frame
BY_FILE = sys.platform == "linux"  # see FileBlock
TRIES = 100  # of reading; each fails only if three frames were written in the meantime
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}")  # macOS takes at most 31 characters, the slash included


class SharedFrames:
    """Frames from the bridge's shared memory. What `newest` gives is never torn; it keeps no writer waiting.

    `frames` counts those that were given.
    """

    def __init__(self, name: str = NAME) -> None:
        """There need not be a block yet, nor a bridge."""
        if os.name != "nt" and _posixshmem is None:
            raise ValueError("this Python cannot open shared memory: take frames by ZeroMQ")
        self.name = check_name(name)
        self.frames = 0
        self._block: Block | None = None
        self._searched_s = self._beaten_s = -math.inf
        self._beat = 0.0
        self._seen = 0  # of all frames that were written to this block
        self._last = (0, 0)  # that was given, of any block

    @property
    def alive(self) -> bool:
        """Whether the block that was found last has a living writer."""
        return self._block is not None and self._lives(self._block)

    def newest(self, timeout_s: float = 0.0) -> Frame | None:
        """The newest frame if there is a new one, else None; waits for one up to `timeout_s`."""
        until_s = time.monotonic() + timeout_s
        frame = self._read()
        while frame is None and (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, LOOK_S))
            frame = self._read()
        return frame

    def now(self) -> Moment | None:
        """None if no writer lives."""
        with self._losing():
            self._search()
            if self._block is not None and self.alive:
                moment = Moment(*(self._block.floats[place] for place in (TIME, VALENCE, AROUSAL)))
                return moment if all(map(math.isfinite, moment[:3])) else None
        return None

    def close(self) -> None:
        if self._block is not None:
            self._block.close()
        self._block = None

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """A block that is cut short in this moment is let go."""
        try:
            yield
        except OSError:
            self.close()

    def _search(self) -> None:
        """Let go of a block whose writer is gone, and look for another now and then.

        One without a heartbeat is not held meanwhile: on Windows, it is gone only when nobody has it open, and until
        then a bridge that was killed cannot be started again.
        """
        since_s = time.monotonic() - self._searched_s
        if self._block is not None and since_s > WATCH_S and not self.alive:
            self.close()
        if self._block is None and since_s > SEARCH_S:
            self._open()

    def _open(self) -> None:
        self._searched_s = now_s = time.monotonic()
        self._block, self._seen = find(self.name), 0
        if self._block is not None:
            self._beat = self._block.floats[HEARTBEAT]
            self._beaten_s = self._beat if self._beat <= now_s else -math.inf

    def _lives(self, block: Block) -> bool:
        """Its heartbeat was new when it was found, or has moved since: it may be of another clock, as on Windows."""
        try:
            beat, owner = block.floats[HEARTBEAT], block.numbers[OWNER]
        except OSError:
            return False
        if beat != self._beat:
            self._beat, self._beaten_s = beat, time.monotonic()
        return bool(owner != 0 and time.monotonic() - self._beaten_s < GONE_S and is_process(owner))

    def _read(self) -> Frame | None:
        with self._losing():
            self._search()
            if self._block is not None and self.alive:
                return self._unread(self._block)
        return None

    def _unread(self, block: Block) -> Frame | None:
        for _ in range(TRIES):
            if block.numbers[WRITTEN] == self._seen:
                return None
            found = read_slot(block)
            if found is not None:
                return self._unless_known(*found)
        return None

    def _unless_known(self, written: int, frame: Frame) -> Frame | None:
        """Not the same one once more, if its writer was only slow and its block was opened again."""
        before, self._last = self._last, (written, frame.sequence)
        self._seen = written
        if self._last == before:
            return None
        self.frames += 1
        return frame


def check_name(name: str) -> str:
    """`name`, if every system takes it for shared memory."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"shared memory {name!r:.60}: expected a name of at most 30 letters, digits, '.', '_' or '-'")
    return name


class Block:
    """Shared memory: bytes by `read` and `write`, 64-bit values by `numbers` and `floats`, in the machine's byte order.

    To read or assign one of `numbers` is a single load or store: whoever reads sees the old or the new number, never
    half of each. All raise OSError for what is not there any more.
    """

    numbers: Any
    floats: Any

    def __len__(self) -> int:
        """How many bytes it has now."""
        raise NotImplementedError

    def read(self, start: int, size: int) -> bytes:
        raise NotImplementedError

    def write(self, start: int, data: bytes | memoryview) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """May be repeated."""
        raise NotImplementedError


class FileBlock(Block):
    """By its file, on Linux: there, anybody who may write to it can cut it short, and whoever then touches a mapping of
    what is gone is killed (SIGBUS). Who asks the system is told."""

    def __init__(self, file: int, writable: bool) -> None:
        """`file` is closed with the block."""
        self._file = open(file, "r+b" if writable else "rb", buffering=0)  # noqa: SIM115  # until `close`
        self.numbers, self.floats = _Values(self, "=Q"), _Values(self, "=d")

    def __len__(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def read(self, start: int, size: int) -> bytes:
        data = os.pread(self._file.fileno(), size, start)
        if len(data) < size:
            raise OSError(errno.EIO, "another program has cut it short")
        return data

    def write(self, start: int, data: bytes | memoryview) -> None:
        if os.pwrite(self._file.fileno(), data, start) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        self._file.close()


class _Values:
    """The system copies eight bytes at once, where struct may go byte by byte."""

    def __init__(self, block: Block, code: str) -> None:
        self._block, self._code = block, struct.Struct(code)

    def __getitem__(self, place: int) -> Any:
        return self._code.unpack(self._block.read(8 * place, 8))[0]

    def __setitem__(self, place: int, value: float) -> None:
        self._block.write(8 * place, self._code.pack(value))


class MappedBlock(Block):
    """Where its file cannot be read, or it cannot be cut short: on macOS and Windows."""

    def __init__(self, memory: mmap.mmap | memoryview, close: Callable[[], None]) -> None:
        self._close = close
        self._view = memoryview(memory)
        whole = self._view[: len(self._view) // 8 * 8]
        self.numbers, self.floats = whole.cast("Q"), whole.cast("d")
        whole.release()

    def __len__(self) -> int:
        return len(self._view)

    def read(self, start: int, size: int) -> bytes:
        return bytes(self._view[start : start + size])

    def write(self, start: int, data: bytes | memoryview) -> None:
        self._view[start : start + len(data)] = data

    def close(self) -> None:
        for view in (self.floats, self.numbers, self._view):
            view.release()
        self._close()


def attach(name: str, writable: bool = False) -> Block:
    """The block of this name. Raises FileNotFoundError if there is none, OSError or ValueError if it cannot be used.

    Not by SharedMemory where there is another way: before Python 3.13 it reports to a helper process, started by
    sys.executable, in TouchDesigner maybe a second TouchDesigner, which removes the block for everybody when this
    process ends (python/cpython#82300).
    """
    if os.name == "nt":
        return block_of(SharedMemory(name))
    file = _posixshmem.shm_open(f"/{name}", os.O_RDWR if writable else os.O_RDONLY, mode=0)
    try:
        _refuse_strangers(os.fstat(file))
        return opened(file, writable)
    finally:
        os.close(file)


def opened(file: int, writable: bool) -> Block:
    """The block whose `file` is open, and may be closed. Raises OSError or ValueError if it cannot be used."""
    if BY_FILE:
        return FileBlock(os.dup(file), writable)
    mapped = mmap.mmap(file, 0, access=mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ)
    return MappedBlock(mapped, mapped.close)


def _refuse_strangers(status: os.stat_result) -> None:
    """Raises PermissionError for a block that another user made, who could read it and cut it short, or may open."""
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise PermissionError(errno.EPERM, "it belongs to another user of this machine, or others may open it")


def block_of(shared: SharedMemory) -> Block:
    assert shared.buf is not None  # it was just opened
    return MappedBlock(shared.buf, shared.close)


def find(name: str) -> Block | None:
    """The block of this name, to read from, if it is a bridge's, whether its writer lives or not."""
    try:
        block = attach(name)
    except (OSError, ValueError):  # none, not ours to read, or not yet of any size
        return None
    if is_laid_out(block):
        return block
    block.close()
    return None


def is_laid_out(block: Block) -> bool:
    try:
        return len(block) >= SIZE and HEADER.unpack(block.read(0, HEADER.size)) == LAYOUT
    except OSError:  # cut short in this moment
        return False


def is_process(number: int) -> bool:
    """False if there is no process of this number. Windows has no harmless way to ask, so the heartbeat must do."""
    if os.name == "nt":
        return True
    try:
        os.kill(number, 0)
    except PermissionError:  # there is one, of another user
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def slot_start(written: int) -> int:
    """Where frame `written`, of all from 1, has its slot."""
    return HEADER_SIZE + (written - 1) % SLOTS * STRIDE


def read_slot(block: Block) -> tuple[int, Frame] | None:
    """The newest frame and its number; None if there is none yet, or it was overwritten while it was copied."""
    written = block.numbers[WRITTEN]
    start = slot_start(written)
    if written == 0 or block.numbers[start // 8] != 2 * written:
        return None
    fields = SLOT.unpack(block.read(start + 8, SLOT.size))
    sequence, index, time_s, width, height, kind, scene, length, label = fields
    size = width * height * 4
    if kind != RGBA or not 0 < size <= CAPACITY or not math.isfinite(time_s):  # overwritten just now
        return None
    copied = block.read(start + SLOT_HEADER_SIZE, size)
    if block.numbers[start // 8] != 2 * written:
        return None
    pixels = np.frombuffer(copied, np.uint8).reshape(height, width, 4)
    return written, Frame(sequence, index, time_s, scene, label[:length].decode("utf-8", "replace"), pixels)


# ---- ZeroMQ: frames and events

FRAME, STATE = b"frame", b"state"  # topics
WAITING = 8  # messages; more would only be older frames
RETRY_S = 5.0  # of silence, after which it connects anew: another program, or other keys, may have been there
AT_ONCE = 64  # messages taken in search of the newest frame
LARGEST = 4096 * 4096  # pixels of a frame
MOST_TYPES = 256  # of events that are remembered; a bridge has some twenty
_OPTIONS = {
    "MAXMSGSIZE": LARGEST * 4,
    "RECONNECT_IVL": 200,
    "RECONNECT_IVL_MAX": 2000,
    "HEARTBEAT_IVL": 2000,
    "HEARTBEAT_TIMEOUT": 6000,
}
_MEASURED = {"time": "time_s", "valence": "valence", "arousal": "arousal"}  # by the type of an event, what it measures
_WRONG = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)  # what JSON from outside may lead to


class Keys(NamedTuple):
    """A client's CURVE keys: its own pair, and the public key of the `server` it wants to talk to. All in Z85."""

    server: bytes
    public: bytes
    secret: bytes

    def __repr__(self) -> str:
        return f"Keys(server={self.server!r}, public={self.public!r})"


class Subscriber:
    """Frames and events over ZeroMQ. A slow reader loses old frames, and nobody else notices.

    `last` has the newest event of each type, as docs/protocol.md lists them (`last["scene"]["label"]`,
    `last["param/blend"]["value"]`). `frames` counts those that came, `unreadable` messages of no use.
    """

    def __init__(
        self,
        address: str = FRAMES_ADDRESS,
        keys: Keys | None = None,
        topics: Sequence[bytes] = (FRAME, STATE),
        waiting: int = WAITING,
    ) -> None:
        """At most `waiting` messages wait to be read, about; what comes after them is lost."""
        self.address, self.last = address, dict[str, dict[str, Any]]()
        self.frames = self.unreadable = 0
        self._keys, self._topics, self._waiting = keys, topics, waiting
        self._heard_s = -math.inf
        self._context = _context()
        self._connect()

    @property
    def alive(self) -> bool:
        """Whether a bridge was heard a short while ago."""
        return time.monotonic() - self._heard_s < GONE_S

    def newest(self, timeout_s: float = 0.0) -> Frame | None:
        """The newest frame if there is a new one, else None; waits for one up to `timeout_s`.

        Older ones are passed over; events that came meanwhile are in `last`. Raises ValueError for a frame that cannot
        be read.
        """
        until_s = time.monotonic() + timeout_s
        parts = self._newest(0.0)
        while parts is None and (left_s := until_s - time.monotonic()) > 0:
            parts = self._newest(left_s)
        return None if parts is None else self._frame(parts)

    def receive(self, timeout_s: float = 0.0) -> Frame | dict[str, Any] | None:
        """The next message in order: a frame, or an event with its `type` and fields; None if none comes in time.

        Raises ValueError for one that cannot be read.
        """
        parts = self._next(timeout_s)
        if parts is None:
            return None
        return self._frame(parts) if parts[0] == FRAME else self._event(parts)

    def now(self) -> Moment | None:
        """As far as it was told so far; None if no bridge is heard."""
        if not self.alive:
            return None
        time_s, valence, arousal = (self.last.get(kind, {}).get(name, 0.0) for kind, name in _MEASURED.items())
        return Moment(time_s, valence, arousal, str(self.last.get("status", {}).get("state", "")))

    def close(self) -> None:
        self._context.destroy(linger=0)

    def _connect(self) -> None:
        self._connected_s = time.monotonic()
        options = {**_OPTIONS, "RCVHWM": self._waiting}
        self._socket = _connected(self._context, zmq.SUB, self.address, self._keys, options)
        for topic in self._topics:
            self._socket.setsockopt(zmq.SUBSCRIBE, topic)

    def _newest(self, timeout_s: float) -> list[bytes] | None:
        """The parts of the newest frame of all messages that wait; waits for the first."""
        found = None
        for _ in range(AT_ONCE):
            parts = self._next(timeout_s)
            if parts is None:
                break
            timeout_s = 0.0
            if parts[0] == FRAME:
                found = parts
            else:
                with suppress(ValueError):  # it is counted
                    self._event(parts)
        return found

    def _next(self, timeout_s: float) -> list[bytes] | None:
        until_s = time.monotonic() + timeout_s
        while not self._has_come(until_s - time.monotonic()):
            if time.monotonic() >= until_s:
                return None
        self._heard_s = time.monotonic()
        parts: list[bytes] = self._socket.recv_multipart()
        self.frames += parts[0] == FRAME
        return parts

    def _has_come(self, wait_s: float) -> bool:
        """ZeroMQ connects again by itself, but not after somebody there spoke another protocol or had other keys."""
        if time.monotonic() - max(self._heard_s, self._connected_s) > RETRY_S:
            self._socket.close()
            self._connect()
        return bool(self._socket.poll(int(1000 * min(max(wait_s, 0.0), RETRY_S))))

    def _frame(self, parts: Sequence[bytes]) -> Frame:
        with self._counting():
            return read_frame(parts)

    def _event(self, parts: Sequence[bytes]) -> dict[str, Any]:
        with self._counting():
            event = read_event(parts)
        if event["type"] in self.last or len(self.last) < MOST_TYPES:
            self.last[event["type"]] = event
        return event

    @contextmanager
    def _counting(self) -> Iterator[None]:
        try:
            yield
        except ValueError:
            self.unreadable += 1
            raise


def read_frame(parts: Sequence[bytes]) -> Frame:
    """The frame that the three parts of a message hold: `frame`, a JSON header, the pixels. Raises ValueError."""
    if len(parts) != 3:
        raise ValueError(f"a frame of {len(parts)} parts instead of 3: is the bridge of another version?")
    try:
        header = json.loads(parts[1], parse_constant=_refuse)
        width, height = int(header["width"]), int(header["height"])
        sequence, index, scene = (int(header[name]) for name in ("sequence", "index", "scene_index"))
        time_s, label, read = _finite(header["time_s"]), str(header["label"]), _READERS[header["format"]]
    except _WRONG as error:
        raise ValueError(f"a frame whose header cannot be read ({error!r:.80})") from error
    if min(width, height) < 1 or width * height > LARGEST:
        raise ValueError(f"a frame of {width}x{height} pixels")
    return Frame(sequence, index, time_s, scene, label, read(parts[2], width, height))


def read_event(parts: Sequence[bytes]) -> dict[str, Any]:
    """The event that the two parts of a message hold: `state`, a JSON object with its `type`. Raises ValueError."""
    try:
        event: dict[str, Any] = json.loads(parts[1], parse_constant=_refuse)
        kind = event["type"]
        if kind in _MEASURED:
            _finite(event[_MEASURED[kind]])
    except _WRONG as error:
        raise ValueError(f"an event that cannot be read ({error!r:.80})") from error
    return event


def _finite(value: object) -> float:
    number = float(value) if isinstance(value, (int, float)) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value!r:.40} is no number")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _from_raw(body: bytes, width: int, height: int, channels: int) -> NDArray[np.uint8]:
    if len(body) != width * height * channels:
        raise ValueError(f"a frame of {width}x{height} pixels with {len(body)} bytes instead of {channels} for each")
    return np.frombuffer(body, np.uint8).reshape(height, width, channels)


def _from_jpeg(body: bytes, width: int, height: int) -> NDArray[np.uint8]:
    if JpegImagePlugin is None and cv2 is None:
        raise ValueError("the bridge sends JPEG, and neither Pillow nor cv2 is here: start it without --pixels jpeg")
    pixels = (_by_cv2 if JpegImagePlugin is None else _by_pillow)(body, (width, height))
    if pixels is None:
        raise ValueError(f"a frame that is no JPEG of {width}x{height} pixels")
    return pixels


def _by_pillow(body: bytes, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    try:
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(body))
        return np.asarray(image.convert("RGB")) if image.size == size else None
    except (OSError, SyntaxError, ValueError):  # Pillow calls it a syntax error
        return None


def _by_cv2(body: bytes, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    try:
        blue_first: NDArray[np.uint8] | None = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return blue_first[..., ::-1] if blue_first is not None and blue_first.shape[1::-1] == size else None


_READERS: Mapping[str, Callable[[bytes, int, int], NDArray[np.uint8]]] = {
    "rgb": partial(_from_raw, channels=3),
    "rgba": partial(_from_raw, channels=4),
    "jpeg": _from_jpeg,
}


# ---- ZeroMQ: commands and keys

FAREWELL_MS = 200  # for what was sent just before the end
QUESTIONS = ("get", "curve", "vocabulary")  # change nothing, so that they may be asked twice


class Commands:
    """Commands to the bridge over ZeroMQ, and its answers. Connects by itself, also to a bridge that comes later."""

    def __init__(self, address: str = COMMANDS_ADDRESS, keys: Keys | None = None, timeout_s: float = 5.0) -> None:
        """`timeout_s`: for the bridge to be found, and for its answer, from when it is this thread's turn."""
        self.address = address
        self._keys, self._timeout_s = keys, timeout_s
        self._ids = itertools.count(1)
        self._turn = Lock()  # a socket of ZeroMQ bears one thread at a time
        self._context = _context()
        self._connect()

    def send(self, command: str, **fields: Any) -> bool:
        """Send a command, and do not wait for its answer: what is refused is in the bridge's log.

        False if nobody takes commands there; then it is not sent later either.
        """
        with self._turn:
            return self._send(command, fields, time.monotonic() + self._timeout_s)

    def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """The answer: `ok` True and what was asked for, or False and `error`, a sentence.

        Raises TimeoutError if there is none, and ConnectionError if the connection is lost before it comes: then the
        command may have been obeyed or not. What only asks (`get`, `curve`, `vocabulary`) is asked again instead.
        """
        with self._turn:
            fields, until_s = {**fields, "id": next(self._ids)}, time.monotonic() + self._timeout_s
            while self._send(command, fields, until_s):
                answer = self._answer(fields["id"], until_s)
                if answer is not None:
                    return answer
                if command not in QUESTIONS:
                    raise ConnectionError(
                        f"{self.address}: the connection was lost before the answer to {command} came"
                    )
            raise TimeoutError(f"{self.address}: nobody takes commands there")

    def close(self) -> None:
        """What was just sent still goes out."""
        with self._turn:
            self._context.destroy(linger=FAREWELL_MS)

    def _connect(self) -> None:
        """IMMEDIATE: to a bridge that is there, and not to the next one."""
        self._socket = _connected(self._context, zmq.DEALER, self.address, self._keys, {"IMMEDIATE": 1})
        self._losses = self._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    def _send(self, command: str, fields: Mapping[str, Any], until_s: float) -> bool:
        if self._losses.poll(0):
            self._renew()
        while self._socket.poll(0):  # answers to what was sent before
            self._socket.recv_multipart()
        if self._socket.poll(_ms_until(until_s), zmq.POLLOUT):
            with suppress(zmq.Again):  # gone in this moment
                self._socket.send(json.dumps({"command": command, **fields}).encode(), zmq.NOBLOCK)
                return True
        self._renew()  # somebody with other keys may have been there, after whom ZeroMQ does not try again
        return False

    def _renew(self) -> None:
        """After a loss too: for a moment, ZeroMQ would still take messages for the connection that is gone."""
        self._socket.disable_monitor()
        self._socket.close()
        self._connect()

    def _answer(self, number: int, until_s: float) -> dict[str, Any] | None:
        """The answer to command `number`; None if the connection was lost before it came. Raises TimeoutError."""
        poller = zmq.Poller()
        for socket in (self._socket, self._losses):
            poller.register(socket, zmq.POLLIN)
        while poller.poll(_ms_until(until_s)):
            lost = self._losses.poll(0)  # asked first: what came before the loss is there by now
            while self._socket.poll(0):
                answer: dict[str, Any] = json.loads(self._socket.recv_multipart()[-1])
                if answer.pop("id", None) == number:
                    return answer
            if lost:
                self._renew()
                return None
        raise TimeoutError(f"{self.address}: no answer within {self._timeout_s:g} s")


def _ms_until(until_s: float) -> int:
    return int(1000 * max(until_s - time.monotonic(), 0.0))


def load_keys(folder: Path | str) -> Keys:
    """A client's keys out of a folder with `server.key` and `client.key_secret`, as the command `keys` makes it."""
    server, _ = read_key(Path(folder) / "server.key")
    return Keys(server, *read_key(Path(folder) / "client.key_secret", secret=True))


def read_key(path: Path, secret: bool = False) -> tuple[bytes, bytes]:
    """Public and secret key of a file, the latter empty if it is not asked for. Raises ValueError."""
    _need_zmq()
    try:
        public, private = zmq.auth.load_certificate(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: no such key; the bridge's command `keys FOLDER` makes some") from error
    for key in (public, private) if secret else (public,):
        if key is None or not _is_key(key):
            raise ValueError(f"{path}: not a {'secret' if secret else 'public'} CURVE key of 40 characters")
    return public, private if secret and private else b""


def _is_key(text: bytes) -> bool:
    try:
        return len(text) == 40 and len(z85.decode(text)) == 32
    except (LookupError, ValueError, struct.error):
        return False


def _need_zmq() -> None:
    if zmq is None:
        raise ValueError("ZeroMQ needs pyzmq: install it, or take frames from shared memory")


def _context() -> Any:
    _need_zmq()
    return zmq.Context()


def _connected(context: Any, kind: int, address: str, keys: Keys | None, options: Mapping[str, int]) -> Any:
    """A socket that connects to `address`, now or once somebody is there. Raises ValueError if it is none."""
    socket = context.socket(kind)
    try:
        for name, value in {"LINGER": 0, "IPV6": "[" in address, **options}.items():
            socket.setsockopt(getattr(zmq, name), value)
        if keys is not None:
            socket.setsockopt(zmq.CURVE_SERVERKEY, keys.server)
            socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
            socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
        socket.connect(address)
    except zmq.ZMQError as error:
        context.destroy(linger=0)
        raise ValueError(f"{address!r:.80}: expected an address such as {FRAMES_ADDRESS} ({error})") from error
    return socket
