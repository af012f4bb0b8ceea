"""Scenes that were told to begin before their time. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from ..core.errors import BridgeError
from ..story.storyboard import Storyboard
from .messages import ROOT

SHORTEST_SCENE_S = 0.1

EarlyCuts = Mapping[int, float]
"""The number of a scene → seconds of the song at which it begins."""


def next_cut(board: Storyboard, time_s: float) -> int | None:
    """The number of the scene that can begin at `time_s`; None where another has just begun.

    Raises BridgeError in the last one.
    """
    index = board.scene_at(time_s)
    if index + 1 == len(board.scenes):
        raise BridgeError(f"{ROOT}/scene/next: the last scene is on")
    return index + 1 if time_s - board.scenes[index].start_s >= SHORTEST_SCENE_S else None


def cut_early(board: Storyboard, cuts: EarlyCuts) -> Storyboard:
    """`board` with these scenes beginning early, and those before them ending then."""
    if not cuts:
        return board
    scenes = list(board.scenes)
    for index, time_s in cuts.items():
        scenes[index - 1] = replace(scenes[index - 1], end_s=time_s)
        scenes[index] = replace(scenes[index], start_s=time_s)
    return replace(board, scenes=tuple(scenes))
