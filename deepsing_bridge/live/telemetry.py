"""Tells what is going on: snapshots for those who ask, events for those who subscribe. Part of the engine.

Goes by the song's time and its plan; needs no picture.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..story.storyboard import Storyboard
from .events import (
    ArousalAt,
    CuesAt,
    Event,
    HeldAt,
    LoopAt,
    PendingAt,
    SceneStarted,
    SongLoaded,
    Status,
    TimeAt,
    TransportAt,
    ValenceAt,
)
from .hub import Hub, Snapshot
from .music_telemetry import MusicTelemetry
from .pace import Pace
from .state import FrameCounts, State

MOMENTS_PER_S = Fraction(25)  # time, valence and arousal
STATUS_PER_S = Fraction(1)


class Telemetry:
    def __init__(self, hub: Hub, state: State) -> None:
        self._hub = hub
        self._music = MusicTelemetry(hub, state)
        self._moments = Pace(MOMENTS_PER_S, hub.clock.now())
        self._statuses = Pace(STATUS_PER_S, hub.clock.now(), last=0)  # the first second has to be over
        self._song: SongLoaded | None = None
        self._scene: SceneStarted | None = None
        self._found: tuple[Storyboard, int] | None = None  # where `_scene` was read
        self._fps, self._shown = 0.0, 0
        self._state: str = state.transport.state  # as it was told last
        self._told: dict[str, Event] = {event.message: event for event in (LoopAt(), CuesAt(), HeldAt())}  # likewise
        self._cues, self._held = CuesAt(), HeldAt()
        self._pending: tuple[str, ...] = ()

    def next_s(self) -> float:
        return min(self._moments.next_s(), self._statuses.next_s(), self._music.next_s())

    def song(self, state: State, board: Storyboard) -> None:
        """Another song is on, of which `board` is the first plan."""
        analysis = state.analysis
        self._song = SongLoaded(state.title, analysis.duration_s, len(board.scenes), state.curve)
        self._scene = self._found = None
        self._hub.post(self._song)

    def hold(self, held: HeldAt) -> None:
        """Other classes are held, or none."""
        self._held = held

    def cues(self, names: Iterable[str]) -> None:
        """Other cues are there."""
        self._cues = CuesAt(", ".join(names))

    def pend(self, what: Sequence[str], left_s: float) -> None:
        """This waits for a beat or a bar."""
        if tuple(what) != self._pending:
            self._pending = tuple(what)
            self._hub.post(PendingAt(", ".join(what), max(left_s, 0.0) if what else 0.0))

    def step(self, state: State, counts: FrameCounts, now: float) -> None:
        changed = self._find_scene(state.board, state.transport.position(now)) if state.board else None
        if self._statuses.due(now):
            self._fps, self._shown = (counts.shown - self._shown) / self._seconds(now), counts.shown
        self._music.step(state, now)
        self.snap(state, counts, now)
        if changed:
            self._hub.post(changed)
        self._tell_changes()
        if self._moments.due(now):
            self._moments = self._moments.served(now)
            seen = self._hub.snapshot
            for event in (TimeAt(seen.time_s), ValenceAt(seen.valence), ArousalAt(seen.arousal)):
                self._hub.post(event)
        if self._statuses.due(now):
            self._statuses = self._statuses.served(now)
            self._hub.post(self._hub.snapshot.status)

    def _tell_changes(self) -> None:
        """Of the loop, cues, held classes, and the transport; status too, which has its state, is told at once then."""
        seen = self._hub.snapshot
        for event in (seen.loop, seen.cues, seen.held):
            if event != self._told.get(event.message):
                self._told[event.message] = event
                self._hub.post(event)
        if seen.status.state != self._state:
            self._state = seen.status.state
            self._hub.post(TransportAt(seen.status.state, seen.time_s))
            self._hub.post(seen.status)

    def snap(self, state: State, counts: FrameCounts, now: float) -> None:
        """Replace what can be asked for."""
        felt = state.sentiment(now)
        self._hub.snapshot = Snapshot(
            values=state.controls.targets,
            time_s=state.transport.position(now),
            valence=felt.valence,
            arousal=felt.arousal,
            status=self._status(state, counts),
            loop=LoopAt(True, *state.transport.loop) if state.transport.loop else LoopAt(),
            song=self._song,
            scene=self._scene,
            own_view=state.own_view,
            cues=self._cues,
            held=self._held,
            section=self._music.section,
            levels=self._music.levels,
        )

    def _status(self, state: State, counts: FrameCounts) -> Status:
        title = self._song.title if self._song else ""
        hub = self._hub
        dropped, losses = (counts.dropped, hub.inbox.dropped), hub.losses
        return Status(title, state.transport.state, self._fps, *dropped, losses.lost, losses.failing)

    def _seconds(self, now: float) -> float:
        """Since the last status: one, if nothing held the engine up."""
        return float((self._statuses.slot(now) - self._statuses.last) / self._statuses.rate)

    def _find_scene(self, board: Storyboard, time_s: float) -> SceneStarted | None:
        """The scene that is on, if anything that is told of it differs from what was told last."""
        found = board, board.scene_at(time_s)
        if found == self._found:
            return None
        self._found, last = found, self._scene
        self._scene = _to_event(*found)
        return None if self._scene == last else self._scene


def _to_event(board: Storyboard, index: int) -> SceneStarted:
    scene = board.scenes[index]
    return SceneStarted(
        index=index,
        class_id=scene.class_id,
        label=scene.label,
        probability=scene.probabilities[scene.class_id],
        mood=scene.mood,
        valence=scene.sentiment.valence,
        arousal=scene.sentiment.arousal,
        start_s=scene.start_s,
        end_s=scene.end_s,
        style=scene.style,
    )
