"""Frames to publish, and patience until they have arrived."""

import time

import numpy as np

from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.hub import LiveFrame

PATIENCE_S = 20.0


def live(sequence, size=(48, 64), fill=None, label="lake"):
    """A frame of one colour that its sequence number decides."""
    pixels = np.full((*size, 3), sequence % 251 if fill is None else fill, np.uint8)
    return LiveFrame(sequence, Frame(sequence + 100, sequence / 24, pixels, 2), label)


def wait_for(condition, what="it"):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.002)
