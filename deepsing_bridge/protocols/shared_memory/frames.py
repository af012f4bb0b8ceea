"""The newest frame in shared memory, for programs on this machine that do without ZeroMQ and without packages.

The block is called `deepsing`. All numbers are in the machine's own byte order, little-endian on all that we know.

    header, 256 bytes                              a slot: 128 bytes, then pixels
     0  4 bytes  magic, b"DSB1"                      0  u64  lock: 2 n, when frame n of all that were written so far
     4  u32      version, 1                               is in the slot; 2 n - 1, while it is put there
     8  u32      bytes of this header, 256           8  u64  the engine's number of the frame, from 0
    12  u32      number of slots, 3                 16  u64  index, in frames from the song's start
    16  u64      bytes from slot to slot            24  f64  position in the song, s
    24  u64      bytes of a slot before its pixels  32  u32  width, pixels
    32  u64      writer's process id; 0: it left    36  u32  height, pixels
    40  f64      writer's heartbeat                 40  u32  format, 1: RGBA, 8 bits each, alpha 255
    48  u64      frames written so far              44  u32  scene, from 0
    56  f64      position in the song, now, s       48  u32  bytes of the label
    64  f64      valence now, z-score, with offset  52       label, UTF-8, at most 60 bytes
    72  f64      arousal now, likewise             128       rows from the top down, without gaps
    80           zeros

Heartbeat, position, valence and arousal are renewed 25 times a second; the heartbeat is a reading of the system's
monotonic clock in seconds (`time.monotonic()`, CLOCK_MONOTONIC). To read, so that a frame is never torn:

    1. If the process id is 0, or the heartbeat is over 3 s old, the writer is gone: open the block by its name again,
       now and then, until there is one that lives.
    2. Read n, the number of frames written so far. If it is 0, or what it was the last time, there is nothing new.
    3. Frame n is in slot (n - 1) % slots. Read its lock. If it is not 2 n, go to 2.
    4. Copy the slot's fields and width × height × 4 bytes of pixels.
    5. Read the lock again. If it is not 2 n, the copy may be torn: go to 2.

There are three slots, so the writer comes back to the one that is being copied two frames later at the earliest.
`SharedFrames` does just that. In Python, `multiprocessing.shared_memory.SharedMemory("deepsing")` opens the block; on
macOS and Linux with `track=False`, or, before Python 3.13, followed by
`multiprocessing.resource_tracker.unregister("/deepsing", "shared_memory")`. Otherwise the name is removed when the
reader ends; the writer notices, and makes a new block within a second.

A frame of more pixels than 1920×1080 is not shown, and counted. The writer runs on a thread of its own, knows the hub
and nothing else of the bridge.
"""

import struct
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from ...core.errors import BridgeError
from ...core.types import Sentiment
from ...live.hub import Hub, LiveFrame, Snapshot
from ...live.messages import Problem
from . import owner
from .block import Block, check_name
from .owner import CAPACITY, HEADER_SIZE, SLOT_HEADER_SIZE, SLOTS, STRIDE, WRITTEN

NAME = "deepsing"
RGBA = 1
SLOT = struct.Struct("=QQdIIIII60s")  # all but the lock
LONGEST_LABEL = 60  # bytes
TIME, VALENCE, AROUSAL = 56 // 8, 64 // 8, 72 // 8  # places in `Block.floats`

BEAT_S = 0.04
GONE_S = 3.0  # without a heartbeat, a reader takes the writer for gone
LOOK_S = 1.0  # how often the writer looks whether its block can still be found
SEARCH_S = 0.25  # how often a reader without a living writer looks for a new block
TRIES = 100  # of reading; each fails only if three frames were written in the meantime


class SharedMemoryWriter:
    """Shows every frame in shared memory.

    `shown` counts frames, `too_large` those that were refused for their size, `renewed` how often somebody else had
    removed the name and it was made again.
    """

    def __init__(self, hub: Hub, name: str = NAME) -> None:
        """Raises BridgeError for a name that not every system takes."""
        self.name = check_name(name)
        self.shown = self.too_large = self.renewed = 0
        self._hub = hub
        self._stopping = Flag()
        self._thread: Thread | None = None
        self._complained = False

    def start(self) -> None:
        """Raises BridgeError if a living process or another program has a block of this name, or there is no room.

        What a process that has died left behind is taken over; its readers go on.
        """
        self._block = owner.claim(self.name)
        self._looked_s = monotonic()
        self._thread = Thread(target=self._run, name="shared memory", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is None:
            return
        self._thread.join()
        self._thread = None
        if owner.is_ours(self._block):
            owner.abandon(self._block, self.name)
        else:
            self._block.close()

    def describe(self) -> str:
        return f"shared memory: {self.name}, RGBA up to 1920x1080"

    def _run(self) -> None:
        number = 0
        try:
            while not self._stopping.is_set():
                number, live = self._hub.frames.after(number, BEAT_S)
                self._keep_name()
                self._keep_block()
                tell_now(self._block, self._hub.snapshot)
                if live is not None:
                    self._show(live)
        except BridgeError as error:
            self._hub.post(Problem(str(error)))

    def _show(self, live: LiveFrame) -> None:
        if live.frame.pixels.size // 3 * 4 > CAPACITY:
            self.too_large += 1
            self._complain(live)
            return
        write(self._block, live)
        self.shown += 1
        self._complained = False

    def _complain(self, live: LiveFrame) -> None:
        """Once, not with every frame."""
        if not self._complained:
            self._complained = True
            height, width, _ = live.frame.pixels.shape
            self._hub.post(Problem(f"shared memory {self.name}: {width}x{height} is more than 1920x1080 has pixels"))

    def _keep_block(self) -> None:
        """Raises BridgeError if this process hung for so long that it was taken for dead."""
        if not owner.is_ours(self._block):
            raise BridgeError(f"shared memory {self.name}: another bridge has taken it over")
        owner.beat(self._block)

    def _keep_name(self) -> None:
        """Make the block anew if its name was removed. Raises BridgeError if that cannot be done."""
        if monotonic() - self._looked_s < LOOK_S:
            return
        self._looked_s = monotonic()
        named = owner.find(self.name)
        if named is not None:
            named.close()
            return
        lost, self._block = self._block, owner.claim(self.name)
        owner.abandon(lost, self.name)
        self.renewed += 1


@dataclass(frozen=True)
class SharedFrame:
    """`pixels` (height, width, 4) uint8 RGBA, a copy; `written` counts all frames that were ever in the block."""

    written: int
    sequence: int
    index: int
    time_s: float
    scene_index: int
    label: str
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class SharedMoment:
    """Where the song is now, and what it feels like; the newest frame may be older."""

    time_s: float
    sentiment: Sentiment


class SharedFrames:
    """The reference reader: what `newest` gives is never torn. It waits for nobody and keeps nobody waiting."""

    def __init__(self, name: str = NAME) -> None:
        """There need not be a block yet, nor a bridge."""
        self.name = check_name(name)
        self._block: Block | None = None
        self._seen = 0  # of this block
        self._last = (0, 0)  # of any
        self._searched_s = -SEARCH_S

    @property
    def alive(self) -> bool:
        """Whether the block that was found last has a living writer."""
        return self._block is not None and owner.lives(self._block, GONE_S)

    def newest(self) -> SharedFrame | None:
        """The newest frame, or None if it is the one that was given last, or there is none, or no writer lives."""
        self._search()
        if self._block is None or not self.alive:
            return None
        for _ in range(TRIES):
            if self._block.numbers[WRITTEN] == self._seen:
                return None
            frame = read(self._block)
            if frame is not None:
                return self._unless_known(frame)
        return None

    def now(self) -> SharedMoment | None:
        """None if no writer lives."""
        self._search()
        if self._block is None or not self.alive:
            return None
        time_s, valence, arousal = (self._block.floats[place] for place in (TIME, VALENCE, AROUSAL))
        return SharedMoment(time_s, Sentiment(valence, arousal))

    def close(self) -> None:
        if self._block is not None:
            self._block.close()
        self._block = None

    def _search(self) -> None:
        if not self.alive and monotonic() - self._searched_s >= SEARCH_S:
            self._searched_s = monotonic()
            self.close()
            self._block, self._seen = owner.find(self.name), 0

    def _unless_known(self, frame: SharedFrame) -> SharedFrame | None:
        """Not the same one once more, if its writer was only slow and its block was opened again."""
        before, self._last = self._last, (frame.written, frame.sequence)
        self._seen = frame.written
        return frame if self._last != before else None


def tell_now(block: Block, seen: Snapshot) -> None:
    for place, value in ((TIME, seen.time_s), (VALENCE, seen.valence), (AROUSAL, seen.arousal)):
        block.floats[place] = value


def write(block: Block, live: LiveFrame) -> None:
    """Put a frame into the slot that was not written to for longest, then say that it is there."""
    frame, number = live.frame, block.numbers[WRITTEN] + 1
    height, width, _ = frame.pixels.shape
    start, label = _start(number), _shortened(live.label)
    block.numbers[start // 8] = 2 * number - 1
    fields = (live.sequence, frame.index, frame.time_s, width, height, RGBA, frame.scene_index)
    SLOT.pack_into(block.view, start + 8, *fields, len(label), label)
    rgba = np.frombuffer(block.view, np.uint8, height * width * 4, start + SLOT_HEADER_SIZE).reshape(height, width, 4)
    rgba[..., :3] = frame.pixels
    rgba[..., 3] = 255
    block.numbers[start // 8] = 2 * number
    block.numbers[WRITTEN] = number


def read(block: Block) -> SharedFrame | None:
    """The newest frame; None if there is none yet, or it was overwritten while it was copied."""
    number = block.numbers[WRITTEN]
    start = _start(number)
    if number == 0 or block.numbers[start // 8] != 2 * number:
        return None
    fields = SLOT.unpack_from(block.view, start + 8)
    sequence, index, time_s, width, height, kind, scene, length, label = fields
    size = width * height * 4
    if size > CAPACITY or kind != RGBA:  # overwritten just now
        return None
    first = start + SLOT_HEADER_SIZE
    copied = bytes(block.view[first : first + size])
    if block.numbers[start // 8] != 2 * number:
        return None
    pixels = np.frombuffer(copied, np.uint8).reshape(height, width, 4)
    text = label[:length].decode("utf-8", "replace")
    return SharedFrame(number, sequence, index, time_s, scene, text, pixels)


def _start(number: int) -> int:
    """Where frame `number`, from 1, has its slot."""
    return HEADER_SIZE + (number - 1) % SLOTS * STRIDE


def _shortened(label: str) -> bytes:
    """UTF-8, cut off between two characters."""
    return label.encode("utf-8", "replace")[:LONGEST_LABEL].decode("utf-8", "ignore").encode()
