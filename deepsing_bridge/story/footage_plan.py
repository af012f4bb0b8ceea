"""Scenes that show somebody's own footage: a plan, and the shot that was chosen for each scene, become one storyboard.

Knows nothing of how shots are found and chosen.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..core.errors import BridgeError
from ..core.fields import LONGEST_TEXT
from ..core.plain_text import plain
from ..core.types import SentimentTrack
from ..footage.conform import snapped
from ..footage.media import Subclip
from ..translation.protocol import Translation
from .storyboard import Scene, Storyboard

UNPAINTED = "footage"


class Unpainted:
    """In place of a generator and of a translator, where nothing is painted: one class that says nothing."""

    name = UNPAINTED
    classes = (UNPAINTED,)

    def translate(self, track: SentimentTrack) -> Translation:
        count = len(track)
        nothing = np.zeros((count, 0), np.float32)
        return Translation(np.zeros(count, np.int64), np.ones((count, 1), np.float32), nothing)


def with_subclips(board: Storyboard, subclips: Sequence[Subclip | None]) -> Storyboard:
    """`board`, whose scenes show `subclips`, moved to where both begin with a frame; None is painted as planned.

    Raises BridgeError for media that are shorter than their scene.
    """
    scenes = (_with_subclip(board, index, subclip) for index, subclip in enumerate(subclips))
    return replace(board, scenes=tuple(scenes))


def _with_subclip(board: Storyboard, index: int, subclip: Subclip | None) -> Scene:
    scene, (start, end) = board.scenes[index], board.frames_of(index)
    if subclip is None:
        return scene
    try:
        fitting = snapped(subclip, end - start, board.frame_rate)
    except ValueError as error:
        raise BridgeError(f"scene {index + 1}: {error}") from error
    return replace(scene, subclip=fitting, label=label_of(subclip))


def label_of(subclip: Subclip) -> str:
    """What a scene that shows it is called."""
    return plain(subclip.media.path.stem)[:LONGEST_TEXT] or UNPAINTED
