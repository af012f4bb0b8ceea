"""Classes chosen for being like those chosen already: the open question of the paper's conclusion.

Algorithm 1 draws a class for each cluster of the attribute space by its cardinality there. Here that is weighed by how
like the class is to those drawn before. Does a story become more of one piece, and what does it cost?
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress
from deepsing_bridge.export.report.theme import AROUSAL, VALENCE
from deepsing_bridge.training.likeness import class_likeness
from deepsing_bridge.translation.attribute_view import by_likeness, stable_view
from deepsing_bridge.translation.neural import NeuralTranslator
from experiments.page import blank, picture, save, spread, table, write_csv, write_page
from experiments.setting import Loop, Setting, closed_loop, command, prepare, seeded_options

SHARPNESSES = (0.0, 2.0, 5.0, 10.0, 20.0)  # 0 is the paper's way


@dataclass(frozen=True)
class View:
    """One view. `consistency`: the mean likeness of two of its classes, −1..1."""

    sharpness: float
    seed: int
    palette: tuple[str, ...]
    consistency: float
    loop: Loop


def measure(setting: Setting, likeness: NDArray[np.float32], sharpness: float, seed: int) -> View:
    view = stable_view(setting.table, seed=seed, draw=by_likeness(likeness, sharpness))
    translator = NeuralTranslator.of_view(f"neural:likeness{sharpness:g}", view, seed)
    palette = translator.palette
    labels = tuple(setting.generator.classes[class_id] for class_id in palette)
    return View(sharpness, seed, labels, consistency(likeness, palette), closed_loop(setting, translator))


def consistency(likeness: NDArray[np.float32], palette: tuple[int, ...]) -> float:
    """The mean over all pairs of different classes."""
    among = likeness[np.ix_(palette, palette)]
    return float(among[np.triu_indices(len(palette), 1)].mean())


def run(setting: Setting, likeness: NDArray[np.float32], seeds: int, progress: Progress) -> list[View]:
    views = []
    for sharpness in SHARPNESSES:
        for seed in range(seeds):
            views.append(measure(setting, likeness, sharpness, seed))
            progress(len(views), len(SHARPNESSES) * seeds)
    return views


def write(out: Path, setting: Setting, views: list[View], seeds: int, command: str) -> None:
    heads = ("sharpness", "seed", "consistency", "valence", "arousal", "error", "classes", "palette")
    write_csv(out, "likeness", heads, [_row(view) for view in views])
    _plot(out / "likeness.jpg", views)
    told = (
        "sharpness",
        "likeness of its classes",
        "classes in the view",
        "classes a song",
        "r valence",
        "r arousal",
        "error, σ",
    )
    first = [view for view in views if view.seed == 0]
    examples = [(view.sharpness, ", ".join(view.palette)) for view in first]
    write_page(
        out,
        "likeness",
        "Classes that go together",
        command,
        [
            f"{seeds} seeds, {setting.generator.name} generator; sharpness 0 is the paper's choice by cardinality. Likeness of two classes: the cosine "
            "between the mean features of their pictures in a network that knows ImageNet, less the mean of all classes. It is both what chooses and what "
            "judges here: that it rises is no surprise, by how much and at what price is what is measured.",
            picture("likeness.jpg", "Consistency against fidelity"),
            table(told, [_summary(sharpness, views) for sharpness in SHARPNESSES]),
            "The views of seed 0:",
            table(("sharpness", "classes"), examples),
        ],
    )


def _row(view: View) -> tuple[object, ...]:
    loop = view.loop
    measured = (view.consistency, loop.valence, loop.arousal, loop.error, loop.classes)
    return view.sharpness, view.seed, *measured, " ".join(view.palette)


def _summary(sharpness: float, views: list[View]) -> tuple[str, ...]:
    mine = [view for view in views if view.sharpness == sharpness]
    loop = [spread(getattr(view.loop, name) for view in mine) for name in ("classes", "valence", "arousal", "error")]
    return f"{sharpness:g}", spread(v.consistency for v in mine), spread(len(v.palette) for v in mine), *loop


def _plot(path: Path, views: list[View]) -> None:
    figure, (left, right) = blank(2, 1200, 420)
    shades = ("#8d94a3", "#7d6bf2", AROUSAL, VALENCE, "#ff7f6b")
    for sharpness, colour in zip(SHARPNESSES, shades, strict=True):
        mine = [view for view in views if view.sharpness == sharpness]
        like = [view.consistency for view in mine]
        fidelity = [(view.loop.valence + view.loop.arousal) / 2 for view in mine]
        left.plot(like, fidelity, "o", color=colour, label=f"sharpness {sharpness:g}")
        right.plot(like, [view.loop.classes for view in mine], "o", color=colour)
    left.set_ylabel("closed loop, mean r of both axes")
    right.set_ylabel("classes that a song shows")
    for axes in (left, right):
        axes.set_xlabel("mean likeness of a view's classes")
    left.legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    given = seeded_options(__doc__, seeds=10).parse_args()
    setting = prepare(given.generator, given.songs)
    with progress() as stages:
        likeness = class_likeness(setting.generator, progress=stages("looking at classes"))
        views = run(setting, likeness, given.seeds, stages("fitting translators"))
    write(given.out, setting, views, given.seeds, command(given))


if __name__ == "__main__":
    main()
