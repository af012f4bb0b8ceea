"""A trained weight file joins a model set, and the set gets a model card.

The card, `README.md` in the set's folder, is made from what the manifest and the files' headers say and from nothing
else, so it tells of every file of the set and never of another.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from .. import weights
from ..core.files import copy_folder, write_text
from ..weights import model_sets

_TRAINING = "training."
"""Before the names of the facts of a training, in a file's header."""


def training_facts(facts: Mapping[str, object]) -> dict[str, str]:
    """What a card shall tell of a training, for the header of its weight file."""
    return {f"{_TRAINING}{name}": str(value) for name, value in facts.items()}


@contextmanager
def joining(name: str) -> Iterator[Path]:
    """Lend the folder of the set called `name`, with all that is in it, to put a weight file in.

    At the end it has a new card and takes the old one's place; on an exception that stays as it was.
    Raises BridgeError for what is not a plain name.
    """
    there = model_sets.folder_of(name)
    with model_sets.installing(name) as folder:
        if there.is_dir():
            copy_folder(there, folder)
        yield folder
        write_text(folder / model_sets.CARD, card(name, folder))


def joining_or_shipped(name: str) -> AbstractContextManager[Path]:
    """`joining(name)`; without a name `models/` itself, whose card is written by hand."""
    return joining(name) if name else nullcontext(weights.MODELS)


def card(name: str, folder: Path) -> str:
    """The model card of the set called `name`, in Markdown."""
    parts = [_entry(file, entry, folder) for file, entry in weights.manifest(folder).items()]
    return "\n".join([f"# Model card of {name}\n", *parts])


def _entry(file: str, entry: Mapping[str, Any], folder: Path) -> str:
    lines = [
        f"## {file}\n",
        f"{entry['what'][:1].upper()}{entry['what'][1:]}. {entry['bytes'] / 1e6:.1f} MB.\n",
        f"- Licence: {entry['licence']}",
        f"- `{entry['command']}`",
        *(f"- {name}: {value}" for name, value in _facts(file, folder).items()),
    ]
    metrics = [f"| {name} | {_text(value)} |" for name, value in _metrics(entry).items()]
    if metrics:
        lines += ["\n| metric | |", "| --- | --- |", *metrics]
    return "\n".join(lines) + "\n"


def _metrics(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = entry.get("metrics") or entry.get("figures", {})  # as sets made before 0.2 call them
    return found


def _facts(file: str, folder: Path) -> dict[str, str]:
    if not file.endswith(".safetensors"):
        return {}
    header = weights.header(file, folder)
    return {key.removeprefix(_TRAINING): value for key, value in header.items() if key.startswith(_TRAINING)}


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value)
