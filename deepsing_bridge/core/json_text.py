"""JSON that somebody else may have written: within limits, each name once, and no number that is none."""

import json
import math
from pathlib import Path
from typing import Any, NoReturn

from .errors import BridgeError
from .files import MOST_BYTES, read_text


def parse(text: str) -> Any:
    """What `text` spells. Raises ValueError for what is no JSON, is nested too deeply, has a name twice or NaN."""
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_finite, parse_constant=_refuse
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def read(path: Path, most: int = MOST_BYTES) -> Any:
    """What the file `path` spells. Raises BridgeError where it cannot be read, or is nothing that `parse` takes."""
    try:
        return parse(read_text(path, most))
    except ValueError as error:
        raise BridgeError(f"{path}: not JSON, or damaged ({error})") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r:.60} more than once")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"number {digits:.20}")
    return number


def _whole(digits: str) -> int:
    _finite(digits)
    return int(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"number {constant}")
