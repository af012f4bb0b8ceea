"""What is asked for waits for the next beat or bar, if it is to. Pure: the state and the clock's reading are given.

In a session with others its beats count; else a song's own, or of live sound those that are heard; where there are
none, those that somebody taps. Where none of these comes any more, or the song does not play, nothing waits.
"""

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..core.types import Structure
from .commands import Command, Hold, NextScene, RecallCue, SetParam
from .cues import cue_address
from .state import State
from .taps import BEATS_IN_BAR

T = TypeVar("T")
BEATS = {"beat": 1, "bar": BEATS_IN_BAR, "4bars": 4 * BEATS_IN_BAR}
BARS = {"bar": 1, "4bars": 4}
WAIT = ("view", "style")  # parameters that change all that is seen


@dataclass(frozen=True)
class Boundary:
    """Where the song will be, in seconds, or, by taps, when it is on the clock (`by_clock`).

    Of a session also the number of that `beat`, which stays when the tempo changes meanwhile.
    """

    at_s: float
    by_clock: bool = False
    beat: int | None = None


def kind_of(command: Command) -> str | None:
    """What is told to be pending while `command` waits; None for those that never do."""
    match command:
        case SetParam(name) if name in WAIT:
            return name
        case Hold():
            return "class"
        case NextScene():
            return "scene/next"
        case RecallCue(name):
            return cue_address(name)
    return None


def next_boundary(state: State, now_s: float) -> Boundary | None:
    """What is asked for at `now_s` waits for it; None: for nothing."""
    every = str(state.controls.targets["quantise"])
    if every not in BEATS:
        return None
    if state.session:
        at_s = state.session.next(now_s, BEATS[every])
        return Boundary(at_s, by_clock=True, beat=round(state.session.place(at_s)))
    times = boundaries(state.analysis.structure, every)
    if len(times):
        here, loop = state.transport.position(now_s), state.transport.loop
        index = int(np.searchsorted(times, here + 1e-6, "right"))
        comes = [float(time) for time in times[index : index + 1]] + ([loop[1]] if loop and here < loop[1] else [])
        return Boundary(min(comes)) if comes and state.transport.playing else None
    grid = state.beats.grid(now_s) or state.tapped(now_s)
    if grid is None:
        return None
    beats = BARS[every] * grid.in_bar if every in BARS else 1
    return Boundary(grid.next(now_s, beats), by_clock=True)


def boundaries(structure: Structure, every: str) -> NDArray[np.float64]:
    """Seconds of the song, ascending; bars of four beats where there are beats and no bars."""
    if every == "beat":
        return structure.beats
    return structure.bars[:: BARS[every]] if len(structure.bars) else structure.beats[:: BEATS[every]]


@dataclass(frozen=True)
class Waiting(Generic[T]):
    """`what` is said to be pending, until `until`; asked for when the song was at `asked_s`."""

    what: str
    command: T
    until: Boundary
    epoch: int
    asked_s: float

    def due(self, state: State, now_s: float) -> bool:
        if self.until.by_clock:
            return self.left_s(state, now_s) <= 0
        return not state.transport.playing or self.jumped(state, now_s) or self.left_s(state, now_s) <= 0

    def jumped(self, state: State, now_s: float) -> bool:
        """The song went to another place meanwhile, or came round: what was waited for may never come."""
        return state.epoch != self.epoch or state.transport.position(now_s) < self.asked_s

    def left_s(self, state: State, now_s: float) -> float:
        if state.session and self.until.beat is not None:
            return state.session.time_of(self.until.beat) - now_s
        return self.until.at_s - (now_s if self.until.by_clock else state.transport.position(now_s))


class Quantiser(Generic[T]):
    """What waits; of several of a kind only the newest."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting[T]] = {}

    def wait(self, what: str, command: T, until: Boundary, state: State, now_s: float) -> None:
        self._waiting.pop(what, None)
        self._waiting[what] = Waiting(what, command, until, state.epoch, state.transport.position(now_s))

    def due(self, state: State, now_s: float) -> list[T]:
        """What waits no longer, in the order in which it was asked for."""
        ready = [waiting for waiting in self._waiting.values() if waiting.due(state, now_s)]
        for waiting in ready:
            del self._waiting[waiting.what]
        return [waiting.command for waiting in ready]

    @property
    def pending(self) -> tuple[str, ...]:
        return tuple(self._waiting)

    def left_s(self, state: State, now_s: float) -> float:
        """How long until something is due."""
        return min((waiting.left_s(state, now_s) for waiting in self._waiting.values()), default=math.inf)
