"""A TensorFlow checkpoint → its tensors, without TensorFlow: what lies in `NAME.index` and `NAME.data-00000-of-00001`.

The index is a sorted table as LevelDB writes it, from names to protocol buffers that say a tensor's type, its shape and
where its bytes begin. Sources: LevelDB's doc/table_format.md, tensorflow/core/protobuf/tensor_bundle.proto. Only what
is asked for is read, and nothing in a file is executed.
"""

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from ..core.errors import BridgeError
from .state_dict import Shapes

MOST_INDEX_BYTES = 1 << 22  # some ten thousand tensors
FLOAT32 = 1  # DT_FLOAT
_FOOTER = 48  # bytes: where two blocks lie, padding, the magic number
_MAGIC = 0xDB4775248B80FB57
_TYPE, _SHAPE, _SHARD, _OFFSET, _SIZE = 1, 2, 3, 4, 5  # the fields of an entry
_DIMENSION, _LENGTH = 2, 1  # of a shape, and of each of its dimensions
_MALFORMED = (LookupError, OverflowError, UnicodeError, ValueError, struct.error)

Fields = list[tuple[int, int | bytes]]
"""A protocol buffer: the number of each field and its value, in the order that they come in."""


def read_checkpoint(index: Path, data: Path, expected: Shapes) -> dict[str, Tensor]:
    """The tensors of `expected`, float32, whatever else there is.

    Raises BridgeError for files that are missing, cut off or no checkpoint, and for tensors that are missing, or of
    another type or shape.
    """
    try:
        entries = dict(_entries(_read_index(index)))
        with data.open("rb") as file:
            return {name: _tensor(file, entries[name], shape, name) for name, shape in expected.items()}
    except OSError as error:
        raise BridgeError(f"{error.filename}: cannot be read ({error.strerror})") from error
    except _MALFORMED as error:
        raise BridgeError(f"{index}: not a TensorFlow checkpoint with what is wanted of it ({error})") from error


def _read_index(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MOST_INDEX_BYTES + 1)
    if len(content) > MOST_INDEX_BYTES:
        raise ValueError(f"at most {MOST_INDEX_BYTES:,} bytes are read")
    if len(content) < _FOOTER or struct.unpack("<Q", content[-8:]) != (_MAGIC,):
        raise ValueError("it does not end as an index does")
    return content


def _entries(content: bytes) -> Iterator[tuple[str, Fields]]:
    """The name and entry of each tensor: the footer leads to a block of blocks."""
    footer = content[-_FOOTER:]
    place = 0
    for _ in range(2):  # the block before, of which there is no need
        _, place = _varint(footer, place)
    for _, handle in _block(content, footer[place:]):
        for key, value in _block(content, handle):
            if key:  # what has no name tells of the checkpoint itself
                yield key.decode(), list(_fields(value))


def _block(content: bytes, handle: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of the block that `handle` points to; each key says how much it shares with the one before."""
    start, place = _varint(handle, 0)
    size, _ = _varint(handle, place)
    block = content[start : start + size]
    if content[start + size] != 0:
        raise ValueError("it is compressed")
    (restarts,) = struct.unpack("<I", block[-4:])
    end = len(block) - 4 * (restarts + 1)
    key, place = b"", 0
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + own]
        yield key, block[place + own : place + own + length]
        place += own + length


def _fields(buffer: bytes) -> Iterator[tuple[int, int | bytes]]:
    place = 0
    while place < len(buffer):
        tag, place = _varint(buffer, place)
        number, wire = tag >> 3, tag & 7
        value: int | bytes
        if wire == 0:
            value, place = _varint(buffer, place)
        elif wire in (1, 5):  # fixed 8 and 4 bytes
            width = 8 if wire == 1 else 4
            value, place = buffer[place : place + width], place + width
        elif wire == 2:
            length, place = _varint(buffer, place)
            value, place = buffer[place : place + length], place + length
        else:
            raise ValueError(f"field {number} is of no known kind")
        yield number, value


def _varint(buffer: bytes, place: int) -> tuple[int, int]:
    """The number at `place`, seven bits a byte, and where the next thing begins."""
    number = shift = 0
    while True:
        byte = buffer[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
        if shift > 63:
            raise ValueError("a number does not end")


def _tensor(file: BinaryIO, entry: Fields, shape: tuple[int, ...], name: str) -> Tensor:
    facts = dict(entry)
    found = tuple(_dimensions(facts.get(_SHAPE, b"")))
    if facts.get(_TYPE) != FLOAT32 or facts.get(_SHARD, 0) != 0 or found != shape:
        raise ValueError(f"{name} is {list(found)} of type {facts.get(_TYPE)!r}, expected {list(shape)} of float32")
    file.seek(_whole(facts.get(_OFFSET, 0)))
    content = file.read(4 * math.prod(shape))
    if len(content) != facts.get(_SIZE) or len(content) != 4 * math.prod(shape):
        raise ValueError(f"{name} is cut off")
    return torch.from_numpy(np.frombuffer(content, "<f4").astype(np.float32).reshape(shape))


def _dimensions(shape: int | bytes) -> Iterator[int]:
    if not isinstance(shape, bytes):
        raise ValueError("a shape is a number")
    for number, dimension in _fields(shape):
        if number == _DIMENSION and isinstance(dimension, bytes):
            yield _whole(dict(_fields(dimension)).get(_LENGTH, 0))


def _whole(number: int | bytes) -> int:
    if isinstance(number, bytes):
        raise ValueError("a number is text")
    return number
