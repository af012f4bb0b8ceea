"""A storyboard and a few of its pictures become report.png, after the paper's Figure 1.

From top to bottom: key frames, tied to their times; the feeling of each scene; valence and arousal; the
translator's activations. Knows nothing of models or sound; the same arguments give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image

from ..core.colours import feeling_rgb
from ..core.files import appearing
from ..core.types import FEELINGS
from ..story.footage_plan import UNPAINTED
from ..story.storyboard import Scene, Storyboard
from .shots_as_classes import shots_as_classes

KEY_SCENES = 6
SHOWN_CLASSES = 12

WIDTH = 1920  # pixels, as everything below
DPI = 100
LEFT, RIGHT = 190, 110
HEADER, CAPTION, CONNECTORS, BAND, CURVES, GAP, ROW, FOOTER = 112, 58, 54, 14, 300, 58, 26, 62
PICTURE_GAP = 22
NARROWEST_CAPTION = 210
TALLEST_PICTURE = 300
NARROWEST_NUMBER = 30  # a cell of the heat map below this width holds no figure
OTHERS = -1
LEAST_SHARE = 0.002  # of the whole story; a class below it gets no row
HEAT_CAPTION = "the translator's activations: probability of each class over time, in per cent for the one shown"
FILES_CAPTION = "which file of the footage each scene shows"
FILLED_CAPTION = f"{FILES_CAPTION}; where one is painted, the translator's activations"
NARROWEST_SCENE = 6  # scenes below this mean width are not ruled off

PAPER, PANEL, RULE, TEXT, QUIET = "#12141a", "#191c24", "#2c313d", "#f2efe9", "#8d94a3"
VALENCE, AROUSAL = "#ffc24b", "#4cc4f0"
HEAT = LinearSegmentedColormap.from_list("heat", [PANEL, "#3a2a55", "#9a3d6e", "#f07f5a", "#ffe3a8"])
FONT = "DejaVu Sans"  # which matplotlib brings
LOOK = {"font.family": FONT, "text.parse_math": False, "path.simplify": False, "figure.dpi": DPI}

TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_TICKS = 16

Picture = NDArray[np.uint8]
Pictures = Mapping[int, Picture]


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


@dataclass(frozen=True)
class _Sheet:
    """A figure measured in pixels from its top left corner, over `duration_s` seconds of song."""

    figure: Figure
    height: int
    duration_s: float

    def axes(self, top: float, height: float, left: float = LEFT, width: float = WIDTH - LEFT - RIGHT) -> Axes:
        bottom = self.height - top - height
        box = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        axes = self.figure.add_axes(box, facecolor=PANEL)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=10, colors=QUIET, pad=6)
        return axes

    def panel(self, top: float, height: float) -> Axes:
        """Axes whose x is song time."""
        axes = self.axes(top, height)
        axes.set_xlim(0, self.duration_s)
        axes.set_xticks([])
        return axes

    def x(self, time_s: float) -> float:
        return LEFT + time_s / self.duration_s * (WIDTH - LEFT - RIGHT)

    def text(self, x: float, y: float, text: str, size: float, **how: Any) -> None:
        """`y` is the text's base line unless `va` says otherwise; `size` in points."""
        self.figure.text(x / WIDTH, 1 - y / self.height, text, fontsize=size, **{"color": TEXT, **how})

    def line(self, xs: Sequence[float], ys: Sequence[float], **how: Any) -> None:
        points = [x / WIDTH for x in xs], [1 - y / self.height for y in ys]
        self.figure.add_artist(Line2D(*points, **how))


def draw_report(storyboard: Storyboard, pictures: Pictures, labels: Sequence[str], title: str) -> Figure:
    """The plot, 1920 pixels wide; `pictures` and `labels` as `write_report` takes them."""
    storyboard, labels = shots_as_classes(storyboard, labels)
    activations = _activations(storyboard.scenes, labels)
    width, height = _picture_size(pictures)
    band = HEADER + (CAPTION + height + CONNECTORS if pictures else 0)
    heat = band + BAND + CURVES + GAP
    sheet = _new_sheet(heat + len(activations.names) * ROW + FOOTER, storyboard.duration_s)
    _draw_header(sheet, storyboard, title)
    _draw_pictures(sheet, storyboard.scenes, dict(sorted(pictures.items())), width, height)
    _draw_feelings(sheet, storyboard.scenes, band)
    keys = sorted(pictures)
    curves = _draw_curves(sheet, storyboard, band + BAND)
    cells = _draw_activations(sheet, storyboard.scenes, activations, keys, heat)
    _light_scenes(curves, [storyboard.scenes[index] for index in keys])
    for panel in (curves, cells):
        _rule_scenes(panel, storyboard.scenes)
    _draw_time(cells, storyboard.duration_s)
    return sheet.figure


def _new_sheet(height: int, duration_s: float) -> _Sheet:
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return _Sheet(figure, height, duration_s)


def _draw_header(sheet: _Sheet, storyboard: Storyboard, title: str) -> None:
    count, settings = len(storyboard.scenes), storyboard.settings
    facts = (
        _clock(storyboard.duration_s),
        "1 scene" if count == 1 else f"{count} scenes",
        f"{settings.width} × {settings.height}, {float(storyboard.frame_rate):.5g} fps",
        *_made_by(storyboard),
        f"style {settings.style}, blend {settings.blend:g}",
        *([f"{settings.motion} motion"] if storyboard.generator != UNPAINTED else []),
        f"seed {settings.seed}",
    )
    sheet.text(LEFT, 58, _shortened(_drawable(title), 70), 25, fontweight="bold")
    sheet.text(LEFT, 84, "   ·   ".join(facts), 10.5, color=QUIET)


def _made_by(storyboard: Storyboard) -> list[str]:
    painted = [f"generator {storyboard.generator}", f"translator {storyboard.translator}"]
    footage = [] if storyboard.settings.footage is None else ["own footage"]
    return footage + (painted if storyboard.generator != UNPAINTED else [])


# Key frames


def _picture_size(pictures: Pictures) -> tuple[int, int]:
    """Width and height at which all key frames fit side by side."""
    if not pictures:
        return 0, 0
    aspect = max(picture.shape[1] / picture.shape[0] for picture in pictures.values())
    room = (WIDTH - LEFT - RIGHT + PICTURE_GAP) / max(len(pictures), 4) - PICTURE_GAP
    height = min(TALLEST_PICTURE, room / aspect)
    return int(height * aspect), int(height)


def _side_by_side(centres: Sequence[float], width: float) -> list[float]:
    """Centres moved no further than it takes for nothing of `width` to overlap or stick out."""
    step = width + PICTURE_GAP
    placed: list[float] = []
    for centre in centres:
        placed.append(max(centre, placed[-1] + step if placed else LEFT + width / 2))
    limit = WIDTH - RIGHT - width / 2
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - step
    return placed


def _draw_pictures(sheet: _Sheet, scenes: Sequence[Scene], pictures: Pictures, width: int, height: int) -> None:
    times = [sheet.x((scenes[index].start_s + scenes[index].end_s) / 2) for index in pictures]
    slot = max(width, NARROWEST_CAPTION)
    centres = _side_by_side(times, slot)
    for (index, picture), time_x, centre in zip(pictures.items(), times, centres, strict=True):
        _draw_caption(sheet, scenes[index], centre - slot / 2, slot)
        _draw_picture(sheet, picture, round(centre - width / 2), width, height)
        _draw_connector(sheet, scenes[index], centre, time_x, height)


def _draw_caption(sheet: _Sheet, scene: Scene, left: float, width: float) -> None:
    top = HEADER + CAPTION
    clock = _clock(scene.start_s)
    sheet.text(left, top - 33, _shortened(scene.label, int((width - 50) / 12)), 13, fontweight="bold")
    sheet.text(left + width, top - 33, clock, 10.5, color=QUIET, ha="right")
    sheet.text(left, top - 12, f"valence {_signed(scene.sentiment.valence)}", 9.5, color=VALENCE)
    sheet.text(left + width, top - 12, f"arousal {_signed(scene.sentiment.arousal)}", 9.5, color=AROUSAL, ha="right")


def _draw_picture(sheet: _Sheet, picture: Picture, left: float, width: int, height: int) -> None:
    axes = sheet.axes(HEADER + CAPTION, height, left, width)
    small = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS)
    axes.imshow(small, interpolation="nearest", aspect="auto")
    axes.set_axis_off()


def _draw_connector(sheet: _Sheet, scene: Scene, centre: float, time_x: float, height: int) -> None:
    """From the picture's foot straight down, across, and down to its time."""
    foot = HEADER + CAPTION + height
    ys = (foot + 6, foot + 14, foot + CONNECTORS - 12, foot + CONNECTORS)
    sheet.line((centre, centre, time_x, time_x), ys, color=feeling_rgb(scene.sentiment.feeling), linewidth=1.4)


# Panels over song time


def _draw_feelings(sheet: _Sheet, scenes: Sequence[Scene], top: int) -> None:
    axes = sheet.panel(top, BAND)
    axes.set_yticks([])
    for scene in scenes:
        width = scene.end_s - scene.start_s
        axes.add_patch(Rectangle((scene.start_s, 0), width, 1, color=feeling_rgb(scene.sentiment.feeling), linewidth=0))
    for row, feeling in enumerate(reversed(FEELINGS)):
        sheet.text(WIDTH - RIGHT + 12, top + BAND / 2 - 17 * row, feeling, 9.5, color=feeling_rgb(feeling), va="center")
    sheet.text(LEFT - 12, top + BAND / 2, "feeling", 10.5, ha="right", va="center", color=QUIET)


def _draw_curves(sheet: _Sheet, storyboard: Storyboard, top: int) -> Axes:
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
        axes.stairs(means, _edges(scenes), baseline=None, color=colour, linewidth=strength, zorder=3)
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
    axes.set_yticks(ticks, [_signed(tick, 0) if tick else "0" for tick in ticks.tolist()])
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)


def _name_curves(sheet: _Sheet, axes: Axes, ends: Sequence[float], top: int) -> None:
    """The curves' names beside their ends, kept a line apart."""
    low, high = axes.get_ylim()
    ys = [top + CURVES * (high - end) / (high - low) for end in ends]
    apart = max(0.0, 18 - abs(ys[0] - ys[1])) / 2
    signs = (-1, 1) if ys[0] <= ys[1] else (1, -1)
    for name, colour, y, sign in zip(("valence", "arousal"), (VALENCE, AROUSAL), ys, signs, strict=True):
        sheet.text(WIDTH - RIGHT + 12, y + sign * apart, name, 12, color=colour, va="center", fontweight="bold")


@dataclass(frozen=True)
class _Activations:
    """`values` (rows, scenes); each row's class and name. The last row, OTHERS, is the rest's sum."""

    values: NDArray[np.float64]
    class_ids: list[int]
    names: list[str]


def _activations(scenes: Sequence[Scene], labels: Sequence[str]) -> _Activations:
    """The weightiest classes, the earliest on top; with the rest each column adds up to the whole."""
    table = np.array([scene.probabilities for scene in scenes]).T
    lengths = np.array([scene.end_s - scene.start_s for scene in scenes])
    mass = table @ lengths
    heaviest = np.argsort(-mass, kind="stable")[:SHOWN_CLASSES]
    heaviest = heaviest[mass[heaviest] > LEAST_SHARE * mass.sum()]
    middles = (table[heaviest] * lengths) @ np.arange(len(scenes)) / mass[heaviest]
    rows = heaviest[np.argsort(middles, kind="stable")]
    rest = np.delete(table, rows, axis=0).sum(axis=0)
    names = [_shortened(labels[row], 22) for row in rows]
    return _Activations(np.vstack([table[rows], rest]), [*rows.tolist(), OTHERS], [*names, "all others"])


def _draw_activations(
    sheet: _Sheet, scenes: Sequence[Scene], activations: _Activations, key_scenes: Sequence[int], top: int
) -> Axes:
    count = len(activations.names)
    axes = sheet.panel(top, count * ROW)
    brightest = float(activations.values.max())
    axes.pcolormesh(_edges(scenes), np.arange(count + 1), activations.values, cmap=HEAT, vmin=0, vmax=brightest)
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


def _draw_choice(sheet: _Sheet, axes: Axes, scene: Scene, row: int, colour: str) -> None:
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


def _edges(scenes: Sequence[Scene]) -> list[float]:
    return [scenes[0].start_s, *(scene.end_s for scene in scenes)]


def _light_scenes(axes: Axes, scenes: Sequence[Scene]) -> None:
    for scene in scenes:
        axes.axvspan(scene.start_s, scene.end_s, color="white", alpha=0.06, linewidth=0)


def _rule_scenes(axes: Axes, scenes: Sequence[Scene]) -> None:
    """Rules between scenes, unless they would become a grey wall."""
    if len(scenes) > (WIDTH - LEFT - RIGHT) / NARROWEST_SCENE:
        return
    low, high = axes.get_ylim()
    rules = [((scene.start_s, low), (scene.start_s, high)) for scene in scenes[1:]]
    axes.add_collection(LineCollection(rules, colors=PAPER, linewidths=1, zorder=1.5), autolim=False)


def _draw_time(axes: Axes, duration_s: float) -> None:
    step = next((s for s in TICK_STEPS_S if duration_s / s <= MOST_TICKS), TICK_STEPS_S[-1])
    ticks = np.arange(0, duration_s, step)
    axes.set_xticks(ticks, [_clock(tick) for tick in ticks.tolist()], fontsize=11)


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(int(time_s), 60)
    return f"{minutes}:{seconds:02d}"


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def _drawable(text: str) -> str:
    """`text` without what the font has no glyph for, as emoji, and would draw as boxes."""
    glyphs = get_font(findfont(FONT)).get_charmap()
    return " ".join("".join(letter for letter in text if ord(letter) in glyphs).split())


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
