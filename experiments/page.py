"""Figures and tables of an experiment become a page: `NAME.md`, `NAME.csv` and pictures beside it.

Everything in them comes from the run; what it means is written by hand, in docs/experiments/README.md.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from deepsing_bridge.core.files import appearing, write_text
from deepsing_bridge.export.report.theme import LOOK, PANEL, PAPER, QUIET, RULE, TEXT
from deepsing_bridge.protocols.tables import markdown_table

Row = Sequence[object]
DPI = 100


def write_page(out: Path, name: str, title: str, command: str, parts: Iterable[str]) -> None:
    """`NAME.md` in folder `out`: the title, the command that made it, and the `parts`, paragraphs of Markdown.

    What pages mean is told in README.md beside them, or in the folder above, where there are several generators' pages.
    """
    out.mkdir(parents=True, exist_ok=True)
    told = "README.md" if (out / "README.md").exists() else "../README.md"
    head = f"# {title}", f"`{command}` writes this page. What it means: [README.md]({told})."
    write_text(out / f"{name}.md", "\n\n".join([*head, *parts]) + "\n")


def write_csv(out: Path, name: str, heads: Sequence[str], rows: Iterable[Row]) -> None:
    """Every single measurement, `NAME.csv`."""
    out.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_plain(value) for value in row] for row in rows)
    write_text(out / f"{name}.csv", text.getvalue())


def table(heads: Sequence[str], rows: Iterable[Row]) -> str:
    return markdown_table(heads, [[_told(value) for value in row] for row in rows])


def spread(values: Iterable[float]) -> str:
    """Mean and standard deviation over the seeds: `0.84 ± 0.03`."""
    measured = np.array(list(values))
    return f"{measured.mean():.2f} ± {measured.std(ddof=1) if len(measured) > 1 else 0:.2f}"


def picture(name: str, caption: str) -> str:
    return f"![{caption}]({name})"


def blank(columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure of `width`×`height` pixels with axes side by side, in the look of a story's report."""
    figure = Figure((width / DPI, height / DPI), dpi=DPI, facecolor=PAPER, layout="constrained")
    return figure, [_axes(axes) for axes in figure.subplots(1, columns, squeeze=False)[0]]


def save(figure: Figure, path: Path) -> None:
    """Write a JPEG; it appears whole or not at all."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    save_picture(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"), path)


def save_picture(image: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as part:
        image.save(part, "JPEG", quality=88)


def _axes(axes: Axes) -> Axes:
    axes.set_facecolor(PANEL)
    axes.spines[:].set_visible(False)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=QUIET, labelsize=9)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(TEXT)
        text.set_fontsize(10)
        text.set_family(LOOK["font.family"])
    return axes


def _told(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value
