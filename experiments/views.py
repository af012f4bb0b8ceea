"""Where other views come from: small perturbations of the attribute space (paper section 2.2), or other seeds.

Views of one generator are made in both ways: with the attributes of all samples jittered by ever larger normal noise
and everything else by chance the same, and with the attributes as they are and everything else from another seed. How
other are they, and does the closed loop suffer? By both judges.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from deepsing_bridge.attributes import image_models
from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress
from deepsing_bridge.evaluation.closed_loop import every_judge
from deepsing_bridge.export.report.theme import AROUSAL, VALENCE
from deepsing_bridge.translation.attribute_view import perturbed, stable_view
from deepsing_bridge.translation.neural import NeuralTranslator
from experiments.page import blank, picture, save, spread, table, write_csv, write_page
from experiments.setting import Loop, Setting, closed_loop, command, prepare, seeded_options

SIGMAS = (0.02, 0.05, 0.1, 0.2, 0.5)
SEEDS = "other seeds"


@dataclass(frozen=True)
class View:
    """One view. `way`: the σ of the perturbation, or SEEDS; `loops` by judge."""

    way: str
    number: int
    palette: tuple[int, ...]
    loops: dict[str, Loop]


def measure(settings: dict[str, Setting], way: str, number: int) -> View:
    """`settings` by judge, equal but for it."""
    samples = settings[image_models.PAPER].table
    seed = number if way == SEEDS else 0
    view = stable_view(samples if way == SEEDS else perturbed(samples, float(way), number + 1), seed=seed)
    translator = NeuralTranslator.of_view(f"neural:{way}", view, seed)
    loops = {judge: closed_loop(setting, translator) for judge, setting in settings.items()}
    return View(way, number, translator.palette, loops)


def run(settings: dict[str, Setting], views: int, progress: Progress) -> list[View]:
    ways, found = [SEEDS, *(f"{sigma:g}" for sigma in SIGMAS)], list[View]()
    for way in ways:
        for number in range(views):
            found.append(measure(settings, way, number))
            progress(len(found), len(ways) * views)
    return found


def shared(views: list[View]) -> list[float]:
    """Of the classes of any two views together, the share that both have."""
    palettes = [set(view.palette) for view in views]
    return [len(one & other) / len(one | other) for one, other in combinations(palettes, 2)]


def write(out: Path, found: list[View], name: str, views: int, command: str) -> None:
    judges = list(found[0].loops)
    figures = [(judge, figure) for judge in judges for figure in ("valence", "arousal", "error")]
    heads = ("way", "view", *(f"{judge}_{figure}" for judge, figure in figures), "classes", "palette")
    write_csv(out, "views", heads, [_row(view, figures) for view in found])
    ways = list(dict.fromkeys(view.way for view in found))
    grouped = {way: [view for view in found if view.way == way] for way in ways}
    _plot(out / "views.jpg", grouped)
    write_page(
        out,
        "views",
        "Other views: by perturbation, or by seed",
        command,
        [
            f"{views} views each way, {name} generator: means ± standard deviations over the views. A view's likeness to another is the share "
            "of the classes of both together that both have.",
            picture("views.jpg", "How alike views are, and the closed loop"),
            table(
                ("σ of the attributes' noise", "likeness", "classes in the view", *(f"{f}, {j}" for j, f in figures)),
                [_summary(way, grouped[way], figures) for way in ways],
            ),
        ],
    )


def _row(view: View, figures: list[tuple[str, str]]) -> tuple[object, ...]:
    loops = (getattr(view.loops[judge], figure) for judge, figure in figures)
    return view.way, view.number, *loops, len(view.palette), " ".join(map(str, view.palette))


def _summary(way: str, views: list[View], figures: list[tuple[str, str]]) -> tuple[str, ...]:
    loops = (spread(getattr(view.loops[judge], figure) for view in views) for judge, figure in figures)
    return way, spread(shared(views)), spread(len(view.palette) for view in views), *loops


def _plot(path: Path, grouped: dict[str, list[View]]) -> None:
    figure, (left, right) = blank(2, 1200, 420)
    for place, views in enumerate(grouped.values()):
        left.plot([place] * len(shared(views)), shared(views), "o", color="#7d6bf2", alpha=0.5)
        for axis, colour in (("valence", VALENCE), ("arousal", AROUSAL)):
            for judge, mark in zip(views[0].loops, "os", strict=False):
                rs = [getattr(view.loops[judge], axis) for view in views]
                label = f"{axis}, {judge}" if place == 0 else None
                right.plot(place, np.mean(rs), mark, color=colour, label=label)
    for axes in (left, right):
        axes.set_xticks(range(len(grouped)), list(grouped))
        axes.set_xlabel("σ of the attributes' noise")
    left.set_ylabel("likeness of two views")
    right.set_ylabel("closed loop, mean r")
    right.legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    given = seeded_options(__doc__, seeds=6).parse_args()
    setting = prepare(given.generator, given.songs)
    settings = {judge: replace(setting, estimate=model.estimate) for judge, model in every_judge().items()}
    with progress() as stages:
        found = run(settings, given.seeds, stages("fitting translators"))
    write(given.out, found, setting.generator.name, given.seeds, command(given))


if __name__ == "__main__":
    main()
