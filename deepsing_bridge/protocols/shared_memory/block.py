"""Memory with a name: making it and taking its name away. What is in it is not known here; `client` opens it."""

import os
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory

from ...client import Block, block_of, opened

if os.name != "nt":
    import _posixshmem  # type: ignore[import-not-found]  # shm_open and shm_unlink, as SharedMemory itself calls them


def create(name: str, size: int) -> Block:
    """A new block of zeros. Raises FileExistsError if there is one, OSError if there is no room."""
    if os.name == "nt":
        return block_of(SharedMemory(name, create=True, size=size))
    file = _posixshmem.shm_open(f"/{name}", os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
    try:
        os.ftruncate(file, size)
        if hasattr(os, "posix_fallocate"):  # now, rather than with some later frame
            os.posix_fallocate(file, 0, size)
        return opened(file, writable=True)
    except OSError:
        unlink(name)
        raise
    finally:
        os.close(file)


def unlink(name: str) -> None:
    """Take the name away, if it is still there; who has the block open keeps it. Windows does so by itself."""
    if os.name != "nt":
        with suppress(FileNotFoundError):
            _posixshmem.shm_unlink(f"/{name}")
