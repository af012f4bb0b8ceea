"""Writes what TensorFlow writes: an index, and the bytes of tensors, as its documents of the formats say."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = 0xDB4775248B80FB57
FLOAT32 = 1


def write_checkpoint(folder: Path, tensors: dict[str, NDArray[np.float32]], block_size: int = 3) -> None:
    """`.index` and `.data-00000-of-00001`, with so many names in a block."""
    data, entries = b"", [(b"", field(1, 1))]  # how many shards there are
    for name, tensor in sorted(tensors.items()):
        content = tensor.astype("<f4").tobytes()
        entries.append((name.encode(), entry(tensor.shape, len(data), len(content))))
        data += content
    (folder / ".data-00000-of-00001").write_bytes(data)
    (folder / ".index").write_bytes(table(entries, block_size))


def entry(shape: tuple[int, ...], offset: int, size: int, kind: int = FLOAT32) -> bytes:
    dimensions = b"".join(field(2, field(1, length)) for length in shape)
    crc = varint(6 << 3 | 5) + struct.pack("<I", 0)
    return field(1, kind) + field(2, dimensions) + field(4, offset) + field(5, size) + crc


def table(entries: list[tuple[bytes, bytes]], block_size: int) -> bytes:
    content, handles = b"", []
    for first in range(0, len(entries), block_size):
        part = entries[first : first + block_size]
        handles.append((part[-1][0], varint(len(content)) + varint(len(block(part)))))
        content += block(part) + bytes(5)
    others = []
    for part in ([], handles):
        others.append(varint(len(content)) + varint(len(block(part))))
        content += block(part) + bytes(5)
    return content + b"".join(others).ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    content, before = b"", b""
    for key, value in entries:
        shared = next(
            (i for i, pair in enumerate(zip(key, before, strict=False)) if pair[0] != pair[1]),
            min(len(key), len(before)),
        )
        content += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    return content + struct.pack("<II", 0, 1)


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(number: int) -> bytes:
    content = b""
    while number >= 0x80:
        content += bytes([number & 0x7F | 0x80])
        number >>= 7
    return content + bytes([number])
