"""Asks for pictures ahead of time and shows frames in time. Part of the engine; runs on its thread."""

import math
from dataclasses import replace
from fractions import Fraction

from ..core.types import Frame, Storyboard
from ..core.units import seconds_to_frame
from ..story.plan import scene_at
from .hub import Hub, LiveFrame
from .interpolation import Due, Keyframe, Reel, fit
from .messages import Problem
from .pace import Pace
from .renderer import Rendered, Renderer, RenderRequest
from .state import State

REFRESH_S = 1.0  # a picture that does not change is sent again this often, for whoever came late
FADE_S = 0.04  # from what is seen to a picture with another look: a frame or two
LEAD = 2.2  # times what a picture takes: while one is being mixed in, the next is being painted
LONGEST_LEAD_S = 2.0


class FrameScheduler:
    def __init__(self, hub: Hub, studio: Renderer, fps: Fraction) -> None:
        self.dropped = 0
        self.shown = 0
        self.pace = Pace(fps, hub.clock.now())
        self._hub, self._studio = hub, studio
        self._reel = Reel()
        self._latest: Rendered | None = None
        self._took_s = 0.0  # to finish the last picture
        self._held: Keyframe | None = None
        self._sent: tuple[object, float] = (None, -math.inf)  # what the last frame showed, and when

    def board(self, state: State) -> Storyboard | None:
        """The storyboard that the newest picture was painted from, if it is of this song."""
        latest = self._latest
        return latest.shot.board if latest and latest.wanted.heard is state.heard else None

    def set_rate(self, fps: Fraction, now: float) -> None:
        self.pace = Pace(fps, now)

    def hold(self, held: bool, state: State, now: float) -> None:
        """Freeze what is seen now, or let it go on. What is frozen stays, if it is asked for again."""
        if not held or not self._reel.dues:
            self._held = None
        elif self._held is None:
            self._held = self._reel.seen(now, state.blend(now))

    def step(self, state: State, now: float) -> None:
        for done in self._studio.finished():
            if isinstance(done, Problem):
                self._hub.post(done)
            elif done.wanted.epoch == state.epoch:
                self._take(done, state, now)
        if self.pace.due(now):
            self.dropped += self.pace.missed(now)
            self.shown += 1
            self.pace = self.pace.served(now)
            self._show(state, self.pace.time_of(self.pace.last))
        self._studio.want(self._wanted(state, now))

    def _take(self, painted: Rendered, state: State, now: float) -> None:
        self._reel = self._with(painted, state, now)
        self._latest = painted
        self._took_s = self._took_s if painted.shot.coat else painted.took_s

    def _wanted(self, state: State, now: float) -> RenderRequest:
        """The picture that will be needed next: a little ahead of the song while it plays."""
        follows = self._latest is not None and self._latest.wanted.epoch == state.epoch
        lead_s = min(LEAD * self._took_s, LONGEST_LEAD_S) if follows and state.transport.playing else 0.0
        due_s = now + lead_s
        return RenderRequest(state.heard, state.controls.look, state.transport.position(due_s), state.epoch, due_s)

    def _with(self, painted: Rendered, state: State, now: float) -> Reel:
        """The reel with a new picture: at once after a jump, soon after a change of look, else when its time comes."""
        latest, shot = self._latest, painted.shot
        if latest is None or latest.wanted.epoch != painted.wanted.epoch:
            return Reel((Due(shot, now),))
        changed = latest.wanted.look != painted.wanted.look or latest.shot.coat
        if changed or not state.transport.playing:
            return self._reel.replace_from(Due(shot, now + FADE_S), now, state.blend(now))
        return self._reel.add(Due(shot, max(painted.wanted.due_s, now), _cut(latest.shot, painted, state)), now)

    def _show(self, state: State, due: float) -> None:
        """Send the frame of the moment `due`, unless it would be the last one over again."""
        if not self._reel.dues:
            return
        blend, size = state.blend(due), state.controls.size
        seen = (self._held or self._reel.key(due, blend), blend, size)
        if seen != self._sent[0] or due - self._sent[1] >= REFRESH_S:
            shot = self._held or self._reel.seen(due, blend)
            self._hub.frames.put(self._frame(replace(shot, painted=shot.at_blend(blend)), state, due))
            self._sent = (seen, due)

    def _frame(self, shot: Keyframe, state: State, due: float) -> LiveFrame:
        time_s = state.transport.position(due)
        arrived = self._latest is not None and self._latest.wanted.epoch == state.epoch
        index = scene_at(shot.board, time_s) if arrived else shot.scene  # after a jump the old picture is still seen
        width, height = state.controls.size
        frame = Frame(seconds_to_frame(time_s, state.controls.fps), time_s, fit(shot.painted, width, height), index)
        sequence = self._hub.next_sequence()
        label, playing, song = shot.board.scenes[index].label, state.transport.playing, state.heard
        return LiveFrame(sequence, frame, label, due, playing, song.path, song.digest, shot.board)


def _cut(before: Keyframe, painted: Rendered, state: State) -> float | None:
    """When, on the clock, to switch to what was painted: a loop comes round, or a scene begins without a morph."""
    after, loop = painted.shot, state.transport.loop
    if loop and after.time_s < before.time_s:
        begins_s = loop[0]
    elif after.scene != before.scene and after.look.morph == 0:
        begins_s = after.board.scenes[after.scene].start_s
    else:
        return None
    return painted.wanted.due_s - (after.time_s - begins_s)
