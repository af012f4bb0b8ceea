"""Tables of a generator's classes, in order of class id: each one's label, and how the words of its name feel.

They are listed in the manifest as weight files are, since they decide as much. What they are read for, to name classes
or to choose them by sentiment, this module does not know.
"""

import csv
import math
from pathlib import Path

from ..core.errors import BridgeError, in_words
from ..core.files import read_text
from ..core.invocation import command
from ..core.plain_text import is_plain
from .files import MODELS, digest, manifest

BIGGAN = "biggan-deep"
"""All sizes of BigGAN together: what is called so was not made for one of them, or is offered to the others too."""


COLUMNS = ("id", "label", "valence", "arousal")


def class_table_file(generator: str) -> str:
    """The name of the table of classes of `generator`; BigGAN's classes are ImageNet's."""
    return f"class-sentiment-{'imagenet' if generator.startswith(BIGGAN) else generator}.csv"


def read_class_table(generator: str, models: Path = MODELS) -> list[dict[str, str]]:
    """The rows of the table of `generator` in order of class id: `id`, `label`, and `valence` and `arousal`, z-scores
    over the classes, empty where no word of the name is known.

    Raises BridgeError if there is none, or the file is missing or altered.
    """
    name = class_table_file(generator)
    path = models / name
    if name not in manifest(models):
        made = command(f"train dictionary --generator {generator}")
        raise BridgeError(f"generator {generator}: no table of what its classes' names feel like; {made} makes one")
    if not path.exists():
        raise BridgeError(f"{path}: table of class sentiments missing; it comes with deepsing-bridge: install it again")
    digest(name, models)
    try:
        rows = list(csv.DictReader(line for line in read_text(path).splitlines(True) if not line.startswith("#")))
        return sorted(map(_checked, rows), key=lambda row: int(row["id"]))
    except (csv.Error, LookupError, TypeError, ValueError) as error:
        raise BridgeError(
            f"{path}: no table of classes; expected columns {', '.join(COLUMNS)} ({in_words(error)})"
        ) from error


def _checked(row: dict[str, str]) -> dict[str, str]:
    """Raises LookupError, TypeError or ValueError for a row without a label, or whose numbers are none."""
    for number in (row["id"], row["valence"] or "0", row["arousal"] or "0"):
        if not math.isfinite(float(number)):
            raise ValueError(f"number {number!r:.40}")
    if not is_plain(row["label"]):
        raise ValueError(f"label {row['label']!r:.60}")
    return row
