"""Where the song is. The position is derived from an anchor, so nothing ticks and nothing drifts.

Pure: every function is given the clock's reading and gives a new `Transport`.
"""

from dataclasses import dataclass, replace
from typing import Literal

State = Literal["idle", "playing", "paused", "stopped", "ended"]

JUMP_S = 0.1  # a chased time that is further off is a real jump: over two frames at 24, more than any jitter
SLEW = 0.2  # the share of a smaller difference that each chased time takes back
END_S = 1e-6  # nearer to the end than this is the end


@dataclass(frozen=True)
class Transport:
    """At `anchor_s` on the clock the song was at `position_s`. `loop` is (start, end) in the song, seconds."""

    state: State = "idle"
    position_s: float = 0.0
    anchor_s: float = 0.0
    duration_s: float = 0.0
    loop: tuple[float, float] | None = None

    @property
    def playing(self) -> bool:
        return self.state == "playing"

    def position(self, now_s: float) -> float:
        """Seconds into the song at `now_s`, within 0 and its duration."""
        if not self.playing:
            return self.position_s
        reached = self.position_s + now_s - self.anchor_s
        if self.loop and self.position_s <= self.loop[1] <= reached:
            start, end = self.loop
            reached = start + (reached - end) % (end - start)
        return min(max(reached, 0.0), self.duration_s)

    def ended(self, now_s: float) -> bool:
        return self.playing and self.position(now_s) >= self.duration_s - END_S

    def play(self, now_s: float) -> "Transport":
        """From here on; from the start where the song has ended."""
        here = self.position(now_s)
        if here >= self.duration_s - END_S:
            here = 0.0
        return self._at(here, now_s, "playing")

    def pause(self, now_s: float) -> "Transport":
        return self._at(self.position(now_s), now_s, "paused")

    def stop(self, now_s: float) -> "Transport":
        return self._at(0.0, now_s, "stopped")

    def finish(self, now_s: float) -> "Transport":
        """At the end, where the last picture stays."""
        return self._at(self.duration_s, now_s, "ended")

    def seek(self, time_s: float, now_s: float) -> "Transport":
        """At `time_s`, or the nearest end of the song; paused stays paused."""
        state: State = "stopped" if self.state == "ended" else self.state
        return self._at(min(max(time_s, 0.0), self.duration_s), now_s, state)

    def looping(self, loop: tuple[float, float] | None, now_s: float) -> "Transport":
        return replace(self._at(self.position(now_s), now_s, self.state), loop=loop)

    def chase(self, time_s: float, clock_s: float, moving: bool, now_s: float) -> "Transport":
        """Where somebody else's time says: the song was at `time_s` at `clock_s`.

        While it moves, differences below JUMP_S are taken back little by little, since timecode jitters; larger ones
        are followed at once. Times beyond the song hold at its ends.
        """
        if not moving:
            return self._held(time_s, now_s)
        wanted = time_s + now_s - clock_s
        if not 0 <= wanted < self.duration_s:
            return self._held(wanted, now_s)
        off = wanted - self.position(now_s)
        if not self.playing or abs(off) > JUMP_S:
            return self._at(wanted, now_s, "playing")
        return self._at(self.position(now_s) + SLEW * off, now_s, "playing")

    def _held(self, time_s: float, now_s: float) -> "Transport":
        """Paused there, also at the end of a loop, which a song that plays would go on from."""
        return replace(self.seek(time_s, now_s), state="paused")

    def _at(self, position_s: float, now_s: float, state: State) -> "Transport":
        return replace(self, state=state, position_s=position_s, anchor_s=now_s)


def loaded(duration_s: float, now_s: float, repeats: bool = False) -> Transport:
    """A song that waits at its start; all of it is repeated if it `repeats`."""
    return Transport("stopped", 0.0, now_s, duration_s, (0.0, duration_s) if repeats else None)
