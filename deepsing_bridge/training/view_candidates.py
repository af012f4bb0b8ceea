"""Views that are fitted to be chosen among, and how well each carries what it is asked for.

Each is asked for sentiments as a song asks for them, its pictures are generated and looked at by the estimator. Those
are chosen that do best what they were asked, with other classes than the views chosen before them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..core.types import SentimentTrack
from ..generators.protocol import Generator
from ..translation.attribute_view import Draw, SampleTable, by_cardinality, stable_view
from ..translation.neural import NeuralTranslator, network_input, translation_loss
from ..translation.protocol import SentimentTranslator, Translation
from .metrics import correlation
from .sampling import Estimate, Survey, estimate_samples

ASKED, ASKED_IN_HASTE = 256, 64  # sentiments that each candidate is asked for
FEWEST_CLASSES = 5
MOST_SHARED = 0.5  # of the classes of two chosen views together, the share that both have


@dataclass(frozen=True)
class Agreement:
    """Pearson correlation of the sentiment asked for with the one got, per axis."""

    valence: float
    arousal: float

    @property
    def weaker(self) -> float:
        """Of the two: a view that carries one axis only tells half of the song."""
        return min(self.valence, self.arousal)


@dataclass(frozen=True)
class Candidate:
    """A fitted view and how well its pictures carry what was asked for."""

    seed: int
    view: SampleTable
    translator: NeuralTranslator
    closed_loop: Agreement


def fit_candidate(
    table: SampleTable, survey: Survey, seed: int, draw: Draw = by_cardinality, asked: int = ASKED
) -> Candidate:
    """Algorithm 1 and the network from one seed, and a look at the pictures that come of it."""
    view = stable_view(table, seed=seed, draw=draw)
    translator = NeuralTranslator.of_view(f"neural:seed{seed}", view, seed)
    loop = closed_loop(translator, survey.generator, survey.estimate, asked_by_a_song(asked))
    return Candidate(seed, view, translator, loop)


def asked_by_a_song(count: int = ASKED) -> SentimentTrack:
    """Sentiments as they come from a song: z-scores, so mean 0 and deviation 1; always the same."""
    valence, arousal = np.random.default_rng(0).standard_normal((2, count)).astype(np.float32)
    return SentimentTrack(valence, arousal, 0)


def closed_loop(
    translator: SentimentTranslator, generator: Generator, estimate: Estimate, asked: SentimentTrack
) -> Agreement:
    """Ask for sentiments, generate the pictures, and compare with what the estimator sees in them."""
    answer = translator.translate(asked)
    return agreement(asked, estimate_samples(generator, estimate, answer.class_ids, torch.from_numpy(answer.latents)))


def agreement(asked: SentimentTrack | SampleTable, got: SentimentTrack) -> Agreement:
    return Agreement(correlation(asked.valence, got.valence), correlation(asked.arousal, got.arousal))


def choose(candidates: Sequence[Candidate], views: int) -> list[Candidate]:
    """The `views` that carry their weaker axis best, of at least `FEWEST_CLASSES` classes.

    No two are much the same. Fewer, where there are not so many.
    """
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: -candidate.closed_loop.weaker):
        varied = len(candidate.translator.palette) >= FEWEST_CLASSES
        if varied and all(_shared(candidate, other) <= MOST_SHARED for other in chosen):
            chosen.append(candidate)
    return chosen[:views]


def describe(candidate: Candidate, table: SampleTable) -> dict[str, Any]:
    """A view's metrics.

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


def _nearest_pair(view: SampleTable, class_id: int, latent: NDArray[np.float32]) -> int:
    rows = np.flatnonzero(view.class_ids == class_id)
    return int(rows[np.square(view.latents[rows] - latent).sum(axis=1).argmin()])


def _shared(one: Candidate, other: Candidate) -> float:
    ours, theirs = set(one.translator.palette), set(other.translator.palette)
    return len(ours & theirs) / len(ours | theirs)


def _rounded(agreement: Agreement) -> dict[str, float]:
    return {axis: round(value, 3) for axis, value in asdict(agreement).items()}


def _track(table: SampleTable) -> SentimentTrack:
    return SentimentTrack(table.valence, table.arousal, 0)
