"""Cues: a name, and what is to be when it is called. Pure.

Each holds as many parameters as somebody wants, and perhaps the classes that scenes are of. Knows nothing of files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..core.errors import BridgeError
from ..core.fields import Value

NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
PREFIX = "cue/"
RESERVED = ("fired", "save", "saved")  # their addresses are those of messages
UNSAVED = ("fps", "size", "quantise", "crossfade", "freeze")  # of how it is shown and played, not of what is seen
MOST_CUES = 256

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Cue:
    """`values` of parameters, checked; numbers go there in `fade_s` seconds. `classes` are held, with their weights;
    none: released; None: left as they are."""

    name: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    fade_s: float = 0.0
    classes: Weights | None = None


def check_name(name: str, where: str) -> str:
    """`name`, if a cue can have it. Raises BridgeError that begins with `where`."""
    if not NAME.fullmatch(name) or name in RESERVED:
        but = ", ".join(RESERVED)
        raise BridgeError(f"{where}: expected up to 40 of A-Z, a-z, 0-9, - and _, and none of {but}, got {name!r:.60}")
    return name


def cue_address(name: str) -> str:
    """What the message that calls it is named, without a value."""
    return PREFIX + name


def called_cue(message: str) -> str | None:
    """The name of the cue that a message of this name calls; None for other messages."""
    name = message.removeprefix(PREFIX)
    return None if name == message or name in RESERVED else name


def saved(name: str, before: Cue | None, values: Mapping[str, Value], classes: Weights) -> Cue:
    """The cue called `name` with `values` and `classes` as they are now.

    One that was there `before` keeps its fade, and stays of what it was of; a new one has all that is seen.
    """
    if before is None:
        kept = {known: value for known, value in values.items() if known not in UNSAVED}
        return Cue(name, MappingProxyType(kept), classes=classes)
    kept = {known: values[known] for known in before.values}
    return replace(before, values=MappingProxyType(kept), classes=None if before.classes is None else classes)
