"""A tempo that somebody taps: even beats on the clock, four to a bar, of which the first tap is the first. Pure."""

import math
from dataclasses import dataclass

LONGEST_S, SHORTEST_S = 2.0, 0.2  # from tap to tap: 30 to 300 beats a minute
MOST_TAPS = 16  # that count; who taps on and on may change the tempo
BEATS_IN_BAR = 4


@dataclass(frozen=True)
class BeatGrid:
    """Beat number n, from 0, is at `first_s` + n · `period_s` on the clock; so many `in_bar` make a bar."""

    first_s: float
    period_s: float
    in_bar: int = BEATS_IN_BAR

    @property
    def tempo(self) -> float:
        """Beats a minute."""
        return 60 / self.period_s

    def time_of(self, number: int) -> float:
        return self.first_s + number * self.period_s

    def next(self, now_s: float, beats: int = 1) -> float:
        """When, after `now_s`, the next of every so many `beats` is."""
        return self.time_of(beats * (math.floor(self.place(now_s) / beats + 1e-9) + 1))

    def passed(self, before_s: float, now_s: float) -> range:
        """The numbers of the beats after `before_s` and up to `now_s`."""
        return range(math.floor(self.place(before_s)) + 1, math.floor(self.place(now_s)) + 1)

    def place(self, now_s: float) -> float:
        """How many beats after the first `now_s` is."""
        return (now_s - self.first_s) / self.period_s

    def numbered_after(self, before: "BeatGrid | None", now_s: float) -> "BeatGrid":
        """The same beats, whose numbers go on from those of `before` at `now_s`, in whole bars; else from 0."""
        place = self.place(now_s)
        bars = round((before.place(now_s) - place) / BEATS_IN_BAR) if before else -math.floor(place / BEATS_IN_BAR)
        return BeatGrid(self.first_s - bars * BEATS_IN_BAR * self.period_s, self.period_s)


@dataclass(frozen=True)
class Taps:
    """`times` of the newest that belong together, on the clock; so many `earlier` ones do as well."""

    times: tuple[float, ...] = ()
    earlier: int = 0

    def heard(self, now_s: float) -> "Taps":
        """With one more; a pause begins anew, and what comes too soon is the same tap."""
        gone_s = now_s - self.times[-1] if self.times else math.inf
        if gone_s < SHORTEST_S:
            return self
        if gone_s > LONGEST_S:
            return Taps((now_s,))
        dropped = int(len(self.times) == MOST_TAPS)
        return Taps((*self.times[dropped:], now_s), self.earlier + dropped)

    @property
    def count(self) -> int:
        return self.earlier + len(self.times)

    @property
    def tempo(self) -> float:
        """Beats a minute; 0 before there are any."""
        return self.grid.tempo if self.grid else 0.0

    @property
    def grid(self) -> BeatGrid | None:
        """The even beats that the taps are nearest to, by least squares; None before the second one."""
        count = len(self.times)
        if count < 2:
            return None
        middle, mean = (count - 1) / 2, sum(self.times) / count
        slope = sum((n - middle) * (time - mean) for n, time in enumerate(self.times))
        period_s = slope / sum((n - middle) ** 2 for n in range(count))
        return BeatGrid(mean - (self.earlier + middle) * period_s, period_s)


UNTAPPED = Taps()
