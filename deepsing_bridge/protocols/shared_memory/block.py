"""Memory with a name, which other processes on this machine can open under it. What is in it is not known here.

`multiprocessing.shared_memory` opens such a block on every system. On POSIX systems it is not used here, because before
Python 3.13 it removes the block for everybody when any process that had opened it ends (python/cpython#82300).
"""

import mmap
import os
import re
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory

from ...core.errors import BridgeError

if os.name != "nt":
    import _posixshmem  # type: ignore[import-not-found]  # shm_open and shm_unlink, as SharedMemory itself calls them

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}")  # macOS takes at most 31 characters, the slash included


def check_name(name: str) -> str:
    """`name` if every system takes it. Raises BridgeError."""
    if not NAME.fullmatch(name):
        raise BridgeError(f"shared memory {name!r:.60}: expected a name of at most 30 letters, digits, '.', '_' or '-'")
    return name


class Block:
    """`view`: the memory as bytes; `numbers` and `floats`: the same as 64-bit values in the machine's byte order.

    Assigning to one of `numbers` is a single store: a reader sees the old or the new number, never half of each
    (struct may write byte by byte).
    """

    def __init__(self, memory: mmap.mmap | memoryview, close: Callable[[], None]) -> None:
        self._close = close
        self.view = memoryview(memory)
        whole = self.view[: len(self.view) // 8 * 8]
        self.numbers, self.floats = whole.cast("Q"), whole.cast("d")
        whole.release()

    def __len__(self) -> int:
        return len(self.view)

    def close(self) -> None:
        for view in (self.floats, self.numbers, self.view):
            view.release()
        self._close()


def create(name: str, size: int) -> Block:
    """A new block of zeros. Raises FileExistsError if there is one, OSError if there is no room."""
    if os.name == "nt":
        return _windows(SharedMemory(name, create=True, size=size))
    file = _posixshmem.shm_open(f"/{name}", os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
    try:
        os.ftruncate(file, size)
        if hasattr(os, "posix_fallocate"):  # else writing where there is no room kills the process
            os.posix_fallocate(file, 0, size)
        mapped = mmap.mmap(file, size)
    except OSError:
        unlink(name)
        raise
    finally:
        os.close(file)
    return Block(mapped, mapped.close)


def attach(name: str, writable: bool = False) -> Block:
    """The block of this name. Raises FileNotFoundError if there is none, OSError or ValueError if it cannot be used."""
    if os.name == "nt":
        return _windows(SharedMemory(name))
    file = _posixshmem.shm_open(f"/{name}", os.O_RDWR if writable else os.O_RDONLY, mode=0)
    try:
        mapped = mmap.mmap(file, 0, access=mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ)
    finally:
        os.close(file)
    return Block(mapped, mapped.close)


def unlink(name: str) -> None:
    """Take the name away, if it is still there; who has the block open keeps it. Windows does so by itself."""
    if os.name != "nt":
        with suppress(FileNotFoundError):
            _posixshmem.shm_unlink(f"/{name}")


def _windows(shared: SharedMemory) -> Block:
    assert shared.buf is not None  # it was just opened
    return Block(shared.buf, shared.close)
