"""A generator's sample table → its trained views; both are saved in `models/`.

Algorithm 1 from line 3 on (paper section 2.2; line 2 is `sampling`'s) and the choice of the views that ship. Many
candidates are fitted, each from its own seed. Each is asked for sentiments as a song asks for them, its
pictures are generated and looked at by the estimator, and those are kept that do what they were asked, with
many classes, and with other classes than the views kept before them.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .. import weights
from ..attributes import image_models
from ..core.device import Device
from ..core.errors import BridgeError
from ..core.types import Progress, SentimentTrack, no_progress
from ..generators import worlds
from ..generators.load import SHIPPED, is_of_worlds, load_generator, weights_folder
from ..generators.photos import EMBEDDED
from ..generators.protocol import Generator, generator_file
from ..translation.attribute_view import (
    CLUSTERS,
    SUB_CLUSTERS,
    Draw,
    SampleTable,
    by_cardinality,
    by_likeness,
    samples_file,
    stable_view,
)
from ..translation.network import INPUT_ORDER
from ..translation.neural import NeuralTranslator, network_input, translation_loss, translators_file
from ..translation.protocol import SentimentTranslator, Translation
from ..weights import model_sets
from ..weights.files import MODELS
from .card import joining_or_shipped
from .likeness import class_likeness
from .metrics import correlation
from .sampling import Estimate, Survey, estimate_samples

CANDIDATES = 48
ASKED, ASKED_IN_HASTE = 256, 64  # sentiments that each candidate is asked for
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

    @property
    def score(self) -> float:
        """Fidelity × variety decides: the loop's correlation on the weaker axis times the number of classes."""
        return self.closed_loop.weaker * len(self.translator.palette)


def prepare(
    name: str,
    models: str,
    samples_per_class: int,
    seed: int,
    device: str = "cpu",
    precision: str = "float32",
    image_model: str = image_models.PAPER,
) -> Survey:
    """The survey of the generator called `name`, judged by the `image_model` of `models`, names of installed sets.

    Only plain values, so that a worker on another machine can be told. Raises BridgeError for what is missing.
    """
    where = Device.of(device, precision)
    estimator = image_models.choose(image_model, model_sets.chosen(models, name), where)
    generator = load_generator(name, where)
    if len(generator.classes) < FEWEST_CLASSES:
        raise BridgeError(
            f"generator {name}: {len(generator.classes)} classes; a view wants at least {FEWEST_CLASSES} to choose from"
        )
    return Survey(generator, estimator.estimate, samples_per_class, seed)


def judges(name: str, models: str, image_model: str = image_models.PAPER) -> dict[str, str]:
    """The digests of what decides which pictures there are and what is seen in them."""
    sets, judge, folder = model_sets.chosen(models, name), image_models.file_of(image_model), weights_folder(name)
    if is_of_worlds(folder):
        return sets.digests([judge]) | worlds.digests(folder)
    return sets.digests([generator_file(name), judge])


def home(name: str) -> AbstractContextManager[Path]:
    """Lend the folder that translators of the generator called `name` join: `models/`, or a set that gets a card."""
    return joining_or_shipped("" if name in SHIPPED else model_sets.trained_for(name).name)


def drawing(choice: str, generator: Generator, stage: Callable[[str], Progress]) -> Draw:
    """How a view's classes are chosen: by `cardinality`, or by `likeness`, for which their pictures are compared."""
    if choice == "cardinality":
        return by_cardinality
    return by_likeness(class_likeness(generator, progress=stage("comparing classes")))


def train(
    survey: Survey,
    table: SampleTable,
    into: AbstractContextManager[Path],
    views: int = 6,
    draw: Draw = by_cardinality,
    progress: Progress = no_progress,
    candidates: int = CANDIDATES,
    asked: int = ASKED,
) -> dict[str, Any]:
    """Fit `candidates` views of the `table` that `survey` gave, put it and the best `views` `into` a set; gives their
    metrics. Each is asked for so many sentiments.

    `draw` chooses a view's classes. `progress` counts candidates. The same survey gives the same files.
    """
    fitted = []
    for number in range(candidates):
        fitted.append(fit_candidate(table, survey, survey.seed + number, draw, asked))
        progress(number + 1, candidates)
    best = choose(fitted, views)
    if not best:
        raise BridgeError(
            f"generator {table.generator}: no view of it has {FEWEST_CLASSES} classes that feel different"
        )
    metrics = {f"view{number}": describe(candidate, table) for number, candidate in enumerate(best)}
    with into as models:
        save_samples(table, survey.seed, models)
        save_views(survey.generator.name, best, metrics, candidates, models)
    return metrics


def save_samples(table: SampleTable, seed: int, models: Path = MODELS) -> None:
    """Write the sample table, from which views are fitted on the spot."""
    _, counts = np.unique(table.class_ids, return_counts=True)
    number = (
        f"{counts.max()}" if len(counts) == len(table.classes) else f"up to {counts.max()}, for {len(counts)} classes,"
    )
    weights.save(
        samples_file(table.generator),
        {
            "class_ids": torch.from_numpy(table.class_ids.astype(np.int16)),
            "latents": torch.from_numpy(table.latents).half(),
            "valence": torch.from_numpy(table.valence),
            "arousal": torch.from_numpy(table.arousal),
        },
        header={"classes": json.dumps(table.classes), "seed": str(seed)},
        what=f"{number} samples per class of the {table.generator} generator and their sentiment",
        licence=LICENCE,
        command=_command(table.generator),
        metrics={
            axis: {"mean": round(float(column.mean()), 3), "sd": round(float(column.std()), 3)}
            for axis, column in (("valence", table.valence), ("arousal", table.arousal))
        },
        models=models,
    )


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


def save_views(
    generator: str, chosen: Sequence[Candidate], metrics: dict[str, Any], candidates: int, models: Path = MODELS
) -> None:
    """Write the views chosen of so many `candidates` as `view0/fc1.weight` and so on; the header says what each was
    made of."""
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
        command=_command(generator, candidates),
        metrics=metrics,
        models=models,
    )


def _command(generator: str, candidates: int = CANDIDATES) -> str:
    asked = "" if generator == EMBEDDED else f" --generator {generator}"
    return COMMAND + asked + ("" if candidates == CANDIDATES else f" --candidates {candidates}")


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
