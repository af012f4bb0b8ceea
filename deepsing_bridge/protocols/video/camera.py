"""A virtual camera, for whatever takes a webcam, by pyvirtualcam: v4l2loopback on Linux, OBS's camera elsewhere."""

from fractions import Fraction
from typing import Any

import numpy as np

from .sink import Pixels, checked_name, require

FIRST = "first"  # device that is free


class CameraSink:
    """The camera called `device`, as `/dev/video2` or `OBS Virtual Camera`; FIRST: whichever is free.

    Raises BridgeError without pyvirtualcam, or where the name is none.
    """

    what = "virtual camera"
    repeat_s = 0.1  # OBS's camera takes one that has shown the same picture ten times over for one that has ended

    def __init__(self, device: str) -> None:
        require("--camera", "pyvirtualcam", "pyvirtualcam")
        self.name = checked_name(device, "--camera")
        self._camera: Any = None

    def open(self, width: int, height: int, rate: Fraction) -> None:
        """Raises RuntimeError that says why, if there is no such device, or it is taken."""
        import pyvirtualcam

        device = None if self.name == FIRST else self.name
        self._camera = pyvirtualcam.Camera(width, height, float(rate), device=device)

    def send(self, pixels: Pixels) -> None:
        self._camera.send(np.ascontiguousarray(pixels))

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None
