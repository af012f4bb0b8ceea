"""A scene that is longer than every shot becomes several, which show one after the other: cut at the song's bars where
there are some in it, else at beats, else where frames are. Pure; knows nothing of which shots there are.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ..core.units import frame_to_seconds, seconds_to_frame
from ..stylization.styles import mood
from .cuts import SHORTEST_SCENE_S
from .storyboard import Scene, Storyboard


def further_cuts(board: Storyboard, longest_s: float) -> list[float]:
    """Where scenes that last more than `longest_s` are to be cut, in seconds, on frames; as few as can be, and one more
    if that finds bars or beats. None where scenes of a second would still be too long."""
    if longest_s < SHORTEST_SCENE_S + 1 / board.frame_rate:
        return []
    return [cut for scene in board.scenes for cut in _within(board, scene, longest_s)]


def cut_at(board: Storyboard, times: Iterable[float]) -> Storyboard:
    """`board`, whose scenes end and others begin at `times`, too, each with the sentiment of its own time."""
    cuts = sorted(set(times))
    return replace(board, scenes=tuple(part for scene in board.scenes for part in _parts(board, scene, cuts)))


def _parts(board: Storyboard, scene: Scene, cuts: Sequence[float]) -> Iterator[Scene]:
    inside = [cut for cut in cuts if scene.start_s < cut < scene.end_s]
    if not inside:
        yield scene
        return
    for start_s, end_s in pairwise([scene.start_s, *inside, scene.end_s]):
        felt = board.sentiment.between(start_s, end_s)
        yield replace(scene, start_s=start_s, end_s=end_s, sentiment=felt, mood=mood(felt))


def _within(board: Storyboard, scene: Scene, longest_s: float) -> list[float]:
    parts = math.ceil((scene.end_s - scene.start_s) / longest_s)
    if parts == 1:
        return []
    heard = board.structure.bars.tolist(), board.structure.beats.tolist()
    for places, count in ((places, count) for places in heard for count in (parts, parts + 1)):
        cuts = [_on_frame(board, _nearest(time, places)) for time in _evenly(scene, count)]
        if _fits([scene.start_s, *cuts, scene.end_s], longest_s):
            return cuts
    step = math.floor(longest_s * board.frame_rate)
    first, end = (seconds_to_frame(time_s, board.frame_rate) for time_s in (scene.start_s, scene.end_s))
    parts = math.ceil((end - first) / step)
    return [frame_to_seconds(first + (end - first) * number // parts, board.frame_rate) for number in range(1, parts)]


def _evenly(scene: Scene, count: int) -> list[float]:
    """Where it would be cut into `count` parts of the same length."""
    return [scene.start_s + (scene.end_s - scene.start_s) * number / count for number in range(1, count)]


def _nearest(time_s: float, places: Sequence[float]) -> float:
    return min(places, key=lambda place: abs(place - time_s), default=math.inf)


def _on_frame(board: Storyboard, time_s: float) -> float:
    rate = board.frame_rate
    return frame_to_seconds(seconds_to_frame(time_s, rate), rate) if math.isfinite(time_s) else time_s


def _fits(ends_s: Sequence[float], longest_s: float) -> bool:
    return all(SHORTEST_SCENE_S <= end - start <= longest_s for start, end in pairwise(ends_s))
