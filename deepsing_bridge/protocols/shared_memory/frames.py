"""Writes the newest frame to shared memory, for programs on this machine; `client.SharedFrames` reads it.

The layout is told in docs/live.md, and stands in `client`. A frame of more pixels than 1920×1080 is not shown, and
counted. The writer runs on a thread of its own, knows the hub and nothing else of the bridge.
"""

import logging
from contextlib import suppress
from threading import Event as Flag
from threading import Thread
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from ...client import (
    AROUSAL,
    CAPACITY,
    NAME,
    RGBA,
    SLOT,
    SLOT_HEADER_SIZE,
    TIME,
    VALENCE,
    WRITTEN,
    Block,
    check_name,
    find,
    slot_start,
)
from ...core.errors import BridgeError
from ...live.events import Problem
from ...live.hub import Hub, LiveFrame, Snapshot
from . import owner

log = logging.getLogger(__name__)

LONGEST_LABEL = 60  # bytes
MOST_WRITTEN = 2**62  # more was written by somebody else: twice as much would be no 64-bit number
BEAT_S = 0.04
LOOK_S = 1.0  # how often the writer looks whether its block can still be found


class SharedMemoryWriter:
    """Shows every frame in shared memory.

    `shown` counts frames, `too_large` those that were refused for their size, `missed` those that came while there was
    no block, `renewed` how often somebody else had removed the name and it was made again.
    """

    def __init__(self, hub: Hub, name: str = NAME) -> None:
        """Raises BridgeError for a name that not every system takes."""
        try:
            self.name = check_name(name)
        except ValueError as error:
            raise BridgeError(str(error)) from error
        self.shown = self.too_large = self.missed = self.renewed = 0
        self._hub = hub
        self._stopping = Flag()
        self._thread: Thread | None = None
        self._block: Block | None = None
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
        if self._block is not None:
            self._leave(self._block)
            self._block = None

    def describe(self) -> str:
        return f"shared memory: {self.name}, RGBA up to 1920x1080"

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number, live = self._hub.frames.after(number, BEAT_S)
            try:
                self._step(live)
            except (BridgeError, OSError, ValueError) as error:
                self._lose(error)
            self.missed += self._block is None and live is not None
            self._hub.losses.report("shared memory", self.too_large + self.missed, self._block is None)

    def _step(self, live: LiveFrame | None) -> None:
        """Raises BridgeError, OSError or ValueError where the block was lost or broken."""
        if self._block is None:
            self._regain()
            return
        self._keep_block(self._block)
        self._block = self._found_again(self._block)
        tell_now(self._block, self._hub.snapshot)
        if live is not None:
            self._show(self._block, live)

    def _lose(self, error: Exception) -> None:
        """Told once; it is tried once a second to have it again."""
        if self._block is not None:
            lost, self._block = self._block, None
            self._leave(lost)
            self._hub.post(Problem(str(error)))
        self._looked_s = monotonic()

    def _regain(self) -> None:
        if monotonic() - self._looked_s < LOOK_S:
            return
        self._block = owner.claim(self.name)
        self._looked_s = monotonic()
        self.renewed += 1
        log.info("shared memory %s: there again", self.name)

    def _leave(self, block: Block) -> None:
        with suppress(OSError):  # cut short in this moment
            if owner.is_whole(block) and owner.is_ours(block):
                owner.abandon(block, self.name)
        block.close()

    def _show(self, block: Block, live: LiveFrame) -> None:
        if live.frame.pixels.size // 3 * 4 > CAPACITY:
            self.too_large += 1
            self._complain(live)
            return
        write(block, live)
        self.shown += 1
        self._complained = False

    def _complain(self, live: LiveFrame) -> None:
        """Once, not with every frame."""
        if not self._complained:
            self._complained = True
            height, width, _ = live.frame.pixels.shape
            self._hub.post(Problem(f"shared memory {self.name}: {width}x{height} is more than 1920x1080 has pixels"))

    def _keep_block(self, block: Block) -> None:
        """Raises BridgeError if somebody cut it short, or this process hung for so long that it was taken for dead."""
        if not owner.is_whole(block):
            raise BridgeError(f"shared memory {self.name}: another program has cut it short; it is made anew")
        if not owner.is_ours(block):
            raise BridgeError(f"shared memory {self.name}: another bridge has taken it over")
        owner.mend(block)
        owner.beat(block)

    def _found_again(self, block: Block) -> Block:
        """A new block if the name was removed. Raises BridgeError if that cannot be had."""
        if monotonic() - self._looked_s < LOOK_S:
            return block
        self._looked_s = monotonic()
        named = find(self.name)
        if named is not None:
            named.close()
            return block
        new = owner.claim(self.name)
        owner.abandon(block, self.name)
        self.renewed += 1
        return new


def tell_now(block: Block, seen: Snapshot) -> None:
    for place, value in ((TIME, seen.time_s), (VALENCE, seen.valence), (AROUSAL, seen.arousal)):
        block.floats[place] = value


def write(block: Block, live: LiveFrame) -> None:
    """Put a frame into the slot that was not written to for longest, then say that it is there."""
    frame, number = live.frame, block.numbers[WRITTEN] % MOST_WRITTEN + 1
    height, width, _ = frame.pixels.shape
    start, label = slot_start(number), _shortened(live.label)
    block.numbers[start // 8] = 2 * number - 1
    fields = (live.sequence, frame.index, frame.time_s, width, height, RGBA, frame.scene_index)
    block.write(start + 8, SLOT.pack(*fields, len(label), label))
    block.write(start + SLOT_HEADER_SIZE, _opaque(frame.pixels).data.cast("B"))
    block.numbers[start // 8] = 2 * number
    block.numbers[WRITTEN] = number


def _opaque(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) as (H, W, 4)."""
    rgba = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    rgba[..., :3] = pixels
    return rgba


def _shortened(label: str) -> bytes:
    """UTF-8, cut off between two characters."""
    return label.encode("utf-8", "replace")[:LONGEST_LABEL].decode("utf-8", "ignore").encode()
