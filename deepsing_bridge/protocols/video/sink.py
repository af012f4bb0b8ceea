"""What a library that shows pictures to other programs looks like from here, and what all such have in common."""

import sys
from collections.abc import Mapping
from fractions import Fraction
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.errors import BridgeError
from ...core.invocation import extra

Pixels = NDArray[np.uint8]
SYSTEMS: Mapping[str, str] = {"win32": "Windows", "darwin": "macOS", "linux": "Linux"}
"""As people call what Python calls `sys.platform`."""


class Sink(Protocol):
    """A way out, for pictures of one size and rate at a time. One thread opens, uses and closes it.

    `what` it is and its `name` are for people. A picture that stands is sent again after `repeat_s` seconds. Any of the
    calls may raise whatever the library raises.
    """

    what: str
    name: str
    repeat_s: float

    def open(self, width: int, height: int, rate: Fraction) -> None: ...

    def send(self, pixels: Pixels) -> None:
        """`pixels` (height, width, 3) uint8 RGB, rows from the top down."""

    def close(self) -> None:
        """Also where opening has failed."""


class Rgba:
    """Opaque pictures of one size, in memory that is used again and again."""

    def __init__(self, width: int, height: int) -> None:
        self._pixels = np.full((height, width, 4), 255, np.uint8)

    def of(self, pixels: Pixels) -> Pixels:
        """`pixels` (height, width, 3) with an alpha of 255; good until the next call."""
        self._pixels[..., :3] = pixels
        return self._pixels


def checked_name(name: str, option: str, longest: int = 100) -> str:
    """`name`, as other programs will list it. Raises BridgeError for one that they cannot show."""
    if not 0 < len(name) <= longest or not name.isprintable() or name != name.strip():
        raise BridgeError(f"{option} {name!r:.80}: expected a name of 1 to {longest} printable characters")
    return name


def require(option: str, module: str, package: str, systems: tuple[str, ...] = tuple(SYSTEMS)) -> None:
    """Raises BridgeError where `option` cannot be had: on another of the `systems`, or without the `package`."""
    if sys.platform not in systems:
        names = " and ".join(SYSTEMS[system] for system in systems)
        raise BridgeError(f"{option}: {package} works on {names} only; --ndi works everywhere")
    if find_spec(module) is None:
        raise BridgeError(f"{option}: {package} is not installed; {extra(option.removeprefix('--'))} brings it")
