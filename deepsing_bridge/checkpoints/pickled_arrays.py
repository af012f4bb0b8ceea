"""Pickled NumPy arrays → arrays, without unpickling: a reader that knows the pickles of small plain arrays only.

The opcodes are taken apart by `pickletools` and build inert values: a name stays a name, a call stays the record of
a call. What then is not exactly how NumPy writes an array of float32 or float64 is refused, so nothing in the file
can import, call or build anything else.
"""

import io
import math
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError

MOST_BYTES = 1 << 16  # of a file with a few short arrays
FLOATS = ("f4", "f8")
CORES = ("numpy.core", "numpy._core")  # before and since NumPy 2


@dataclass(frozen=True)
class _Name:
    """What a pickle would import."""

    module: str
    name: str


@dataclass
class _Call:
    """What a pickle would call, and the state that it would then give to what came of it."""

    function: Any
    arguments: Any
    state: Any = None


class _Mark:
    """Where a tuple begins on the stack."""


class _Refused(Exception):
    """Not the pickle of a plain array."""


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
        arrays = [_array(_Reader().read(stream)) for _ in range(count)]
        if stream.read():
            raise _Refused("something comes after the last array")
    except (_Refused, ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise BridgeError(f"{path}: expected {count} pickled arrays of numbers and nothing else: {error}") from error
    return arrays


class _Reader:
    """One pickle, up to its STOP."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.steps: dict[str, Callable[[Any], None]] = {
            "PROTO": self._pass,
            "FRAME": self._pass,
            "STOP": self._pass,
            "MARK": lambda _: self.stack.append(_Mark()),
            "NONE": lambda _: self.stack.append(None),
            "NEWTRUE": lambda _: self.stack.append(True),
            "NEWFALSE": lambda _: self.stack.append(False),
            "EMPTY_TUPLE": lambda _: self.stack.append(()),
            "TUPLE1": lambda _: self._tuple(1),
            "TUPLE2": lambda _: self._tuple(2),
            "TUPLE3": lambda _: self._tuple(3),
            "TUPLE": lambda _: self._tuple(self._since_mark()),
            "GLOBAL": lambda names: self.stack.append(_Name(*names.split(" ", 1))),
            "STACK_GLOBAL": self._name,
            "REDUCE": self._call,
            "BUILD": self._state,
            "MEMOIZE": lambda _: self._remember(len(self.memo)),
            "BINPUT": self._remember,
            "BINGET": lambda key: self.stack.append(self.memo[key]),
        }
        for constant in ("BININT", "BININT1", "BININT2", "SHORT_BINUNICODE", "BINUNICODE"):
            self.steps[constant] = self.stack.append
        for constant in ("SHORT_BINBYTES", "BINBYTES", "BYTEARRAY8"):
            self.steps[constant] = self.stack.append

    def read(self, stream: io.BytesIO) -> Any:
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name not in self.steps:
                raise _Refused(f"it uses {opcode.name}")
            self.steps[opcode.name](argument)
        (value,) = self.stack
        return value

    def _pass(self, argument: Any) -> None:
        """Framing, which says nothing about the value."""

    def _remember(self, key: int) -> None:
        self.memo[key] = self.stack[-1]

    def _tuple(self, length: int) -> None:
        values = tuple(self.stack[len(self.stack) - length :])
        del self.stack[len(self.stack) - length :]
        self.stack.append(values)

    def _since_mark(self) -> int:
        marks = [place for place, value in enumerate(self.stack) if isinstance(value, _Mark)]
        if not marks:
            raise _Refused("a tuple in it has no beginning")
        del self.stack[marks[-1]]
        return len(self.stack) - marks[-1]

    def _name(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.stack.append(_Name(module, name))

    def _call(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        self.stack.append(_Call(function, arguments))

    def _state(self, _: Any) -> None:
        state = self.stack.pop()
        self.stack[-1].state = state


def _array(value: Any) -> NDArray[np.float64]:
    """The array that the record of a call stands for, if it is one of the two that NumPy writes."""
    empty = (_Name("numpy", "ndarray"), (0,), b"b")
    match value:
        case _Call(_Name(module, "_reconstruct"), arguments, (1, shape, kind, False, data)) if arguments == empty:
            _refuse_module(module, "multiarray")
        case _Call(_Name(module, "_frombuffer"), (data, kind, shape, "C"), None):
            _refuse_module(module, "numeric")
        case _:
            raise _Refused("a value in it is not an array")
    return _numbers(data, _dtype(kind), shape)


def _refuse_module(module: Any, ending: str) -> None:
    if module not in [f"{core}.{ending}" for core in CORES]:
        raise _Refused(f"it names {module!r:.60}")


def _dtype(value: Any) -> np.dtype[Any]:
    match value:
        case _Call(_Name("numpy", "dtype"), (code, 0, 1), (3, ("<" | ">") as order, None, None, None, -1, -1, 0)):
            if code in FLOATS:
                return np.dtype(order + code)
    raise _Refused("an array in it is not of float32 or float64")


def _numbers(data: Any, dtype: np.dtype[Any], shape: Any) -> NDArray[np.float64]:
    if not isinstance(shape, tuple) or not all(type(side) is int and side > 0 for side in shape):
        raise _Refused("an array in it has no shape")
    if not isinstance(data, bytes | bytearray) or len(data) != math.prod(shape) * dtype.itemsize:
        raise _Refused("an array in it has more or fewer values than its shape says")
    return np.frombuffer(bytes(data), dtype).reshape(shape).astype(np.float64)
