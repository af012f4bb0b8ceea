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
_ID3_HEADER = 10  # bytes; the last four are the length of the rest, of seven bits each
_FLAC = b"fLaC"
_FLAC_BEGINNING = re.compile(
    _FLAC + rb"[\x00\x80]\x00\x00\x22"
)  # and its first block, of 34 bytes (RFC 9639, section 8)
_FLAC_BEGINNING_BYTES = 8
_BLOCK_BYTES = 2**20
_STEP_BYTES = 2**10  # small, as a file may have something else between any two pages


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
    beginning = _after_tags(file)
    file.seek(beginning)
    kind = file.read(4)
    further = {_OGG_PAGE: _further_ogg, _FLAC: _further_flac}.get(kind)
    starts = [0, *(further(file, beginning) if further else ())]
    if len(starts) == 1:
        file.seek(0)
        return [file]
    return [Part(file, start, stop) for start, stop in zip(starts, [*starts[1:], size], strict=True)]


def _after_tags(file: BinaryIO) -> int:
    """Where the file begins after ID3 tags (ID3v2.4, section 3.1), which some programs put before any sound."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(_ID3_HEADER)
        if len(head) < _ID3_HEADER or not head.startswith(b"ID3"):
            return position
        position += _ID3_HEADER + sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(head[6:])))


def _further_ogg(file: BinaryIO, position: int) -> Iterator[int]:
    """Where each link after the first begins: with a first page that comes after pages that are none."""
    beginning = True
    while True:
        file.seek(position)
        head = file.read(_OGG_HEADER)
        if not head.startswith(_OGG_PAGE):  # damage, or what a stream had between two songs
            found = _next_page(file, position)
            if found is None:
                return
            position = found
            continue
        if len(head) < _OGG_HEADER:
            return
        first = bool(head[5] & _OGG_FIRST_PAGE)
        if first and not beginning:  # those of tracks side by side follow each other
            yield position
        beginning = first
        position += _OGG_HEADER + head[26] + sum(file.read(head[26]))


def _next_page(file: BinaryIO, position: int) -> int | None:
    file.seek(position)
    kept = b""
    while block := file.read(_STEP_BYTES):
        searched = kept + block
        found = searched.find(_OGG_PAGE)
        if found >= 0:
            return position - len(kept) + found
        position += len(block)
        kept = searched[-(len(_OGG_PAGE) - 1) :]
    return None


def _further_flac(file: BinaryIO, position: int) -> Iterator[int]:
    position, kept = position + 1, b""
    file.seek(position)
    while block := file.read(_BLOCK_BYTES):
        searched = kept + block
        for found in _FLAC_BEGINNING.finditer(searched):
            yield position - len(kept) + found.start()
        position += len(block)
        kept = searched[-(_FLAC_BEGINNING_BYTES - 1) :]
