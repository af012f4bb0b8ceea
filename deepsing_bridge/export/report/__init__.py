"""A storyboard and a few of its pictures become report.png, after the paper's Figure 1.

From top to bottom: key frames, tied to their times; the feeling of each scene; valence and arousal; the
translator's activations. Knows nothing of models or sound; the same arguments give the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

from ...core.files import appearing
from ...story.footage_plan import UNPAINTED
from ...story.storyboard import Scene, Storyboard
from ..shots_as_classes import shots_as_classes
from .curves import draw_curves, draw_feelings
from .heat_map import Activations, draw_activations
from .key_frames import Pictures, draw_pictures, picture_size
from .sheet import (
    BAND,
    CAPTION,
    CONNECTORS,
    CURVES,
    FOOTER,
    GAP,
    HEADER,
    LEFT,
    ROW,
    Sheet,
    clock,
    drawable,
    new_sheet,
    shortened,
)
from .theme import LOOK, QUIET
from .time_axis import draw_time, light_scenes, rule_scenes

KEY_SCENES = 6


def choose_key_scenes(storyboard: Storyboard, count: int = KEY_SCENES) -> list[int]:
    """The scenes worth showing, ascending, at most `count`: one from each equal stretch of the story.

    Within a stretch the strongest sentiment wins, with a standard deviation's advantage each for a scene
    where the class changes and for a class that has not been shown yet.
    """
    stretches = np.array_split(np.arange(len(storyboard.scenes)), min(count, len(storyboard.scenes)))
    chosen: list[int] = []
    for stretch in stretches:
        shown = {storyboard.scenes[index].label for index in chosen}
        chosen.append(max(stretch.tolist(), key=lambda i: _interest(storyboard.scenes, i, shown)))
    return chosen


def write_report(
    path: Path, storyboard: Storyboard, key_pictures: Pictures, class_labels: Sequence[str], title: str
) -> None:
    """Write the plot as a PNG, 1920 pixels wide; it appears whole or not at all.

    `key_pictures` maps scene indices to (H, W, 3) uint8 RGB; `class_labels` names the generator's classes in
    the order of a scene's `probabilities`. Raises BridgeError where the disk is full.
    """
    with style.context(["default", LOOK]):  # whatever the user's own matplotlibrc says
        figure = draw_report(storyboard, key_pictures, class_labels, title)
        with appearing(path) as part:
            figure.savefig(part, format="png", metadata={"Software": None})


def _interest(scenes: Sequence[Scene], index: int, shown: set[str]) -> float:
    scene = scenes[index]
    changes = index == 0 or scenes[index - 1].label != scene.label
    strength = float(np.hypot(scene.sentiment.valence, scene.sentiment.arousal))
    return strength + changes + (scene.label not in shown)


def draw_report(storyboard: Storyboard, pictures: Pictures, labels: Sequence[str], title: str) -> Figure:
    """The plot, 1920 pixels wide; `pictures` and `labels` as `write_report` takes them."""
    storyboard, labels = shots_as_classes(storyboard, labels)
    activations = Activations.of(storyboard.scenes, labels)
    width, height = picture_size(pictures)
    band = HEADER + (CAPTION + height + CONNECTORS if pictures else 0)
    heat = band + BAND + CURVES + GAP
    sheet = new_sheet(heat + len(activations.names) * ROW + FOOTER, storyboard.duration_s)
    _draw_header(sheet, storyboard, title)
    draw_pictures(sheet, storyboard.scenes, dict(sorted(pictures.items())), width, height)
    draw_feelings(sheet, storyboard.scenes, band)
    keys = sorted(pictures)
    curves = draw_curves(sheet, storyboard, band + BAND)
    cells = draw_activations(sheet, storyboard.scenes, activations, keys, heat)
    light_scenes(curves, [storyboard.scenes[index] for index in keys])
    for panel in (curves, cells):
        rule_scenes(panel, storyboard.scenes)
    draw_time(cells, storyboard.duration_s)
    return sheet.figure


def _draw_header(sheet: Sheet, storyboard: Storyboard, title: str) -> None:
    count, settings = len(storyboard.scenes), storyboard.settings
    facts = (
        clock(storyboard.duration_s),
        "1 scene" if count == 1 else f"{count} scenes",
        f"{settings.width} × {settings.height}, {float(storyboard.frame_rate):.5g} fps",
        *_made_by(storyboard),
        f"style {settings.style}, blend {settings.blend:g}",
        *([f"{settings.motion} motion"] if storyboard.generator != UNPAINTED else []),
        f"seed {settings.seed}",
    )
    sheet.text(LEFT, 58, shortened(drawable(title), 70), 25, fontweight="bold")
    sheet.text(LEFT, 84, "   ·   ".join(facts), 10.5, color=QUIET)


def _made_by(storyboard: Storyboard) -> list[str]:
    painted = [f"generator {storyboard.generator}", f"translator {storyboard.translator}"]
    footage = [] if storyboard.settings.footage is None else ["own footage"]
    return footage + (painted if storyboard.generator != UNPAINTED else [])
