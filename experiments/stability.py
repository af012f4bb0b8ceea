"""Instability of the mapping (paper section 2.2, Figure 3c), and what the stable attribute view is worth.

How many classes fall into each cluster of the attribute space; then translators fitted to everything, to the two halves
of Algorithm 1 alone, and to both, each asked for what four songs ask for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress, SentimentTrack
from deepsing_bridge.export.report.theme import AROUSAL, VALENCE
from deepsing_bridge.translation.attribute_view import (
    SampleTable,
    attribute_clusters,
    clusters_for,
    draw_classes,
    smooth,
    stable_view,
)
from deepsing_bridge.translation.neural import NeuralTranslator, network_input
from experiments.page import blank, picture, save, spread, table, write_csv, write_page
from experiments.setting import Loop, Setting, closed_loop, command, joined, prepare, seeded_options

NUDGE = 0.05  # standard deviations: a change of sentiment that nobody would notice

VARIANTS: dict[str, Callable[[SampleTable, int], SampleTable]] = {
    "every class, every sample": lambda samples, seed: samples,
    "every class, smoothed": lambda samples, seed: smooth(samples, seed=seed),
    "a class a cluster, every sample": lambda samples, seed: samples.of_classes(
        draw_classes(samples, clusters_for(samples), seed)
    ),
    "stable view (both)": lambda samples, seed: stable_view(samples, seed=seed),
}


@dataclass(frozen=True)
class Fit:
    """One translator. On its own pairs: `cross_entropy`, `latent_error` (equation 5's two streams) and class `accuracy`;
    `jumps`: the share of asked sentiments whose class changes if they are nudged; and the closed loop."""

    variant: str
    seed: int
    cross_entropy: float
    latent_error: float
    accuracy: float
    jumps: float
    loop: Loop


def classes_per_cluster(samples: SampleTable, clusters: int, seed: int) -> list[int]:
    """How many classes have a sample in each cluster of the attribute space, in rising order."""
    places = attribute_clusters(samples, clusters, seed)
    return sorted(len(np.unique(samples.class_ids[places == place])) for place in np.unique(places))


def fit(setting: Setting, variant: str, seed: int) -> Fit:
    view = VARIANTS[variant](setting.table, seed)
    translator = NeuralTranslator.of_view(f"neural:{variant}", view, seed)
    with torch.inference_mode():
        streams = translator.network(network_input(view))
    class_ids, latents = torch.from_numpy(view.class_ids), torch.from_numpy(view.latents)
    right = translator.translate(SentimentTrack(view.valence, view.arousal, 0)).class_ids == view.class_ids
    return Fit(
        variant,
        seed,
        float(F.cross_entropy(streams.scores, class_ids)),
        float(F.mse_loss(streams.latents, latents)),
        float(right.mean()),
        jumps(translator, joined(setting.asked), seed),
        closed_loop(setting, translator),
    )


def jumps(translator: NeuralTranslator, asked: SentimentTrack, seed: int) -> float:
    """The share of sentiments that get another class when they are moved by NUDGE in some direction."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(asked))
    aside, above = (NUDGE * turn(angle).astype(np.float32) for turn in (np.cos, np.sin))
    moved = SentimentTrack(asked.valence + aside, asked.arousal + above, asked.hop_s)
    before, after = translator.translate(asked).class_ids, translator.translate(moved).class_ids
    return float((before != after).mean())


def run(setting: Setting, seeds: int, progress: Progress) -> list[Fit]:
    fits = []
    for seed in range(seeds):
        for variant in VARIANTS:
            fits.append(fit(setting, variant, seed))
            progress(len(fits), seeds * len(VARIANTS))
    return fits


def write(out: Path, setting: Setting, fits: list[Fit], seeds: int, command: str) -> None:
    clusters = clusters_for(setting.table)
    counts = [classes_per_cluster(setting.table, clusters, seed) for seed in range(seeds)]
    _plot(out / "stability.jpg", np.array(counts), fits, len(setting.table.classes))
    heads = (
        "variant",
        "seed",
        "cross_entropy",
        "latent_error",
        "accuracy",
        "jumps",
        "valence",
        "arousal",
        "error",
        "classes",
    )
    write_csv(out, "stability", heads, [_row(one) for one in fits])
    told = (
        "fitted to", "cross-entropy", "latent error", "class accuracy", f"class changes at {NUDGE} σ",
        "r valence", "r arousal", "error, σ", "classes a song",
    )  # fmt: skip
    rows = [(name, *_spreads([one for one in fits if one.variant == name])) for name in VARIANTS]
    share = np.mean(counts) / len(setting.table.classes)
    scenes = len(joined(setting.asked))
    write_page(
        out,
        "stability",
        "Is the mapping unstable, and does the stable view help?",
        command,
        [
            f"{len(setting.table)} samples of the {setting.generator.name} generator's {len(setting.table.classes)} classes; {seeds} "
            f"seeds; asked for the {scenes} scenes of {len(setting.asked)} songs. Means ± standard deviations over seeds.",
            picture("stability.jpg", "Classes per cluster, and the closed loop of each variant"),
            f"Of {clusters} clusters of the attribute space, each holds {np.mean(counts):.1f} classes on average, {100 * share:.0f} % "
            f"of all; the fewest {np.min(counts)}, the most {np.max(counts)}.",
            table(told, rows),
        ],
    )


def _row(one: Fit) -> list[object]:
    loop = one.loop
    measured = (one.cross_entropy, one.latent_error, one.accuracy, one.jumps)
    return [one.variant, one.seed, *measured, loop.valence, loop.arousal, loop.error, loop.classes]


def _spreads(fits: list[Fit]) -> list[str]:
    return [spread(column) for column in zip(*(map(float, _row(one)[2:]) for one in fits), strict=True)]


def _plot(path: Path, counts: NDArray[np.int64], fits: list[Fit], classes: int) -> None:
    figure, (left, right) = blank(2, 1200, 420)
    left.bar(range(1, counts.shape[1] + 1), counts.mean(axis=0), yerr=counts.std(axis=0), color=AROUSAL, ecolor=VALENCE)
    left.axhline(classes, color=VALENCE, linewidth=1, linestyle=":")
    left.set_xlabel("cluster of the attribute space, by rank")
    left.set_ylabel(f"classes in it, of {classes}")
    for place, name in enumerate(VARIANTS):
        found = [one.loop for one in fits if one.variant == name]
        for axis, colour, side in (("valence", VALENCE, -0.1), ("arousal", AROUSAL, 0.1)):
            values = [getattr(loop, axis) for loop in found]
            right.plot(
                [place + side] * len(values), values, "o", color=colour, alpha=0.8, label=axis if place == 0 else None
            )
    right.set_xticks(range(len(VARIANTS)), [name.replace(", ", ",\n") for name in VARIANTS])
    right.set_ylabel("closed loop, r (a dot a seed)")
    right.legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    given = seeded_options(__doc__, seeds=5).parse_args()
    setting = prepare(given.generator, given.songs)
    with progress() as stages:
        fits = run(setting, given.seeds, stages("fitting translators"))
    write(given.out, setting, fits, given.seeds, command(given))


if __name__ == "__main__":
    main()
