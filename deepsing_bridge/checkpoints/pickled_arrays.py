"""Pickled NumPy arrays → arrays, by an unpickler for which every import and every call is only a note of it.

What then is not exactly how NumPy writes an array of float32 or float64 is refused, so nothing in the file can import,
call or build anything else. Opcodes that such an array does not need are refused before that.
"""

import io
import math
import pickle
import pickletools
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError

MOST_BYTES = 1 << 16  # of a file with a few short arrays
OPCODES = {
    *("PROTO", "FRAME", "STOP", "MEMOIZE", "BINPUT", "BINGET"),
    *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2"),
    *("SHORT_BINUNICODE", "BINUNICODE", "SHORT_BINBYTES", "BINBYTES", "BYTEARRAY8"),
    *("MARK", "EMPTY_TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "TUPLE"),
    *("GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD"),
}
"""What a short array needs. LONG_BINPUT, for one, claims memory for as many entries as its number says."""

_MALFORMED = (ArithmeticError, AttributeError, EOFError, LookupError, TypeError, ValueError, pickle.UnpicklingError)
"""What Python's unpickler raises for files that were tampered with, as far as is known."""


def read_arrays(path: Path, count: int) -> list[NDArray[np.float64]]:
    """The `count` arrays that were pickled into `path` one after the other.

    Raises BridgeError for a file that is missing or holds anything else; nothing in it is executed.
    """
    if not path.is_file():
        raise BridgeError(f"{path}: no such file")
    if path.stat().st_size > MOST_BYTES:
        raise BridgeError(f"{path}: {path.stat().st_size:,} bytes; expected {count} short arrays, a few hundred bytes")
    stream = io.BytesIO(path.read_bytes())
    try:
        arrays = [_array(_notes(stream)) for _ in range(count)]
        if stream.read():
            raise ValueError("something comes after the last array")
    except _MALFORMED as error:
        raise BridgeError(f"{path}: expected {count} pickled arrays of numbers and nothing else: {error}") from error
    return arrays


@dataclass(eq=False)
class _Name:
    """What a pickle would import."""

    name: str

    def __call__(self, *arguments: object) -> "_Call":
        return _Call(self.name, arguments)


@dataclass(eq=False)
class _Call:
    """What a pickle would call, and the state that it would then give to what came of it."""

    function: str
    arguments: tuple[object, ...]
    state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _Name(f"{module}.{name}")


def _notes(stream: io.BytesIO) -> object:
    """What is pickled from where `stream` stands to its end.

    Frames are left out: they say nothing, and behind a false one Python's unpickler would read other opcodes than those
    that were looked through here.
    """
    steps, raw = list(pickletools.genops(stream)), stream.getvalue()
    if strange := {opcode.name for opcode, _, _ in steps} - OPCODES:
        raise ValueError(f"it uses {min(strange)}")
    bounds = pairwise([*(start for _, _, start in steps), stream.tell()])
    unframed = [raw[a:b] for (opcode, _, _), (a, b) in zip(steps, bounds, strict=True) if opcode.name != "FRAME"]
    return _Unpickler(io.BytesIO(b"".join(unframed))).load()


def _array(notes: object) -> NDArray[np.float64]:
    """The array that `notes` stand for: NumPy has one way of writing it up to protocol 4, and one since. Its own
    modules have other names since NumPy 2."""
    match notes:
        case _Call(
            "numpy.core.multiarray._reconstruct" | "numpy._core.multiarray._reconstruct",
            (_Name("numpy.ndarray"), (0,), b"b"),
            (1, tuple() as shape, kind, False, bytes() as data),
        ):
            return _values(data, _dtype(kind), shape)
        case _Call(
            "numpy.core.numeric._frombuffer" | "numpy._core.numeric._frombuffer",
            (bytes() | bytearray() as data, kind, tuple() as shape, "C"),
            None,
        ):
            return _values(data, _dtype(kind), shape)
        case _Call(name) | _Name(name):
            raise ValueError(f"{name!r:.60} is not a plain array")
    raise ValueError("a value in it is not an array")


def _dtype(notes: object) -> np.dtype[Any]:
    match notes:
        case _Call(
            "numpy.dtype",
            ("f4" | "f8" as code, 0, 1),
            (3, "<" | ">" as order, None, None, None, -1, -1, 0),
        ):
            return np.dtype(order + code)
    raise ValueError("an array in it is not of float32 or float64")


def _values(data: bytes | bytearray, dtype: np.dtype[Any], shape: tuple[object, ...]) -> NDArray[np.float64]:
    sides = [side for side in shape if type(side) is int and side > 0]
    if not sides or len(sides) < len(shape):
        raise ValueError("an array in it has no shape")
    if len(data) != math.prod(sides) * dtype.itemsize:
        raise ValueError("an array in it has more or fewer values than its shape says")
    return np.frombuffer(bytes(data), dtype).reshape(sides).astype(np.float64)
