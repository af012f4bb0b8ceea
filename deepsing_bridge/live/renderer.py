"""Paints pictures for the engine. Owns the models; nobody else touches them while it runs.

The engine owns the parameters and the position, and must answer within a frame; a picture takes several frames' time
on a CPU. So the models have a thread of their own: the engine says what it wants, the newest wish wins, and what was
painted comes back as an immutable `Rendered`.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Event, Thread
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ..core.types import SentimentTrack, Storyboard
from ..story.plan import BY_NEAREST, BY_THRESHOLD, Painter, Settings, SongAnalysis, compose, to_pixels
from ..stylization.stylize import StyleStatistics, between
from ..translation.translators import SentimentTranslator
from .controls import Look
from .interpolation import Keyframe, preview_pass
from .mailbox import Outbox, Slot
from .messages import Problem
from .moment import Moment, class_vector, moment_at
from .vocabulary import AUTO, THRESHOLD

log = logging.getLogger(__name__)
STYLE_CHOICES = {AUTO: BY_NEAREST, THRESHOLD: BY_THRESHOLD}
PATIENCE_S = 0.1
RESTLESS_S = 0.5  # since the last finished picture: then one is finished though another look is wanted


@dataclass(frozen=True)
class RenderRequest:
    """The picture of `heard` at `time_s`, with this look. `epoch` counts songs and jumps, for whoever asks.

    At `due_s` on the clock the song will be there. The same picture at another moment is the same wish.
    """

    heard: SongAnalysis
    look: Look
    time_s: float
    epoch: int
    due_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Rendered:
    """What came of a wish, `took_s` seconds after it was taken up."""

    wanted: RenderRequest
    shot: Keyframe
    took_s: float


class Renderer(Protocol):
    """What the engine sees of it."""

    def want(self, wanted: RenderRequest) -> None: ...

    def finished(self) -> list[Rendered | Problem]:
        """What was painted since the last call, and what kept a picture from being painted."""


class Models:
    """The generator, the stylizer and the translators together, as a function of a wish."""

    def __init__(
        self, painter: Painter, translators: Mapping[int, SentimentTranslator], settings: Settings, used: dict[str, str]
    ) -> None:
        self.painter, self.translators, self.settings, self.used = painter, translators, settings, used
        self._compose = lru_cache(maxsize=4)(self._board)
        self._generated: tuple[object, Tensor] = None, torch.empty(0)  # what the last picture was made of, and it

    def paint(self, wanted: RenderRequest, like: Keyframe | None = None) -> Iterator[Keyframe | None]:
        """The finished picture comes last; before it None whenever there is a chance to stop.

        With `like`, a picture that was stylized before, there is a first coat early on.
        """
        look = wanted.look
        board = self._compose(wanted.heard, look.view, look.noise, look.valence_offset, look.arousal_offset)
        moment = moment_at(board, wanted.time_s, look.morph)
        picture = self._picture(board, moment, look.truncation)
        plain = to_pixels(picture)[0]
        shot = Keyframe(plain, plain, look, board, moment.scene, wanted.time_s)
        if look.blend > 0:
            if like is not None:
                yield preview_pass(shot, like)
            style = self._style(board, moment, look.style)
            for painted in self.painter.stylizer.passes(picture, style, look.blend):
                picture = painted
                yield None
            shot = replace(shot, painted=to_pixels(picture)[0])
        yield shot

    def _picture(self, board: Storyboard, moment: Moment, truncation: float) -> Tensor:
        """(1, 3, S, S) before it is stylized; the last one is kept, as where only the blend changed."""
        vector = class_vector(board, moment, len(self.painter.generator.classes))
        key = vector.tobytes(), moment.latent.tobytes(), truncation
        if key != self._generated[0]:
            latent = torch.from_numpy(moment.latent.astype(np.float32))
            picture = self.painter.generator.generate(torch.from_numpy(vector)[None], latent[None], truncation)
            self._generated = key, picture
        return self._generated[1]

    def _board(self, heard: SongAnalysis, view: int, noise: float, valence: float, arousal: float) -> Storyboard:
        felt = heard.sentiment
        shifted = SentimentTrack(felt.valence + np.float32(valence), felt.arousal + np.float32(arousal), felt.hop_s)
        settings = replace(self.settings, noise=noise)
        heard = replace(heard, sentiment=shifted)
        return compose(heard, self.painter.generator, self.translators[view], settings, self.used)

    def _style(self, board: Storyboard, moment: Moment, choice: str) -> StyleStatistics:
        style_for = self.painter.styles_for(STYLE_CHOICES.get(choice, choice))
        here, there = (style_for(board.scenes[index].sentiment) for index in (moment.scene, moment.following))
        if here is there or not moment.share:
            return here.statistics
        return between(here.statistics, there.statistics, moment.share)


class RenderWorker:
    """A `Renderer` that paints on a thread of its own. `wake` is called whenever something is finished."""

    def __init__(self, models: Models, wake: Callable[[], None]) -> None:
        self._models, self._wake = models, wake
        self._wishes: Slot[RenderRequest] = Slot()
        self._finished: Outbox[Rendered | Problem] = Outbox(8)
        self._failing = False  # since the last finished picture
        self._stopping = Event()
        self._finished_s = 0.0
        self._stylized: Keyframe | None = None  # the last finished picture that was
        self._thread = Thread(target=self._run, name="painter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lets the step that is being painted be finished."""
        self._stopping.set()
        self._thread.join()

    def want(self, wanted: RenderRequest) -> None:
        self._wishes.put(wanted)

    def finished(self) -> list[Rendered | Problem]:
        return self._finished.take(0)

    def _run(self) -> None:
        number, last = 0, None  # the newest wish, and the last finished picture
        while not self._stopping.is_set():
            number, wanted = self._wishes.after(number, PATIENCE_S)
            if wanted is not None and (last is None or wanted != last.wanted):
                last = self._paint(wanted, last) or last

    def _paint(self, wanted: RenderRequest, last: Rendered | None) -> Rendered | None:
        """The finished picture; None where a wish for another look came in between, or it could not be painted."""
        started, painted = time.perf_counter(), None
        changed = last is not None and _is_other(wanted, last.wanted)
        try:
            for shot in self._models.paint(wanted, self._stylized if changed else None):
                if shot is not None:
                    painted = Rendered(wanted, shot, time.perf_counter() - started)
                    self._hand_over(painted)
                if self._is_given_up(wanted):
                    return None
        except Exception:  # the show goes on with the old picture, whatever a model ran into
            self._fail()
            return None
        self._finished_s, self._failing = time.perf_counter(), False
        if painted is not None and painted.shot.look.blend > 0:
            self._stylized = painted.shot
        return painted

    def _is_given_up(self, wanted: RenderRequest) -> bool:
        """For another look, but not again and again: a knob that never rests gets finished pictures too."""
        newest = self._wishes.newest()
        other = newest is not None and _is_other(newest, wanted)
        return self._stopping.is_set() or (other and time.perf_counter() - self._finished_s < RESTLESS_S)

    def _fail(self) -> None:
        """Said once, not at every try, of which there are as many as frames."""
        if not self._failing:
            self._failing = True
            log.exception("a picture could not be painted; the last one stays")
            self._hand_over(Problem("a picture could not be painted: the last one stays; the log says why"))

    def _hand_over(self, done: Rendered | Problem) -> None:
        self._finished.put(done)
        self._wake()


def _is_other(one: RenderRequest, other: RenderRequest) -> bool:
    """Whether it is not just a later picture of the same song with the same look."""
    return one.look != other.look or one.epoch != other.epoch
