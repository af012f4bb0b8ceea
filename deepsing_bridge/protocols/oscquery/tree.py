"""The vocabulary as an OSCQuery tree, and what a request for part of it is answered.

Pure: knows no sockets and no HTTP but its status codes. The specification is Vidvox's OSCQuery Proposal; where it
leaves a choice, Chataigne and ossia score were read: impulses are `I`, and a string without choices has no range,
since Chataigne takes any range of a string for a list of choices.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ...core.fields import Field, Kind, Value
from ...live.events import to_message
from ...live.hub import Snapshot
from ...live.messages import Direction, Message
from ...live.vocabulary import Vocabulary

Node = dict[str, Any]

NAME = "deepsing-bridge"
READ, WRITE = 1, 2  # ACCESS is their sum
ACCESS: Mapping[Direction, int] = {"in": WRITE, "out": READ, "both": READ + WRITE}
IMPULSE = "I"

TYPES: Mapping[Kind, str] = {"float": "f", "int": "i", "bool": "T", "choice": "s", "text": "s", "size": "s"}
"""Booleans are T here, so that clients show a switch; by OSC they are sent as 0 and 1."""

UNITS = {"s": "time.second", "1/s": "time.hz"}
"""Those of ours that the proposal's list of units has."""

ATTRIBUTES = ("FULL_PATH", "CONTENTS", "DESCRIPTION", "TYPE", "ACCESS", "VALUE", "RANGE", "UNIT")
EXTENSIONS = {
    **dict.fromkeys(("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TYPE", "UNIT", "LISTEN"), True),
    **dict.fromkeys(("TAGS", "EXTENDED_TYPE", "CRITICAL", "CLIPMODE", "OVERLOADS", "HTML"), False),
    **dict.fromkeys(("PATH_ADDED", "PATH_REMOVED"), True),
    **dict.fromkeys(("PATH_CHANGED", "PATH_RENAMED", "OSC_STREAMING"), False),
}
"""Only cues come and go: a vocabulary is made once, of the models that are loaded at the start."""

_JSON: Mapping[Kind, Callable[[Any], Value]] = {"float": float, "int": int, "bool": bool}


@dataclass(frozen=True)
class Here:
    """Where the bridge is, as whoever asks reaches it: by OSC, and by HTTP and websocket."""

    address: str
    osc_port: int
    port: int


def respond(vocabulary: Vocabulary, snapshot: Snapshot, target: str, here: Here) -> tuple[int, Node | None]:
    """The status and JSON for a GET of `target`, such as `/deepsing/param/blend?VALUE`.

    400: no such attribute; 404: no such address; 204: the address has no such attribute.
    """
    path, _, query = target.partition("?")
    attribute = query.partition("=")[0]
    if attribute == "HOST_INFO":
        return 200, host_info(here)
    if attribute and attribute not in ATTRIBUTES:
        return 400, None
    node = find(tree(vocabulary, snapshot), unquote(path))
    if node is None:
        return 404, None
    if not attribute:
        return 200, node
    return (200, {attribute: node[attribute]}) if attribute in node else (204, None)


def host_info(here: Here) -> Node:
    return {
        "NAME": NAME,
        "OSC_IP": here.address,
        "OSC_PORT": here.osc_port,
        "OSC_TRANSPORT": "UDP",
        "WS_IP": here.address,
        "WS_PORT": here.port,
        "EXTENSIONS": EXTENSIONS,
    }


def find(root: Node, path: str) -> Node | None:
    node: Node | None = root
    for part in path.strip("/").split("/") if path.strip("/") else ():
        node = (node or {}).get("CONTENTS", {}).get(part)
    return node


def tree(vocabulary: Vocabulary, snapshot: Snapshot) -> Node:
    """Everything from `/` down. Parameters can be read and written, commands written, events read."""
    root: Node = {"FULL_PATH": "/", "DESCRIPTION": NAME, "ACCESS": 0}
    for address, leaf in _leaves(vocabulary, snapshot):
        _node(root, address).update(leaf)
    return root


def _node(root: Node, address: str) -> Node:
    node, path = root, ""
    for part in address.strip("/").split("/"):
        path += f"/{part}"
        node = node.setdefault("CONTENTS", {}).setdefault(part, {"FULL_PATH": path, "ACCESS": 0})
    return node


def _leaves(vocabulary: Vocabulary, snapshot: Snapshot) -> Iterator[tuple[str, Node]]:
    known = {name: tuple(values.values()) for name, values in map(to_message, snapshot.everything())}
    for parameter in vocabulary.parameters.values():
        values = known.get(f"param/{parameter.name}")
        yield parameter.address, _leaf(READ + WRITE, parameter.field.meaning, (parameter.field,), values)
    for message in vocabulary.messages.values():
        access, values = ACCESS[message.direction], known.get(message.name)
        yield message.address, _leaf(access, _described(message), message.fields, values)
    for address in snapshot.cues.addresses:
        yield address, _leaf(WRITE, "call this cue", (), None)


def _leaf(access: int, meaning: str, fields: Sequence[Field], values: Sequence[Value] | None) -> Node:
    leaf: Node = {"DESCRIPTION": meaning, "ACCESS": access, "TYPE": "".join(TYPES[f.kind] for f in fields) or IMPULSE}
    if values is not None:
        leaf["VALUE"] = [_JSON.get(f.kind, str)(value) for f, value in zip(fields, values, strict=True)]
    ranges = [_range(f) for f in fields]
    if any(ranges):
        leaf["RANGE"] = ranges
    if fields and all(f.unit in UNITS for f in fields):
        leaf["UNIT"] = [UNITS[f.unit] for f in fields]
    return leaf


def _range(field: Field) -> Node | None:
    if field.kind == "choice":
        return {"VALS": list(field.choices)}
    limits = {"MIN": field.low, "MAX": field.high}
    return {name: _JSON[field.kind](limit) for name, limit in limits.items() if not math.isinf(limit)} or None


def _described(message: Message) -> str:
    values = ", ".join(f"{f.name} ({f.meaning})" if f.meaning else f.name for f in message.fields)
    return f"{message.meaning}: {values}" if values else message.meaning
