"""Live sound in place of songs. Part of the engine: it says what the engine's state is after what was heard.

Time is that of the sound, followed as time code is. A scene begins where the listener hears a cut; beats and onsets are
told when they are heard, onsets even while a frame is made. What moves a song's time is refused, or holds the picture.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from ..core.errors import BridgeError
from ..core.types import LevelTrack, Sentiment, SoundTrack
from ..listening.beats import HeardBeat
from ..listening.hearing import Cut
from ..listening.levels import HeardOnset
from ..listening.listener import Heard, Told
from .commands import Chase, Command, Load, Loop, NextSong, Pause, Play, PreviousSong, Seek, SetParam, Stop, Toggle
from .early_cuts import SHORTEST_SCENE_S
from .events import Beat, Onset, Problem
from .hub import Hub
from .live_set import NEUTRAL, analysis_of, felt_as, first_scene, next_scene
from .state import State
from .transport import Transport

FOLLOW_S = 0.1  # how often: sound comes in blocks, so each look at it is off by a few milliseconds
LOST = "live sound"  # what fails in `status` while the device is gone
GONE = "live sound: the device is gone; it is waited for, and until then it is quiet"
BACK = "live sound: the device is there"
REFUSED = "live sound: time runs with what is heard; pause and stop freeze the picture, play lets it go on"


class Ears(Protocol):
    """What the engine sees of a listener."""

    @property
    def levels(self) -> LevelTrack: ...
    @property
    def sound(self) -> SoundTrack: ...

    def heard(self) -> Heard: ...

    def begin_scene(self, time_s: float) -> None: ...


def telling(hub: Hub) -> Callable[[Sequence[Told]], None]:
    """What a listener calls, in its own thread: onsets go out at once, and do not wait while the engine is busy with a
    frame; for all else the engine is woken."""

    def tell(told: Sequence[Told]) -> None:
        for event in told:
            if isinstance(event, HeardOnset):
                hub.post(Onset(event.strength))
        hub.inbox.wake()

    return tell


class LiveInput:
    """Hears by `ears` what is called `name`; scenes are wanted for `period_s`."""

    def __init__(self, hub: Hub, ears: Ears, name: str, period_s: float) -> None:
        self._hub, self._ears, self._name, self._period_s = hub, ears, name, period_s
        self._felt = NEUTRAL
        self._there: bool | None = None  # whether the device was, when it was last told
        self._followed_s = -math.inf  # the clock, when time was
        self._chased = False  # time code was refused

    def begin(self, state: State, now_s: float) -> State:
        analysis = analysis_of(self._name, self._ears.levels, self._ears.sound)
        begun = state.with_song(analysis, Transport("playing", 0.0, now_s, math.inf))
        return replace(begun, name=self._name, begun=first_scene(self._period_s))

    def step(self, state: State, now_s: float) -> State:
        heard = self._ears.heard()
        self._tell_device(heard.connected)
        if heard.clock_s - self._followed_s >= FOLLOW_S:
            self._followed_s = heard.clock_s
            state = state.moved(state.transport.chase(heard.heard_s, heard.clock_s, True, now_s))
        for event in heard.events:
            state = self._after(event, state, now_s)
        return state

    def meant(self, command: Command, state: State) -> Command | None:
        match command:
            case Play():
                return SetParam("freeze", False, command.sender)
            case Pause() | Stop():
                return SetParam("freeze", True, command.sender)
            case Toggle():
                return SetParam("freeze", not state.controls.freeze, command.sender)
            case Chase() if self._chased:
                return None  # it comes a hundred times a second
            case Chase() | Seek() | Loop() | Load() | NextSong() | PreviousSong():
                self._chased = self._chased or isinstance(command, Chase)
                raise BridgeError(REFUSED)
        return command

    def next_scene(self, state: State, at_s: float) -> State:
        begun = state.begun
        if begun is None or at_s - begun.start_s < SHORTEST_SCENE_S:
            return state
        self._ears.begin_scene(at_s)
        return self._begin_scene(state, at_s)

    def _after(self, event: Told, state: State, now_s: float) -> State:
        here_s = state.transport.position(now_s)
        match event:
            case HeardBeat():
                if not state.session:  # whose beats are told in place of these
                    self._hub.post(Beat(event.number, event.bar, event.tempo))
                at_s = now_s + event.time_s - here_s
                return replace(state, beats=state.beats.heard(at_s, event.number, event.bar))
            case Sentiment():
                self._felt = event
                return replace(state, curve=felt_as(event))
            case Cut():
                return self._begin_scene(state, min(event.time_s, here_s))
        return state

    def _begin_scene(self, state: State, at_s: float) -> State:
        """A cut that was heard before one by hand is not made after it."""
        if state.begun is None or at_s <= state.begun.start_s:
            return state
        return replace(state, begun=next_scene(state.begun, at_s, self._felt))

    def _tell_device(self, there: bool) -> None:
        if there == self._there:
            return
        if self._there is not None:
            self._hub.post(Problem(GONE if not there else BACK))
        self._there = there
        self._hub.losses.report(LOST, 0, failing=not there)
