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


def translators_for(generator: str, sets: ModelSets) -> Translators:
    """Those of the first of `sets` that has any: its own, else its family's. Raises BridgeError where none has."""
    family = [BIGGAN] if generator.startswith(BIGGAN) else []
    for folder, whose in product(sets.folders, (generator, *family)):
        if translators_file(whose) in weights.manifest(folder):
            return Translators(whose, folder)
    trained = command(f"train translator --generator {generator}")
    others = "; --models authors has some, once they are imported" if family else ""
    raise BridgeError(
        f"generator {generator}: no translators for it are here; {trained} makes them{others}; "
        "and story can do without any: --translator dictionary"
    )
