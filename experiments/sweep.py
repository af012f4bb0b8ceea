"""How many clusters (N_K) and sub-clusters (N_S) should a stable view have? Fidelity against variety (Algorithm 1)."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress
from deepsing_bridge.translation.attribute_view import SUB_CLUSTERS, clusters_for, stable_view
from deepsing_bridge.translation.neural import NeuralTranslator
from experiments.page import blank, picture, save, spread, table, write_csv, write_page
from experiments.setting import Loop, Setting, closed_loop, command, joined, prepare, seeded_options

N_K = (2, 4, 7, 10, 15, 20)
N_S = (1, 4, 12, 30)
COLOURS = ("#7d6bf2", "#4cc4f0", "#ffc24b", "#ff7f6b")


@dataclass(frozen=True)
class Point:
    """One translator, of at most `clusters` classes with `sub_clusters` pairs each."""

    clusters: int
    sub_clusters: int
    seed: int
    loop: Loop


def measure(setting: Setting, clusters: int, sub_clusters: int, seed: int) -> Point:
    view = stable_view(setting.table, clusters=clusters, sub_clusters=sub_clusters, seed=seed)
    translator = NeuralTranslator.of_view(f"neural:{clusters}x{sub_clusters}", view, seed)
    return Point(clusters, sub_clusters, seed, closed_loop(setting, translator))


def run(setting: Setting, seeds: int, progress: Progress) -> list[Point]:
    wanted = list(product(N_K, N_S, range(seeds)))
    points = []
    for one in wanted:
        points.append(measure(setting, *one))
        progress(len(points), len(wanted))
    return points


def write(out: Path, setting: Setting, points: list[Point], seeds: int, command: str) -> None:
    heads = ("clusters", "sub_clusters", "seed", "valence", "arousal", "error", "classes")
    write_csv(out, "sweep", heads, [_row(point) for point in points])
    _plot(out / "sweep.jpg", points)
    told = ("N_K", "N_S", "r valence", "r arousal", "error, σ", "classes a song")
    rows = [(*cell, *_spreads(points, cell)) for cell in product(N_K, N_S)]
    write_page(
        out,
        "sweep",
        "N_K and N_S: fidelity against variety",
        command,
        [
            f"{setting.generator.name} generator, {seeds} seeds, asked for the {len(joined(setting.asked))} scenes of "
            f"{len(setting.asked)} songs. Means ± standard deviations over seeds. The default is N_K = {clusters_for(setting.table)}, N_S = {SUB_CLUSTERS}.",
            picture("sweep.jpg", "Closed loop and error against the number of classes that a song shows"),
            table(told, rows),
        ],
    )


def _row(point: Point) -> tuple[object, ...]:
    loop = point.loop
    return (point.clusters, point.sub_clusters, point.seed, loop.valence, loop.arousal, loop.error, loop.classes)


def _loops(points: list[Point], cell: tuple[int, int]) -> list[Loop]:
    return [point.loop for point in points if (point.clusters, point.sub_clusters) == cell]


def _spreads(points: list[Point], cell: tuple[int, int]) -> list[str]:
    loops = _loops(points, cell)
    return [spread(getattr(loop, name) for loop in loops) for name in ("valence", "arousal", "error", "classes")]


def _plot(path: Path, points: list[Point]) -> None:
    """A line for each N_S, along it N_K."""
    figure, (left, right) = blank(2, 1200, 460)
    for sub_clusters, colour in zip(N_S, COLOURS, strict=True):
        cells = [_loops(points, (clusters, sub_clusters)) for clusters in N_K]
        classes = [np.mean([loop.classes for loop in loops]) for loops in cells]
        fidelity = [np.mean([(loop.valence + loop.arousal) / 2 for loop in loops]) for loops in cells]
        error = [np.mean([loop.error for loop in loops]) for loops in cells]
        left.plot(classes, fidelity, "o-", color=colour, label=f"N_S = {sub_clusters}")
        right.plot(classes, error, "o-", color=colour)
    left.set_ylabel("closed loop, mean r of both axes")
    right.set_ylabel("distance of asked and seen, σ")
    for axes in (left, right):
        axes.set_xlabel(f"classes that a song shows (along each line N_K = {', '.join(map(str, N_K))})")
    left.legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    given = seeded_options(__doc__, seeds=5).parse_args()
    setting = prepare(given.generator, given.songs)
    with progress() as stages:
        points = run(setting, given.seeds, stages("fitting translators"))
    write(given.out, setting, points, given.seeds, command(given))


if __name__ == "__main__":
    main()
