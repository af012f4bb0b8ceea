"""Time as a parameter: the engine and the protocols read a clock that they are given."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""


class SystemClock:
    def now(self) -> float:
        return time.perf_counter()


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s

    def now(self) -> float:
        return self.now_s
