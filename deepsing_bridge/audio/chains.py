"""The links of a chained file: Ogg (RFC 3533, section 4) or FLAC files one after the other, as radio streams are.

Each may have another rate, other channels, another codec. FFmpeg goes on reading an Ogg file only if nothing
changes, and takes some of the sound of a FLAC file twice. Knows nothing of what is in them.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

_OGG_PAGE = b"OggS"
_OGG_HEADER = 27  # bytes before the table of segments; the flags are byte 5, the number of segments byte 26
_OGG_FIRST_PAGE = 0x02
_FLAC = b"fLaC"
_FLAC_BEGINNING = re.compile(
    _FLAC + rb"[\x00\x80]\x00\x00\x22"
)  # and its first block, of 34 bytes (RFC 9639, section 8)
_FLAC_BEGINNING_BYTES = 8
_BLOCK_BYTES = 2**20


class Part(io.RawIOBase):
    """The bytes `start` to `stop` of `file` as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, stop: int) -> None:
        self.name = file.name
        self._file, self._start, self._size = file, start, stop - start
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(origin + offset, 0)
        return self._position

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._position
        if left <= 0:  # as damaged tables may point anywhere
            return b""
        self._file.seek(self._start + self._position)
        read = self._file.read(left if size < 0 else min(size, left))
        self._position += len(read)
        return read

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any buffer, as io has it
        read = self.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


Link = Part | BinaryIO


def links(file: BinaryIO) -> Sequence[Link]:
    """One for each link of `file`; the file itself where it is no chain, or where it cannot be followed.

    Itself, as a Ctrl-C that comes while a library calls a file of Python's own is told in a traceback, and lost.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    kind = file.read(4)
    further = {_OGG_PAGE: _further_ogg, _FLAC: _further_flac}.get(kind)
    starts = [0, *(further(file) if further else ())]
    if len(starts) == 1:
        file.seek(0)
        return [file]
    return [Part(file, start, stop) for start, stop in zip(starts, [*starts[1:], size], strict=True)]


def _further_ogg(file: BinaryIO) -> Iterator[int]:
    """Where each link after the first begins: with a first page that comes after pages that are none."""
    position, beginning = 0, True
    while True:
        file.seek(position)
        head = file.read(_OGG_HEADER)
        if len(head) < _OGG_HEADER or not head.startswith(_OGG_PAGE):
            return
        first = bool(head[5] & _OGG_FIRST_PAGE)
        if first and not beginning:  # those of tracks side by side follow each other
            yield position
        beginning = first
        position += _OGG_HEADER + head[26] + sum(file.read(head[26]))


def _further_flac(file: BinaryIO) -> Iterator[int]:
    position, kept = 1, b""
    file.seek(position)
    while block := file.read(_BLOCK_BYTES):
        searched = kept + block
        for found in _FLAC_BEGINNING.finditer(searched):
            yield position - len(kept) + found.start()
        position += len(block)
        kept = searched[-(_FLAC_BEGINNING_BYTES - 1) :]
