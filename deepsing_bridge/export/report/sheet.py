"""A figure measured in pixels, where its parts lie on it, and how text is told there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D

from .theme import DPI, FONT, PANEL, PAPER, QUIET, TEXT

WIDTH = 1920  # pixels, as everything below
LEFT, RIGHT = 190, 110
HEADER, CAPTION, CONNECTORS, BAND, CURVES, GAP, ROW, FOOTER = 112, 58, 54, 14, 300, 58, 26, 62


@dataclass(frozen=True)
class Sheet:
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


def new_sheet(height: int, duration_s: float) -> Sheet:
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return Sheet(figure, height, duration_s)


def clock(time_s: float) -> str:
    minutes, seconds = divmod(int(time_s), 60)
    return f"{minutes}:{seconds:02d}"


def signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def drawable(text: str) -> str:
    """`text` without what the font has no glyph for, as emoji, and would draw as boxes."""
    glyphs = get_font(findfont(FONT)).get_charmap()
    return " ".join("".join(letter for letter in text if ord(letter) in glyphs).split())


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
