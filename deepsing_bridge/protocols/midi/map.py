"""Which knob turns what: the map and what it may hold. Pure, but for reading one file.

The file is TOML: a `[[control]]` for each knob or fader, a `[[button]]` for each pad or button. Two tables of fields,
one for each, say what an entry may hold; checks, defaults and complaints derive from them. Writing is `map_file`'s.
Knows nothing of ports and messages.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ...core.errors import BridgeError
from ...core.fields import Field, Value
from ...core.files import read_text
from ...core.toml import MOST_BYTES, parse_toml
from ...core.user_folders import settings_folder
from ...live.cues import check_name, cue_address
from ...live.parsing import ACTIONS
from ...live.vocabulary import Vocabulary
from .port_names import is_named

Kind = Literal["absolute", "absolute14", "relative"]
Encoding = Literal["twos-complement", "signed-bit", "binary-offset"]
Trigger = Literal["note", "program", "controller"]

TRIGGERS: tuple[Trigger, ...] = ("note", "program", "controller")
LSB = 32  # the fine half of controller n comes as controller n + 32 (MIDI 1.0, Control Change Messages)


@dataclass(frozen=True)
class Control:
    """A knob, fader or encoder that turns a parameter.

    `device` is part of the port's name, "" for any; `channel` 1..16, None for any. With `absolute14` `controller` is
    the coarse half, 0..31. `low` and `high`, in the parameter's own unit, are what the knob's two ends mean; None: the
    parameter's own. `encoding` counts for `relative` alone.
    """

    parameter: str
    controller: int
    device: str = ""
    channel: int | None = None
    kind: Kind = "absolute"
    encoding: Encoding = "twos-complement"
    takeover: Literal["pickup", "jump"] = "pickup"
    low: float | None = None
    high: float | None = None
    feedback: bool = True

    @property
    def claims(self) -> tuple[tuple[Trigger, int], ...]:
        """The messages that are this control's."""
        fine: tuple[tuple[Trigger, int], ...] = (("controller", self.controller + LSB),)
        return (("controller", self.controller), *(fine if self.kind == "absolute14" else ()))


@dataclass(frozen=True)
class Button:
    """A pad, key, program change or switch that starts `action`: one of `ACTIONS`, a boolean parameter's name, or
    `cue/` and the name of a cue."""

    trigger: Trigger
    number: int
    action: str
    device: str = ""
    channel: int | None = None

    @property
    def claims(self) -> tuple[tuple[Trigger, int], ...]:
        return ((self.trigger, self.number),)


Entry = Control | Button


@dataclass(frozen=True)
class MidiMap:
    controls: tuple[Control, ...] = ()
    buttons: tuple[Button, ...] = ()

    def find(self, port: str, channel: int, trigger: Trigger, number: int) -> Entry | None:
        """Whose a message on `channel` 1..16 of `port` is. Who names the device goes first, then who the channel."""
        for entry in self._claimed.get((trigger, number), ()):
            if entry.channel in (None, channel) and is_named(port, entry.device):
                return entry
        return None

    @cached_property
    def _claimed(self) -> Mapping[tuple[Trigger, int], Sequence[Entry]]:
        """Whose each message may be, in the order in which they are asked: a flood has thousands of them a second."""
        found: dict[tuple[Trigger, int], list[Entry]] = {}
        entries: tuple[Entry, ...] = (*self.controls, *self.buttons)
        for entry in sorted(entries, key=lambda entry: (not entry.device, entry.channel is None)):
            for claim in entry.claims:
                found.setdefault(claim, []).append(entry)
        return found

    def shown_on(self, port: str) -> tuple[Control, ...]:
        """The controls whose values are sent back to `port`."""
        return tuple(control for control in self.controls if control.feedback and is_named(port, control.device))


def default_map(vocabulary: Vocabulary) -> MidiMap:
    """Every parameter that has a controller's number in the vocabulary, on any device and channel."""
    return MidiMap(tuple(Control(p.name, p.cc) for p in vocabulary.parameters.values() if p.cc is not None))


def default_path() -> Path:
    """Where the user's own map is looked for: `~/.config/deepsing-bridge/midi.toml` on Linux."""
    return settings_folder() / "midi.toml"


def load_map(path: Path | None, vocabulary: Vocabulary) -> MidiMap:
    """The map in `path`. None: the user's own at `default_path()`, or `default_map` if there is none.

    Raises BridgeError for a file that cannot be read or has something else in it, naming file, line and entry.
    """
    if path is None:
        path = default_path()
        if not path.exists():
            return default_map(vocabulary)
    return parse_map(read_text(path, MOST_BYTES), vocabulary, str(path))


def parse_map(text: str, vocabulary: Vocabulary, where: str) -> MidiMap:
    """The map that `text` spells out; `where` is what complaints call the file. Raises BridgeError."""
    data = parse_toml(text, where)
    if unknown := set(data) - {"control", "button"}:
        raise BridgeError(f"{where}: {min(unknown)[:60]!r} is not known; there are [[control]] and [[button]]")
    seen: dict[object, str] = {}
    controls, buttons = [], []
    for place, table in _tables(text, data, "control", where):
        controls.append(_control(table, vocabulary, place))
        _claim(seen, controls[-1], place)
    for place, table in _tables(text, data, "button", where):
        buttons.append(_button(table, vocabulary, place))
        _claim(seen, buttons[-1], place)
    return MidiMap(tuple(controls), tuple(buttons))


def control_fields(vocabulary: Vocabulary) -> tuple[Field, ...]:
    """What a `[[control]]` may hold; those that are not `optional` must be there."""
    turnable = tuple(parameter.name for parameter in vocabulary.parameters.values() if parameter.turnable)
    return (
        Field("parameter", "choice", "what it turns", choices=turnable),
        Field("controller", "int", "number of its control change; absolute14: of the coarse half", "", 0, 127),
        *_WHERE,
        Field("kind", "choice", "", choices=("absolute", "absolute14", "relative"), optional=True),
        Field("encoding", "choice", "", choices=("twos-complement", "signed-bit", "binary-offset"), optional=True),
        Field("takeover", "choice", "", choices=("pickup", "jump"), optional=True),
        Field("low", "float", "value at its lowest", optional=True),
        Field("high", "float", "value at its highest", optional=True),
        Field("feedback", "bool", "whether values are sent back to it", optional=True),
    )


def button_fields(vocabulary: Vocabulary) -> tuple[Field, ...]:
    """What a `[[button]]` may hold; an action or a cue, and one of `TRIGGERS`, must be there too."""
    switches = tuple(p.name for p in vocabulary.parameters.values() if p.field.kind == "bool")
    return (
        Field("action", "choice", "what it starts or switches", choices=(*ACTIONS, *switches), optional=True),
        Field("cue", "text", "name of the cue that it calls", optional=True),
        Field("note", "int", "number of its note", "", 0, 127, optional=True),
        Field("program", "int", "number of its program change, from 0", "", 0, 127, optional=True),
        Field("controller", "int", "number of its control change; 64 and more count", "", 0, 127, optional=True),
        *_WHERE,
    )


_WHERE = (
    Field("device", "text", "part of the device's name", optional=True),
    Field("channel", "int", "MIDI channel", "", 1, 16, optional=True),
)


def _tables(text: str, data: Mapping[str, Any], name: str, where: str) -> list[tuple[str, Mapping[str, object]]]:
    """Each `[[name]]` with its place in words: file, line, entry."""
    entries = data.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BridgeError(f"{where}: {name}: expected tables that begin with [[{name}]]")
    headers = [match.start() for match in re.finditer(rf"^[ \t]*\[\[\s*{name}\s*\]\]", text, re.MULTILINE)]
    lines = [f", line {text.count(chr(10), 0, start) + 1}" for start in headers]
    lines = lines if len(lines) == len(entries) else [""] * len(entries)  # written in a way without headers
    return [
        (f"{where}{line}, {name} {i + 1}", entry) for i, (line, entry) in enumerate(zip(lines, entries, strict=True))
    ]


def _checked(table: Mapping[str, object], fields: Sequence[Field], place: str) -> dict[str, Value]:
    allowed = {field.name: field for field in fields}
    if unknown := set(table) - set(allowed):
        raise BridgeError(f"{place}: {min(unknown)[:60]!r} is not known; there are {', '.join(allowed)}")
    for field in fields:
        if not field.optional and field.name not in table:
            raise BridgeError(f"{place}: {field.name} is missing: {field.allowed}")
    return {name: allowed[name].check(value, f"{place}, {name}") for name, value in table.items()}


def _control(table: Mapping[str, object], vocabulary: Vocabulary, place: str) -> Control:
    given = _checked(table, control_fields(vocabulary), place)
    control = Control(**given)  # type: ignore[arg-type]  # the fields' names are the dataclass's own
    if control.kind == "absolute14" and control.controller >= LSB:
        raise BridgeError(f"{place}, controller: expected 0..{LSB - 1} with absolute14, got {control.controller}")
    _check_range(control, vocabulary.parameters[control.parameter].field, place)
    return control


def _check_range(control: Control, field: Field, place: str) -> None:
    given = {name: end for name, end in (("low", control.low), ("high", control.high)) if end is not None}
    if given and field.kind not in ("float", "int"):
        raise BridgeError(f"{place}, {min(given)}: {field.name} has no range; it is {field.allowed}")
    for name, end in given.items():
        field.check(end, f"{place}, {name}")
    if given and given.get("low", field.low) == given.get("high", field.high):
        raise BridgeError(f"{place}: low and high: expected two different values, got {max(given.values()):g} for both")


def _button(table: Mapping[str, object], vocabulary: Vocabulary, place: str) -> Button:
    fields = button_fields(vocabulary)
    given = _checked(table, fields, place)
    triggers = [trigger for trigger in TRIGGERS if trigger in given]
    if len(triggers) != 1:
        raise BridgeError(f"{place}: expected one of {', '.join(TRIGGERS)}, got {' and '.join(triggers) or 'none'}")
    number = given.pop(triggers[0])
    if len({"action", "cue"} & given.keys()) != 1:
        raise BridgeError(f"{place}: expected one of action, which is {fields[0].allowed}, and cue")
    if "cue" in given:
        given["action"] = cue_address(check_name(str(given.pop("cue")), f"{place}, cue"))
    return Button(triggers[0], int(number), **given)  # type: ignore[arg-type]


def _claim(seen: dict[object, str], entry: Entry, place: str) -> None:
    """Raises BridgeError if another entry has the same message of the same device and channel."""
    for trigger, number in entry.claims:
        key = (trigger, number, entry.device.casefold(), entry.channel)
        if key in seen:
            raise BridgeError(f"{place}: {trigger} {number} is taken already, by {seen[key].rpartition(', ')[2]}")
        seen[key] = place
