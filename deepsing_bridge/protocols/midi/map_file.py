"""Writes MIDI maps: a whole new file with its explanations, or one entry of a file that somebody keeps by hand.

Their comments and the order of their entries stay. A file appears whole or not at all. Knows nothing of ports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Self

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from ...core.errors import BridgeError
from ...core.files import is_there, made, read_text, write_text
from ...core.toml import MOST_BYTES
from ...live.cues import called_cue
from ...live.parameters import Parameter
from ...live.parsing import ACTIONS
from ...live.vocabulary import Vocabulary
from .map import Button, Control, Entry, MidiMap, default_map, parse_map
from .port_names import is_named

_HEAD = """\
# Which MIDI knob turns what. `bridge.py midi learn PARAM` writes here, and keeps your comments.
#
# [[control]]: a knob, a fader or an encoder.
#   parameter   what it turns
#   controller  number of its control change, 0..127
#   device      part of the device's name, as `bridge.py midi list` shows it; any device if left out
#   channel     1..16; any channel if left out
#   kind        "absolute" (7 bit), "absolute14" (coarse half at controller 0..31, fine half 32 above), or "relative"
#   encoding    of a relative encoder's steps: "twos-complement", "signed-bit" or "binary-offset"
#   takeover    "pickup": takes hold once it has come to the current value; "jump": at once, for motor faders
#   low, high   the values at its two ends, in the parameter's unit; the other way round turns the knob round
#   feedback    false: values are not sent back to the device's fader or LED ring
#
# [[button]]: a pad, a key, a program change or a switch.
#   action      {actions}
#   cue         or the name of the cue that it calls
#   note, program or controller   which one, 0..127; a controller counts from 64 up
#   device, channel               as above
#
# An entry that names a device goes before one that does not. For example:
#
#   [[control]]
#   parameter = "valence_offset"
#   device = "nanoKONTROL2"
#   controller = 0
#   low = -1
#   high = 1
#
#   [[button]]
#   action = "toggle"
#   device = "nanoKONTROL2"
#   controller = 41
"""


def map_text(mapping: MidiMap, vocabulary: Vocabulary) -> str:
    """`mapping` as a file, every parameter explained."""
    switches = [p.name for p in vocabulary.parameters.values() if p.field.kind == "bool"]
    parts = [_HEAD.format(actions=f"{', '.join(ACTIONS)}; or what it switches: {', '.join(switches)}")]
    for control in mapping.controls:
        parts.append(f"\n# {_explained(vocabulary.parameters[control.parameter])}\n[[control]]\n{_lines(control)}")
    parts += [f"\n[[button]]\n{_lines(button)}" for button in mapping.buttons]
    return "".join(parts)


def write_map(path: Path, mapping: MidiMap, vocabulary: Vocabulary) -> None:
    """Write `mapping` to `path`, making its folder. Raises BridgeError if that cannot be."""
    _write(path, map_text(mapping, vocabulary))


def learn_into(path: Path, entry: Entry, vocabulary: Vocabulary) -> list[str]:
    """Give what `entry` turns or starts this knob or button in the file `path`, which begins as the default map if it
    is not there.

    Old entries for the same go, but a parameter's range, takeover and feedback stay. Returns the names of what the knob
    or button did before and does no more. Raises BridgeError, and leaves the file as it is, if it is no map or cannot
    be written.
    """
    text = read_text(path, MOST_BYTES) if is_there(path) else map_text(default_map(vocabulary), vocabulary)
    before, document = parse_map(text, vocabulary, str(path)), tomlkit.parse(text)
    kinds: tuple[tuple[str, Sequence[Entry]], ...] = ("control", before.controls), ("button", before.buttons)
    for name, others in kinds:
        old = [i for i, other in enumerate(others) if isinstance(entry, type(other)) and _does(other) == _does(entry)]
        if old and isinstance(was := others[old[0]], Control) and isinstance(entry, Control):
            entry = replace(entry, low=was.low, high=was.high, takeover=was.takeover, feedback=was.feedback)
        beaten = [i for i, other in enumerate(others) if i not in old and _in_the_way(other, entry)]
        with _Tables(document, name, path) as tables:
            if name == ("control" if isinstance(entry, Control) else "button"):
                tables.put(old[0] if old else None, _settings(entry))
            tables.remove([*old[1:], *beaten])
    text = document.as_string()
    parse_map(text, vocabulary, str(path))
    _write(path, text)
    return _lost(before, entry)


class _Tables:
    """The `[[name]]` of a document, to be changed within a `with`.

    tomlkit counts a comment to the entry before it, where people mean the one behind. Within, what stands before each
    entry is in `_before`, with what follows the last one at its end: so all of it outlives its neighbours.
    """

    def __init__(self, document: TOMLDocument, name: str, path: Path) -> None:
        tables = document.get(name, tomlkit.aot())
        if not isinstance(tables, AoT):
            raise BridgeError(f"{path}: {name}: only entries that begin with [[{name}]] can be changed")
        self._document, self._name, self._tables = document, name, tables

    def __enter__(self) -> Self:
        self._before = ["", *(_cut_tail(table) for table in self._tables)]
        return self

    def __exit__(self, *_: object) -> None:
        *before, end = self._before
        for table, text in zip(self._tables, before, strict=True):
            table.trivia.indent = text + table.trivia.indent
        if self._tables:
            self._tables[-1].value.body.append((None, tomlkit.ws(end)))
            self._document[self._name] = self._tables
        else:  # an empty one would be written as `name = []`
            self._document.pop(self._name, None)
            self._document.add(tomlkit.ws(end))

    def put(self, index: int | None, settings: Mapping[str, object]) -> None:
        """Make `settings` all that the entry at `index` holds, or those of a new one at the end."""
        if index is None:
            index = len(self._tables)
            self._tables.append(tomlkit.table())
            self._before[-1:] = [self._before[-1] + "\n", ""]
        table = self._tables[index]
        for key in set(table) - set(settings):
            del table[key]
        for key, value in settings.items():
            table[key] = value

    def remove(self, indices: Sequence[int]) -> None:
        for index in sorted(indices, reverse=True):
            del self._tables[index]
            self._before[index : index + 2] = ["".join(self._before[index : index + 2])]


def _cut_tail(table: Table) -> str:
    """Take the comments and blank lines behind the last setting out of `table`."""
    body = table.value.body
    end = len(body)
    while end and body[end - 1][0] is None:
        end -= 1
    tail = "".join(item.as_string() for _, item in body[end:])
    del body[end:]
    return tail


def _does(entry: Entry) -> str:
    return entry.parameter if isinstance(entry, Control) else entry.action


def _in_the_way(other: Entry, entry: Entry) -> bool:
    """Whether `other` would be found instead of `entry`, or as well."""
    return (
        bool(set(other.claims) & set(entry.claims))
        and is_named(entry.device, other.device)
        and bool(other.device) == bool(entry.device)
        and other.channel == entry.channel
    )


def _lost(before: MidiMap, entry: Entry) -> list[str]:
    found = [before.find(entry.device, entry.channel or 1, *claim) for claim in entry.claims]
    names = [_does(other) for other in found if other]
    return [name for name in dict.fromkeys(names) if name != _does(entry)]


def _settings(entry: Entry) -> dict[str, object]:
    """What a file must say of `entry`: all that is not the default."""
    first: dict[str, object] = {}
    if isinstance(entry, Button):
        calls = {"cue": cue} if (cue := called_cue(entry.action)) else {"action": entry.action}
        first = {**calls, entry.trigger: entry.number}
    skipped = ("trigger", "number", "action", *first)
    return first | {
        field.name: value
        for field in fields(entry)
        if field.name not in skipped and (value := getattr(entry, field.name)) != field.default
    }


def _lines(entry: Entry) -> str:
    return "".join(f"{key} = {tomlkit.item(value).as_string()}\n" for key, value in _settings(entry).items())


def _explained(parameter: Parameter) -> str:
    unit = f" {parameter.field.unit}" if parameter.field.unit else ""
    return f"{parameter.name}: {parameter.field.meaning} ({parameter.field.allowed}{unit})"


def _write(path: Path, text: str) -> None:
    made(path.parent)
    write_text(path, text)
