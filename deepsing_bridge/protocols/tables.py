"""The vocabulary as text, JSON and Markdown: what `bridge.py vocabulary` prints, docs/protocol.md and ZeroMQ show."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ..core.fields import Field
from ..live.messages import Message
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary
from .osc.hosts import HOST_MESSAGES

PARAMETER_HEADS = ("parameter", "meaning", "range", "default", "OSC address", "MIDI CC")
MESSAGE_HEADS = ("message", "meaning", "values")
HOST_HEADS = ("message", "sent by", "what it does here")

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""A title, the columns' heads, and the rows."""


def parameter_rows(vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    return [_parameter_row(parameter) for parameter in vocabulary.parameters.values()]


def host_rows() -> list[tuple[str, ...]]:
    return [(entry.address, entry.host, entry.meaning) for entry in HOST_MESSAGES]


def message_rows(messages: Iterable[Message]) -> list[tuple[str, ...]]:
    return [(message.address, message.meaning, ", ".join(map(_told, message.fields)) or "none") for message in messages]


def tables(vocabulary: Vocabulary) -> list[Table]:
    """All of it: parameters, commands, events, and what is understood of other programs."""
    return [
        ("Parameters", PARAMETER_HEADS, parameter_rows(vocabulary)),
        ("Commands", MESSAGE_HEADS, message_rows(vocabulary.commands.values())),
        ("Events", MESSAGE_HEADS, message_rows(vocabulary.events.values())),
        ("Understood of other programs", HOST_HEADS, host_rows()),
    ]


def to_text(vocabulary: Vocabulary) -> str:
    """For a terminal, in columns."""
    return "\n\n".join(f"{title}\n{_columns([heads, *rows])}" for title, heads, rows in tables(vocabulary))


def to_markdown(vocabulary: Vocabulary) -> str:
    """For a page; addresses and names in code."""
    return "\n\n".join(f"**{title}**\n\n{markdown_table(heads, rows)}" for title, heads, rows in tables(vocabulary))


def to_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """`parameters` and `messages`, each a list of plain values; a bound that is not there is left out."""
    parameters = [
        _field(p.field) | {"default": p.default, "address": p.address, "cc": p.cc}
        for p in vocabulary.parameters.values()
    ]
    messages = [
        {
            "name": m.name,
            "address": m.address,
            "direction": m.direction,
            "meaning": m.meaning,
            "fields": list(map(_field, m.fields)),
        }
        for m in vocabulary.messages.values()
    ]
    return {"parameters": parameters, "messages": messages}


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for a page; cells that are addresses in code."""
    lines = [heads, ["---"] * len(heads), *([_coded(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _parameter_row(parameter: Parameter) -> tuple[str, ...]:
    default = f"{parameter.default:g}" if isinstance(parameter.default, float) else str(parameter.default).lower()
    unit = f" {parameter.field.unit}" if parameter.field.unit else ""
    cc = "" if parameter.cc is None else str(parameter.cc)
    return parameter.name, parameter.field.meaning, parameter.field.allowed + unit, default, parameter.address, cc


def _told(field: Field) -> str:
    name = f"[{field.name}]" if field.optional else field.name
    return f"{name} ({field.unit})" if field.unit else name


def _field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.name, "kind": field.kind, "meaning": field.meaning, "unit": field.unit}
    bounds = {"low": field.low, "high": field.high}
    told |= {name: bound for name, bound in bounds.items() if not math.isinf(bound)}
    if field.choices:
        told["choices"] = list(field.choices)
    return told | ({"optional": True} if field.optional else {})


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def _coded(cell: str) -> str:
    return f"`{cell}`" if cell.startswith("/") else cell
