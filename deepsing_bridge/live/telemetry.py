"""Tells what is going on: snapshots for those who ask, events for those who listen. Part of the engine."""

from fractions import Fraction

from ..core.types import Storyboard
from ..story.plan import scene_at
from .hub import Hub, Snapshot
from .messages import ArousalAt, SceneStarted, SongLoaded, Status, TimeAt, ValenceAt
from .pace import Pace
from .scheduler import FrameScheduler
from .state import State

MOMENTS_PER_S = Fraction(25)  # time, valence and arousal
STATUS_PER_S = Fraction(1)


class Telemetry:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._moments = Pace(MOMENTS_PER_S, hub.clock.now())
        self._statuses = Pace(STATUS_PER_S, hub.clock.now(), last=0)  # the first second has to be over
        self._song: SongLoaded | None = None
        self._scene: SceneStarted | None = None
        self._fps = 0.0

    def next_s(self) -> float:
        return min(self._moments.next_s(), self._statuses.next_s())

    def song(self, state: State) -> None:
        """Another song is on."""
        heard = state.heard
        self._song = SongLoaded(heard.path.name, heard.duration_s, len(heard.cuts) - 1, state.curve)
        self._scene = None
        self._hub.post(self._song)

    def step(self, state: State, screen: FrameScheduler, now: float) -> None:
        board = screen.board(state)
        changed = self._find_scene(board, state.transport.position(now)) if board else None
        if self._statuses.due(now):
            self._fps, screen.shown = screen.shown / self._seconds(now), 0
        self.snap(state, screen, now)
        if changed:
            self._hub.post(changed)
        if self._moments.due(now):
            self._moments = self._moments.served(now)
            seen = self._hub.snapshot
            for event in (TimeAt(seen.time_s), ValenceAt(seen.valence), ArousalAt(seen.arousal)):
                self._hub.post(event)
        if self._statuses.due(now):
            self._statuses = self._statuses.served(now)
            self._hub.post(self._hub.snapshot.status)

    def snap(self, state: State, screen: FrameScheduler, now: float) -> None:
        """Replace what can be asked for."""
        felt = state.sentiment(now)
        self._hub.snapshot = Snapshot(
            values=state.controls.targets,
            time_s=state.transport.position(now),
            valence=felt.valence,
            arousal=felt.arousal,
            status=self._status(state, screen),
            song=self._song,
            scene=self._scene,
        )

    def _status(self, state: State, screen: FrameScheduler) -> Status:
        title = self._song.title if self._song else ""
        return Status(title, state.transport.state, self._fps, screen.dropped, self._hub.inbox.dropped)

    def _seconds(self, now: float) -> float:
        """Since the last status: one, if nothing held the engine up."""
        return float((self._statuses.slot(now) - self._statuses.last) / self._statuses.rate)

    def _find_scene(self, board: Storyboard, time_s: float) -> SceneStarted | None:
        """The scene that is on, if it is not the one that was told last."""
        index = scene_at(board, time_s)
        scene, last = board.scenes[index], self._scene
        if last and (last.index, last.class_id) == (index, scene.class_id):
            return None
        self._scene = SceneStarted(
            index=index,
            class_id=scene.class_id,
            label=scene.label,
            probability=scene.probabilities[scene.class_id],
            mood=scene.mood,
            valence=scene.sentiment.valence,
            arousal=scene.sentiment.arousal,
            start_s=scene.start_s,
            end_s=scene.end_s,
        )
        return self._scene
