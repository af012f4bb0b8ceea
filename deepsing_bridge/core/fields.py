"""What one value may be: its kind, unit and range, and the check that every value from outside goes through.

Options, parameters and the arguments of messages are described so. Knows nothing of where a value comes from.
"""

import math
import sys
from dataclasses import dataclass
from itertools import filterfalse
from typing import Literal

from .errors import BridgeError
from .plain_text import is_plain
from .units import LARGEST as LARGEST_SIZE
from .units import PERIODS, parse_period, parse_size

Value = float | int | bool | str
Kind = Literal["float", "int", "bool", "choice", "text", "size", "period"]

LARGEST = sys.float_info.max  # whole numbers can be larger, and floats not numbers at all
LONGEST_TEXT = 1024  # characters; a path may be long, but nothing that is said to the bridge is longer


@dataclass(frozen=True)
class Field:
    """One value: an argument of a message, or a parameter's.

    `low` and `high` bound numbers, both included; `choices` are what a `choice` may be. A `size` is `"512x512"`, a
    `period` `"5s"`. An `optional` argument may be left out, with all that follow it.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    optional: bool = False

    def check(self, value: object, where: str) -> Value:
        """`value` as this field's type. Raises BridgeError that begins with `where` and says what is allowed.

        Whole numbers do for floats and floats with a whole value for ints, since many controllers send only
        one of the two; 0 and 1 do for booleans.
        """
        accepted = _ACCEPT[self.kind](self, value)
        if accepted is None:
            raise BridgeError(f"{where}: expected {self.allowed}, got {self._shown(value)}")
        return accepted

    def _shown(self, value: object) -> str:
        """What is refused, as a complaint quotes it: short, and never as a program would print raw bytes. A number has
        as many digits as show why: 1.0000001 where 1 would do; of a text, why is all that is told."""
        if self.kind == "text" and isinstance(value, str):
            long = len(value) > LONGEST_TEXT
            return f"{len(value)} characters" if long else f"{next(filterfalse(is_plain, value))!a} in it"
        try:
            text = repr(value)
        except (RecursionError, ValueError):  # nested deeply, or a number of thousands of digits
            return f"what cannot be told in a line ({type(value).__name__})"
        if isinstance(value, float):
            texts = (f"{value:.{digits}g}" for digits in range(6, 18))
            text = next((text for text in texts if _ACCEPT[self.kind](self, float(text)) is None), text)
        return text if len(text) <= 60 else f"{text[:57]}…"

    @property
    def allowed(self) -> str:
        """What is allowed, in words: `0..1`, `auto, negative or positive`, `text`."""
        match self.kind:
            case "float" | "int":
                return self._range() or ("a number" if self.kind == "float" else "a whole number")
            case "bool":
                return "0 or 1"
            case "choice":
                return " or ".join(
                    [", ".join(self.choices[:-1]), self.choices[-1]] if self.choices[1:] else self.choices
                )
            case "period":
                return PERIODS
            case "size":
                return "pixels as 512 or 1280x720, even, 64 to 4096"
        return f"text of at most {LONGEST_TEXT} printable characters"

    def _range(self) -> str:
        whole = "a whole number in " if self.kind == "int" else ""
        if math.isinf(self.low) and math.isinf(self.high):
            return ""
        if math.isinf(self.high):
            return f"{'a whole number' if whole else 'a number'} from {self.low:g}"
        return f"{whole}{self.low:g}..{self.high:g}"


def _number(field: Field, value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        return None
    return float(value) if field.low <= value <= field.high else None


def _float(field: Field, value: object) -> Value | None:
    return _number(field, value)


def _int(field: Field, value: object) -> Value | None:
    number = _number(field, value)
    return int(number) if number is not None and number.is_integer() else None


def _bool(field: Field, value: object) -> Value | None:
    return bool(value) if isinstance(value, bool | int | float) and value in (0, 1) else None


def _choice(field: Field, value: object) -> Value | None:
    return value if isinstance(value, str) and value in field.choices else None


def _text(field: Field, value: object) -> Value | None:
    return value if isinstance(value, str) and is_plain(value) and len(value) <= LONGEST_TEXT else None


def _size(field: Field, value: object) -> Value | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value in range(LARGEST_SIZE + 1):
        value = str(int(value))
    try:
        width, height = parse_size(value if isinstance(value, str) else "")
    except BridgeError:
        return None
    return f"{width}x{height}"


def _period(field: Field, value: object) -> Value | None:
    try:
        period = parse_period(value if isinstance(value, str) else "")
    except BridgeError:
        return None
    return f"{period.amount:g}{period.unit}"


_ACCEPT = {
    "float": _float,
    "int": _int,
    "bool": _bool,
    "choice": _choice,
    "text": _text,
    "size": _size,
    "period": _period,
}
