"""The report's heat map: the translator's probability of each class in each scene, or which file a scene shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from ...story.storyboard import Scene
from .sheet import LEFT, ROW, Sheet, shortened
from .theme import HEAT, PAPER, QUIET, TEXT
from .time_axis import scene_edges

SHOWN_CLASSES = 12
NARROWEST_NUMBER = 30  # a cell of the heat map below this width holds no figure
OTHERS = -1
LEAST_SHARE = 0.002  # of the whole story; a class below it gets no row
HEAT_CAPTION = "the translator's activations: probability of each class over time, in per cent for the one shown"
FILES_CAPTION = "which file of the footage each scene shows"
FILLED_CAPTION = f"{FILES_CAPTION}; where one is painted, the translator's activations"


@dataclass(frozen=True)
class Activations:
    """`values` (rows, scenes); each row's class and name. The last row, OTHERS, is the rest's sum."""

    values: NDArray[np.float64]
    class_ids: list[int]
    names: list[str]

    @staticmethod
    def of(scenes: Sequence[Scene], labels: Sequence[str]) -> "Activations":
        """The weightiest classes, the earliest on top; with the rest each column adds up to the whole."""
        table = np.array([scene.probabilities for scene in scenes]).T
        lengths = np.array([scene.end_s - scene.start_s for scene in scenes])
        mass = table @ lengths
        heaviest = np.argsort(-mass, kind="stable")[:SHOWN_CLASSES]
        heaviest = heaviest[mass[heaviest] > LEAST_SHARE * mass.sum()]
        middles = (table[heaviest] * lengths) @ np.arange(len(scenes)) / mass[heaviest]
        rows = heaviest[np.argsort(middles, kind="stable")]
        rest = np.delete(table, rows, axis=0).sum(axis=0)
        names = [shortened(labels[row], 22) for row in rows]
        return Activations(np.vstack([table[rows], rest]), [*rows.tolist(), OTHERS], [*names, "all others"])


def draw_activations(
    sheet: Sheet, scenes: Sequence[Scene], activations: Activations, key_scenes: Sequence[int], top: int
) -> Axes:
    count = len(activations.names)
    axes = sheet.panel(top, count * ROW)
    brightest = float(activations.values.max())
    axes.pcolormesh(scene_edges(scenes), np.arange(count + 1), activations.values, cmap=HEAT, vmin=0, vmax=brightest)
    axes.set_ylim(count, 0)
    axes.set_yticks(np.arange(count) + 0.5, activations.names, fontsize=11, color=TEXT)
    for index, scene in enumerate(scenes):
        if scene.class_id in activations.class_ids:
            row = activations.class_ids.index(scene.class_id)
            share = float(activations.values[row, index]) / brightest
            _draw_choice(sheet, axes, scene, row, PAPER if share > 0.6 else TEXT)
            if index in key_scenes:
                axes.add_patch(_cell(scene, row))
    sheet.text(LEFT, top - 12, _heat_caption(scenes), 10.5, color=QUIET)
    return axes


def _heat_caption(scenes: Sequence[Scene]) -> str:
    painted = {scene.subclip is None for scene in scenes}
    if painted == {True}:
        return HEAT_CAPTION
    return FILLED_CAPTION if True in painted else FILES_CAPTION


def _draw_choice(sheet: Sheet, axes: Axes, scene: Scene, row: int, colour: str) -> None:
    """How sure the translator was of the class that the scene shows, where there is room for a figure; of footage,
    none."""
    if scene.subclip is not None or sheet.x(scene.end_s) - sheet.x(scene.start_s) < NARROWEST_NUMBER:
        return
    middle = (scene.start_s + scene.end_s) / 2
    figure = f"{100 * scene.probabilities[scene.class_id]:.0f}"
    axes.text(middle, row + 0.53, figure, fontsize=9, color=colour, ha="center", va="center")


def _cell(scene: Scene, row: int) -> Rectangle:
    """An outline for a key frame's cell."""
    width = scene.end_s - scene.start_s
    return Rectangle((scene.start_s, row), width, 1, fill=False, edgecolor=TEXT, linewidth=1.3, zorder=3, clip_on=False)
