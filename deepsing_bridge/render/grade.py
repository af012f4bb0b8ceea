"""One grade for a film: the colours of each scene go a part of the way to those of the first. Pure.

As white is balanced, after von Kries: each channel is multiplied, so black stays black, and nothing gets lighter or
darker by it, since how dark a picture is says much of what it feels like.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..story.storyboard import Storyboard
from .fit import Pixels
from .look import Look

LIMITS = 0.6, 1.6  # of a channel's gain: a picture all of one colour would be turned into noise
FAINTEST = 8.0  # of 255: what each mean colour is taken to have besides its own, as black has none
SIDE = 64  # pixels of the pictures that are measured
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709

Colour = NDArray[np.float64]


class Grader:
    """What the scenes' channels are multiplied by. `measure` says what colour a scene of a board begins with on the
    whole, with the style of a look of SIDE pixels: it is asked once for each of the last few."""

    def __init__(self, measure: Callable[[Storyboard, int, Look], Colour]) -> None:
        self._colour = lru_cache(maxsize=8)(measure)

    def gain(self, board: Storyboard, scene: int, look: Look) -> Colour:
        if look.grade == 0 or (scene == 0 and board.whole is None):
            return np.ones(3)
        own = self._colour(board, scene, _small(look))
        if board.whole is None:
            first = self._colour(board, 0, _small(look))
        else:
            first = self._colour(board.whole, 0, _small(Look.of(board.whole.settings)))
        return gains(own, first, look.grade)


def _small(look: Look) -> Look:
    plain = Look(SIDE, SIDE, look.style, look.blend, look.truncation)
    return replace(plain, temperature=look.temperature, grade=0.0)


def mean_colour(pixels: Pixels) -> Colour:
    """(3,) 0..255 of one picture (H, W, 3)."""
    return np.asarray(pixels.reshape(-1, 3).mean(axis=0))


def gains(own: Colour, first: Colour, grade: float) -> Colour:
    """(3,) what multiplies the channels of a scene whose mean colour is `own`; `first`: that of the first scene."""
    cast = _cast(first) / _cast(own)
    gain = np.clip(cast**grade, *LIMITS)
    return np.asarray(gain * (LUMINANCE @ own + FAINTEST) / (LUMINANCE @ (gain * own) + FAINTEST))


def graded(pixels: Pixels, gain: Colour, gamma: float = 1.0) -> Pixels:
    """(H, W, 3) uint8: itself where there is nothing to do. Black and white are where they are for any `gamma`."""
    if np.all(np.abs(gain - 1) < 1e-3) and abs(gamma - 1) < 1e-3:
        return pixels
    table = (255 * (np.arange(256) / 255) ** gamma * gain[:, None]).round().clip(0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels).point(table.ravel().tolist()))  # a third of the time that numpy takes


def _cast(colour: Colour) -> Colour:
    """What colour grey has in it."""
    present = colour + FAINTEST
    return np.asarray(present / (LUMINANCE @ present))
