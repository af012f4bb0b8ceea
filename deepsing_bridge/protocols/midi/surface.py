"""What knobs and buttons do, and what they are to show: soft takeover, encoders, 14 bit, feedback. Pure.

A control surface is heard message by message and tells what each one asks for. It is told of every change of a
parameter, by whomever, and tells what is to be sent back to which port. Three rules keep it quiet: a knob that is not
where the value is does nothing until it gets there, a fader hears nothing while it is being moved, and what was sent to
a port and comes back from it, as from a loopback (macOS' IAC, loopMIDI), is nobody's wish.
Knows nothing of threads and of how ports are opened; times are seconds of any one clock.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mido import Message

from ...core.fields import Value
from ...live.commands import Command, RecallCue, SetParam
from ...live.cues import called_cue
from ...live.parameters import Parameter
from ...live.parsing import ACTIONS
from ...live.vocabulary import Vocabulary
from .map import LSB, Button, Control, Entry, MidiMap
from .port_names import steady_name
from .scale import FOURTEEN, SEVEN, from_share, to_share, to_steps

NEAR = 1 / 127  # a knob as near as one 7-bit step to where the value is takes hold
CLICK = 1 / 128  # of the range: what an encoder's click turns
QUIET_S = 0.3  # how long after its last move a fader hears nothing
FINE_WAIT_S = 0.01  # how long a coarse half waits for its fine half: ten times what a cable takes
IN_FLIGHT_S = 1.0  # an echo comes sooner, or not at all: the engine takes only the newest of what waits
MOST_IN_FLIGHT = 512  # values of one parameter, or messages to one port; far more than a cable carries in that time


@dataclass(frozen=True)
class Device:
    """The sender of commands that came from `port`."""

    port: str

    def __str__(self) -> str:
        return f"MIDI, {self.port}"


@dataclass(frozen=True)
class Knob:
    """One knob on one device, as the map has it; `channel` 0..15."""

    port: str
    channel: int
    control: Control


@dataclass
class _State:
    """`at`: where it was last, 0..1; `coarse` and `since`: half of a 14-bit position that came alone, and when."""

    at: float | None = None
    coarse: int | None = None
    since: float | None = None
    moved_s: float = float("-inf")


class Surface:
    """`values` are the parameters' now. Whoever owns it tells it of each change after that, by `echo`."""

    def __init__(self, mapping: MidiMap, vocabulary: Vocabulary, values: Mapping[str, Value]) -> None:
        self._map = mapping
        self._vocabulary = vocabulary
        self._knobs: dict[Knob, _State] = {}
        self._shown: dict[str, dict[Control, int]] = {}  # by output: what each fader shows
        self._gone_out: dict[str, deque[tuple[Message, float]]] = {}  # by steady name: what may come back, and when
        self.catch_up(values)

    def catch_up(self, values: Mapping[str, Value]) -> None:
        """Begin again from `values`, when something was missed: every knob lets go."""
        self._values = dict(values)
        self._sent: dict[str, deque[tuple[Value, float]]] = {}  # what was asked for, and when, until it is echoed
        self._holders: dict[str, Knob] = {}
        self._changed = True  # whether anything may have to be sent

    def add_output(self, port: str) -> None:
        """Its faders and rings are to show all values."""
        self._shown[port] = {}
        self._changed = True

    def remove(self, port: str) -> None:
        """Forget the knobs of an input and what an output shows: both may be moved while they are away."""
        self._shown.pop(port, None)
        self._knobs = {knob: state for knob, state in self._knobs.items() if knob.port != port}
        self._holders = {name: knob for name, knob in self._holders.items() if knob.port != port}

    def hear(self, port: str, message: Any, at_s: float) -> Command | None:
        """What a mido `message` that came from `port` asks for, if anything."""
        if self._comes_back(port, message, at_s):
            return None
        match message.type:
            case "control_change":
                entry = self._map.find(port, message.channel + 1, "controller", message.control)
                if isinstance(entry, Control):
                    return self._turn(Knob(port, message.channel, entry), message.control, message.value, at_s)
                return self._press(entry, port, at_s) if message.value >= 64 else None
            case "note_on" if message.velocity > 0:
                return self._press(self._map.find(port, message.channel + 1, "note", message.note), port, at_s)
            case "program_change":
                return self._press(self._map.find(port, message.channel + 1, "program", message.program), port, at_s)
        return None

    def overdue(self, at_s: float) -> list[Command]:
        """What 14-bit knobs ask for that sent no fine half, which MIDI allows: it is zero then."""
        late = [
            knob for knob, state in self._knobs.items() if state.since is not None and at_s - state.since > FINE_WAIT_S
        ]
        asked = [self._complete(knob, 0, at_s) for knob in late]
        return [command for command in asked if command]

    def echo(self, name: str, value: Value, at_s: float) -> None:
        """The parameter has this value now. If it was not asked for here, its knob lets go of it."""
        sent = self._sent.get(name, deque())
        while sent and at_s - sent[0][1] > IN_FLIGHT_S:
            sent.popleft()
        if value in (asked for asked, _ in sent):
            while sent.popleft()[0] != value:
                pass
            return
        sent.clear()
        self._holders.pop(name, None)
        self._values[name] = value
        self._changed = True

    def to_send(self, at_s: float) -> list[tuple[str, Message]]:
        """Port and message for every fader and ring that is at rest and shows something else than it should."""
        if not self._changed:
            return []
        busy = {knob.control for knob, state in self._knobs.items() if at_s - state.moved_s < QUIET_S}
        self._changed = bool(busy)
        found = []
        for port, shown in self._shown.items():
            for control in self._map.shown_on(port):
                number, channel = self._number(control), self._channel(control)
                first = self._map.find(port, channel + 1, "controller", control.controller)
                if first == control and control not in busy and shown.get(control) != number:
                    shown[control] = number
                    found += [(port, message) for message in _messages(control, channel, number)]
        for port, message in found:
            gone = self._gone_out.setdefault(steady_name(port), deque(maxlen=MOST_IN_FLIGHT))
            gone.append((message, at_s))
        return found

    def _comes_back(self, port: str, message: Any, at_s: float) -> bool:
        """Whether it was sent to the port of that name, and has not come back yet."""
        gone = self._gone_out.get(steady_name(port), deque())
        while gone and at_s - gone[0][1] > IN_FLIGHT_S:
            gone.popleft()
        found = next((sent for sent in gone if sent[0] == message), None)
        if found is not None:
            gone.remove(found)
        return found is not None

    def _turn(self, knob: Knob, controller: int, number: int, at_s: float) -> Command | None:
        match knob.control.kind:
            case "relative":
                return self._step(knob, to_steps(number, knob.control.encoding), at_s)
            case "absolute":
                return self._move(knob, number, at_s)
        state = self._knobs.setdefault(knob, _State())
        if controller != knob.control.controller:
            return self._complete(knob, number, at_s)
        state.coarse, state.since = number, at_s
        return None

    def _complete(self, knob: Knob, fine: int, at_s: float) -> Command | None:
        state = self._knobs[knob]
        state.since = None
        return None if state.coarse is None else self._move(knob, state.coarse << 7 | fine, at_s)

    def _move(self, knob: Knob, number: int, at_s: float) -> Command | None:
        state, control = self._knobs.setdefault(knob, _State()), knob.control
        before, state.at, state.moved_s = state.at, to_share(number, _bits(control)), at_s
        self._is_shown(knob, number)
        self._changed = True
        parameter = self._vocabulary.parameters[control.parameter]
        low, high = _ends(control, parameter)
        value = parameter.from_share(low + state.at * (high - low))
        if control.takeover == "pickup" and self._holders.get(parameter.name) != knob:
            goal = _place(control, parameter, self._values[parameter.name])
            crossed = before is not None and (before - goal) * (state.at - goal) <= 0
            if not (crossed or abs(state.at - goal) <= NEAR or value == self._values[parameter.name]):
                return None
        return self._ask(knob, value, at_s)

    def _step(self, knob: Knob, clicks: int, at_s: float) -> Command | None:
        parameter = self._vocabulary.parameters[knob.control.parameter]
        low, high = _ends(knob.control, parameter)
        share = parameter.to_share(self._values[parameter.name]) + clicks * _click(parameter) * (high - low)
        return self._ask(knob, parameter.from_share(min(max(share, min(low, high)), max(low, high))), at_s)

    def _press(self, entry: Entry | None, port: str, at_s: float) -> Command | None:
        if not isinstance(entry, Button):
            return None
        if entry.action in ACTIONS:
            return ACTIONS[entry.action](Device(port))
        if cue := called_cue(entry.action):
            return RecallCue(cue, sender=Device(port))
        self._holders.pop(entry.action, None)
        return self._set(entry.action, not self._values[entry.action], port, at_s)

    def _ask(self, knob: Knob, value: Value, at_s: float) -> Command | None:
        """From now on, this knob has the parameter."""
        name = knob.control.parameter
        self._holders[name] = knob
        return None if value == self._values[name] else self._set(name, value, knob.port, at_s)

    def _set(self, name: str, value: Value, port: str, at_s: float) -> Command:
        self._values[name] = value
        self._changed = True
        self._sent.setdefault(name, deque(maxlen=MOST_IN_FLIGHT)).append((value, at_s))
        return SetParam(name, value, Device(port))

    def _is_shown(self, knob: Knob, number: int) -> None:
        """Outputs of the same name belong to the knob's device; if there is none, all that show this control do."""
        same = [port for port in self._shown if steady_name(port) == steady_name(knob.port)]
        for port in same or self._shown:
            self._shown[port][knob.control] = number

    def _number(self, control: Control) -> int:
        place = _place(control, self._vocabulary.parameters[control.parameter], self._values[control.parameter])
        return from_share(place, _bits(control))

    def _channel(self, control: Control) -> int:
        """The control's own, else the one it was heard on, else the first; 0..15."""
        if control.channel is not None:
            return control.channel - 1
        return next((knob.channel for knob in self._knobs if knob.control == control), 0)


def _messages(control: Control, channel: int, number: int) -> list[Message]:
    """The coarse half goes first: it sets the fine one to zero (MIDI 1.0, Control Change Messages)."""
    halves = [(control.controller, number)]
    if control.kind == "absolute14":
        halves = [(control.controller, number >> 7), (control.controller + LSB, number & 127)]
    return [Message("control_change", channel=channel, control=half, value=value) for half, value in halves]


def _bits(control: Control) -> int:
    return FOURTEEN if control.kind == "absolute14" else SEVEN


def _ends(control: Control, parameter: Parameter) -> tuple[float, float]:
    """What the control's two ends are of the parameter's range, 0..1."""
    low = 0.0 if control.low is None else parameter.to_share(control.low)
    high = 1.0 if control.high is None else parameter.to_share(control.high)
    return low, high


def _place(control: Control, parameter: Parameter, value: Value) -> float:
    """Where the control stands for `value`, 0..1; at the nearer end if that is out of its reach."""
    low, high = _ends(control, parameter)
    return min(max((parameter.to_share(value) - low) / (high - low), 0.0), 1.0)


def _click(parameter: Parameter) -> float:
    """Share of the range that an encoder's click turns: to the next value where values are few."""
    match parameter.field.kind:
        case "choice":
            return 1 / len(parameter.field.choices)
        case "bool":
            return 1.0
        case "int":
            return 1 / ((parameter.field.high - parameter.field.low) or 1)
    return CLICK
