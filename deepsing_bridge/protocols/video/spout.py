"""Spout, textures shared on one Windows machine, by SpoutGL (BSD)."""

import math
from fractions import Fraction
from typing import Any

from .sink import Pixels, Rgba, checked_name, require

LONGEST_NAME = 120  # of Spout's 255 bytes: it adds a number to a name that is taken


class SpoutSink:
    """A sender called `name`. Raises BridgeError elsewhere, without SpoutGL, and for a name that is none.

    It shows its pictures with and without OpenGL on this thread: then the library takes them to Direct3D itself.
    """

    what = "Spout"
    repeat_s = math.inf  # a texture stays

    def __init__(self, name: str) -> None:
        require("--spout", "SpoutGL", "SpoutGL", ("win32",))
        self.name = checked_name(name, "--spout", LONGEST_NAME)
        self._sender: Any = None

    def open(self, width: int, height: int, rate: Fraction) -> None:
        import SpoutGL

        self._sender, self._rgba = SpoutGL.SpoutSender(), Rgba(width, height)
        self._format = SpoutGL.enums.GL_RGBA
        self._sender.setSenderName(self.name)

    def send(self, pixels: Pixels) -> None:
        """Raises OSError where the library cannot: it says no more than that."""
        height, width, _ = pixels.shape
        if not self._sender.sendImage(self._rgba.of(pixels), width, height, self._format, False, 0):
            raise OSError("the picture could not be shared; Direct3D 11 may be missing")
        self._sender.setFrameSync(self.name)

    def close(self) -> None:
        if self._sender is not None:
            self._sender.releaseSender()
            self._sender = None
