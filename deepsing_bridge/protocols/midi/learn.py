"""Tells from what a knob sends which knob it is, and of which kind; from what a pad sends, which pad. Pure.

It waits until one moves clearly: an absolute one through some values, an encoder by several equal steps. It knows the
two halves of a 14-bit fader, and an encoding by where its steps lie. An encoder should be turned both ways, since a
step in one direction can look the same in two encodings. Knows nothing of ports and files.
"""

from collections import deque
from itertools import pairwise
from typing import Any, NamedTuple

from .map import LSB, Button, Control, Encoding, Trigger
from .port_names import steady_name

DISTINCT = 3  # values that an absolute knob goes through when it is moved clearly
EQUAL_STEPS = 3  # an absolute knob does not send the same value again and again
STEP_GAP_S = 0.25  # equal steps follow each other sooner than a button can be pressed again
ENOUGH = 16  # messages after which what is still open is taken for what is likeliest
FASTEST = 16  # clicks in one message of an encoder

_STEPS: dict[Encoding, frozenset[int]] = {  # the likeliest encoding first
    "twos-complement": frozenset(range(1, FASTEST + 1)) | frozenset(range(128 - FASTEST, 128)),
    "binary-offset": frozenset(range(64 - FASTEST, 65 + FASTEST)) - {64},
    "signed-bit": frozenset(range(1, FASTEST + 1)) | frozenset(range(65, 65 + FASTEST)),
}

_SWITCH = frozenset((0, 127))


class _Move(NamedTuple):
    value: int
    at_s: float


class Learner:
    """Hears messages until it knows the control for `parameter`. `distinct`: two values are enough for a switch."""

    def __init__(self, parameter: str, distinct: int = DISTINCT) -> None:
        self._parameter = parameter
        self._distinct = distinct
        self._moves: dict[tuple[str, int, int], deque[_Move]] = {}  # by port, channel, controller
        self._fine: set[tuple[str, int, int]] = set()  # those that are the fine half of another
        self._before: dict[tuple[str, int], int] = {}  # the controller that was heard last, by port and channel

    def hear(self, port: str, message: Any, at_s: float) -> Control | None:
        """The control that this message makes certain, if it does."""
        if message.type != "control_change":
            return None
        where, number = (port, message.channel), message.control
        if LSB <= number < 2 * LSB and self._before.get(where) == number - LSB:
            self._fine.add((*where, number))
        self._before[where] = number
        moves = self._moves.setdefault((*where, number), deque(maxlen=2 * ENOUGH))
        moves.append(_Move(message.value, at_s))
        if (*where, number + LSB) in self._fine:
            return None  # its fine half follows
        if (*where, number) in self._fine:
            return self._control(port, message, number - LSB, kind="absolute14") if self._went_far(moves) else None
        if LSB <= number < 2 * LSB and len(moves) < ENOUGH and not {move.value for move in moves} <= _SWITCH:
            return None  # perhaps a fine half whose coarse one has not moved yet
        return self._plain(port, message, moves)

    def _plain(self, port: str, message: Any, moves: deque[_Move]) -> Control | None:
        values = {move.value for move in moves}
        encodings = [encoding for encoding, steps in _STEPS.items() if values <= steps]
        enough = len(moves) >= ENOUGH
        if encodings and _equal_steps(moves) >= EQUAL_STEPS:
            certain = len(encodings) == 1 or enough
            return self._control(port, message, kind="relative", encoding=encodings[0]) if certain else None
        return self._control(port, message) if self._went_far(moves) and (enough or not encodings) else None

    def _went_far(self, moves: deque[_Move]) -> bool:
        return len({move.value for move in moves}) >= self._distinct

    def _control(self, port: str, message: Any, number: int | None = None, **kind: Any) -> Control:
        controller = message.control if number is None else number
        return Control(self._parameter, controller, steady_name(port), message.channel + 1, **kind)


class SwitchLearner:
    """For a `parameter` that is on or off: a control as `Learner` knows it, or a pad, key or program that is a
    button."""

    def __init__(self, parameter: str) -> None:
        self._control, self._button = Learner(parameter, distinct=2), ButtonLearner(parameter)

    def hear(self, port: str, message: Any, at_s: float) -> Control | Button | None:
        heard = self._control if message.type == "control_change" else self._button
        return heard.hear(port, message, at_s)


class ButtonLearner:
    """Hears messages until one is a press: then that is the button for `action`."""

    def __init__(self, action: str) -> None:
        self._action = action

    def hear(self, port: str, message: Any, at_s: float) -> Button | None:
        match message.type:
            case "note_on" if message.velocity > 0:
                return self._button(port, message, "note", message.note)
            case "program_change":
                return self._button(port, message, "program", message.program)
            case "control_change" if message.value in _SWITCH and message.value:
                return self._button(port, message, "controller", message.control)
        return None

    def _button(self, port: str, message: Any, trigger: Trigger, number: int) -> Button:
        return Button(trigger, number, self._action, steady_name(port), message.channel + 1)


def _equal_steps(moves: deque[_Move]) -> int:
    """How many messages belong to runs of equal values, but for one."""
    pairs = pairwise(moves)
    return 1 + sum(a.value == b.value and b.at_s - a.at_s <= STEP_GAP_S for a, b in pairs)
