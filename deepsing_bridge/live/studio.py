"""Paints pictures for the engine. Owns the models; nobody else touches them while it runs.

The engine owns the parameters and the position, and must answer within a frame; a picture takes several frames' time
on a CPU. So the models have a thread of their own: the engine says what it wants, the newest wish wins, and what was
painted comes back as an immutable `Painted`.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Event, Thread
from typing import Protocol

import numpy as np
import torch

from ..pipeline.story import BY_NEAREST, BY_THRESHOLD, Heard, Painter, Settings, compose, to_pixels
from ..pipeline.stylize import StyleStatistics, between
from ..pipeline.translate import SentimentTranslator
from ..types import SentimentTrack, Storyboard
from ..vocabulary import AUTO, THRESHOLD
from .controls import Look
from .mailbox import Outbox, Slot
from .moment import Moment, class_vector, moment_at
from .reel import Shot

log = logging.getLogger(__name__)
STYLE_CHOICES = {AUTO: BY_NEAREST, THRESHOLD: BY_THRESHOLD}
PATIENCE_S = 0.1


@dataclass(frozen=True)
class Wanted:
    """The picture of `heard` at `time_s`, with this look. `epoch` counts songs and jumps, for whoever asks."""

    heard: Heard
    look: Look
    time_s: float
    epoch: int


@dataclass(frozen=True)
class Painted:
    """What came of a wish, and how many seconds it took."""

    wanted: Wanted
    shot: Shot
    took_s: float


class Studio(Protocol):
    """What the engine sees of it."""

    def want(self, wanted: Wanted) -> None: ...

    def finished(self) -> list[Painted]: ...


class Models:
    """The generator, the stylizer and the translators together, as a function of a wish."""

    def __init__(
        self, painter: Painter, translators: Mapping[int, SentimentTranslator], settings: Settings, used: dict[str, str]
    ) -> None:
        self.painter, self.translators, self.settings, self.used = painter, translators, settings, used
        self._compose = lru_cache(maxsize=4)(self._board)

    def paint(self, wanted: Wanted) -> Shot:
        look = wanted.look
        board = self._compose(wanted.heard, look.view, look.noise, look.valence_offset, look.arousal_offset)
        moment = moment_at(board, wanted.time_s, look.morph, look.truncation)
        generator = self.painter.generator
        vector = torch.from_numpy(class_vector(board, moment, len(generator.classes)))
        picture = generator.generate(vector[None], torch.from_numpy(moment.latent.astype(np.float32))[None])
        painted = self.painter.stylizer.stylize(picture, self._style(board, moment, look.style), look.blend)
        return Shot(to_pixels(picture)[0], to_pixels(painted)[0], look, board, moment.scene, wanted.time_s)

    def _board(self, heard: Heard, view: int, noise: float, valence: float, arousal: float) -> Storyboard:
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


class PaintingThread:
    """A `Studio` that paints on a thread of its own."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._wishes: Slot[Wanted] = Slot()
        self._finished: Outbox[Painted] = Outbox(8)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="painter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lets the picture that is being painted be finished."""
        self._stopping.set()
        self._thread.join()

    def want(self, wanted: Wanted) -> None:
        self._wishes.put(wanted)

    def finished(self) -> list[Painted]:
        return self._finished.take(0)

    def _run(self) -> None:
        number, done = 0, None
        while not self._stopping.is_set():
            number, wanted = self._wishes.after(number, PATIENCE_S)
            if wanted is not None and wanted != done:
                self._paint(wanted)
                done = wanted

    def _paint(self, wanted: Wanted) -> None:
        started = time.perf_counter()
        try:
            shot = self._models.paint(wanted)
        except Exception:  # the show goes on with the old picture, whatever a model ran into
            log.exception("a picture could not be painted; the last one stays")
            return
        self._finished.put(Painted(wanted, shot, time.perf_counter() - started))
