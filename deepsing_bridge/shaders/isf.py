"""Reads ISF v2 files (https://docs.isf.video): a comment with JSON, then GLSL.

Knows no OpenGL. What cannot be had here is refused with the reason: pictures from outside (inputs of type `image`,
IMPORTED files) and buffers that keep what was drawn before (PERSISTENT), since frames are drawn in any order.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..core.errors import BridgeError, in_words
from ..core.files import is_there, read_bytes
from .arithmetic import evaluate

Kind = Literal["float", "bool", "event", "long", "color", "point2D", "audio", "audioFFT"]
Value = float | int | bool | tuple[float, ...]
FRAGMENT, VERTEX = ".fs", ".vs"
LARGEST_FILE = 2**20  # bytes
MOST_INPUTS, MOST_PASSES = 128, 16
LARGEST, LARGEST_WHOLE = 3.4e38, 2**31 - 1  # that 32 bits hold, as OpenGL has numbers
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
BOUNDS: Mapping[str, tuple[float, float]] = {"float": (0.0, 1.0), "point2D": (0.0, 1.0), "color": (0.0, 1.0)}
DEFAULTS: Mapping[str, Value] = {"bool": False, "event": False, "long": 0, "color": (1.0, 1.0, 1.0, 1.0)}
WIDTHS: Mapping[str, int] = {"color": 4, "point2D": 2}


@dataclass(frozen=True)
class Input:
    """`low`, `high` and `default` are of one kind: a number, or as many as a point (2) or a colour (4) has.

    `choices` are what a `long` may be; `most` is how many numbers an `audio` or `audioFFT` wants, 0 for all.
    """

    name: str
    kind: Kind
    default: Value
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    choices: tuple[int, ...] = ()
    label: str = ""
    most: int = 0

    @property
    def is_sound(self) -> bool:
        return self.kind in ("audio", "audioFFT")


@dataclass(frozen=True)
class Pass:
    """Draws into the buffer `target`, or into the picture without one. Sizes are arithmetic over $WIDTH and inputs."""

    target: str = ""
    width: str = "$WIDTH"
    height: str = "$HEIGHT"
    is_float: bool = False

    def size(self, width: int, height: int, values: Mapping[str, Value]) -> tuple[int, int]:
        """In pixels, for a picture of `width`×`height`; no less than one, no more than twice the picture."""
        known = {name: float(value) for name, value in values.items() if not isinstance(value, tuple)}
        known |= {"WIDTH": float(width), "HEIGHT": float(height)}
        asked = evaluate(self.width, known), evaluate(self.height, known)
        return _within(asked[0], width), _within(asked[1], height)


@dataclass(frozen=True)
class Shader:
    """`body` is the GLSL after the header, which begins in line `first_line` of the file; `vertex` that of NAME.vs."""

    name: str
    description: str
    credit: str
    categories: tuple[str, ...]
    inputs: tuple[Input, ...]
    passes: tuple[Pass, ...]
    body: str
    first_line: int
    vertex: str = ""
    path: Path | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the buffers that passes draw into, each once."""
        return _targets(self.passes)

    @property
    def defaults(self) -> dict[str, Value]:
        return {each.name: each.default for each in self.inputs if not each.is_sound}


def read(path: Path) -> Shader:
    """The shader in the file `path`, and in the .vs beside it. Raises BridgeError with the file's name."""
    beside = path.with_suffix(VERTEX)
    text, vertex = source(path), source(beside) if is_there(beside) else ""
    try:
        return parse(text, path.stem, vertex, path)
    except BridgeError as error:
        raise BridgeError(f"{path}: {error}") from None


def source(path: Path) -> str:
    """What is in the file `path`, of a shader. Raises BridgeError where it cannot be read or is too large."""
    content = read_bytes(path, LARGEST_FILE)
    return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, name: str, vertex: str = "", path: Path | None = None) -> Shader:
    """Raises BridgeError if `text` is no ISF shader, or one that cannot be drawn here."""
    header, body, first_line = _split(text)
    try:
        return _shader(header, body, first_line, name, vertex, path)
    except (TypeError, ValueError, OverflowError) as error:
        raise BridgeError(f"its header is not as ISF has it ({in_words(error)})") from None


def _shader(header: Mapping[str, Any], body: str, first_line: int, name: str, vertex: str, path: Path | None) -> Shader:
    _refuse_foreign(header)
    inputs = tuple(_input(each) for each in _list(header, "INPUTS", MOST_INPUTS))
    passes = tuple(_pass(each) for each in _list(header, "PASSES", MOST_PASSES)) or (Pass(),)
    names = [each.name for each in inputs] + list(_targets(passes))
    if twice := [each for each in names if names.count(each) > 1]:
        raise BridgeError(f"input {twice[0]!r} is there twice, or is a pass's TARGET as well")
    for each in passes:
        each.size(16, 9, {one.name: one.default for one in inputs})  # complains now about what it does not know
    categories = tuple(str(each) for each in header.get("CATEGORIES") or ())
    described, credit = str(header.get("DESCRIPTION", "")), str(header.get("CREDIT", ""))
    return Shader(name, described, credit, categories, inputs, passes, body, first_line, vertex, path)


def _split(text: str) -> tuple[dict[str, Any], str, int]:
    """The JSON of the first comment, what follows the comment, and in which line that begins."""
    begin, end = text.find("/*"), text.find("*/")
    if begin < 0 or end < begin or text[:begin].strip():
        raise BridgeError("does not begin with a comment /* {…} */ that holds ISF's JSON")
    try:
        header = json.loads(text[begin + 2 : end], strict=False)
    except json.JSONDecodeError as error:
        line = text.count("\n", 0, begin) + error.lineno
        raise BridgeError(f"the JSON in its first comment cannot be read (line {line}: {error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise BridgeError(f"the JSON in its first comment cannot be read ({error})") from None
    if not isinstance(header, dict):
        raise BridgeError("the JSON in its first comment is no object")
    return header, text[end + 2 :], text.count("\n", 0, end) + 1


def _refuse_foreign(header: Mapping[str, Any]) -> None:
    if header.get("IMPORTED"):
        raise BridgeError("it reads pictures from files (IMPORTED), which are not opened here")
    if header.get("PERSISTENT_BUFFERS") or any(_flag(each.get("PERSISTENT")) for each in _list(header, "PASSES", 99)):
        raise BridgeError("it builds on its own last frame (PERSISTENT), and frames are drawn here in any order")


def _list(header: Mapping[str, Any], key: str, most: int) -> list[dict[str, Any]]:
    found = header.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BridgeError(f"{key}: expected a list of objects")
    if len(found) > most:
        raise BridgeError(f"{key}: {len(found)} of them; at most {most} are allowed")
    return found


def _input(given: Mapping[str, Any]) -> Input:
    name, kind = _name(given.get("NAME"), "an input's NAME"), str(given.get("TYPE"))
    match kind:
        case "audio" | "audioFFT":
            return Input(name, kind, 0.0, most=int(_tuple(given.get("MAX", 0), 1, name)[0]))
        case "bool" | "event":
            return Input(name, kind, _flag(given.get("DEFAULT")), (0.0,), (1.0,))
        case "long":
            return _choice(name, given)
        case "float" | "point2D" | "color":
            return _numbers(name, kind, given)
        case "image":
            raise BridgeError(f"input {name!r} is a picture from outside, and there is none")
    raise BridgeError(f"input {name!r}: TYPE {kind!r} is none of ISF's")


def _choice(name: str, given: Mapping[str, Any]) -> Input:
    values = given.get("VALUES") or list(range(len(given.get("LABELS") or [])))
    if not values and "MIN" in given and "MAX" in given:
        low, high = sorted(int(each[0]) for each in (_tuple(given[key], 1, name) for key in ("MIN", "MAX")))
        values = list(range(low, min(high, low + 255) + 1))
    if not isinstance(values, list) or not all(_is_number(each) for each in values):
        raise BridgeError(f"input {name!r}: VALUES must be whole numbers")
    choices = tuple(int(each) for each in values[:256]) or (0,)
    asked: Any = given.get("DEFAULT")
    default = int(asked) if _is_number(asked) else choices[0]
    if max(map(abs, (default, *choices))) > LARGEST_WHOLE:
        raise BridgeError(f"input {name!r}: VALUES and DEFAULT must be from -{LARGEST_WHOLE} to {LARGEST_WHOLE}")
    return Input(name, "long", default, choices=choices)


def _numbers(name: str, kind: Kind, given: Mapping[str, Any]) -> Input:
    width = WIDTHS.get(kind, 1)
    low, high = BOUNDS[kind]
    lows, highs = (_tuple(given.get(key, side), width, name) for key, side in (("MIN", low), ("MAX", high)))
    lows, highs = tuple(map(min, lows, highs)), tuple(map(max, lows, highs))
    middle = DEFAULTS.get(kind, tuple((a + b) / 2 for a, b in zip(lows, highs, strict=True)))
    default = _tuple(given.get("DEFAULT", middle), width, name)
    inside = tuple(min(max(each, a), b) for each, a, b in zip(default, lows, highs, strict=True))
    return Input(name, kind, inside[0] if width == 1 else inside, lows, highs)


def _tuple(given: Any, width: int, name: str) -> tuple[float, ...]:
    """`width` finite numbers; one stands for all."""
    numbers = list(given) if isinstance(given, list | tuple) else [given] * width
    if len(numbers) == 3 and width == 4:
        numbers.append(1.0)  # a colour without alpha
    if len(numbers) != width or not all(_is_number(each) and abs(each) <= LARGEST for each in numbers):
        expected = f"{width} number{'s' * (width > 1)} from -{LARGEST:g} to {LARGEST:g}"
        raise BridgeError(f"input {name!r}: DEFAULT, MIN and MAX must be {expected}")
    return tuple(float(each) for each in numbers)


def _pass(given: Mapping[str, Any]) -> Pass:
    target = given.get("TARGET") or ""
    if target:
        _name(target, "a pass's TARGET")
    width, height = str(given.get("WIDTH") or "$WIDTH"), str(given.get("HEIGHT") or "$HEIGHT")
    return Pass(target, width, height, _flag(given.get("FLOAT")))


def _targets(passes: Iterable[Pass]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.target for each in passes if each.target))


def _name(given: Any, what: str) -> str:
    """It becomes a name in GLSL."""
    if not isinstance(given, str) or not NAME.fullmatch(given):
        raise BridgeError(f"{what} is {given!r}; expected letters, digits and _")
    return given


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _flag(given: Any) -> bool:
    """ISF's files have true, 1, "true" and "1"."""
    return given in (True, 1, "1", "true", "YES")


def _within(asked: float, whole: int) -> int:
    return int(min(max(asked, 1.0), 2.0 * whole)) if math.isfinite(asked) else whole
