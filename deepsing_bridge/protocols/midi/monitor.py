"""Says in words what a MIDI message is and what it does. Pure."""

from typing import Any

from .map import Button, Control, Entry, MidiMap, Trigger
from .mtc import to_timecode
from .port_names import steady_name
from .readers import ClockReader, MtcReader, Reading
from .time import KIND

EVERY_S = 1.0  # at most so often something is said of time that runs


def describe(entry: Entry) -> str:
    """`blend, by controller 21`; `toggle, by note 36 on channel 10`."""
    name = entry.parameter if isinstance(entry, Control) else entry.action
    trigger, number = entry.claims[0]
    kind = f", {entry.kind}" if isinstance(entry, Control) and entry.kind != "absolute" else ""
    channel = f" on channel {entry.channel}" if entry.channel else ""
    return f"{name}, by {trigger} {number}{channel}{kind}"


class Monitor:
    """Messages in, lines out. Time that runs is told once in a while: nobody reads a hundred lines a second."""

    def __init__(self, mapping: MidiMap) -> None:
        self._map = mapping
        self._readers: dict[tuple[str, str], MtcReader | ClockReader] = {}
        self._told_s: dict[tuple[str, str], float] = {}

    def line(self, port: str, message: Any, at_s: float) -> str | None:
        """`nanoKONTROL2: channel 1, controller 21, value 64 → blend`; None if there is nothing to say of it now."""
        timed = message.type in KIND
        said = self._time_text(port, message, at_s) if timed else _message_text(message) + self._mapped(port, message)
        return said and f"{steady_name(port)}: {said}"

    def forget(self, port: str) -> None:
        for kept in (self._readers, self._told_s):
            for key in [key for key in kept if key[0] == port]:
                del kept[key]

    def _mapped(self, port: str, message: Any) -> str:
        triggers: dict[str, tuple[Trigger, str]] = {
            "control_change": ("controller", "control"),
            "note_on": ("note", "note"),
            "program_change": ("program", "program"),
        }
        if message.type not in triggers:
            return ""
        trigger, attribute = triggers[message.type]
        entry = self._map.find(port, message.channel + 1, trigger, getattr(message, attribute))
        if entry is None:
            return ""
        return f" → {entry.action if isinstance(entry, Button) else entry.parameter}"

    def _time_text(self, port: str, message: Any, at_s: float) -> str | None:
        key = (port, KIND[message.type])
        if key not in self._readers:
            self._readers[key] = MtcReader() if key[1] == "mtc" else ClockReader()
        reader = self._readers[key]
        reading = reader.hear(message, at_s)
        if message.type not in ("quarter_frame", "clock"):
            return _position_text(message, reading)
        said = _running_text(reader, reading)
        if said is None or at_s - self._told_s.get(key, -EVERY_S) < EVERY_S:
            return None
        self._told_s[key] = at_s
        return said


def _message_text(message: Any) -> str:
    """`channel 1, controller 21, value 64`."""
    names = {"control": "controller"}
    values = {name: value for name, value in message.dict().items() if name not in ("type", "time", "channel")}
    parts = [f"channel {message.channel + 1}"] if hasattr(message, "channel") else []
    if message.type not in ("control_change", "program_change"):
        parts.append(message.type.replace("_", " "))
    return ", ".join(parts + [f"{names.get(name, name)} {value}" for name, value in values.items()])


def _position_text(message: Any, reading: Reading | None) -> str:
    match message.type:
        case "sysex":
            return f"time code, at {_timecode_text(reading)}" if reading else "time code, of no such time"
        case "songpos":
            return f"song position {message.pos}, quarter note {message.pos / 4:g}"
    return str(message.type)


def _running_text(reader: MtcReader | ClockReader, reading: Reading | None) -> str | None:
    if isinstance(reader, MtcReader):
        return f"time code, {_timecode_text(reading)}" if reading else None
    where = f", {reading.time_s:.2f} s from the start" if reading else ""
    return f"clock, {reader.tempo:.1f} quarter notes a minute{where}" if reader.tempo else None


def _timecode_text(reading: Reading) -> str:
    """`01:00:00:00 at 25 frames a second`."""
    if reading.rate is None:
        raise ValueError("a clock has no timecode")
    timecode = to_timecode(round(reading.time_s * reading.rate.fps), reading.rate)
    return f"{timecode} at {float(reading.rate.fps):.4g} frames a second{', drop' if reading.rate.drop else ''}"
