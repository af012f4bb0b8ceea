"""A palette of somebody's own classes: a translator that is fitted to samples of them, which are seen on the spot where
the generator was never surveyed.
"""

import logging

import numpy as np

from ..core.device import resolved
from ..core.errors import BridgeError
from ..export.assemble import Stages
from ..generators import worlds
from ..generators.load import is_of_worlds, weights_folder
from ..generators.protocol import generator_file
from ..training.class_samples import USUAL, ClassSamples, in_minutes
from ..translation.attribute_view import SUB_CLUSTERS, SampleTable, load_samples
from ..translation.class_names import class_ids
from ..translation.diversity import DiverseTranslator, samples_listed
from ..translation.neural import NeuralTranslator
from ..translation.translators import truncations_for
from ..weights.class_tables import BIGGAN
from ..weights.model_sets import ModelSets
from .config import ModelChoice
from .painting import Painting

log = logging.getLogger(__name__)

A_PALETTE = 12  # classes, where it is told what one costs


def fit_palette(
    choice: ModelChoice, painting: Painting, sets: ModelSets, seed: int, stage: Stages
) -> DiverseTranslator:
    """For the classes of `choice`. Raises BridgeError for one that the generator does not have.

    Where nothing of the generator was surveyed, and these classes were not seen yet, it is said first how long that
    will take here.
    """
    wanted = class_ids(choice.classes or "", painting.generator)
    samples = _samples(wanted, choice, painting, sets, stage)
    return DiverseTranslator(NeuralTranslator.fit(samples, wanted, seed), samples)


def _samples(wanted: list[int], choice: ModelChoice, painting: Painting, sets: ModelSets, stage: Stages) -> SampleTable:
    if surveyed := _surveyed(wanted, painting.generator.name, sets):
        return surveyed
    name, seen = painting.generator.name, class_samples(choice, painting, sets)
    if missing := seen.missing(wanted, USUAL):
        length = in_minutes(missing * seen.seconds_per_picture())
        log.warning(
            "%s: %s pictures of %s classes are looked at first, %s on this machine; they are kept, so that the next "
            "story has them at once. It may be stopped at any time: the same command goes on.",
            name,
            f"{missing:,}",
            len(wanted),
            length,
        )
        seen.fill(wanted, USUAL, stage("looking at your classes"))
    return seen.table(wanted, USUAL)


def known_samples(wanted: list[int], choice: ModelChoice, painting: Painting, sets: ModelSets) -> SampleTable | None:
    """Those of the `wanted` classes that are there already; None where one of them was hardly looked at."""
    if surveyed := _surveyed(wanted, painting.generator.name, sets):
        return surveyed
    seen = class_samples(choice, painting, sets)
    return None if seen.missing(wanted, SUB_CLUSTERS) else seen.table(wanted)


def _surveyed(wanted: list[int], generator: str, sets: ModelSets) -> SampleTable | None:
    """The survey of `generator`, if it has enough pictures of each of the `wanted` classes to fit a palette to."""
    if (file := samples_listed(generator, sets)) is None:
        return None
    table = load_samples(generator, sets.holding(file))
    counts = np.bincount(table.class_ids, minlength=len(table.classes))
    return table if counts[wanted].min() >= SUB_CLUSTERS else None


def class_samples(choice: ModelChoice, painting: Painting, sets: ModelSets) -> ClassSamples:
    """Where pictures of single classes are kept, and seen by what `choice` names."""
    folder = weights_folder(choice.generator)
    judge = painting.image_model.file
    own = worlds.digests(folder) if is_of_worlds(folder) else sets.digests([generator_file(choice.generator)])
    where = {
        "device": resolved(choice.device).partition(":")[0],
        "precision": choice.precision,
        "rendered_at": str(truncations_for(choice.generator, sets).rendered_at),
    }
    return ClassSamples.of(painting.generator, painting.image_model.estimate, own | sets.digests([judge]) | where)


def told_in_time(error: BridgeError, choice: ModelChoice, painting: Painting, sets: ModelSets) -> BridgeError:
    """`error`, that there are no translators, with how long the ways on take for BigGAN on this machine."""
    if not choice.generator.startswith(BIGGAN):
        return error
    picture_s = class_samples(choice, painting, sets).seconds_per_picture()
    palette = in_minutes(A_PALETTE * USUAL * picture_s)
    survey = in_minutes(100 * len(painting.generator.classes) * picture_s)
    return BridgeError(
        f"{error}. On this machine a palette of {A_PALETTE} classes takes {palette}, once; the whole survey, without "
        f"--minutes, {survey}"
    )
