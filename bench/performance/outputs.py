"""What the ways out cost: the time that a frame takes the thread that gives it to other programs, and its bytes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from bench.performance.compare import Row, Way
from deepsing_bridge.core.device import Device
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.events import ArousalAt, LevelsAt, TimeAt, ValenceAt, WorldAt
from deepsing_bridge.live.hub import LiveFrame
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc import codec as osc
from deepsing_bridge.protocols.shared_memory import frames, owner
from deepsing_bridge.protocols.video.ndi import NdiSink
from deepsing_bridge.protocols.zeromq import codec as zeromq

SIZES = {"512x512": (512, 512), "1920x1080": (1920, 1080)}
NAME = f"bench-{os.getpid()}"
TOLD = (TimeAt(1.0), ValenceAt(0.5), ArousalAt(0.5), LevelsAt(0.1, 0.2, 0.3, 0.4, 0.5))
WORLD = WorldAt(0, "lake", 1.0, 1.0, tuple(map(float, range(12))))


def outputs(device: Device) -> Iterator[Row]:
    """A way is called by the bytes that it gives for one frame."""
    yield _row("OSC: time, sentiment and levels", _by_osc(*TOLD))
    yield _row("OSC: how a world is drawn", _by_osc(WORLD))
    for name, size in SIZES.items():
        live = _frame(*size)
        for pixels in zeromq.PIXEL_FORMATS:
            yield _row(f"ZeroMQ, {pixels}, {name}", partial(zeromq.frame_parts, live, pixels))
        with _shared_memory() as block:
            yield Row(
                f"shared memory, {name}",
                None,
                {_named(4 * live.frame.pixels.size // 3): partial(frames.write, block, live)},
            )
        yield from _ndi(name, live)


def _row(what: str, way: Way) -> Row:
    parts: Any = way()
    return Row(what, None, {_named(sum(map(len, parts))): way})


def _named(size: int) -> str:
    return f"{size:,} bytes"


def _by_osc(*events: Any) -> Way:
    words = vocabulary()
    return lambda: [osc.encode(words, event).dgram for event in events]


def _frame(width: int, height: int) -> LiveFrame:
    """A slope with some noise, which a JPEG and NDI have something to do with."""
    chance = np.random.default_rng(0)
    slope = np.linspace(0, 200, width)[None, :, None] + np.linspace(0, 40, height)[:, None, None]
    pixels = (slope + chance.integers(0, 15, (height, width, 3))).astype(np.uint8)
    return LiveFrame(0, Frame(0, 0.0, pixels, 0), "lake")


@contextmanager
def _shared_memory() -> Iterator[Any]:
    block = owner.claim(NAME)
    try:
        yield block
    finally:
        owner.abandon(block, NAME)
        block.close()


def _ndi(name: str, live: LiveFrame) -> Iterator[Row]:
    """To nobody: what is compressed for a receiver comes on top."""
    height, width, _ = live.frame.pixels.shape
    try:
        sink = NdiSink(NAME)
    except BridgeError as error:
        print(error)
        return
    sink.open(width, height, Fraction(24))
    try:
        yield Row(
            f"NDI without a receiver, {name}", None, {_named(4 * width * height): partial(sink.send, live.frame.pixels)}
        )
    finally:
        sink.close()
