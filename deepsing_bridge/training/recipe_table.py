"""The hyper-parameters of every training command in one table, with whose each is: docs/training.md shows it."""

from collections.abc import Mapping

from ..translation import attribute_view, neural
from . import glo, stylizer, stylizer_photos
from .recipes import AUDIO, AUTHORS, GENERATOR_MINUTES, OURS, PAPER, SKIPPED_S, STYLIZER_STEPS, VISUAL, Stage

HEADS = ("command", "setting", "default", "whose")


def table() -> list[tuple[str, str, str, str]]:
    """A row for each setting of each command, in the order of HEADS."""
    settings: Mapping[str, list[tuple[str, str, str]]] = {
        "train audio --deam": [*AUDIO.rows(), ("skipped of every song", f"{SKIPPED_S:g} s", AUTHORS)],
        "train visual --oasis": list(VISUAL.rows()),
        "train translator": _translator_rows(),
        "train stylizer": _stylizer_rows(),
        "train generator": _generator_rows(),
    }
    return [(command, *row) for command, rows in settings.items() for row in rows]


def _translator_rows() -> list[tuple[str, str, str]]:
    return [
        ("epochs@learning rate of Adam", str(Stage(neural.EPOCHS, neural.LEARNING_RATE)), PAPER),
        (
            "clusters N_K, half of the classes but at least, at most",
            f"{attribute_view.FEWEST_CLUSTERS}, {attribute_view.MOST_CLUSTERS}",
            OURS,
        ),
        ("sub-clusters N_S", str(attribute_view.SUB_CLUSTERS), OURS),
    ]


def _stylizer_rows() -> list[tuple[str, str, str]]:
    return [
        ("steps@learning rate of Adam, then a cosine", f"{STYLIZER_STEPS}@{stylizer.LEARNING_RATE:g}", OURS),
        ("batch, pixels a side", f"{stylizer_photos.BATCH}, {stylizer_photos.SIDE}", OURS),
        (f"patience, looks of {stylizer.CHECKPOINT_EVERY} steps", str(stylizer.PATIENCE), OURS),
    ]


def _generator_rows() -> list[tuple[str, str, str]]:
    return [
        ("minutes@learning rate of Adam, then a cosine", f"{GENERATOR_MINUTES:g}@{glo.LEARNING_RATE:g}", OURS),
        ("learning rate of the codes", f"{glo.CODE_LEARNING_RATE:g}", OURS),
        ("batch", str(glo.BATCH), OURS),
        (f"patience, passes of at least {glo.SHORTEST_ROUND} steps", str(glo.PATIENCE), OURS),
    ]
