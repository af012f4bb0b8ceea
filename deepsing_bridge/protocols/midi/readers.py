"""What one device tells of its time, by MIDI time code or by MIDI clock. Pure.

A reader turns messages into readings, smooths their jitter, follows their jumps, and notices when they stay away.
Knows nothing of other devices and of the song; times of arrival are given.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from .mtc import RATES, QuarterFrames, Rate, from_full_frame, to_number
from .pll import PhaseLockedLoop

STILL_AFTER = 16  # ticks that stay away: then time stands still
CLOCKS_A_QUARTER = 24
OTHER = 10.0  # tempos that are further apart than this over n^1.5, measured by n clocks, differ whatever the jitter
CLOCKS_A_SIXTEENTH = 6  # the unit of song position


@dataclass(frozen=True)
class Reading:
    """It was `time_s` at `at_s`: since 00:00:00:00 at `rate`, or since the song's start, of a clock, which has none."""

    time_s: float
    at_s: float
    moving: bool
    rate: Rate | None = None


class MtcReader:
    """Quarter frames and full frames."""

    WINDOW = 64  # quarter frames: two thirds of a second
    JUMP_S = 0.06  # less is jitter, or a correction so small that it is better made slowly

    def __init__(self) -> None:
        self.moving = False
        self.heard_s = -math.inf
        self._bad = 0
        self._pieces = QuarterFrames()
        self._pll: PhaseLockedLoop | None = None
        self._pll_is_for = (RATES[0], 0)
        self._last = Reading(0.0, 0.0, False, RATES[0])

    @property
    def bad(self) -> int:
        """How many messages meant no timecode."""
        return self._bad + self._pieces.bad

    def hear(self, message: Any, at_s: float) -> Reading | None:
        """What a mido `quarter_frame` or `sysex` that arrived at `at_s` tells, if anything yet."""
        if message.type == "sysex":
            return self._locate(message.data, at_s)
        self.heard_s = at_s
        count = self._pieces.hear(message.frame_type, message.frame_value)
        if count is None:
            return None
        rate, step = self._pieces.rate, self._pieces.step
        if self._pll is None or self._pll_is_for != (rate, step):
            self._pll = PhaseLockedLoop(step / _quarters_a_second(rate), self.WINDOW, self.JUMP_S)
            self._pll_is_for = (rate, step)
        self._pll.hear(count, at_s)
        self.moving = True
        return self._tell(self._pll.tick_at(at_s) / _quarters_a_second(rate), at_s, rate)

    def still(self, now_s: float) -> Reading | None:
        """That time stands still, if quarter frames stay away."""
        rate = self._last.rate or RATES[0]
        if not self.moving or now_s - self.heard_s <= STILL_AFTER / _quarters_a_second(rate):
            return None
        self.moving = False
        self._forget()
        return replace(self._last, moving=False)

    def _locate(self, data: Any, at_s: float) -> Reading | None:
        found = from_full_frame(data)
        if found is None:
            return None
        self.heard_s = at_s
        number = to_number(*found)
        if number is None:
            self._bad += 1
            return None
        self._forget()
        return self._tell(float(number / found[1].fps), at_s, found[1])

    def _forget(self) -> None:
        self._pll = None
        self._pieces.forget()

    def _tell(self, time_s: float, at_s: float, rate: Rate) -> Reading:
        self._last = Reading(time_s, at_s, self.moving, rate)
        return self._last


class ClockReader:
    """Clock, start, stop, continue and song position.

    A sequencer's clock says when a quarter note is, not what second of the song: while it runs, time runs as ours does
    from where it started, for so does the sound, whatever the tempo; the tempo says which second a song position is.
    So a song position is where it should be if the tempo has been the same since the start of the song.
    """

    WINDOW = 192  # clocks: eight quarter notes, as long as the start is still refined
    SETTLED = 24  # clocks that the tempo takes to be of use
    JUMP_S = 0.06  # less is jitter
    PAUSE_S = 0.25  # more than a clock takes at 15 quarter notes a minute

    def __init__(self) -> None:
        self.moving = False
        self.heard_s = -math.inf
        self.began_s = -math.inf  # when it was last told to start or continue
        self._pll = PhaseLockedLoop(60 / (120 * CLOCKS_A_QUARTER), self.WINDOW, self.JUMP_S)
        self._clock_s = self._pll.period_s  # how long a clock takes, as well as it is known,
        self._measured = self.SETTLED  # by so many
        self._count = 0
        self._armed = False  # the next clock is where time starts to run
        self._lost = False  # it ran, and stayed away without a stop
        self._clocks, self._more_s = 0, 0.0  # where it stands or started: song position, and what was played since
        self._start = 0  # the clock at which it started
        self._refining = False
        self._origin_s = 0.0  # when the song's start would have been

    @property
    def tempo(self) -> float | None:
        """Quarter notes a minute, once they are measured."""
        return 60 / (self._clock_s * CLOCKS_A_QUARTER) if self._pll.heard >= self.SETTLED else None

    def hear(self, message: Any, at_s: float) -> Reading | None:
        """What a mido `clock`, `start`, `continue`, `stop` or `songpos` that arrived at `at_s` tells, if anything."""
        match message.type:
            case "clock":
                return self._tick(at_s)
            case "start":
                self._clocks, self._more_s = 0, 0.0
                return self._arm(at_s)
            case "continue":
                return None if self.moving else self._arm(at_s)
            case "stop":
                self._armed = self._lost = False
                return self._halt(at_s) if self.moving else None
            case "songpos":
                self._clocks, self._more_s = message.pos * CLOCKS_A_SIXTEENTH, 0.0
                self._armed |= self.moving
                return Reading(self._place_s, at_s, self.moving)
        return None

    def still(self, now_s: float) -> Reading | None:
        """That time stands still, if the clock stays away. Should it come back without a start, time went on."""
        if not self.moving or now_s - self.heard_s <= max(STILL_AFTER * self._clock_s, self.PAUSE_S):
            return None
        self._lost = True
        return self._halt(self.heard_s)

    @property
    def _place_s(self) -> float:
        return self._clocks * self._clock_s + self._more_s

    def _arm(self, at_s: float) -> Reading:
        self.began_s = at_s
        self._armed, self._lost, self.moving = True, False, False
        return Reading(self._place_s, at_s, False)

    def _halt(self, at_s: float) -> Reading:
        self.moving = self._refining = False
        self._more_s = at_s - self._origin_s - self._clocks * self._clock_s
        return Reading(at_s - self._origin_s, at_s, False)

    def _tick(self, at_s: float) -> Reading | None:
        self._count += 1
        anew = self._follow(at_s)
        if self._armed:
            self._start, self._refining = self._count, True
        elif anew:
            self._refining = False  # another tempo says nothing of where it started
        self.moving = self.moving or self._armed or self._lost
        self._armed = self._lost = False
        if not self.moving:
            return None
        if self._refining:
            self._origin_s = self._pll.time_of(self._start) - self._place_s
            self._refining = self._count - self._start < self.WINDOW
        return Reading(at_s - self._origin_s, at_s, True)

    def _follow(self, at_s: float) -> bool:
        """Whether the loop begins anew: where time starts to run, after a pause, or at quite another tempo."""
        paused, self.heard_s = at_s - self.heard_s > self.PAUSE_S, at_s
        if paused:
            self._pll.begin(self._count, at_s)
        elif self._armed:  # many a sequencer does not start in step with what it sent while it stood
            self._pll.shift(self._count, at_s)
        elif not self._pll.hear(self._count, at_s):
            self._measure()
            return False
        return True

    def _measure(self) -> None:
        """Keep the tempo of before a pause until there is a better one, unless it is clearly another."""
        heard, period_s = self._pll.heard, self._pll.period_s
        other = abs(period_s / self._clock_s - 1) > OTHER / heard**1.5
        if heard >= self._measured or (heard >= self.SETTLED and other):
            self._clock_s, self._measured = period_s, min(heard, self.WINDOW)


def _quarters_a_second(rate: Rate) -> float:
    return float(4 * rate.fps)
