"""How fast pictures move, from moment to moment of a song: a factor of the clock that moves them. Pure.

A speed that is turned counts from there on, and what has moved by then stays moved: nothing jumps or goes back.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

MOST_TURNS = 256  # that are remembered; a hand that never rests makes no more in ten seconds

Drive = Callable[[float, float], float]
"""From one second of the song to another: how far a clock that moves pictures goes, at speed 1."""


@dataclass(frozen=True)
class SpeedTrack:
    """`turns` are (seconds of the song, the speed from there on), ascending; the first one counts before it as well.
    Without any the speed is 1."""

    turns: tuple[tuple[float, float], ...] = ()

    @staticmethod
    def steady(speed: float) -> "SpeedTrack":
        return SpeedTrack() if speed == 1 else SpeedTrack(((0.0, speed),))

    @property
    def last(self) -> tuple[float, float]:
        """Since when the newest speed counts, and what it is."""
        return self.turns[-1] if self.turns else (0.0, 1.0)

    def turned(self, time_s: float, speed: float) -> "SpeedTrack":
        """With this speed from `time_s` on, which is not before the last turn."""
        before = [turn for turn in self.turns or (self.last,) if turn[0] < time_s]
        return SpeedTrack((*before, (time_s, speed))[-MOST_TURNS:])

    def drive(self, drive: Drive, start_s: float, end_s: float) -> float:
        """How far the clock goes from `start_s` to `end_s`; back, if that is before it."""
        if not self.turns:
            return drive(start_s, end_s)
        first, last = min(start_s, end_s), max(start_s, end_s)
        times = [first, *(time_s for time_s, _ in self.turns if first < time_s < last), last]
        gone = sum(self._at(before) * drive(before, after) for before, after in pairwise(times))
        return gone if start_s <= end_s else -gone

    def _at(self, time_s: float) -> float:
        return self.turns[max(bisect_right(self.turns, time_s, key=lambda turn: turn[0]) - 1, 0)][1]


STEADY = SpeedTrack()
"""What it is on disk."""
