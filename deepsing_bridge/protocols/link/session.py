"""A Link session, by aalink (GPL 3, as Link itself), an extra. Times are readings of the bridge's clock.

Link has a clock of its own, which may run a little faster or slower than the bridge's. So a beat and the bridge's clock
are always read together, and what comes of it is good for a second or so.
"""

import asyncio
from importlib.util import find_spec
from typing import Any

from ...core.errors import BridgeError
from ...core.invocation import extra
from ...live.clock import Clock
from ...live.taps import BEATS_IN_BAR, BeatGrid

TEMPO = 120.0  # until somebody says another
SLOWEST, FASTEST = 20.0, 999.0  # that Link takes, beats a minute
READINGS = 3  # of which the quickest counts: another thread may come between a beat and its time


def refuse_missing() -> None:
    """Raises BridgeError without aalink."""
    if find_spec("aalink") is None:
        raise BridgeError(f"--link: aalink is not installed; {extra('link')} brings it")


class Session:
    """The session of this network: joined at once, alone or with others. One thread uses it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._link = asyncio.run(_made())
        self._link.quantum = BEATS_IN_BAR
        self._link.start_stop_sync_enabled = True
        self._link.enabled = True

    @property
    def peers(self) -> int:
        """How many others are in it."""
        return int(self._link.num_peers)

    @property
    def tempo(self) -> float:
        return float(self._link.tempo)

    @tempo.setter
    def tempo(self, tempo: float) -> None:
        self._link.tempo = min(max(tempo, SLOWEST), FASTEST)

    @property
    def playing(self) -> bool:
        return bool(self._link.playing)

    @playing.setter
    def playing(self, playing: bool) -> None:
        self._link.playing = playing

    @property
    def grid(self) -> BeatGrid:
        """Its beats now; each fourth begins a bar, in every program that shares it."""
        _, at_s, beat = min(self._reading() for _ in range(READINGS))
        period_s = 60 / self.tempo
        return BeatGrid(at_s - beat * period_s, period_s)

    def _reading(self) -> tuple[float, float, float]:
        """How long it took to read a beat, when that was, and the beat."""
        before_s = self._clock.now()
        beat = float(self._link.beat)
        took_s = self._clock.now() - before_s
        return took_s, before_s + took_s / 2, beat

    def align(self, beat: float) -> None:
        """It is `beat` of a bar now, for nobody else is there who would mind."""
        self._link.force_beat(beat)

    def launch_s(self) -> float:
        """When who was told to start begins to play: on the first bar since then, as everybody in a session does."""
        self._link.request_beat_at_start_playing_time(0)
        return self.grid.first_s

    def close(self) -> None:
        self._link.enabled = False


async def _made() -> Any:
    """aalink asks for a running loop, for waits and callbacks that are not used here."""
    from aalink import Link

    return Link(TEMPO)
