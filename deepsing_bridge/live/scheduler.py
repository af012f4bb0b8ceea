"""Asks for pictures ahead of time and shows frames in time. Part of the engine; runs on its thread."""

import math
from collections.abc import Callable
from fractions import Fraction

from ..core.types import Frame
from ..core.units import seconds_to_frame
from ..generators.protocol import MovingGenerator
from ..render.camera import Camera, Pose
from ..render.crossfade import dimmed
from ..render.fit import Pixels
from ..render.flashes import FlashLimiter, same
from ..render.moving_painter import layers
from ..story.storyboard import Storyboard
from .crossfade import Leaving
from .events import Problem, WorldAt
from .hub import Hub, LiveFrame
from .interpolation import Keyframe, KeyframeTrack, TimedKeyframe
from .pace import Pace
from .render_worker import Rendered, Renderer, RenderRequest
from .state import FrameCounts, State

REFRESH_S = 1.0  # a picture that does not change is sent again this often, for whoever came late
FADE_S = 0.06  # from the last frame to a picture with another look: most of it is seen in the next one, at 24 a second
FADE_FRAMES = 1.5  # and no longer than this where there are more frames
LONGEST_BLEND_S = 0.25  # and to one with another blend alone, which is seen in part already: while the next is painted
LEAD = 2.2  # times what a picture takes: while one is being mixed in, the next is being painted
LONGEST_LEAD_S = 2.0
STEADY = 0.3  # of how much longer or shorter a picture took goes into what the next is taken to take
PAINTING = 0.8  # of the time between two frames


class FrameScheduler:
    def __init__(
        self,
        hub: Hub,
        renderer: Renderer,
        fps: Fraction,
        allow_flashing: bool,
        camera: Camera,
        worlds: MovingGenerator | None = None,
    ) -> None:
        """`worlds` is the generator, if other hosts can draw what it draws."""
        self.counts = FrameCounts()
        self.pace = Pace(fps, hub.clock.now())
        self._hub, self._renderer = hub, renderer
        self._camera, self._worlds = camera, worlds
        self._track = KeyframeTrack()
        self._latest: Rendered | None = None
        self._took_s = 0.0  # to finish a picture
        self._held: tuple[Keyframe, Pose] | None = None
        self._shown: Pixels | None = None  # the last frame, as bright as it can be
        self._leaving: Leaving | None = None
        self._sent: tuple[object, float] = (None, -math.inf)  # what the last frame showed, and when
        self._allow_flashing = allow_flashing
        self._limit = self._limiter(fps)

    def set_rate(self, fps: Fraction, now: float) -> None:
        self.pace = Pace(fps, now)
        self._limit = self._limiter(fps)

    def _limiter(self, fps: Fraction) -> Callable[[Pixels], Pixels]:
        return same if self._allow_flashing else FlashLimiter(fps).limit

    def hold(self, held: bool, state: State, now: float) -> None:
        """Freeze what is seen now, or let it go on. What is frozen stays, if it is asked for again."""
        if not held or not self._track.keys:
            self._held = None
        elif self._held is None:
            self._held = self._track.seen(now, state.blend(now)), self._pose(state, now)

    def step(self, state: State, now: float) -> None:
        self._track = self._track.fitted(*self._canvas(state))
        for done in self._renderer.finished():
            if isinstance(done, Problem):
                self._hub.post(done)
            elif done.request.epoch == state.epoch:
                if self._rests(state, now):
                    self.pace = Pace(self.pace.rate, now)  # it is shown at once
                self._take(done, state, now)
        if self.pace.due(now):
            self.counts = self.counts.one_more(self.pace.missed(now))
            self.pace = self.pace.served(now)
            due = self.pace.time_of(self.pace.last)
            self._show(state, due)
            self._tell(state, due)
        if state.board is not None:
            self._renderer.request(self._request(state.board, state, now))

    def _rests(self, state: State, now: float) -> bool:
        """Whether nothing moves that would have to go on evenly: the last frame that was due was as the one before."""
        unsent_s = now - self._sent[1]
        return not (state.transport.playing or self.pace.due(now)) and unsent_s >= float(1 / self.pace.rate)

    def _take(self, rendered: Rendered, state: State, now: float) -> None:
        self._track = self._with(rendered, state, now)
        self._latest = rendered
        if not rendered.keyframe.preview:
            self._took_s += STEADY * (rendered.took_s - self._took_s) if self._took_s else rendered.took_s

    def _request(self, board: Storyboard, state: State, now: float) -> RenderRequest:
        """The picture that will be needed next: while the song plays that of a frame to come."""
        due_s, within_s = now, math.inf
        if state.transport.playing:
            due_s, within_s = self.pace.time_of(self._next(state, now)), PAINTING * float(1 / self.pace.rate)
        time_s = state.transport.position(due_s)
        return RenderRequest(board, state.look, time_s, state.epoch, due_s, within_s)

    def _next(self, state: State, now: float) -> int:
        """Which frame is to be painted: the one after the last, unless it would be late, or not wanted for long."""
        if self._latest is None or self._latest.request.epoch != state.epoch:
            return self.pace.slot(now) + 1
        soonest, last = self.pace.slot(now + self._took_s) + 1, self.pace.slot(self._latest.request.due_s)
        farthest = self.pace.slot(now + min(LEAD * self._took_s, LONGEST_LEAD_S)) + 1
        return min(max(last + 1, soonest), farthest)

    def _with(self, rendered: Rendered, state: State, now: float) -> KeyframeTrack:
        """The track with a new picture: at once after a jump, soon after a change of look, else when its time comes."""
        latest, request = self._latest, rendered.request
        keyframe = rendered.keyframe.fitted(*self._canvas(state))
        if latest is None or latest.request.epoch != request.epoch:
            if state.crossfade_s and self._shown is not None:
                self._leaving = Leaving(self._shown, now, state.crossfade_s)
            return KeyframeTrack((TimedKeyframe(keyframe, now),))
        changed = request.is_other(latest.request)
        if changed or latest.keyframe.preview or not state.transport.playing:
            last_s, fade_s = self.pace.time_of(self.pace.last), min(FADE_S, FADE_FRAMES / float(self.pace.rate))
            if changed and not latest.keyframe.preview and _is_blended(latest.request, request):
                fade_s = max(fade_s, min(rendered.took_s, LONGEST_BLEND_S))
            return self._track.replace_from(TimedKeyframe(keyframe, last_s + fade_s), last_s, state.blend(last_s))
        cut_s = _cut(latest.keyframe, rendered, state)
        return self._track.add(TimedKeyframe(keyframe, max(request.due_s, now), cut_s), now)

    def _show(self, state: State, due: float) -> None:
        """Send the frame of the moment `due`, unless it would be the last one over again."""
        if not self._track.keys:
            return
        blend, dim, size = state.blend(due), state.dim(due), state.controls.size
        keyframe, pose = self._held or (self._track.nearest(due), self._pose(state, due))
        self._leaving = self._leaving if self._leaving and self._leaving.share(due) < 1 else None
        share = self._leaving.share(due) if self._leaving else 1.0
        seen = (keyframe if self._held else self._track.key(due, blend), pose, blend, dim, size, share)
        if seen != self._sent[0] or due - self._sent[1] >= REFRESH_S:
            held = keyframe.fitted(*self._canvas(state)).at_blend(blend) if self._held else None
            pixels = self._track.pixels(due, blend) if held is None else held
            taken = self._camera.take(pixels, pose, *size)
            self._shown = self._leaving.over(taken, due) if self._leaving else taken
            taken = dimmed(self._shown, dim)  # before the limit: a hand can flash as well
            shown = self._limit(taken)
            self._hub.frames.put(self._frame(keyframe, shown, state, due))
            self._sent = (seen if shown is taken else None, due)  # what is slowed down goes on

    def _canvas(self, state: State) -> tuple[int, int]:
        return self._camera.canvas(*state.controls.size)

    def _pose(self, state: State, clock_s: float) -> Pose:
        board = self._track.nearest(clock_s).board
        return self._camera.pose(board, state.transport.position(clock_s), state.look)

    def _tell(self, state: State, due: float) -> None:
        """How the picture is drawn, for hosts that draw it themselves; what is frozen stays there, too."""
        if self._worlds is None or state.board is None or self._held is not None:
            return
        board, time_s = state.board, state.transport.position(due)
        for number, layer in enumerate(layers(board, self._worlds, time_s, state.look)):
            self._hub.post(WorldAt(number, board.scenes[layer.scene].label, layer.share, layer.gamma, layer.numbers))

    def _frame(self, keyframe: Keyframe, pixels: Pixels, state: State, due: float) -> LiveFrame:
        time_s = state.transport.position(due)
        arrived = self._latest is not None and self._latest.request.epoch == state.epoch
        index = keyframe.board.scene_at(time_s) if arrived else keyframe.scene  # after a jump the old one is still seen
        frame = Frame(seconds_to_frame(time_s, state.controls.fps), time_s, pixels, index)
        return LiveFrame(
            sequence=self._hub.next_sequence(),
            frame=frame,
            label=keyframe.board.scenes[index].label,
            clock_s=due,
            playing=state.transport.playing,
            song_path=state.analysis.path,
            song_digest=state.analysis.digest,
            board=keyframe.board,
        )


def _is_blended(before: RenderRequest, request: RenderRequest) -> bool:
    """Whether nothing but the blend differs, and there was some before."""
    return before.look.blend > 0 and not request.is_other(before.at_blend_of(request))


def _cut(before: Keyframe, rendered: Rendered, state: State) -> float | None:
    """When, on the clock, to switch to what was rendered: a loop comes round, or a scene begins without a morph."""
    after, loop = rendered.keyframe, state.transport.loop
    if loop and after.time_s < before.time_s:
        begins_s = loop[0]
    elif after.scene != before.scene and after.look.morph == 0:
        begins_s = after.board.scenes[after.scene].start_s
    else:
        return None
    return rendered.request.due_s - (after.time_s - begins_s)
