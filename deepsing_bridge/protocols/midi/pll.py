"""A clock rebuilt from jittery ticks. Pure.

Ticks are numbered without error and arrive with some: late by what threads, cables and USB make of them. The loop fits
a line through arrival times, over a window that grows with what it has heard up to `window` ticks (a g-h filter, with
an expanding memory at first: Brookner, Tracking and Kalman Filtering Made Easy, 1998, chapter 1).
"""

PATIENCE = 8  # ticks that must be far off, one after the other, until they are believed
RANGE = 8.0  # the time per tick may become so many times its first guess, or that part of it


class PhaseLockedLoop:
    """`period_s` is a first guess of the time per tick: negative if ticks are counted down.

    A tick that arrives up to `jump_s` from where it was due moves the line a little. One that is further off moves it
    there at once if ticks were left out, for then the count has jumped; if none were, it may just be late, and only
    when `PATIENCE` have been so is it the line that is wrong. What comes in a burst, after a stall somewhere, tells
    nothing.
    """

    def __init__(self, period_s: float, window: int, jump_s: float) -> None:
        self.period_s = period_s
        self.heard = 0  # ticks that `period_s` goes by
        self._guess_s = period_s
        self._window = window
        self._jump_s = jump_s
        self._since = 0  # ticks that `_due_s` goes by
        self._tick = self._last = 0
        self._due_s = 0.0  # when `_tick` was, smoothed
        self._last_s = 0.0  # when `_last` arrived
        self._off = 0  # ticks in a row that were far off

    def hear(self, tick: int, at_s: float) -> bool:
        """A tick arrived. Whether the line begins anew there."""
        if self.heard == 0:
            self.begin(tick, at_s)
            return True
        follows = abs(tick - self._last) == 1
        bursts = follows and at_s - self._last_s < abs(self._guess_s) / RANGE
        self._last, self._last_s = tick, at_s
        if bursts:
            return False
        error_s = at_s - self.time_of(tick)
        if self.heard == 1 or abs(error_s) <= self._jump_s:  # it takes two ticks to say how steep the line is
            self._off = 0
            self._settle(tick, error_s)
            return False
        self._off += 1
        if follows and self._off < PATIENCE:
            return False
        self.begin(tick, at_s)
        return True

    def begin(self, tick: int, at_s: float) -> None:
        """Put the line there, whatever was heard before."""
        self.shift(tick, at_s)
        self.heard = 1

    def shift(self, tick: int, at_s: float) -> None:
        """Put the line there, as steep as it was."""
        self._since, self._tick, self._due_s, self._off = 1, tick, at_s, 0
        self._last, self._last_s = tick, at_s
        self.heard += 1

    def time_of(self, tick: int) -> float:
        """When that tick is due, or was."""
        return self._due_s + (tick - self._tick) * self.period_s

    def tick_at(self, at_s: float) -> float:
        """How far ticks have come then, fractions of one included."""
        return self._tick + (at_s - self._due_s) / self.period_s

    def _settle(self, tick: int, error_s: float) -> None:
        steps = tick - self._tick
        if steps == 0:
            return
        n, m = min(self._since, self._window), min(self.heard, self._window)
        self._since, self.heard = self._since + 1, self.heard + 1
        self._due_s = self.time_of(tick) + error_s * 2 * (2 * n + 1) / ((n + 1) * (n + 2))
        self._tick = tick
        factor = (self.period_s + error_s / steps * 6 / ((m + 1) * (m + 2))) / self._guess_s
        self.period_s = self._guess_s * min(max(factor, 1 / RANGE), RANGE)
