"""How should a song's sentiment meet a generator's? (paper section 3.1 z-scores both; alignment is its open question)

A song asks for sentiments as z-scores over itself or over all music; a view of a generator has sentiments of its own,
spread otherwise. Either may be moved towards the other: the view's z-scored by its own statistics before clustering and
fitting, as the authors' script does, or the song's mapped onto the view's, axis by axis (quantiles) or in the plane
(optimal transport), all the way or half. Whatever is asked of a translator, what is seen is compared with what the song
felt like, by both judges.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import spearmanr

from deepsing_bridge.attributes import image_models
from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress, SentimentTrack
from deepsing_bridge.evaluation.closed_loop import every_judge
from deepsing_bridge.export.report.theme import AROUSAL, VALENCE
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.training.metrics import correlation
from deepsing_bridge.training.sampling import estimate_samples
from deepsing_bridge.translation.attribute_view import SampleTable, load_samples, samples_file, stable_view
from deepsing_bridge.translation.neural import NeuralTranslator
from deepsing_bridge.weights.model_sets import chosen
from experiments.page import blank, picture, save, spread, table, write_csv, write_page
from experiments.setting import asks, command, hear, seeded_options

SONG, DATASET, GENERATOR, QUANTILES = "song", "data set", "generator", "quantiles"
TRANSPORT, HALF_TRANSPORT = "transport", "half transport"
TOLD = {
    SONG: "z-scores over the song; the view as it is (the default)",
    DATASET: "z-scores over all music; the view as it is",
    GENERATOR: "z-scores over the song; the view's z-scored, too, before it is clustered and fitted",
    QUANTILES: "the song's ranks, on each axis, take the view's values",
    TRANSPORT: "the song's sentiments moved onto the view's at the least cost",
    HALF_TRANSPORT: "half of that way",
}
AXES = ("valence", "arousal")
DRAWS = 20  # of as many samples as a song has scenes; where a sentiment is moved to is the mean over them
BOOTSTRAP = 1000

Points = NDArray[np.floating]
"""(n, 2): valence and arousal."""


@dataclass(frozen=True)
class Cell:
    """One song, one alignment, one seed: what the song felt like and what each judge sees, (scenes, 2) each."""

    song: str
    alignment: str
    seed: int
    felt: Points
    seen: Mapping[str, Points]
    classes: int


def z_scored(samples: SampleTable) -> SampleTable:
    """`samples` with mean 0 and standard deviation 1 on each axis."""
    return replace(
        samples,
        valence=(samples.valence - samples.valence.mean()) / samples.valence.std(),
        arousal=(samples.arousal - samples.arousal.mean()) / samples.arousal.std(),
    )


def by_quantiles(asked: Points, view: Points) -> Points:
    """Each value of `asked` → the view's at the same share of all, axis by axis."""
    ranks = (asked.argsort(axis=0).argsort(axis=0) + 0.5) / len(asked)
    return np.stack([np.quantile(values, shares) for values, shares in zip(view.T, ranks.T, strict=True)], axis=1)


def by_transport(asked: Points, view: Points, seed: int, way: float = 1.0) -> Points:
    """Each of `asked` moved by the share `way` to where optimal transport (squared distance) sends it in the view, the
    mean over DRAWS of as many of the view's samples."""
    rng, places = np.random.default_rng(seed), np.zeros_like(asked)
    for _ in range(DRAWS):
        drawn = view[rng.choice(len(view), len(asked), replace=len(view) < len(asked))]
        _, partners = linear_sum_assignment(np.square(asked[:, None] - drawn).sum(axis=2))
        places += drawn[partners] / DRAWS
    moved: Points = asked + way * (places - asked)
    return moved


def points(sentiments: SentimentTrack | SampleTable) -> Points:
    return np.stack([sentiments.valence, sentiments.arousal], axis=1)


def track(sentiments: Points) -> SentimentTrack:
    valence, arousal = sentiments.T.astype(np.float32)
    return SentimentTrack(valence, arousal, 0.0)


def run(songs: Path, name: str, seeds: int, progress: Progress) -> list[Cell]:
    generator, judges = load_generator(name), every_judge()
    samples = load_samples(name, chosen("", name).holding(samples_file(name)))
    heard = {SONG: hear(songs), DATASET: hear(songs, "dataset")}
    names = [analysis.path.stem for analysis in heard[SONG]]
    felt = {alignment: [points(asks(one)) for one in analyses] for alignment, analyses in heard.items()}
    cells = []
    for seed in range(seeds):
        raw, scored = (stable_view(given, seed=seed) for given in (samples, z_scored(samples)))
        plain, own = (NeuralTranslator.of_view(SONG, view, seed) for view in (raw, scored))
        view = points(raw)
        for alignment in TOLD:
            translator = own if alignment == GENERATOR else plain
            for song, truth in zip(names, felt[DATASET if alignment == DATASET else SONG], strict=True):
                asked = _asked(alignment, truth, view, seed)
                answer = translator.translate(track(asked))
                latents = torch.from_numpy(answer.latents)
                seen = {
                    judge: points(estimate_samples(generator, model.estimate, answer.class_ids, latents))
                    for judge, model in judges.items()
                }
                cells.append(Cell(song, alignment, seed, truth, seen, len(np.unique(answer.class_ids))))
                progress(len(cells), seeds * len(TOLD) * len(names))
    return cells


def _asked(alignment: str, truth: Points, view: Points, seed: int) -> Points:
    ways: dict[str, Callable[[], Points]] = {
        QUANTILES: lambda: by_quantiles(truth, view),
        TRANSPORT: lambda: by_transport(truth, view, seed),
        HALF_TRANSPORT: lambda: by_transport(truth, view, seed, way=0.5),
    }
    return ways[alignment]() if alignment in ways else truth


def fidelity(cells: list[Cell], judge: str, axis: int) -> list[float]:
    """r of what is felt and seen over all songs' scenes, one of each seed."""
    rs = []
    for seed in sorted({cell.seed for cell in cells}):
        mine = [cell for cell in cells if cell.seed == seed]
        felt, seen = (np.concatenate(parts) for parts in ([c.felt for c in mine], [c.seen[judge] for c in mine]))
        rs.append(correlation(felt[:, axis], seen[:, axis]))
    return rs


def interval(cells: list[Cell], judge: str, axis: int) -> tuple[float, float]:
    """Of the mean over seeds of r, 95 %, by bootstrap over scenes; a scene is drawn in all seeds at once."""
    seeds = sorted({cell.seed for cell in cells})
    felt, seen = (
        np.stack([np.concatenate([of(c)[:, axis] for c in cells if c.seed == seed]) for seed in seeds])
        for of in (lambda cell: cell.felt, lambda cell: cell.seen[judge])
    )
    rng = np.random.default_rng(0)
    means = []
    for _ in range(BOOTSTRAP):
        drawn = rng.integers(felt.shape[1], size=felt.shape[1])
        means.append(np.mean([correlation(a[drawn], b[drawn]) for a, b in zip(felt, seen, strict=True)]))
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def order_kept(cells: list[Cell]) -> list[float]:
    """Spearman's rank correlation within each song, the mean over both axes, by the first judge."""
    return [
        float(np.mean([spearmanr(c.felt[:, axis], c.seen[image_models.PAPER][:, axis]).statistic for axis in (0, 1)]))
        for c in cells
    ]


def coverage(cells: list[Cell]) -> list[float]:
    """How much of the range of feelings is seen: the standard deviation of what is seen over that of what is felt."""
    return [float(c.seen[image_models.PAPER].std(axis=0).mean() / c.felt.std(axis=0).mean()) for c in cells]


def write(out: Path, cells: list[Cell], name: str, seeds: int, command: str) -> None:
    judges = list(cells[0].seen)
    heads = (
        "song",
        "alignment",
        "seed",
        "scene",
        *(f"felt {a}" for a in AXES),
        *(f"{j} {a}" for j in judges for a in AXES),
    )
    write_csv(out, "alignment", heads, [row for cell in cells for row in _rows(cell, judges)])
    grouped = {alignment: [cell for cell in cells if cell.alignment == alignment] for alignment in TOLD}
    _plot(out / "alignment.jpg", grouped)
    told = (
        "alignment",
        *(f"r {axis}, {judge}" for judge in judges for axis in AXES),
        "range",
        "order",
        "classes a song",
    )
    songs = len({cell.song for cell in cells})
    write_page(
        out,
        "alignment",
        "How a song's sentiment meets a generator's",
        command,
        [
            f"{songs} songs, {seeds} views from as many seeds, {name} generator, a picture for each scene without noise or style. What is seen is compared with what the song felt like, "
            "whatever was asked of the translator. r: the mean over seeds, 95 % by bootstrap over scenes. *Range*: the spread of what is seen over that of what is felt. *Order*: rank correlation within a song. "
            "By data set a song feels other, and less: its r is not of the same thing.",
            table(("alignment", "is"), list(TOLD.items())),
            picture("alignment.jpg", "r of each seed, by judge and axis"),
            table(told, [_summary(alignment, mine, judges) for alignment, mine in grouped.items()]),
        ],
    )


def _rows(cell: Cell, judges: list[str]) -> list[tuple[object, ...]]:
    return [
        (
            cell.song,
            cell.alignment,
            cell.seed,
            scene,
            *felt,
            *(value for judge in judges for value in cell.seen[judge][scene]),
        )
        for scene, felt in enumerate(cell.felt.tolist())
    ]


def _summary(alignment: str, cells: list[Cell], judges: list[str]) -> tuple[str, ...]:
    loops = []
    for judge in judges:
        for axis in (0, 1):
            low, high = interval(cells, judge, axis)
            loops.append(f"{np.mean(fidelity(cells, judge, axis)):.3f} ({low:.2f} to {high:.2f})")
    return alignment, *loops, spread(coverage(cells)), spread(order_kept(cells)), spread(cell.classes for cell in cells)


def _plot(path: Path, grouped: dict[str, list[Cell]]) -> None:
    judges = list(next(iter(grouped.values()))[0].seen)
    figure, panels = blank(len(judges), 1200, 420)
    for axes, judge in zip(panels, judges, strict=True):
        for axis, (what, colour) in enumerate(zip(AXES, (VALENCE, AROUSAL), strict=True)):
            for place, cells in enumerate(grouped.values()):
                rs = fidelity(cells, judge, axis)
                places = np.full(len(rs), place + 0.2 * axis - 0.1)
                axes.plot(places, rs, "o", color=colour, alpha=0.7, label=what if place == 0 else None)
        axes.set_title(judge)
        axes.set_xticks(range(len(grouped)), [alignment.replace(" ", "\n") for alignment in grouped])
        axes.set_ylabel("closed loop, r")
    panels[0].legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    given = seeded_options(__doc__, seeds=5).parse_args()
    with progress() as stages:
        cells = run(given.songs, given.generator, given.seeds, stages("asking each view"))
    write(given.out, cells, given.generator, given.seeds, command(given))


if __name__ == "__main__":
    main()
