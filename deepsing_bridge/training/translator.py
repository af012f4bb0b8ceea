"""A generator and the visual estimator → its sample table and its trained views, both in `models/`.

Line 2 of Algorithm 1 (paper section 2.2) and the choice of the views that ship. Many candidates are fitted,
each by the whole of Algorithm 1 from its own seed. Each is asked for sentiments as a song asks for them, its
pictures are generated and looked at by the estimator, and those are kept that do what they were asked, with
many classes, and with other classes than the views kept before them.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from .. import weights
from ..pipeline.generate import Generator
from ..pipeline.nets.translator import INPUT_ORDER
from ..pipeline.translate import (
    NeuralTranslator,
    SentimentTranslator,
    Translation,
    network_input,
    translation_loss,
    translators_file,
)
from ..pipeline.view import CLUSTERS, SUB_CLUSTERS, SampleTable, samples_file, stable_view
from ..types import Progress, SentimentTrack, no_progress
from ..weights import MODELS

Estimate = Callable[[Tensor], SentimentTrack]
"""Pictures (n, 3, H, W) in 0..1 → one sentiment each: `VisualEstimator.estimate`."""

BATCH = 16  # pictures at once, which bounds the memory
CANDIDATES = 24
ASKED = 64  # sentiments that each candidate is asked for
FEWEST_CLASSES = 5
MOST_SHARED = 0.5  # of the classes of two shipped views together, the share that both have
COMMAND = "python bridge.py train translator"
LICENCE = "Apache-2.0"


@dataclass(frozen=True)
class Agreement:
    """Pearson correlation of the sentiment asked for with the one got, per axis."""

    valence: float
    arousal: float

    @property
    def mean(self) -> float:
        return (self.valence + self.arousal) / 2


@dataclass(frozen=True)
class Candidate:
    """A fitted view and how well its pictures carry what was asked for."""

    seed: int
    view: SampleTable
    translator: NeuralTranslator
    closed_loop: Agreement

    @property
    def score(self) -> float:
        """Fidelity × variety decides: the loop's mean correlation times the number of classes."""
        return self.closed_loop.mean * len(self.translator.palette)


def train(
    generator: Generator,
    estimate: Estimate,
    models: Path = MODELS,
    views: int = 6,
    samples_per_class: int = 100,
    seed: int = 0,
    progress: Progress = no_progress,
    candidates: int = CANDIDATES,
) -> dict[str, Any]:
    """Sample `generator`, save the table, fit `candidates` views, save the best `views`; gives their figures.

    `progress` counts pictures over all stages. The same seed gives the same files.
    """
    sampling, looping = len(generator.classes) * samples_per_class, candidates * ASKED
    table = sample_space(
        generator, estimate, samples_per_class, seed, lambda done, _: progress(done, sampling + looping)
    )
    save_samples(table, samples_per_class, seed, models)
    fitted = []
    for number in range(candidates):
        fitted.append(fit_candidate(table, generator, estimate, seed + number))
        progress(sampling + ASKED * (number + 1), sampling + looping)
    chosen = choose(fitted, views)
    figures = {f"view{number}": describe(candidate, table) for number, candidate in enumerate(chosen)}
    save_views(generator.name, chosen, figures, models)
    return figures


def sample_space(
    generator: Generator,
    estimate: Estimate,
    samples_per_class: int,
    seed: int,
    progress: Progress = no_progress,
) -> SampleTable:
    """`samples_per_class` pictures of every class, a few at a time (Algorithm 1, line 2)."""
    class_ids = np.repeat(np.arange(len(generator.classes)), samples_per_class)
    latents = generator.sample_latents(len(class_ids), seed)
    latents = latents.half().float()  # as the file keeps them, so that the pictures are those of the file's latents
    felt = look(generator, estimate, class_ids, latents, progress)
    return SampleTable(generator.name, generator.classes, class_ids, latents.numpy(), felt.valence, felt.arousal)


@torch.inference_mode()
def look(
    generator: Generator,
    estimate: Estimate,
    class_ids: NDArray[np.int64],
    latents: Tensor,
    progress: Progress = no_progress,
) -> SentimentTrack:
    """Generate classes (n,) with latents (n, latent_dim) and say what is seen in them, in bounded memory."""
    vectors = F.one_hot(torch.from_numpy(class_ids), len(generator.classes)).float()
    seen = []
    for start in range(0, len(class_ids), BATCH):
        stop = min(start + BATCH, len(class_ids))
        seen.append(estimate(generator.generate(vectors[start:stop], latents[start:stop])))
        progress(stop, len(class_ids))
    return SentimentTrack(
        np.concatenate([part.valence for part in seen]), np.concatenate([part.arousal for part in seen]), 0
    )


def save_samples(table: SampleTable, samples_per_class: int, seed: int, models: Path = MODELS) -> None:
    """Write the sample table, from which views are fitted on the spot."""
    weights.save(
        samples_file(table.generator),
        {
            "class_ids": torch.from_numpy(table.class_ids.astype(np.int16)),
            "latents": torch.from_numpy(table.latents).half(),
            "valence": torch.from_numpy(table.valence),
            "arousal": torch.from_numpy(table.arousal),
        },
        header={"classes": json.dumps(table.classes), "seed": str(seed)},
        what=f"{samples_per_class} samples per class of the {table.generator} generator and their sentiment",
        licence=LICENCE,
        command=COMMAND,
        figures={
            axis: {"mean": round(float(column.mean()), 3), "sd": round(float(column.std()), 3)}
            for axis, column in (("valence", table.valence), ("arousal", table.arousal))
        },
        models=models,
    )


def fit_candidate(table: SampleTable, generator: Generator, estimate: Estimate, seed: int) -> Candidate:
    """Algorithm 1 and the network from one seed, and a look at the pictures that come of it."""
    view = stable_view(table, seed=seed)
    translator = NeuralTranslator.of_view(f"neural:seed{seed}", view, seed)
    return Candidate(seed, view, translator, closed_loop(translator, generator, estimate, asked_by_a_song()))


def asked_by_a_song(count: int = ASKED) -> SentimentTrack:
    """Sentiments as they come from a song: z-scores, so mean 0 and deviation 1; always the same."""
    valence, arousal = np.random.default_rng(0).standard_normal((2, count)).astype(np.float32)
    return SentimentTrack(valence, arousal, 0)


def closed_loop(
    translator: SentimentTranslator, generator: Generator, estimate: Estimate, asked: SentimentTrack
) -> Agreement:
    """Ask for sentiments, generate the pictures, and compare with what the estimator sees in them."""
    answer = translator.translate(asked)
    return agreement(asked, look(generator, estimate, answer.class_ids, torch.from_numpy(answer.latents)))


def agreement(asked: SentimentTrack | SampleTable, got: SentimentTrack) -> Agreement:
    return Agreement(_correlation(asked.valence, got.valence), _correlation(asked.arousal, got.arousal))


def choose(candidates: Sequence[Candidate], views: int) -> list[Candidate]:
    """The `views` best by score, of at least `FEWEST_CLASSES` classes, no two of which are much the same.

    Fewer, where there are not so many.
    """
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        varied = len(candidate.translator.palette) >= FEWEST_CLASSES
        if varied and all(_shared(candidate, other) <= MOST_SHARED for other in chosen):
            chosen.append(candidate)
    return chosen[:views]


def describe(candidate: Candidate, table: SampleTable) -> dict[str, Any]:
    """A view's figures.

    `loss` and `class_accuracy` on its own pairs. `table_fidelity`: asked for the sentiment of every sample of
    the generator, its correlation with that of the nearest pair of the view. `closed_loop`: the same of what
    is asked for with what is seen in the pictures made.
    """
    view, translator = candidate.view, candidate.translator
    streams = translator.network(network_input(view))
    loss = translation_loss(streams, torch.from_numpy(view.class_ids), torch.from_numpy(view.latents))
    right = translator.translate(_track(view)).class_ids == view.class_ids
    fidelity = agreement(table, expected(view, translator.translate(_track(table))))
    return {
        "seed": candidate.seed,
        "classes": [view.classes[class_id] for class_id in translator.palette],
        "loss": round(float(loss), 3),
        "class_accuracy": round(float(right.mean()), 3),
        "table_fidelity": _rounded(fidelity),
        "closed_loop": _rounded(candidate.closed_loop),
    }


def expected(view: SampleTable, answer: Translation) -> SentimentTrack:
    """The sentiment of the pair of `view` that each answer is nearest to: of its class, by the latent."""
    nearest = [
        _nearest_pair(view, class_id, latent) for class_id, latent in zip(answer.class_ids, answer.latents, strict=True)
    ]
    return SentimentTrack(view.valence[nearest], view.arousal[nearest], 0)


def save_views(generator: str, chosen: Sequence[Candidate], figures: dict[str, Any], models: Path = MODELS) -> None:
    """Write the chosen views as `view0/fc1.weight` and so on; the header says what each was made of."""
    tensors = {
        f"view{number}/{key}": tensor
        for number, candidate in enumerate(chosen)
        for key, tensor in candidate.translator.network.state_dict().items()
    }
    listed = [{"seed": candidate.seed, "class_ids": candidate.translator.palette} for candidate in chosen]
    weights.save(
        translators_file(generator),
        tensors,
        header={
            "input": ",".join(INPUT_ORDER),
            "classes": json.dumps(chosen[0].view.classes),
            "views": json.dumps(listed),
            "clusters": str(CLUSTERS),
            "sub_clusters": str(SUB_CLUSTERS),
        },
        what=f"{len(chosen)} neural translators, each of another stable view of the {generator} generator",
        licence=LICENCE,
        command=COMMAND,
        figures=figures,
        models=models,
    )


def _nearest_pair(view: SampleTable, class_id: int, latent: NDArray[np.float32]) -> int:
    rows = np.flatnonzero(view.class_ids == class_id)
    return int(rows[np.square(view.latents[rows] - latent).sum(axis=1).argmin()])


def _shared(one: Candidate, other: Candidate) -> float:
    ours, theirs = set(one.translator.palette), set(other.translator.palette)
    return len(ours & theirs) / len(ours | theirs)


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Pearson's r; 0 where one of them never changes, since it tells nothing then."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0


def _rounded(agreement: Agreement) -> dict[str, float]:
    return {axis: round(value, 3) for axis, value in asdict(agreement).items()}


def _track(table: SampleTable) -> SentimentTrack:
    return SentimentTrack(table.valence, table.arousal, 0)
