"""A source of live sound, whatever system has it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .ring import SampleRing

RING_S = 2.0  # so long may the listener be late


class Input(Protocol):
    """Open, and filling `ring` with stereo samples at `rate` Hz until `close`."""

    ring: SampleRing
    rate: int

    @property
    def alive(self) -> bool:
        """False once the device is gone."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class Device:
    """Something to hear: its `name`, the `system` that has it, how many `channels`, their `rate` in Hz."""

    name: str
    system: str
    channels: int
    rate: int
    default: bool
    open: Callable[[], Input]

    def __str__(self) -> str:
        channels = "mono" if self.channels == 1 else "stereo" if self.channels == 2 else f"{self.channels} channels"
        return f"{self.name} ({self.system}, {channels}, {self.rate} Hz){', default' if self.default else ''}"


@dataclass(frozen=True, eq=False)
class SoundBlock:
    """`samples` (n, 2) at `rate` Hz as they came, from `time_s` on."""

    time_s: float
    rate: int
    samples: NDArray[np.float32]
