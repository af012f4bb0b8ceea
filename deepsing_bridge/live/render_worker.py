"""Paints pictures for the engine. Owns the painter, and with it the models; nobody else touches them while it runs.

The engine owns the parameters and the position, and must answer within a frame; a picture takes several frames' time
on a CPU. So the models have a thread of their own: the engine says what it wants, the newest request wins, and what was
rendered comes back as an immutable `Rendered`.
"""

import logging
import math
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from typing import Protocol, Self

from ..core.memory import NEEDS_LESS, is_out_of_memory
from ..render.fit import Pixels
from ..render.look import Look
from ..render.moment import moment_at
from ..render.painter import Painter
from ..story.storyboard import Storyboard
from .dynamic_resolution import DynamicResolution
from .events import Problem
from .interpolation import Keyframe, preview_pass
from .mailbox import Outbox, Slot

log = logging.getLogger(__name__)
PATIENCE_S = 0.1
LATE_S = 3.0  # for a moving picture: then it is told that it is waited for
STOP_S = 5.0  # for the end: nothing stops a shader that hangs
RESTLESS_S = 0.5  # since the last finished picture: then one is finished though another look is wanted


@dataclass(frozen=True)
class RenderRequest:
    """The picture of `board` at `time_s`, with this look. `epoch` counts songs and jumps, for whoever asks.

    At `due_s` on the clock the song will be there. If pictures move by themselves, each should take `within_s` at most,
    even if it is drawn with fewer pixels. The same picture at another moment is the same request.
    """

    board: Storyboard
    look: Look
    time_s: float
    epoch: int
    due_s: float = field(default=0.0, compare=False)
    within_s: float = field(default=math.inf, compare=False)

    @property
    def label(self) -> str:
        """The class that is seen, or mostly."""
        return self.board.scenes[self.board.scene_at(self.time_s)].label

    def is_other(self, than: Self) -> bool:
        """Whether it is not just another moment of the same story with the same look."""
        return self.look != than.look or self.board is not than.board or self.epoch != than.epoch

    def at_blend_of(self, other: Self) -> Self:
        return replace(self, look=replace(self.look, blend=other.look.blend))

    def at_size_of(self, other: Self) -> Self:
        return replace(self, look=replace(self.look, width=other.look.width, height=other.look.height))


@dataclass(frozen=True)
class Rendered:
    """What came of a request, `took_s` seconds after it was taken up."""

    request: RenderRequest
    keyframe: Keyframe
    took_s: float


class Renderer(Protocol):
    """What the engine sees of it."""

    def request(self, request: RenderRequest) -> None: ...

    def finished(self) -> list[Rendered | Problem]:
        """What was rendered since the last call, and what kept a picture from being rendered."""


def render(
    painter: Painter, request: RenderRequest, like: Keyframe | None = None, scale: float = 1.0
) -> Iterator[Keyframe | None]:
    """The finished picture comes last; before it None whenever there is a chance to stop.

    With `like`, a picture that was stylized before, there is a preview early on. At a `scale` below 1 it is painted
    with fewer pixels, and enlarged.
    """
    board, look = request.board, request.look.scaled(scale)
    moment = moment_at(board, request.time_s, look.morph)
    passes = painter.passes(board, [moment], look)
    newest = generated = next(passes)
    plain: Pixels | None = None
    if look.blend > 0 and like is not None:
        plain = generated()[0]
        yield preview_pass(Keyframe(plain, plain, look, board, moment.scene, request.time_s), like)
    for painted in passes:
        newest = painted
        yield None
    if plain is None:  # not before: it would be waited for, while its device could be told of the passes
        plain = generated()[0]
    finished = plain if newest is generated else newest()[0]
    yield Keyframe(plain, finished, look, board, moment.scene, request.time_s)


class RenderWorker:
    """A `Renderer` that paints on a thread of its own. `wake` is called whenever something is finished."""

    def __init__(self, painter: Painter, wake: Callable[[], None]) -> None:
        self._painter, self._wake = painter, wake
        self._requests: Slot[RenderRequest] = Slot()
        self._finished: Outbox[Rendered | Problem] = Outbox(8)
        self._failing = False  # since the last finished picture
        self._stopping = Event()
        self._painting: tuple[str, float] | None = None  # of which class, and since when
        self._told_late: set[str] = set()  # classes
        self._resolution = DynamicResolution()
        self._finished_s = 0.0
        self._stylized: Keyframe | None = None  # the last finished picture that was
        self._preparations = painter.preparations()
        self._thread = Thread(target=self._run, name="renderer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lets the step that is being painted be finished, if it is soon."""
        self._stopping.set()
        self._thread.join(STOP_S)

    def request(self, request: RenderRequest) -> None:
        self._requests.put(request)

    def finished(self) -> list[Rendered | Problem]:
        return [*self._finished.take(0), *self._late()]

    def _late(self) -> Iterator[Problem]:
        """Told once for each class, as a shader may hang at a moment that was not tried. It cannot be stopped."""
        painting = self._painting
        if painting and time.perf_counter() - painting[1] > LATE_S and painting[0] not in self._told_late:
            self._told_late.add(painting[0])
            yield Problem(f"{painting[0]}: takes more than {LATE_S:g} s to draw; until then the last picture stays")

    def _run(self) -> None:
        number, last = 0, None  # the newest request, and the last finished picture
        while not self._stopping.is_set():
            number, request = self._requests.after(number, PATIENCE_S)
            if request is not None and (last is None or request != last.request):
                if self._painter.moves:
                    self._painting = request.label, time.perf_counter()
                last = self._render(request, last) or last
                self._painting = None
            elif last is not None and time.perf_counter() - self._finished_s > PATIENCE_S:
                self._prepare()

    def _prepare(self) -> None:
        """Nothing is wanted just now: a step of what would make a later picture late."""
        step = next(self._preparations, None)
        if step is not None:
            try:
                step()
            except Exception:  # it is told when that picture is wanted
                log.debug("a picture could not be prepared", exc_info=True)

    def _render(self, request: RenderRequest, last: Rendered | None) -> Rendered | None:
        """The finished picture; None where a request for another look came in between, or it could not be painted."""
        started, rendered, scale = time.perf_counter(), None, self._scale(request)
        changed = last is not None and not _shows(last, request)
        try:
            for keyframe in render(self._painter, request, self._stylized if changed else None, scale):
                if keyframe is not None:
                    keyframe = keyframe if scale == 1 else keyframe.fitted(request.look.width, request.look.height)
                    rendered = Rendered(request, keyframe, time.perf_counter() - started)
                    self._hand_over(rendered)
                if self._is_given_up(request):
                    return None
        except Exception as error:  # the show goes on with the old picture, whatever a model ran into
            self._fail(error)
            return None
        self._finished_s, self._failing = time.perf_counter(), False
        if self._painter.moves:
            look = request.look.scaled(scale)
            took_s = (self._finished_s - started) / _pictures(request)
            self._resolution.note(_drawn(request), look.width * look.height, took_s)
        if rendered is not None and rendered.keyframe.look.blend > 0:
            self._stylized = rendered.keyframe
        return rendered

    def _scale(self, request: RenderRequest) -> float:
        if not self._painter.moves:
            return 1.0
        pixels, within_s = request.look.width * request.look.height, request.within_s / _pictures(request)
        return self._resolution.scale(_drawn(request), pixels, within_s)

    def _is_given_up(self, request: RenderRequest) -> bool:
        """For another look, but not again and again: a knob that never rests gets finished pictures too. Nor for
        another blend alone, which is made of this picture until it has one of its own."""
        newest = self._requests.newest()
        other = newest is not None and newest.is_other(request.at_blend_of(newest))
        return self._stopping.is_set() or (other and time.perf_counter() - self._finished_s < RESTLESS_S)

    def _fail(self, error: Exception) -> None:
        """Said once, not at every try, of which there are as many as frames."""
        if not self._failing:
            self._failing = True
            log.exception("a picture could not be painted; the last one stays")
            why = f"not enough memory: {NEEDS_LESS}" if is_out_of_memory(error) else "the log says why"
            self._hand_over(Problem(f"a picture could not be painted: the last one stays; {why}"))

    def _hand_over(self, done: Rendered | Problem) -> None:
        self._finished.put(done)
        self._wake()


def _drawn(request: RenderRequest) -> Hashable:
    """What decides how long a picture takes, besides its size."""
    return request.board.scenes[request.board.scene_at(request.time_s)].class_id, request.look.blend > 0


def _pictures(request: RenderRequest) -> int:
    """Two where a scene goes over into the next."""
    return 2 if moment_at(request.board, request.time_s, request.look.morph).share else 1


def _shows(rendered: Rendered, request: RenderRequest) -> bool:
    """Whether there is something of `request` to be seen in what was rendered last: the same at another size is fitted,
    and at another blend is on the line from plain to painted, where it was stylized at all."""
    same = rendered.request.at_size_of(request)
    if rendered.keyframe.look.blend > 0:
        same = same.at_blend_of(request)
    return not request.is_other(same)
