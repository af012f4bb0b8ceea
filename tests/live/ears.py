"""Live sound for an engine under a clock turned by hand: what a real `Hearing` makes of samples as time goes by."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.listening.cuts import LiveCuts
from deepsing_bridge.listening.hearing import Hearing
from deepsing_bridge.listening.listener import Heard, Told, unheeded
from deepsing_bridge.live.clock import ManualClock

BLOCK_S = 0.01


class Ears:
    """Hears `samples`, and then silence, in blocks that come when they are over. `told` is told next, besides."""

    def __init__(self, samples: NDArray[np.float32], period_s: float = 5.0) -> None:
        self._hearing = Hearing(LiveCuts(period_s))
        self.levels, self.sound = self._hearing.levels, self._hearing.sound
        self.connected = True
        self.told: list[Told] = []
        self._tell: Callable[[Sequence[Told]], None] = unheeded
        self._samples, self._at = samples, 0
        self._clock, self._began_s, self._heard_until = ManualClock(), 0.0, 0.0

    def begin(self, clock: ManualClock, tell: Callable[[Sequence[Told]], None] = unheeded) -> None:
        self._tell = tell
        self._clock, self._began_s, self._heard_until = clock, clock.now_s, clock.now_s

    def heard(self) -> Heard:
        events, self.told = list(self.told), []
        while self._heard_until + BLOCK_S <= self._clock.now_s:
            events += self._hear()
        return Heard(tuple(events), self._hearing.heard_s, self._heard_until, self.connected)

    def begin_scene(self, time_s: float) -> None:
        self._hearing.begin_scene(time_s)

    def _hear(self) -> list[Told]:
        self._heard_until += BLOCK_S
        end = round((self._heard_until - self._began_s) * SAMPLE_RATE)
        block = self._samples[self._at : end]
        block = np.pad(block, (0, end - self._at - len(block)))
        self._at = end
        told = self._hearing.hear(block)
        self._tell(told)
        return list(told)
