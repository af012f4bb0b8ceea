"""The report's curves: valence and arousal over song time, below a band of the scenes' feelings."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ...core.colours import feeling_rgb
from ...core.types import FEELINGS
from ...story.storyboard import Scene, Storyboard
from .sheet import BAND, CURVES, LEFT, RIGHT, WIDTH, Sheet, signed
from .theme import AROUSAL, QUIET, RULE, VALENCE
from .time_axis import scene_edges


def draw_feelings(sheet: Sheet, scenes: Sequence[Scene], top: int) -> None:
    axes = sheet.panel(top, BAND)
    axes.set_yticks([])
    for scene in scenes:
        width = scene.end_s - scene.start_s
        axes.add_patch(Rectangle((scene.start_s, 0), width, 1, color=feeling_rgb(scene.sentiment.feeling), linewidth=0))
    for row, feeling in enumerate(reversed(FEELINGS)):
        sheet.text(WIDTH - RIGHT + 12, top + BAND / 2 - 17 * row, feeling, 9.5, color=feeling_rgb(feeling), va="center")
    sheet.text(LEFT - 12, top + BAND / 2, "feeling", 10.5, ha="right", va="center", color=QUIET)


def draw_curves(sheet: Sheet, storyboard: Storyboard, top: int) -> Axes:
    """The track at its own resolution, faint, and what the translator was given for each scene, strong."""
    axes = sheet.panel(top, CURVES)
    track, scenes = storyboard.sentiment, storyboard.scenes
    times = (np.arange(len(track)) + 0.5) * track.hop_s
    strength = float(np.clip(30 * 2.6 / len(scenes), 1.2, 2.6))
    ends = []
    for colour, values, means in (
        (VALENCE, track.valence, [scene.sentiment.valence for scene in scenes]),
        (AROUSAL, track.arousal, [scene.sentiment.arousal for scene in scenes]),
    ):
        axes.plot(times, values, color=colour, alpha=0.35, linewidth=1)
        axes.stairs(means, scene_edges(scenes), baseline=None, color=colour, linewidth=strength, zorder=3)
        ends.append(means[-1])
    _scale_curves(axes, storyboard)
    _name_curves(sheet, axes, ends, top)
    sheet.text(
        LEFT - 46,
        top + CURVES / 2,
        "standard deviations",
        10.5,
        color=QUIET,
        rotation=90,
        ha="right",
        va="center",
    )
    return axes


def _scale_curves(axes: Axes, storyboard: Storyboard) -> None:
    """Symmetric about zero; at least one standard deviation each way, and room for all of both curves."""
    values = np.abs(np.concatenate([storyboard.sentiment.valence, storyboard.sentiment.arousal]))
    means = [abs(v) for scene in storyboard.scenes for v in (scene.sentiment.valence, scene.sentiment.arousal)]
    limit = max(1.0, float(values.max()), *means) * 1.12
    axes.set_ylim(-limit, limit)
    ticks = np.arange(-int(limit), int(limit) + 1, max(1, int(limit) // 3))
    axes.set_yticks(ticks, [signed(tick, 0) if tick else "0" for tick in ticks.tolist()])
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)


def _name_curves(sheet: Sheet, axes: Axes, ends: Sequence[float], top: int) -> None:
    """The curves' names beside their ends, kept a line apart."""
    low, high = axes.get_ylim()
    ys = [top + CURVES * (high - end) / (high - low) for end in ends]
    apart = max(0.0, 18 - abs(ys[0] - ys[1])) / 2
    signs = (-1, 1) if ys[0] <= ys[1] else (1, -1)
    for name, colour, y, sign in zip(("valence", "arousal"), (VALENCE, AROUSAL), ys, signs, strict=True):
        sheet.text(WIDTH - RIGHT + 12, y + sign * apart, name, 12, color=colour, va="center", fontweight="bold")
