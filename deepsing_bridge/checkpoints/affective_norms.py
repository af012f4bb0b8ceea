"""The authors' class list and affective norms → our table of class sentiments, by their rules.

A class list is a Python dictionary written out, class number → names; they `eval` it, here a reader takes it that
knows numbers and quoted names. Norms are Warriner et al.'s words.csv. A class gets the mean over those of its names'
words that the norms have, literally; then z-scores over the classes that have any.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import BridgeError
from ..core.types import Sentiment

CLASSES = 1000
MOST_BYTES = 1 << 23  # of a text file; 13,900 words with 65 columns each take less
WORD, VALENCE, AROUSAL = 1, 2, 5  # columns of words.csv
HEADINGS = {VALENCE: "V.Mean", AROUSAL: "A.Mean"}
MOST_STRANGE = 0.1  # of all classes may have names that are none of ours; more, and it is another order of classes
MOST_REWORDED = 0.5  # the same of a list of some of them, whose names somebody cleaned

_TEXT = r"""'(?:[^'\\\n]|\\['"\\])*'|"(?:[^"\\\n]|\\['"\\])*\""""
_ENTRY = re.compile(rf"\s*(\d{{1,4}})\s*:\s*({_TEXT})\s*(?:,|(?=\}}))")
_NOTICE = """\
# Valence and arousal of class names, z-scored over the classes; empty where no word of the name is known.
# Made from the class list and the norms (Warriner, Kuperman & Brysbaert 2013) of the deepsing authors' checkpoints.
"""


@dataclass(frozen=True)
class ClassNames:
    """Class number → names, separated by commas."""

    path: Path
    names: Mapping[int, str]


def read_classes(path: Path) -> ClassNames:
    """The class list `path`. Raises BridgeError for anything but numbers below 1,000 and quoted names, each once."""
    text = _read(path).strip()
    if text[:1] + text[-1:] != "{}":
        raise BridgeError(f"{path}: expected {{number: 'names', …}} from beginning to end")
    names: dict[int, str] = {}
    for entry in _entries(path, text):
        number = int(entry[1])
        if number >= CLASSES or number in names:
            raise BridgeError(f"{path}: class {number}: expected numbers 0 to {CLASSES - 1}, each once")
        names[number] = re.sub(r"\\(.)", r"\1", entry[2][1:-1])
    return ClassNames(path, names)


def _entries(path: Path, text: str) -> Iterator[re.Match[str]]:
    """What stands between the braces of `text`, entry by entry, with nothing between them but space and commas."""
    place, end = 1, len(text) - 1
    while entry := _ENTRY.match(text, place):
        yield entry
        place = entry.end()
    if rest := text[place:end].lstrip():
        line = text.count("\n", 0, end - len(rest)) + 1
        raise BridgeError(f"{path}: line {line}: expected a number, a colon and a quoted name")


def refuse_other_classes(found: ClassNames, labels: Sequence[str], complete: bool) -> None:
    """Raises BridgeError if `found` is not of the classes called `labels`, in that order, or misses some."""
    if complete and len(found.names) != len(labels):
        raise BridgeError(f"{found.path}: {len(found.names)} classes, expected {len(labels)}")
    strange = [number for number, names in sorted(found.names.items()) if not _words(names) & _words(labels[number])]
    if len(strange) > (MOST_STRANGE if complete else MOST_REWORDED) * len(found.names):
        number = strange[0]
        raise BridgeError(
            f"{found.path}: class {number} is {found.names[number]!r:.60}, expected {labels[number]!r}; "
            f"{len(strange)} classes have other names than ImageNet's"
        )


def read_norms(path: Path) -> dict[str, Sentiment]:
    """Word → mean ratings, 1..9, of words.csv. Raises BridgeError for another table, or a row that is wrong."""
    try:
        rows = list(csv.reader(io.StringIO(_read(path))))
    except csv.Error as error:
        raise BridgeError(f"{path}: not a table: {error}") from error
    heading = rows[0] if rows else []
    for column, name in HEADINGS.items():
        if len(heading) <= column or not heading[column].startswith(name):
            raise BridgeError(f"{path}: column {column} is not headed {name}…; expected Warriner et al.'s norms")
    return {row[WORD]: _rating(path, number, row) for number, row in enumerate(rows[1:], 2)}


def class_table(classes: ClassNames, labels: Sequence[str], norms: Mapping[str, Sentiment]) -> str:
    """The text of a class sentiment table: `labels`, and the sentiment of the names that `classes` gives them."""
    rated = {number: _mean(names, norms) for number, names in classes.names.items()}
    known = {number: pair for number, pair in rated.items() if pair is not None}
    pairs = np.array(list(known.values()))
    if not known or not pairs.std(axis=0).all():
        raise BridgeError(f"{classes.path}: of {len(known)} classes with words in the norms, none differs from another")
    scores = (pairs - pairs.mean(axis=0)) / pairs.std(axis=0)
    cells = {number: [f"{value:.4f}" for value in pair] for number, pair in zip(known, scores, strict=True)}
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "label", "valence", "arousal"])
    rows.writerows([number, label, *cells.get(number, ["", ""])] for number, label in enumerate(labels))
    return _NOTICE + text.getvalue()


def _mean(names: str, norms: Mapping[str, Sentiment]) -> tuple[float, float] | None:
    found = [norms[word] for word in names.replace(",", " ").lower().split(" ") if word in norms]
    if not found:
        return None
    return float(np.mean([word.valence for word in found])), float(np.mean([word.arousal for word in found]))


def _rating(path: Path, line: int, row: Sequence[str]) -> Sentiment:
    try:
        found = Sentiment(float(row[VALENCE]), float(row[AROUSAL]))
    except (ValueError, IndexError) as error:
        wanted = f"a word with ratings in columns {VALENCE} and {AROUSAL}"
        raise BridgeError(f"{path}: line {line}: expected {wanted}") from error
    if not (1 <= found.valence <= 9 and 1 <= found.arousal <= 9):
        raise BridgeError(f"{path}: line {line}: {row[WORD]!r:.40}: expected ratings of 1 to 9")
    return found


def _words(names: str) -> set[str]:
    return set(re.findall(r"[a-z]+", names.lower()))


def _read(path: Path) -> str:
    if not path.is_file():
        raise BridgeError(f"{path}: no such file")
    if path.stat().st_size > MOST_BYTES:
        raise BridgeError(f"{path}: {path.stat().st_size:,} bytes, at most {MOST_BYTES:,} are read")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BridgeError(f"{path}: not text in UTF-8") from error
