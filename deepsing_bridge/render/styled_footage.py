"""Styled copies of somebody's own footage: the frames of a scene, stylized and graded as painted scenes are.

As of moving pictures, once a second a small picture is stylized, and what that did to the colours is carried over to
every frame (`stylization.colour_field`).
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..story.storyboard import Storyboard
from ..stylization.colour_field import ColourField, between, colour_field, with_blacks_of
from ..stylization.styles import StyleBook
from ..stylization.wct import Stylizer
from .fit import Pixels, from_pixels
from .footage_frames import fit_within, unfitted_frames
from .grade import Colour, Grader, graded, mean_colour
from .look import Look
from .moving_painter import STYLE_EVERY_S, STYLED_SIDE


class FootageStyler:
    """Draws nothing at random: the same board gives the same frames.

    `colour_of_painted` is asked what a scene begins with that is not of footage: the film's first, whose colours the
    others go towards.
    """

    def __init__(
        self,
        stylizer: Stylizer,
        styles: StyleBook,
        colour_of_painted: Callable[[Storyboard, int, Look], Colour] | None = None,
    ) -> None:
        self._stylizer, self._styles = stylizer, styles
        self._colour_of_painted = colour_of_painted
        self._grader = Grader(self._measure)

    def frames(self, board: Storyboard, index: int, frames: Sequence[int]) -> Iterator[Pixels]:
        """(H, W, 3) uint8: those of `footage_frames`, with the look of the board's settings."""
        look, settings = Look.of(board.settings), board.settings
        fields, gain = self._fields(board, index, frames, look), self._grader.gain(board, index, look)
        for frame, picture in zip(frames, unfitted_frames(board, index, frames), strict=True):
            painted = graded(_painted(fields, board, frame, picture), gain)
            yield fit_within(painted, settings.width, settings.height)

    def _fields(self, board: Storyboard, index: int, frames: Sequence[int], look: Look) -> dict[int, ColourField]:
        """What stylization does to the picture at each of so many times STYLE_EVERY_S, around all `frames`."""
        if look.blend == 0:
            return {}
        numbers = range(math.floor(_place(board, min(frames))), math.floor(_place(board, max(frames))) + 2)
        at = [round(number * STYLE_EVERY_S * board.frame_rate) for number in numbers]
        pictures = unfitted_frames(board, index, at)
        fields = (self._field(board, index, picture, look) for picture in pictures)
        return dict(zip(numbers, fields, strict=True))

    def _field(self, board: Storyboard, index: int, pixels: Pixels, look: Look) -> ColourField:
        picture = from_pixels(fit_within(pixels, *_reduced(pixels)), self._stylizer.device)
        style = self._styles.rule(look.style)(board.scenes[index].sentiment).statistics
        painted = self._stylizer.stylize(picture, style, look.blend)[0]
        return colour_field(picture[0], with_blacks_of(picture[0], painted))

    def _measure(self, board: Storyboard, scene: int, look: Look) -> Colour:
        if board.scenes[scene].subclip is not None:
            (first,) = unfitted_frames(board, scene, [0])
            return mean_colour(_painted(self._fields(board, scene, [0], look), board, 0, first))
        assert self._colour_of_painted is not None
        return self._colour_of_painted(board, scene, look)


def _place(board: Storyboard, frame: int) -> float:
    """How far `frame` is from the scene's start, in pictures that are stylized."""
    return float(frame / board.frame_rate) / STYLE_EVERY_S


def _painted(fields: dict[int, ColourField], board: Storyboard, frame: int, picture: Pixels) -> Pixels:
    if not fields:
        return picture
    place = _place(board, frame)
    before = math.floor(place)
    return between(fields[before], fields[before + 1], place - before).apply(np.require(picture, requirements="W"))


def _reduced(pixels: Pixels) -> tuple[int, int]:
    """Width and height with a shorter side of at most STYLED_SIDE."""
    scale = min(STYLED_SIDE / min(pixels.shape[:2]), 1.0)
    return round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
