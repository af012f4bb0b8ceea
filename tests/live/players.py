"""An engine under a clock turned by hand, with a planner and a renderer that answer at once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.generators.protocol import MovingGenerator
from deepsing_bridge.live.analysis import Analyzed
from deepsing_bridge.live.clock import ManualClock
from deepsing_bridge.live.commands import Command, Load
from deepsing_bridge.live.controls import PlanParameters
from deepsing_bridge.live.engine import Engine
from deepsing_bridge.live.events import Event, Problem
from deepsing_bridge.live.hub import Hub, LiveFrame
from deepsing_bridge.live.idle import silence
from deepsing_bridge.live.input import NO_INPUT
from deepsing_bridge.live.interpolation import Keyframe
from deepsing_bridge.live.live_input import Ears, LiveInput
from deepsing_bridge.live.mailbox import Inbox, Outbox
from deepsing_bridge.live.picture_source import PictureSource
from deepsing_bridge.live.planner import Planned, PlanRequest, shifted
from deepsing_bridge.live.playlist import NO_PLAYLIST, Playlist
from deepsing_bridge.live.render_worker import Rendered, RenderRequest
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.render.camera import FIXED, Camera
from deepsing_bridge.story.analysis import SongAnalysis
from deepsing_bridge.story.cuts import cut_times
from deepsing_bridge.story.plan import Begun
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import LABELS, storyboard, with_settings

SONG_S = 20.0


def analysis(seconds: float = SONG_S, name: str = "song.wav") -> SongAnalysis:
    """A song whose valence rises from −1 to 1 and whose arousal falls; without beats, so that scenes last 5 s."""
    slope = np.linspace(-1, 1, int(seconds * 2), dtype=np.float32)
    return SongAnalysis(SentimentTrack(slope, -slope, 0.5), (1.0,) * len(slope), seconds, Path(name), name)


def scene_of(song: SongAnalysis, begun: Begun, parameters: PlanParameters) -> Storyboard:
    """The scene of live sound that has begun: its class is its number."""
    made = storyboard(scenes=1, scene_s=begun.length_s)
    felt = begun.felt[-1].shifted(parameters.valence_offset, parameters.arousal_offset)
    class_id = (begun.number + parameters.view) % len(LABELS)
    ends = {"start_s": begun.start_s, "end_s": begun.start_s + begun.length_s}
    scene = replace(made.scenes[0], class_id=class_id, label=LABELS[class_id], sentiment=felt, **ends)
    return replace(made, scenes=(scene,), song_path=song.path, song_digest=song.digest, levels=song.levels)


def board_of(song: SongAnalysis, parameters: PlanParameters) -> Storyboard:
    """The classes of another view follow each other in another order."""
    cuts = cut_times(song.structure, song.duration_s, Settings())
    made = storyboard(scenes=len(cuts) - 1, scene_s=5.0)
    ends = zip(made.scenes, cuts, cuts[1:], strict=False)
    song = shifted(song, parameters)
    scenes = tuple(
        replace(
            scene,
            start_s=start,
            end_s=end,
            class_id=parameters.held[0][0] if parameters.held else (scene.class_id + parameters.view) % len(LABELS),
            sentiment=song.sentiment.between(start, end),
            style=parameters.style,
        )
        for scene, start, end in ends
    )
    return replace(
        with_settings(made, noise=parameters.noise),
        scenes=scenes,
        song_path=song.path,
        song_digest=song.digest,
        duration_s=song.duration_s,
        sentiment=song.sentiment,
        levels=song.levels,
    )


@dataclass(frozen=True)
class Labels:
    name: str = "toy"
    classes: tuple[str, ...] = LABELS


@dataclass
class InstantPlanner:
    """Plans at once."""

    asked: list[PlanRequest] = field(default_factory=list)
    trouble: list[Problem] = field(default_factory=list)
    _fresh: PlanRequest | None = None

    def request(self, request: PlanRequest) -> None:
        self.asked.append(request)
        self._fresh = request

    def finished(self) -> list[Planned | Problem]:
        done, self.trouble = list[Planned | Problem](self.trouble), []
        if self._fresh is not None:
            song, parameters, begun = self._fresh.analysis, self._fresh.parameters, self._fresh.begun
            board = scene_of(song, begun, parameters) if begun else board_of(song, parameters)
            done.append(Planned(self._fresh, board))
            self._fresh = None
        return done


@dataclass
class FlatRenderer:
    """Paints at once: red is the time, green the blend, blue the noise. `busy` keeps it from finishing."""

    took_s: float = 0.05
    busy: bool = False
    asked: list[RenderRequest] = field(default_factory=list)
    trouble: list[Problem] = field(default_factory=list)
    fresh: RenderRequest | None = None

    def request(self, request: RenderRequest) -> None:
        if not self.asked or self.asked[-1] != request:
            self.asked.append(request)
            self.fresh = request

    def finished(self) -> list[Rendered | Problem]:
        done, self.trouble = list[Rendered | Problem](self.trouble), []
        if not self.busy and self.fresh is not None:
            done.append(Rendered(self.fresh, self.paint(self.fresh), self.took_s))
            self.fresh = None
        return done

    def paint(self, request: RenderRequest) -> Keyframe:
        board, look = request.board, request.look
        plain = np.zeros((look.height, look.width, 3), np.uint8)
        plain[..., 0], plain[..., 2] = round(request.time_s * 10) % 256, round(board.settings.noise * 250)
        painted = plain.copy()
        painted[..., 1] = round(look.blend * 250)
        return Keyframe(plain, painted, look, board, board.scene_at(request.time_s), request.time_s)


@dataclass
class InstantAnalyzer:
    """Has analysed a song when a test says so."""

    ready: list[Analyzed] = field(default_factory=list)
    asked: list[Load] = field(default_factory=list)
    busy: bool = False

    def request(self, song: Load) -> None:
        self.asked.append(song)
        self.busy = True

    def finished(self) -> list[Analyzed]:
        done, self.ready = self.ready, []
        return done


class Player:
    """Runs an engine step by step."""

    def __init__(
        self,
        repeats: bool = False,
        allow_flashing: bool = False,
        renderer: FlatRenderer | None = None,
        worlds: MovingGenerator | None = None,
        camera: Camera = FIXED,
        playlist: Playlist = NO_PLAYLIST,
        ears: Ears | None = None,
        **changed: object,
    ) -> None:
        self.clock = ManualClock(50.0)
        self.hub = Hub(vocabulary(), self.clock, Inbox())
        self.analyzer, self.planner, self.renderer = InstantAnalyzer(), InstantPlanner(), renderer or FlatRenderer()
        self.engine = Engine(
            self.hub,
            self.analyzer,
            self.planner,
            self.renderer,
            silence(),
            {"size": "64x64", "view": 0, **changed},  # type: ignore[dict-item]
            repeats,
            allow_flashing,
            PictureSource(camera, worlds, range(6), Labels()),
            playlist,
            LiveInput(self.hub, ears, "Mixxx", 5.0) if ears else NO_INPUT,
        )
        self.events: Outbox[Event] = self.hub.subscribe(10_000)
        self._number = 0

    def say(self, *commands: Command) -> None:
        for command in commands:
            assert self.hub.inbox.put(command)
        self.engine.step(self.hub.inbox.take(0))

    def put_on(self, song: SongAnalysis | None = None) -> None:
        """What was asked for last is there; it is asked for now if the analyzer has nothing to do."""
        song = song or analysis()
        if not self.analyzer.busy:
            self.say(Load(song.path))
        self.analyzed(song)
        self.engine.step([])

    def analyzed(self, song: SongAnalysis | None) -> None:
        """The engine will find at its next step that what was asked for last is there, or (None) cannot be had."""
        self.analyzer.ready.append(Analyzed(self.analyzer.asked[-1], song))
        self.analyzer.busy = False

    def run(self, seconds: float, step_s: float = 1 / 240) -> list[LiveFrame]:
        """Let time go by in small steps; gives the frames that were shown."""
        frames = []
        for _ in range(round(seconds / step_s)):
            self.clock.now_s += step_s
            self.engine.step(self.hub.inbox.take(0))
            self._number, frame = self.hub.frames.after(self._number, 0)
            if frame is not None:
                frames.append(frame)
        return frames

    def events_of(self, kind: type, keep: Callable[[Event], bool] = lambda event: True) -> list[Event]:
        """Events of one kind since the last call; the others are let go."""
        return [event for event in self.events.take(0) if isinstance(event, kind) and keep(event)]
