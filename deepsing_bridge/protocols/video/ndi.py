"""NDI over the network, by cyndilib (MIT), whose wheels have NDI's own library in them.

A receiver finds the source by mDNS: on Linux that is Avahi's, which has to run on both machines; or it is told the
address. The library compresses on the thread that sends, without Python's lock, and what a receiver does not take in
time is lost to that one alone.
"""

import math
from fractions import Fraction
from typing import Any

from .sink import Pixels, Rgba, checked_name, require


class NdiSink:
    """A source called `name`. Raises BridgeError where cyndilib is missing, or the name is none."""

    what = "NDI"
    repeat_s = math.inf  # the engine sends a picture that stands once a second, for whoever comes late

    def __init__(self, name: str) -> None:
        require("--ndi", "cyndilib", "cyndilib")
        self.name = checked_name(name, "--ndi")
        self._sender: Any = None

    def open(self, width: int, height: int, rate: Fraction) -> None:
        from cyndilib.sender import Sender
        from cyndilib.video_frame import VideoSendFrame
        from cyndilib.wrapper.ndi_structs import FourCC

        frame = VideoSendFrame()
        frame.set_resolution(width, height)
        frame.set_fourcc(FourCC.RGBX)  # nothing is transparent: an alpha channel would be compressed for nothing
        frame.set_frame_rate(rate)
        sender = Sender(self.name, clock_video=False)  # the engine keeps time
        sender.set_video_frame(frame)
        sender.open()
        self._sender, self._rgba = sender, Rgba(width, height)

    def send(self, pixels: Pixels) -> None:
        self._sender.write_video(self._rgba.of(pixels).reshape(-1))

    def close(self) -> None:
        if self._sender is not None:
            self._sender.close()
            self._sender = None
