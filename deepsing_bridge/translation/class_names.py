"""A generator's classes looked up by the names that a user gives."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Protocol

from ..core.errors import BridgeError


class Labelled(Protocol):
    """As much of a generator as it takes to look a class up."""

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...


def class_ids(names: str | Sequence[str], generator: Labelled) -> list[int]:
    """`"lake, fire"` → the ids of these classes, in this order, each once; in upper or lower case.

    Raises BridgeError that names the unknown class and the nearest ones.
    """
    wanted = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    if not any(wanted):
        raise BridgeError(f"no classes given: expected names out of {_some(generator.classes)}")
    return list(dict.fromkeys(_class_id(name, generator) for name in wanted if name))


def _class_id(name: str, generator: Labelled) -> int:
    known = {label.casefold(): class_id for class_id, label in enumerate(generator.classes)}
    if name.casefold() in known:
        return known[name.casefold()]
    near = [generator.classes[known[label]] for label in get_close_matches(name.casefold(), known)]
    hint = f"the nearest are {', '.join(near)}" if near else f"it has {_some(generator.classes)}"
    raise BridgeError(f"class {name!r:.60}: the {generator.name} generator does not have it; {hint}")


def _some(labels: Sequence[str], most: int = 40) -> str:
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(labels[:most]) + more
