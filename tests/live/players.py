"""An engine under a clock turned by hand, with a studio that paints flat colours at once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from deepsing_bridge.core.types import SentimentTrack, Storyboard
from deepsing_bridge.live.analysis import Analyzed
from deepsing_bridge.live.clock import ManualClock
from deepsing_bridge.live.engine import Engine
from deepsing_bridge.live.hub import Hub, LiveFrame
from deepsing_bridge.live.idle import silence
from deepsing_bridge.live.interpolation import Keyframe
from deepsing_bridge.live.mailbox import Inbox, Outbox
from deepsing_bridge.live.messages import Command, Event, Load, Problem
from deepsing_bridge.live.renderer import Rendered, RenderRequest
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.story.plan import SongAnalysis, scene_at
from tests.builders import storyboard

SONG_S = 20.0


def heard(seconds: float = SONG_S, name: str = "song.wav") -> SongAnalysis:
    """Scenes of 5 s; valence rises from −1 to 1, arousal falls."""
    slope = np.linspace(-1, 1, int(seconds * 2), dtype=np.float32)
    cuts = [float(n) for n in range(0, int(seconds) + 1, 5)]
    return SongAnalysis(SentimentTrack(slope, -slope, 0.5), (1.0,) * len(slope), cuts, seconds, Path(name), name)


def board_of(song: SongAnalysis) -> Storyboard:
    made = storyboard(scenes=len(song.cuts) - 1, scene_s=5.0)
    ends = zip(made.scenes, song.cuts, song.cuts[1:], strict=False)
    scenes = tuple(replace(scene, start_s=start, end_s=end) for scene, start, end in ends)
    return replace(
        made,
        scenes=scenes,
        song_path=song.path,
        song_digest=song.digest,
        duration_s=song.duration_s,
        sentiment=song.sentiment,
    )


@dataclass
class FlatStudio:
    """Paints at once: red is the time, green the blend, blue the noise. `busy` keeps it from finishing."""

    took_s: float = 0.05
    busy: bool = False
    wishes: list[RenderRequest] = field(default_factory=list)
    trouble: list[Problem] = field(default_factory=list)
    boards: dict[int, Storyboard] = field(default_factory=dict)

    def want(self, wanted: RenderRequest) -> None:
        if not self.wishes or self.wishes[-1] != wanted:
            self.wishes.append(wanted)
            self.fresh = wanted

    fresh: RenderRequest | None = None

    def finished(self) -> list[Rendered | Problem]:
        done, self.trouble = list[Rendered | Problem](self.trouble), []
        if not self.busy and self.fresh is not None:
            done.append(Rendered(self.fresh, self.paint(self.fresh), self.took_s))
            self.fresh = None
        return done

    def paint(self, wanted: RenderRequest) -> Keyframe:
        board = self.boards.setdefault(id(wanted.heard), board_of(wanted.heard))
        look = wanted.look
        plain = np.zeros((64, 64, 3), np.uint8)
        plain[..., 0], plain[..., 2] = round(wanted.time_s * 10), round(look.noise * 250)
        painted = plain.copy()
        painted[..., 1] = round(look.blend * 250)
        return Keyframe(plain, painted, look, board, scene_at(board, wanted.time_s), wanted.time_s)


@dataclass
class InstantAnalyst:
    """Has listened to a song when a test says so."""

    ready: list[Analyzed] = field(default_factory=list)
    asked: list[Load] = field(default_factory=list)
    busy: bool = False

    def listen_to(self, song: Load) -> None:
        self.asked.append(song)
        self.busy = True

    def finished(self) -> list[Analyzed]:
        done, self.ready = self.ready, []
        return done


class Player:
    """Runs an engine step by step."""

    def __init__(self, repeats: bool = False, **changed: object) -> None:
        self.clock = ManualClock(50.0)
        self.hub = Hub(vocabulary(), self.clock, Inbox())
        self.studio, self.analyst = FlatStudio(), InstantAnalyst()
        self.engine = Engine(
            self.hub,
            self.studio,
            self.analyst,
            silence(),
            {"size": "64x64", **changed},  # type: ignore[dict-item]
            repeats,
        )
        self.events: Outbox[Event] = self.hub.subscribe(10_000)
        self._number = 0

    def say(self, *commands: Command) -> None:
        for command in commands:
            assert self.hub.inbox.put(command)
        self.engine.step(self.hub.inbox.take(0))

    def put_on(self, song: SongAnalysis | None = None) -> None:
        """What was asked for last is there; it is asked for now if the analyst has nothing to do."""
        song = song or heard()
        if not self.analyst.busy:
            self.say(Load(song.path))
        self.listened(song)
        self.engine.step([])

    def listened(self, song: SongAnalysis | None) -> None:
        """The engine will find at its next step that what was asked for last is there, or (None) cannot be had."""
        self.analyst.ready.append(Analyzed(self.analyst.asked[-1], song))
        self.analyst.busy = False

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

    def heard(self, kind: type, keep: Callable[[Event], bool] = lambda event: True) -> list[Event]:
        """Events of one kind since the last call; the others are let go."""
        return [event for event in self.events.take(0) if isinstance(event, kind) and keep(event)]
