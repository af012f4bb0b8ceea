"""Which trained translators a generator takes, and where they lie."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from .. import weights
from ..core.errors import BridgeError
from ..core.invocation import command
from ..weights.class_tables import BIGGAN
from ..weights.model_sets import ModelSets
from .neural import NeuralTranslator, translators_file, view_count

SAMPLED_AT, RENDERED_AT = "sampled_at", "rendered_at"
"""In the header of a file of translators, if their generator was not at its own truncation."""


@dataclass(frozen=True)
class Translators:
    """The trained translators that a generator takes: those of `whose`, itself or its family, in `folder`."""

    whose: str
    folder: Path

    @property
    def file(self) -> str:
        return translators_file(self.whose)

    def count(self) -> int:
        return view_count(self.folder, self.whose)

    def load(self, view: int) -> NeuralTranslator:
        """Raises BridgeError for a view that there is not."""
        return NeuralTranslator.load(view, self.folder, self.whose)

    def load_all(self) -> list[NeuralTranslator]:
        """In the order of their numbers."""
        return [self.load(view) for view in range(self.count())]


@dataclass(frozen=True)
class Truncations:
    """What translators were fitted to: latents drawn at `sampled_at`, in pictures `rendered_at` another truncation;
    None: the generator's own."""

    sampled_at: float | None = None
    rendered_at: float | None = None


def truncations_for(generator: str, sets: ModelSets) -> Truncations:
    """Those that the generator's translators want, if there are any and they say so. BigGAN alone has a choice."""
    found = _found(generator, sets) if _family(generator) else None
    header = weights.header(found.file, found.folder) if found else {}
    wanted = (float(header[name]) if name in header else None for name in (SAMPLED_AT, RENDERED_AT))
    return Truncations(*wanted)


def translators_for(generator: str, sets: ModelSets) -> Translators:
    """Those of the first of `sets` that has any: its own, else its family's. Raises BridgeError where none has."""
    if found := _found(generator, sets):
        return found
    trained = command(f"train translator --generator {generator} --minutes 10")
    others = "; --models authors has some, once they are imported" if _family(generator) else ""
    raise BridgeError(
        f'generator {generator}: no translators for it are here; --classes "…" fits one to classes of yours; '
        f"{trained} makes them, of all classes{others}; and story can do without any: --translator dictionary"
    )


def _found(generator: str, sets: ModelSets) -> Translators | None:
    for folder, whose in product(sets.folders, (generator, *_family(generator))):
        if translators_file(whose) in weights.manifest(folder):
            return Translators(whose, folder)
    return None


def _family(generator: str) -> list[str]:
    return [BIGGAN] if generator.startswith(BIGGAN) else []
