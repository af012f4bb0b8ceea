"""A storyboard as its report draws it: shots of somebody's own footage stand among the classes, each sure of itself."""

from collections.abc import Sequence
from dataclasses import replace

from ..story.storyboard import Scene, Storyboard


def shots_as_classes(board: Storyboard, labels: Sequence[str]) -> tuple[Storyboard, list[str]]:
    """`board` and the names of its classes: the generator's `labels`, or those that are painted at all, and a class for
    each label of footage behind them. Both as they are where nothing is of footage."""
    shots = list(dict.fromkeys(scene.label for scene in board.scenes if scene.subclip is not None))
    if not shots:
        return board, list(labels)
    painted = len(labels) if any(scene.subclip is None for scene in board.scenes) else 0
    scenes = (_as_class(scene, painted, shots) for scene in board.scenes)
    return replace(board, scenes=tuple(scenes)), [*labels[:painted], *shots]


def _as_class(scene: Scene, painted: int, shots: list[str]) -> Scene:
    if scene.subclip is None:
        return replace(scene, probabilities=(*scene.probabilities, *([0.0] * len(shots))))
    own = painted + shots.index(scene.label)
    sure = tuple(float(number == own) for number in range(painted + len(shots)))
    return replace(scene, class_id=own, probabilities=sure)
