"""Writes down what happens: songs, scenes, parameters, problems, as log lines. Has a thread of its own."""

import logging
from collections.abc import Mapping
from threading import Event as Flag
from threading import Thread

from ..core.log import log_mistake
from ..live.events import (
    ArousalAt,
    Beat,
    CueFired,
    CuesAt,
    CueSaved,
    Echo,
    Event,
    HeldAt,
    LevelsAt,
    LinkAt,
    LoopAt,
    Onset,
    PendingAt,
    Problem,
    Progressed,
    SceneStarted,
    SectionStarted,
    SongLoaded,
    Status,
    Tapped,
    TimeAt,
    TransportAt,
    ValenceAt,
    WorldAt,
    to_message,
)
from ..live.hub import Hub

log = logging.getLogger("deepsing_bridge")
PATIENCE_S = 0.1
DROPS_EVERY_S = 10.0
TOO_MANY = (TimeAt, ValenceAt, ArousalAt, WorldAt, LevelsAt, Onset, Beat, SectionStarted, Progressed)


def line(event: Event) -> str:
    """`event` as one line for a person."""
    match event:
        case SceneStarted():
            return (
                f"{_clock(event.start_s)}  {event.label:<14} {event.feeling:<8} "
                f"valence {event.valence:+.1f}  arousal {event.arousal:+.1f}"
            )
        case SongLoaded(title, 0.0):
            return f"{title}: live sound"
        case SongLoaded():
            return f"{event.title}: {_clock(event.duration_s)}, {event.scenes} scenes"
        case Echo(name, value):
            return f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}"
        case Problem():
            return event.text
        case TransportAt():
            return f"{event.state} at {_clock(event.time_s)}"
        case HeldAt():
            return f"scenes of {event.classes}" if event.classes else "scenes of all classes"
        case CueFired():
            return f"cue {event.name}" + (f", in {event.fade_s:g} s" if event.fade_s else "")
        case CueSaved():
            return f"cue {event.name} is saved"
        case CuesAt():
            return f"cues: {event.names or 'none'}"
        case PendingAt():
            return f"in {event.wait_s:.1f} s: {event.what}" if event.what else "nothing waits"
        case Tapped():
            return f"tap {event.taps}" + (f", {event.tempo:.1f} a minute" if event.tempo else "")
        case LinkAt():
            others = "alone" if not event.peers else f"with {event.peers} other{'s'[: event.peers > 1]}"
            return f"Link: {others}, {event.tempo:.1f} a minute, {'playing' if event.playing else 'stopped'}"
        case LoopAt():
            return f"loop from {_clock(event.start_s)} to {_clock(event.end_s)}" if event.on else "no loop"
    return str(event)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class EventLog:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._stopping = Flag()
        self._thread = Thread(target=self._run, name="event log", daemon=True)
        self._dropped, self._told_drops_s = 0, hub.clock.now()
        self._state = "idle"

    def start(self) -> None:
        self._events = self._hub.subscribe()
        self._thread.start()

    def stop(self) -> None:
        if not self._stopping.is_set():
            self._stopping.set()
            self._thread.join()
            self._hub.unsubscribe(self._events)

    def describe(self) -> str:
        return "log: this terminal"

    def _run(self) -> None:
        while not self._stopping.is_set():
            for event in self._events.take(PATIENCE_S):
                self._write(event)

    def _write(self, event: Event) -> None:
        if isinstance(event, TOO_MANY):
            return
        name, fields = to_message(event)
        extra = {"event": name, "fields": fields}
        if isinstance(event, Status):
            self._tell_end(event, extra)
            self._tell_drops(event, extra)
        elif isinstance(event, Problem) and event.sender is not None:
            log_mistake("engine", f"{event.sender}: {event.text}")
        elif isinstance(event, Problem):
            log.warning(line(event), extra=extra)
        elif isinstance(event, Echo | TransportAt | LoopAt | PendingAt | Tapped):
            log.debug(line(event), extra=extra)
        else:
            log.info(line(event), extra=extra)

    def _tell_end(self, status: Status, extra: Mapping[str, object]) -> None:
        """Once: from then on nothing moves, which looks like a bridge that hangs."""
        if status.state == "ended" != self._state:
            log.info("%s has ended; /deepsing/play, or Space in the viewer, plays it again", status.song, extra=extra)
        self._state = status.state

    def _tell_drops(self, status: Status, extra: Mapping[str, object]) -> None:
        """At most every DROPS_EVERY_S, and only when frames were dropped since the last time."""
        now_s = self._hub.clock.now()
        if status.dropped_frames > self._dropped and now_s >= self._told_drops_s + DROPS_EVERY_S:
            log.info("%d frames dropped: the machine was too busy", status.dropped_frames - self._dropped, extra=extra)
            self._dropped, self._told_drops_s = status.dropped_frames, now_s
