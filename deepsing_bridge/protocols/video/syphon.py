"""Syphon, textures shared on one Mac, by syphon-python (MIT) and Metal."""

import math
from fractions import Fraction
from itertools import cycle
from typing import Any

from .sink import Pixels, Rgba, checked_name, require

TEXTURES = 2  # in turn: a client may still look at the last one


class SyphonSink:
    """A server called `name`. Raises BridgeError elsewhere, without syphon-python, and for a name that is none."""

    what = "Syphon"
    repeat_s = math.inf  # a texture stays

    def __init__(self, name: str) -> None:
        require("--syphon", "syphon", "syphon-python", ("darwin",))
        self.name = checked_name(name, "--syphon")
        self._server: Any = None

    def open(self, width: int, height: int, rate: Fraction) -> None:
        import syphon
        from syphon.utils.raw import create_mtl_texture

        self._server, self._rgba = syphon.SyphonMetalServer(self.name), Rgba(width, height)
        self._textures = cycle([create_mtl_texture(self._server.device, width, height) for _ in range(TEXTURES)])

    def send(self, pixels: Pixels) -> None:
        import objc
        from syphon.utils.numpy import copy_image_to_mtl_texture

        with objc.autorelease_pool():  # a thread of Python's has none, and would keep every command buffer
            texture = next(self._textures)
            copy_image_to_mtl_texture(self._rgba.of(pixels), texture)
            self._server.publish_frame_texture(texture, is_flipped=True)  # Syphon's rows go from the bottom up

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
