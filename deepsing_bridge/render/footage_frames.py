"""What a scene shows of somebody's own footage, as frames of the story: at its rate and of its size, speed unchanged.

A picture of another shape is seen whole, with black beside it, as editors fit one into a timeline.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image

from ..footage.conform import in_point
from ..footage.frames import frames_at
from ..story.storyboard import Storyboard
from .fit import Pixels
from .grade import Colour, mean_colour


def footage_frames(board: Storyboard, index: int, frames: Iterable[int]) -> Iterator[Pixels]:
    """(H, W, 3) uint8: what scene `index`, which has a subclip, shows at `frames`, counted from the scene's start; less
    than 0 is before it. Beyond either end of the file its first or last picture stays.

    Raises BridgeError for a file that is gone or cannot be decoded.
    """
    before, fitted = None, np.empty(0, np.uint8)
    for picture in unfitted_frames(board, index, frames):
        if picture is not before:
            before, fitted = picture, fit_within(picture, board.settings.width, board.settings.height)
        yield fitted


def unfitted_frames(board: Storyboard, index: int, frames: Iterable[int]) -> Iterator[Pixels]:
    """`footage_frames` in the media's own shape and no larger than it; the same array where a picture stays."""
    subclip, settings = board.scenes[index].subclip, board.settings
    assert subclip is not None
    begins = in_point(subclip, board.frame_rate)
    times = (max(begins + frame, 0) / board.frame_rate for frame in frames)
    yield from frames_at(subclip.media, times, (settings.width, settings.height))


def footage_colour(board: Storyboard, index: int) -> Colour:
    """(3,) 0..255: the mean colour that scene `index` begins with, before any style."""
    (first,) = unfitted_frames(board, index, [0])
    return mean_colour(first)


def fit_within(pixels: Pixels, width: int, height: int) -> Pixels:
    """`pixels` (H, W, 3) made as large as lies within `width`×`height`, in the middle of black."""
    if pixels.shape[:2] == (height, width):
        return pixels
    scale = min(width / pixels.shape[1], height / pixels.shape[0])
    fitted = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    resized = np.asarray(Image.fromarray(pixels).resize(fitted, Image.Resampling.BICUBIC))
    left, top = (width - fitted[0]) // 2, (height - fitted[1]) // 2
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[top : top + fitted[1], left : left + fitted[0]] = resized
    return canvas
