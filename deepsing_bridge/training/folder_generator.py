"""A folder of class folders of pictures → a generator of one's own, in a model set: `train generator FOLDER`."""

from collections.abc import Callable
from pathlib import Path

from .. import weights
from ..core.errors import BridgeError, first_few
from ..core.invocation import command
from ..core.types import Progress
from ..generators.load import GENERATORS
from ..stylization import wct
from ..stylization.vgg import Encoder
from ..translation.attribute_view import samples_file
from ..translation.neural import translators_file
from ..weights import model_sets
from ..weights.class_tables import class_table_file
from .card import joining, training_facts
from .checkpointing import checkpoint_path
from .class_folders import Listing, read_classes
from .generator import TrainedGenerator, save, train_on
from .glo import Budget
from .perceptual import PerceptualDistance

COMPRESSED = "wct-16x"
_DEEPEST = "encoder.each.3."
"""Before the names of 4SE's tensors in that set's weight file."""


def train(
    listing: Listing, name: str, budget: Budget, seed: int, data: Path, keep: Path, stages: Callable[[str], Progress]
) -> dict[str, float]:
    """Train the generator called `name`, put it into the model set of that name, and give the probe's metrics.

    An unfinished training waits in `keep`. Pictures are compared by the network of `data`/wct16x, or by that of the
    installed set wct-16x. Raises BridgeError where there is neither, and for a name that is taken.
    """
    refuse_taken(name)
    perceptual = find_perceptual(data)
    facts = {"pictures": listing.digest(), "labels": listing.labels, "budget": repr(budget), "seed": seed}
    checkpoint = checkpoint_path(keep, "generator", facts)
    trained = train_on(read_classes(listing), perceptual, budget, checkpoint, seed, stages("training"))
    with joining(name) as folder:
        save(
            trained,
            name,
            folder,
            licence="what the pictures' own licences leave to you",
            command=f"python bridge.py train generator FOLDER --name {name} {budget.option} --seed {seed}",
            facts=training_facts(_facts(listing, trained, budget, seed)),
        )
    return trained.metrics


def refuse_taken(name: str) -> None:
    """Raises BridgeError for the name of another generator, of one that translators or a table were made for, which
    would no longer fit, and for what is no plain name."""
    if name in GENERATORS:
        raise BridgeError(f"generator {name!r}: that is another's name; choose one with --name")
    for folder in (model_sets.folder_of(name), model_sets.trained_for(name)):
        made_for = {samples_file(name), translators_file(name), class_table_file(name)}
        if fitted := made_for & weights.manifest(folder).keys():
            raise BridgeError(
                f"{folder}: holds {first_few(sorted(fitted))}, made for the generator that is there; "
                f"choose another name with --name, or {command(f'models remove {folder.name}')} first"
            )


def find_perceptual(data: Path) -> PerceptualDistance:
    """Raises BridgeError that tells how to get it."""
    checkpoint = data / "wct16x" / "4SE.pth"
    if checkpoint.is_file():
        return PerceptualDistance.read(checkpoint)
    if COMPRESSED not in model_sets.installed():
        raise BridgeError(
            f"{checkpoint}: not there, and {COMPRESSED} is not installed; "
            f"{command(f'models pull {COMPRESSED}')} gets the network that pictures are compared by"
        )
    stored = weights.load(wct.WEIGHTS, model_sets.folder_of(COMPRESSED))
    return PerceptualDistance(Encoder.of(weights.part(stored, _DEEPEST)))


def _facts(listing: Listing, trained: TrainedGenerator, budget: Budget, seed: int) -> dict[str, object]:
    return {
        "data": f"{len(listing.pictures)} pictures in {len(listing.classes)} classes: {', '.join(listing.classes)}",
        "examples": f"the {len(trained.photos.names)} that show their class best",
        "steps": trained.steps,
        "seed": seed,
    }
