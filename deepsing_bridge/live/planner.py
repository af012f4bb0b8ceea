"""Plans the story of the song that is on, anew whenever a parameter that matters turns. Has a thread of its own.

Owns the translators. A plan takes milliseconds and needs no pixel: scenes are told by it though no picture was ever
painted. The newest request wins.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Protocol

from ..render.painter import Painter
from ..render.seen_cuts import compared
from ..story.analysis import SongAnalysis
from ..story.plan import Begun, Labels, plan, plan_next, with_styles
from ..story.settings import Settings
from ..story.storyboard import Storyboard
from ..stylization.styles import StyleBook
from ..translation.held import HeldTranslator
from ..translation.protocol import SentimentTranslator
from .controls import PlanParameters
from .events import Problem
from .mailbox import Outbox, Slot

log = logging.getLogger(__name__)
PATIENCE_S = 0.1
STOP_S = 5.0


@dataclass(frozen=True)
class PlanRequest:
    """The story of `analysis` with these parameters; of live sound, the scene that has `begun`."""

    analysis: SongAnalysis
    parameters: PlanParameters
    begun: Begun | None = None


@dataclass(frozen=True)
class Planned:
    """What came of a request."""

    request: PlanRequest
    board: Storyboard


class Planner(Protocol):
    """What the engine sees of it."""

    def request(self, request: PlanRequest) -> None: ...

    def finished(self) -> list[Planned | Problem]:
        """What was planned since the last call, and what kept a story from being planned."""


class PlannerThread:
    """A `Planner` for one generator. `wake` is called whenever something is finished."""

    def __init__(
        self,
        generator: Labels,
        translators: Sequence[SentimentTranslator],
        styles: StyleBook,
        settings: Settings,
        digests: Mapping[str, str],
        wake: Callable[[], None],
        painter: Painter | None = None,
    ) -> None:
        """`translators` by number of view; `digests` are noted down in each storyboard. `painter`, which nobody else
        uses, sees to it that all cuts are seen, if pictures cost little."""
        self._generator, self._translators, self._styles = generator, translators, styles
        self._settings, self._digests, self._wake, self._painter = settings, digests, wake, painter
        self._requests: Slot[PlanRequest] = Slot()
        self._finished: Outbox[Planned | Problem] = Outbox(8)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="planner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lets the picture that is being compared be finished, if it is soon."""
        self._stopping.set()
        self._thread.join(STOP_S)

    def request(self, request: PlanRequest) -> None:
        self._requests.put(request)

    def finished(self) -> list[Planned | Problem]:
        return self._finished.take(0)

    def plan(self, request: PlanRequest) -> Storyboard:
        parameters, settings = request.parameters, replace(self._settings, noise=request.parameters.noise)
        translator = self._translator(parameters)
        song, how = shifted(request.analysis, parameters), (self._generator, translator, settings, self._digests)
        begun = _felt_as(request.begun, parameters) if request.begun else None
        board = plan_next(begun, song, *how) if begun else plan(song, *how)
        return with_styles(board, self._styles.rule(parameters.style))

    def with_seen_cuts(self, planned: Planned) -> Storyboard:
        """A plan is there at once; one whose cuts are all seen follows, unless a knob turns meanwhile. The plan itself
        where nothing is to be changed."""
        if self._painter is None:
            return planned.board
        parameters, seen = planned.request.parameters, planned.board
        try:
            for board in compared(planned.board, self._painter, self._translator(parameters)):
                if self._stopping.is_set() or self._requests.newest() is not planned.request:
                    return planned.board
                seen = board
        except Exception:  # whatever a model or a driver ran into; the plan is as good, but for a cut
            log.exception("the scenes' pictures could not be compared")
            return planned.board
        return seen if seen is planned.board else with_styles(seen, self._styles.rule(parameters.style))

    def _translator(self, parameters: PlanParameters) -> SentimentTranslator:
        translator = self._translators[parameters.view]
        return HeldTranslator(translator, dict(parameters.held)) if parameters.held else translator

    def _run(self) -> None:
        """Pictures are compared once knobs rest: what a knob asks for is drawn by the same OpenGL, and goes first."""
        number, newest = 0, None
        while not self._stopping.is_set():
            number, request = self._requests.after(number, PATIENCE_S)
            if request is not None:
                newest = self._tried(request)
                self._hand_over(newest)
            elif isinstance(newest, Planned):
                if (seen := self.with_seen_cuts(newest)) is not newest.board:
                    self._hand_over(replace(newest, board=seen))
                newest = None

    def _hand_over(self, done: Planned | Problem) -> None:
        self._finished.put(done)
        self._wake()

    def _tried(self, request: PlanRequest) -> Planned | Problem:
        try:
            return Planned(request, self.plan(request))
        except Exception:  # the show goes on with the plan before
            log.exception("%s: the story could not be planned", request.analysis.path)
            return Problem("the story could not be planned: the one before stays; the log says why")


def shifted(analysis: SongAnalysis, parameters: PlanParameters) -> SongAnalysis:
    """`analysis` with the offsets added to its sentiment."""
    felt = analysis.sentiment.shifted(parameters.valence_offset, parameters.arousal_offset)
    return replace(analysis, sentiment=felt)


def _felt_as(begun: Begun, parameters: PlanParameters) -> Begun:
    felt = (one.shifted(parameters.valence_offset, parameters.arousal_offset) for one in begun.felt)
    return replace(begun, felt=tuple(felt))
