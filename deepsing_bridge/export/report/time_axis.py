"""What panels over song time have in common: edges of scenes, rules, lights on key scenes, and ticks of time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ...story.storyboard import Scene
from .sheet import LEFT, RIGHT, WIDTH, clock
from .theme import PAPER

NARROWEST_SCENE = 6  # scenes below this mean width are not ruled off
TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_TICKS = 16


def scene_edges(scenes: Sequence[Scene]) -> list[float]:
    return [scenes[0].start_s, *(scene.end_s for scene in scenes)]


def light_scenes(axes: Axes, scenes: Sequence[Scene]) -> None:
    for scene in scenes:
        axes.axvspan(scene.start_s, scene.end_s, color="white", alpha=0.06, linewidth=0)


def rule_scenes(axes: Axes, scenes: Sequence[Scene]) -> None:
    """Rules between scenes, unless they would become a grey wall."""
    if len(scenes) > (WIDTH - LEFT - RIGHT) / NARROWEST_SCENE:
        return
    low, high = axes.get_ylim()
    rules = [((scene.start_s, low), (scene.start_s, high)) for scene in scenes[1:]]
    axes.add_collection(LineCollection(rules, colors=PAPER, linewidths=1, zorder=1.5), autolim=False)


def draw_time(axes: Axes, duration_s: float) -> None:
    step = next((s for s in TICK_STEPS_S if duration_s / s <= MOST_TICKS), TICK_STEPS_S[-1])
    ticks = np.arange(0, duration_s, step)
    axes.set_xticks(ticks, [clock(tick) for tick in ticks.tolist()], fontsize=11)
