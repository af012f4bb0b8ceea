"""A generator's sample table → its trained views; both are saved in `models/`, or in a model set.

Algorithm 1 from line 3 on (paper section 2.2; line 2 is `sampling`'s): many views are fitted, each from its own seed,
and of these candidates the best are kept.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ..attributes import image_models
from ..core.device import Device
from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..generators import worlds
from ..generators.load import SHIPPED, is_of_worlds, load_generator, weights_folder
from ..generators.protocol import Generator, generator_file
from ..translation.attribute_view import Draw, SampleTable, by_cardinality, by_likeness
from ..weights import model_sets
from .card import joining_or_shipped
from .likeness import class_likeness
from .recipes import CANDIDATES, VIEWS
from .sampling import Survey
from .translator_files import save_samples, save_views
from .view_candidates import ASKED, FEWEST_CLASSES, choose, describe, fit_candidate


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
    views: int = VIEWS,
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
