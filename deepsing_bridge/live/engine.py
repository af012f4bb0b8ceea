"""Plays a song's story in time. Owns the parameters and the position; runs on the engine thread.

Commands come from the hub's inbox; events, snapshots and frames go back to the hub. Time is read from the hub's
clock alone, so tests turn it by hand. Knows nothing of sockets, files or models: it says to an `Analyzer` which song
it wants analysed, to a `Planner` which story, and to a `Renderer` which picture.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event

from ..core.errors import BridgeError
from ..core.fields import Value
from ..story.analysis import SongAnalysis
from ..story.settings import own_view
from ..story.storyboard import Storyboard
from .analysis import Analyzer
from .commands import (
    Command,
    FadeParam,
    FollowBeats,
    Hold,
    Load,
    Loop,
    NextScene,
    NextSong,
    Pause,
    Play,
    PreviousSong,
    RecallCue,
    SaveCue,
    Seek,
    Sender,
    SetCues,
    SetParam,
    Tap,
    Toggle,
)
from .controls import Controls
from .cue_book import CueBook
from .cues import Weights
from .events import Echo, Problem, Tapped
from .fades import Fade, Fades
from .holding import held_at, shares_of
from .hub import Hub
from .input import NO_INPUT, Input
from .picture_source import NO_SOURCE, PictureSource
from .planner import Planner, PlanRequest
from .playlist import NO_PLAYLIST, Playlist
from .quantiser import Quantiser, kind_of, next_boundary
from .render_worker import Renderer
from .scheduler import FrameScheduler
from .song_queue import Arrived, SongQueue
from .state import NO_SONG, State, told_curve
from .telemetry import Telemetry
from .transport import Transport, loaded
from .transport_commands import obeyed

BATCH_S = 0.001  # commands that come closer together than this are obeyed together


class Engine:
    """`step` does all that is due; `run` goes on doing so until it is told to stop."""

    def __init__(
        self,
        hub: Hub,
        analyzer: Analyzer,
        planner: Planner,
        renderer: Renderer,
        idle: SongAnalysis,
        changed: Mapping[str, Value] | None = None,
        repeats: bool = False,
        allow_flashing: bool = False,
        source: PictureSource = NO_SOURCE,
        playlist: Playlist = NO_PLAYLIST,
        live: Input = NO_INPUT,
    ) -> None:
        """`idle` is what is shown without a song; `changed` are parameters that begin at other than their defaults.

        `repeats`: each song that is put on is played again and again, until somebody ends the loop. `allow_flashing`:
        frames go out as they are painted (`render.flashes`). Songs of the `playlist` follow each other; with `live`
        sound there are none.
        """
        self._hub, self._planner, self._live = hub, planner, live
        controls = Controls.defaults(hub.vocabulary, changed or {})
        transport = Transport(duration_s=idle.duration_s, anchor_s=hub.clock.now())
        self.state = State(
            controls, transport, idle, told_curve(idle.sentiment), own_view="view" not in (changed or {})
        )
        self.scheduler = FrameScheduler(hub, renderer, controls.fps, allow_flashing, source.camera, source.worlds)
        self._telemetry = Telemetry(hub, self.state)
        self._default_views, self._generator = source.default_views, source.generator
        self._fades = Fades()
        self._cues = CueBook(hub, self._telemetry)
        self._quantiser: Quantiser[Command | Arrived] = Quantiser()
        self._songs = SongQueue(analyzer, playlist)
        self._repeats = repeats  # whether all of the next song is to be repeated
        self._asked: PlanRequest | None = None  # the newest plan that was asked for
        self.state = live.begin(self.state, hub.clock.now())
        self._see_in_own_view(hub.clock.now())
        self._telemetry.snap(self.state, self.scheduler.counts, hub.clock.now())

    def run(self, stopping: Event) -> None:
        """Until `stopping` is set. Waits for commands and for what is due next."""
        commands: list[Command] = []
        while not stopping.is_set():
            pause = self.step(commands)
            commands = self._hub.inbox.take(pause)
            if commands:
                stopping.wait(min(BATCH_S, pause))
                commands += self._hub.inbox.take(0)

    def step(self, commands: list[Command]) -> float:
        """Obey `commands` and do all that is due now; gives the seconds until something is due again."""
        now = self._hub.clock.now()
        self.state = self._live.step(self.state, now)
        for command in commands:
            self._receive(command, now)
        for name, value in self._fades.due(now).items():
            self._set(name, value, now)
        if self.state.transport.ended(now):
            self.state = self.state.moved(self.state.transport.finish(now))
            self._play_on(self._songs.following_again())
        if arrived := self._songs.arrived():
            self._arrive(arrived, now)
        for due in self._quantiser.due(self.state, now):
            if isinstance(due, Arrived):
                self._put_on(replace(due, plays=self.state.transport.state in ("playing", "ended")), now)
            else:
                self._obey(due, now)
        self._telemetry.pend(self._quantiser.pending, self._quantiser.left_s(self.state, now))
        self._plan()
        self.state = self.state.at_speed(now)
        self.scheduler.step(self.state, now)
        self._telemetry.step(self.state, self.scheduler.counts, now)
        next_s = min(self.scheduler.pace.next_s(), self._telemetry.next_s(), self._fades.next_s())
        next_s = min(next_s, now + self._quantiser.left_s(self.state, now))
        return max(next_s - self._hub.clock.now(), 0.0)

    def _plan(self) -> None:
        """Ask for another plan where a parameter that matters has turned, and take what was planned."""
        wanted = PlanRequest(self.state.analysis, self.state.plan_parameters, self.state.begun)
        if wanted != self._asked:
            self._asked = wanted
            self._planner.request(wanted)
        for done in self._planner.finished():
            if isinstance(done, Problem):
                self._hub.post(done)
            elif done.request.analysis is self.state.analysis:
                self._take_plan(done.board)

    def _take_plan(self, board: Storyboard) -> None:
        first, self.state = self.state.board is None, self.state.planned(board)
        if first and self.state.song:
            self._telemetry.song(self.state, board)

    def _receive(self, command: Command, now: float) -> None:
        """Now or, if it is one that waits for a beat or a bar, then; a cut in a song can be said ahead."""
        what = kind_of(command)
        until = next_boundary(self.state, now) if what else None
        if what is None or until is None:
            self._obey(command, now)
        elif isinstance(command, NextScene) and not until.by_clock:
            self._obey(replace(command, at_s=until.at_s), now)
        else:
            self._quantiser.wait(what, command, until, self.state, now)

    def _obey(self, command: Command, now: float) -> None:
        """What cannot be done is told to whoever asked for it."""
        try:
            if meant := self._live.meant(command, self.state):
                self._do(meant, now)
        except BridgeError as error:
            self._hub.post(Problem(str(error), command.sender))

    def _do(self, command: Command, now: float) -> None:
        match command:
            case SetParam(name, value, sender):
                self.state = replace(self.state, own_view=self.state.own_view and name != "view")
                self._fades.stop(name)
                self._set(name, value, now, sender)
            case FadeParam(name, value, fade_s) if fade_s == 0:
                self._fades.stop(name)
                self._set(name, value, now, at_once=True)
            case FadeParam(name, value, fade_s):
                self._fades.begin(name, Fade(float(self.state.controls.value(name, now)), value, now, fade_s))
            case RecallCue():
                for part in self._cues.recall(command):
                    self._obey(part, now)
            case SaveCue(name):
                self._cues.save(name, self.state.controls.targets, self._hub.snapshot.held.weights)
            case SetCues(cues):
                self._cues.replace(cues)
            case Hold(weights):
                self._hold(weights)
            case NextScene(at_s):
                here_s = self.state.transport.position(now) if at_s is None else at_s
                self.state = self._live.next_scene(self.state, here_s)
            case Tap():
                self.state = replace(self.state, taps=self.state.taps.heard(now))
                self._hub.post(Tapped(self.state.taps.count, self.state.taps.tempo))
            case FollowBeats(grid):
                self.state = replace(self.state, session=grid)
            case Load():
                self._songs.ask(command, self.state.transport.playing)
            case NextSong() | PreviousSong():
                self._songs.step(command, self.state.transport.playing)
            case Toggle():
                plays = self.state.transport.playing if self.state.song else self._songs.rolls
                self._do(Pause(command.sender) if plays else Play(command.sender), now)
            case _:
                self._songs.heed(command)
                self._go(command, now)

    def _go(self, command: Command, now: float) -> None:
        """The first song can be told to play while it is on its way, but there is no place in it to go to yet."""
        if self.state.song:
            moved, jumped = obeyed(self.state.transport, command, now)
            self.state = self.state.moved(moved, jumped)
            if isinstance(command, Loop) and (command.whole or not command.on):
                self._repeats = command.on
        elif self._songs.wanted is None and isinstance(command, Play | Seek | Loop):
            raise BridgeError(NO_SONG)
        elif isinstance(command, Seek | Loop):
            raise BridgeError("the song is still being analysed: wait until it is there")

    def _set(self, name: str, value: Value, now: float, sender: Sender = None, at_once: bool = False) -> None:
        if value == self.state.controls.targets[name]:  # two bridges that tell each other would never rest
            return
        self.state = replace(self.state, controls=self.state.controls.set(name, value, now, at_once))
        if name == "fps":
            self.scheduler.set_rate(self.state.controls.fps, now)
        if name == "freeze":
            self.scheduler.hold(bool(value), self.state, now)
        self._telemetry.snap(self.state, self.scheduler.counts, now)
        self._hub.post(Echo(name, value, sender))

    def _hold(self, weights: Weights) -> None:
        if self._generator is None:
            return
        shares = shares_of(weights, self._generator)
        if shares != self.state.held:
            self.state = replace(self.state, held=shares)
            self._telemetry.hold(held_at(shares, self._generator))

    def _play_on(self, following: Path | None) -> None:
        """The song has ended: the next one of the playlist follows, if there is one."""
        if following and self._songs.wanted is None:
            self._songs.ask(Load(following), plays=True)

    def _arrive(self, arrived: Arrived, now: float) -> None:
        """The song that was waited for is there, or cannot be had: then all stays as it was."""
        until = next_boundary(self.state, now)
        if arrived.analysis is None:
            if self.state.transport.state == "ended":
                self._play_on(self._songs.following())
        elif until is None or not self.state.transport.playing:
            self._put_on(arrived, now)
        else:
            self._quantiser.wait("song", arrived, until, self.state, now)

    def _put_on(self, arrived: Arrived, now: float) -> None:
        analysis = arrived.analysis
        assert analysis is not None
        transport = loaded(analysis.duration_s, now, self._repeats).seek(arrived.song.start_s, now)
        self.state = self.state.with_song(analysis, transport.play(now) if arrived.plays else transport)
        self._see_in_own_view(now)

    def _see_in_own_view(self, now: float) -> None:
        if self.state.song and self.state.own_view:
            self._set("view", own_view(self.state.analysis.digest, self._default_views), now)
