"""From a storyboard to the pixels of a generator whose pictures move by themselves: each frame is drawn for itself.

Stylizing takes several frames' time. So it is done once a second, on a small picture and a second ahead on a thread of
its own, and what it did to the colours is carried over to every frame (`stylization.colour_field`). At which moments
depends on the scene's start alone: what is shown at a moment is the same in any order, on disk and live.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ..generators.protocol import Instant, MovingGenerator
from ..story.storyboard import Storyboard
from ..stylization.colour_field import ColourField, between, colour_field, with_blacks_of
from ..stylization.styles import StyleBook
from ..stylization.wct import Stylizer
from .camera import FIXED
from .crossfade import mix
from .fit import Pixels, from_pixels
from .footage_frames import footage_colour
from .grade import Colour, Grader, graded, mean_colour
from .look import Look
from .moment import Moment, moment_at
from .speed import STEADY, SpeedTrack

STYLE_EVERY_S = 1.0
UNSEEN_SIDE = 64  # pixels of pictures that are drawn to prepare
STYLED_SIDE = 192  # pixels of the shorter side of the picture that is stylized
CALM_SPEED = 0.1  # seconds on a world's clock for each second of the song, before any music drives it
LEVELS = 0.5  # of what is heard at a moment gets into a world: what begins is to be seen more than what goes on
LIGHT, TURNS = 0.7, 2.8  # how far exposure goes up and down, in powers of 2; how often for each second of onsets


class MovingPainter:
    """A `Painter`."""

    moves = True
    camera = FIXED

    def __init__(self, generator: MovingGenerator, stylizer: Stylizer, styles: StyleBook) -> None:
        self.generator = generator
        self.stylizer = stylizer
        self.styles = styles
        self._stylizing = ThreadPoolExecutor(1, "stylizer")
        self._begun = lru_cache(maxsize=16)(self._stylizing.submit)
        self._newest = lru_cache(maxsize=2)(self._draw)
        self._grader = Grader(self.colour)

    def paint(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Pixels:
        return np.stack([self._at(board, moment, look) for moment in moments])

    def begin(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Callable[[], Pixels]:
        painted = self.paint(board, moments, look)
        return lambda: painted

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        """What gives the pictures as they are drawn, and then, where they are stylized, as they are painted."""
        plain = replace(look, blend=0.0)
        yield lambda: self.paint(board, moments, plain)
        if look.blend > 0:
            yield lambda: self.paint(board, moments, look)

    def preparations(self) -> Iterator[Callable[[], None]]:
        """A moving picture of each class: drivers compile a shader when it first draws, which takes up to a second, and
        how fast a world is may have to be measured."""
        latent = np.zeros(self.generator.latent_dim, np.float32)
        for class_id in range(len(self.generator.classes)):
            yield partial(self._draw_unseen, class_id, latent)

    def _draw_unseen(self, class_id: int, latent: NDArray[np.float32]) -> None:
        self.generator.draw(class_id, latent, Instant(1.0), UNSEEN_SIDE, UNSEEN_SIDE)

    def _at(self, board: Storyboard, moment: Moment, look: Look) -> Pixels:
        """Where a scene goes over into the next, both are seen."""
        here = self._painted(board, moment.scene, moment.time_s, look)
        if look.blend > 0:
            self._begin_next(board, moment.time_s, look)
        if not moment.share:
            return here
        return mix(here, self._painted(board, moment.following, moment.time_s, look), moment.share)

    def _drawn(self, board: Storyboard, scene: int, time_s: float, look: Look) -> Pixels:
        """The last ones are kept, as where a picture is first shown without its style."""
        return self._newest(board, scene, time_s, replace(look, style="", blend=0.0, grade=0.0))

    def _draw(self, board: Storyboard, scene: int, time_s: float, look: Look) -> Pixels:
        class_id, latent, instant = _drawing(board, scene, time_s, look)
        return self.generator.draw(class_id, latent, instant, look.width, look.height, look.truncation)

    def _painted(self, board: Storyboard, scene: int, time_s: float, look: Look) -> Pixels:
        styled = self._styled(board, scene, time_s, look)
        return graded(styled, self._grader.gain(board, scene, look), gamma_at(board, time_s, look.react))

    def colour(self, board: Storyboard, scene: int, look: Look) -> Colour:
        """(3,) 0..255: the mean colour that scene number `scene` begins with, in the style of `look`."""
        if board.scenes[scene].subclip is not None:
            return footage_colour(board, scene)
        drawn = self._draw(board, scene, board.scenes[scene].start_s, look)
        return mean_colour(self._stylize(board, scene, 0, look).apply(drawn) if look.blend > 0 else drawn)

    def _styled(self, board: Storyboard, scene: int, time_s: float, look: Look) -> Pixels:
        drawn = self._drawn(board, scene, time_s, look)
        if look.blend == 0:
            return drawn
        place = _place(board, scene, time_s)
        before = math.floor(place)
        begun = [self._begin(board, scene, number, look) for number in (before, before + 1)]
        one, other = map(self._done, begun)
        return between(one, other, place - before).apply(drawn)

    def _begin_next(self, board: Storyboard, time_s: float, look: Look) -> None:
        """What the picture a little later wants: the colour fields and the grade of the scenes that are seen in it."""
        moment = moment_at(board, time_s + STYLE_EVERY_S, look.morph)
        for scene in (moment.scene, moment.following) if moment.share else (moment.scene,):
            before = math.floor(_place(board, scene, moment.time_s))
            self._begin(board, scene, before, look)
            self._begin(board, scene, before + 1, look)
            self._begun(self._grader.gain, board, scene, look)

    def _begin(self, board: Storyboard, scene: int, number: int, look: Look) -> Future[ColourField]:
        return self._begun(self._stylize, board, scene, number, replace(look.reduced(STYLED_SIDE), grade=0.0))

    def _done(self, field: Future[ColourField]) -> ColourField:
        try:
            return field.result()
        except Exception:
            self._begun.cache_clear()  # so that it is tried again
            raise

    def _stylize(self, board: Storyboard, scene: int, number: int, look: Look) -> ColourField:
        """What stylization does to the picture `number` · STYLE_EVERY_S after the scene's start."""
        shown = board.scenes[scene]
        drawn = self._draw(board, scene, shown.start_s + number * STYLE_EVERY_S, look)
        picture = from_pixels(drawn, self.stylizer.device)
        style = self.styles.rule(look.style)(shown.sentiment).statistics
        painted = self.stylizer.stylize(picture, style, look.blend)[0]
        return colour_field(picture[0], with_blacks_of(picture[0], painted))


def _place(board: Storyboard, scene: int, time_s: float) -> float:
    """How far the scene is, in pictures that are stylized."""
    return (time_s - board.scenes[scene].start_s) / STYLE_EVERY_S


@dataclass(frozen=True)
class Layer:
    """Of the picture of a moment, what shows scene number `scene`, of which `share` (0..1) is seen; `numbers` are what
    its world is drawn with (see `MovingGenerator.numbers`), and `gamma` what its colours, 0..1, are raised to then."""

    scene: int
    share: float
    gamma: float
    numbers: tuple[float, ...]


def layers(board: Storyboard, generator: MovingGenerator, time_s: float, look: Look) -> Iterator[Layer]:
    """What is drawn at `time_s` in the song: the scene that is on and, where it goes over into the next, that too."""
    moment, gamma = moment_at(board, time_s, look.morph), gamma_at(board, time_s, look.react)
    for scene, share in ((moment.scene, 1 - moment.share), (moment.following, moment.share)):
        if share > 0:
            numbers = generator.numbers(*_drawing(board, scene, time_s, look), look.truncation)
            yield Layer(scene, share, gamma, numbers)


def _drawing(board: Storyboard, scene: int, time_s: float, look: Look) -> tuple[int, NDArray[np.float32], Instant]:
    """The class, the latent and the instant of what is drawn."""
    shown = board.scenes[scene]
    if board.settings.motion == "still":
        time_s = shown.start_s
    instant = instant_at(board, scene, time_s, look.react, look.speed)
    return shown.class_id, np.array(shown.latent, np.float32), instant


def instant_at(board: Storyboard, scene: int, time_s: float, react: float, speed: SpeedTrack = STEADY) -> Instant:
    """What moves the picture of scene number `scene` at `time_s` in the song; its clock is 0 where the scene starts."""

    def drive(from_s: float, to_s: float) -> float:
        return CALM_SPEED * (to_s - from_s) + react * board.levels.drive(from_s, to_s)

    clock_s = speed.drive(drive, board.scenes[scene].start_s, time_s)
    heard = LEVELS * react
    return Instant(clock_s, board.levels.at(time_s).scaled(heard), board.sound.at(time_s).scaled(heard))


def gamma_at(board: Storyboard, time_s: float, react: float) -> float:
    """How light it is, 1 as it is drawn, less is lighter: each onset pushes it on, up or down, and it stays there."""
    if board.settings.motion == "still":
        return 1.0
    return float(2 ** (LIGHT * react * _to_and_fro(TURNS * board.levels.begun(time_s))))


def _to_and_fro(turns: float) -> float:
    """From 0 to −1..1 and back, at one speed: what pushes it moves it as far, wherever it is."""
    return 1 - 4 * abs((turns + 0.25) % 1 - 0.5)
