"""A folder of shaders in ISF → a generator of one's own, in a model set, with its translators: `models add-worlds`.

The set holds copies of the shaders, so that what was judged is what is shown; another version of them is added again.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..attributes import image_models
from ..core.errors import BridgeError, first_few
from ..core.files import is_there, read_text, refuse_no_text, write_text
from ..core.invocation import command
from ..core.plain_text import is_plain
from ..core.types import Progress
from ..generators import trial
from ..generators.load import GENERATORS, is_of_worlds
from ..generators.worlds import WorldsGenerator, class_name, shader_files
from ..shaders import isf
from ..shaders.isf import VERTEX, Shader
from ..translation.attribute_view import by_cardinality
from ..translation.neural import translators_file
from ..weights import model_sets
from .card import card
from .class_folders import MOST_CLASSES
from .sampling import SampleStore, Shard, Survey, collect, fill
from .translator import train
from .view_candidates import FEWEST_CLASSES

SAMPLES = 40  # pictures of each world
CANDIDATES = 6  # views that are fitted, the best of which are kept
MOST_FILES = 1000
TABLE = "shaders.csv"
"""In the set: each shader of the folder, the sha256 of its text, and why it was passed over."""


@dataclass(frozen=True)
class Source:
    """A shader's file, its text and that of the .vs beside it, empty where there is none or it cannot be read."""

    file: Path
    text: str
    vertex: str

    @staticmethod
    def read(file: Path) -> "Source":
        return Source(file, _text(file), _text(file.with_suffix(VERTEX)))

    @property
    def name(self) -> str:
        """The file's, as a line of text can hold it."""
        return self.file.name if is_plain(self.file.name) else ascii(self.file.name)

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.text}\0{self.vertex}".encode()).hexdigest()

    @property
    def shader(self) -> Shader:
        return isf.parse(self.text, self.file.stem, self.vertex, self.file)


@dataclass(frozen=True)
class Added:
    """`classes` that there are now, and for each shader that was passed over the reason, by the file's name."""

    classes: tuple[str, ...]
    passed_over: Mapping[str, str]


def add(folder: Path, name: str, keep: Path, stages: Callable[[str], Progress]) -> Added:
    """Try the shaders in `folder`, judge their pictures, fit translators, and put all into the set called `name`.

    Nothing is done where that holds the same files already. What was judged is noted in `keep`, so that a run that was
    cut off goes on. Raises BridgeError for a name that is taken, and for too few shaders or too many.
    """
    refuse_taken(name)
    sources = [Source.read(file) for file in _listed(folder)]
    if (there := _added_before(name, sources)) is not None:
        return there
    faults = _faults(sources, stages("trying the shaders"))
    kept = [source for source in sources if source.name not in faults]
    _refuse_count(folder, len(kept), faults)
    generator = WorldsGenerator([source.shader for source in kept], name)
    judge = image_models.choose(image_models.PAPER, model_sets.SHIPPED)
    survey = Survey(generator, judge.estimate, SAMPLES, seed=0)
    seen_by = model_sets.SHIPPED.digests([image_models.file_of(image_models.PAPER)])
    store = SampleStore.of(survey, keep, {source.file.name: source.digest for source in kept} | seen_by)
    fill(survey, store, Shard(), stages("looking at the worlds"))
    into = _replacing(name, sources, faults)
    train(
        survey, collect(survey, store), into, draw=rather_new, progress=stages("fitting views"), candidates=CANDIDATES
    )
    return Added(generator.classes, faults)


def rather_new(samples: NDArray[np.int64], drawn: Collection[int], chance: np.random.Generator) -> int:
    """A `Draw`: by cardinality among the classes that no cluster has yet, if there are any in this one.

    Whoever adds a few worlds wants to see them all, and a view of few classes is refused.
    """
    new = samples[~np.isin(samples, list(drawn))]
    return by_cardinality(new if len(new) else samples, drawn, chance)


def refuse_taken(name: str) -> None:
    """Raises BridgeError for the name of another generator or of a set that is not of worlds, for one that translators
    were trained for, which would no longer fit, and for what is no plain name."""
    folder, trained = model_sets.folder_of(name), model_sets.trained_for(name)
    if name in GENERATORS or (weights.manifest(folder) and not is_of_worlds(folder)):
        raise BridgeError(f"generator {name!r}: that is another's name; choose one with --name")
    if translators_file(name) in weights.manifest(trained):
        raise BridgeError(
            f"{trained}: holds translators, made for the worlds that are there; choose another name with --name, "
            f"or {command(f'models remove {trained.name}')} first"
        )


def _listed(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BridgeError(f"{folder}: no such folder; expected one of at least {FEWEST_CLASSES} shaders in ISF")
    refuse_no_text(folder)
    files = [file for file in shader_files(folder) if not file.name.startswith(".")]
    if not FEWEST_CLASSES <= len(files) <= MOST_FILES:
        raise BridgeError(f"{folder}: holds {len(files)} shaders; expected {FEWEST_CLASSES} to {MOST_FILES}")
    return files


def _text(file: Path) -> str:
    try:
        return isf.source(file) if is_there(file) else ""
    except BridgeError:
        return ""  # it is passed over, and then the reason is told


def _added_before(name: str, sources: Sequence[Source]) -> Added | None:
    """What is in the set called `name`, if it was made of the same `sources`."""
    folder = model_sets.folder_of(name)
    if TABLE not in weights.manifest(folder) or model_sets.faults(folder):
        return None
    rows = list(csv.reader(io.StringIO(read_text(folder / TABLE))))
    if [row[:2] for row in rows] != [[source.name, source.digest] for source in sources]:
        return None
    shown = [class_name(Path(file).stem) for file, _, fault in rows if not fault]
    return Added(tuple(shown), {file: fault for file, _, fault in rows if fault})


def _faults(sources: Sequence[Source], progress: Progress) -> dict[str, str]:
    """By the file's name."""
    names = [class_name(source.file.stem).casefold() for source in sources]
    odd = {
        source.name: f"{source.file.name!a}: {_EXPECTED}"
        for number, source in enumerate(sources)
        if names[number] in names[:number] or _is_odd(source.file)
    }
    tried = trial.faults([source.file for source in sources if source.name not in odd], progress)
    return odd | {file.name: fault for file, fault in tried.items()}


_EXPECTED = "a world's name may hold no comma and no control character, end in no space, and be there once"


def _is_odd(file: Path) -> bool:
    """The class is called as the file, and classes are asked for by names between commas."""
    return "," in file.stem or file.stem != file.stem.strip() or not is_plain(file.name)


def _refuse_count(folder: Path, count: int, faults: Mapping[str, str]) -> None:
    if count < FEWEST_CLASSES:
        why = f": {first_few(faults.values())}" if faults else ""
        raise BridgeError(f"{folder}: {count} shaders can be shown, at least {FEWEST_CLASSES} are needed{why}")
    if count > MOST_CLASSES:
        raise BridgeError(f"{folder}: {count} shaders can be shown; at most {MOST_CLASSES} are told apart")


@contextmanager
def _replacing(name: str, sources: Sequence[Source], faults: Mapping[str, str]) -> Iterator[Path]:
    """Lend a new folder with the shaders in it, for translators; at the end it is the set called `name`."""
    with model_sets.installing(name) as folder:
        for source in (source for source in sources if source.name not in faults):
            _put(folder, source.file.name, source.text, f"the world {class_name(source.file.stem)}")
            if source.vertex:
                _put(folder, source.file.with_suffix(VERTEX).name, source.vertex, "its vertex shader")
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerows([each.name, each.digest, faults.get(each.name, "")] for each in sources)
        _put(folder, TABLE, rows.getvalue(), "the shaders that were added, and why others were not")
        yield folder
        write_text(folder / model_sets.CARD, card(name, folder))


def _put(folder: Path, name: str, text: str, what: str) -> None:
    licence = "what the shaders' own licences leave to you"
    made = "python bridge.py models add-worlds FOLDER"
    weights.save_table(name, text, what=what, licence=licence, command=made, models=folder)
