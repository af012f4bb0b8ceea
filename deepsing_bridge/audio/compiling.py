"""One process imports librosa at a time.

What numba compiles at librosa's first import goes into a cache that every later import reads. Two processes that
write there at once can leave an index that gives one function for another, with which every later process crashes.
Knows nothing of sound.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from ..core.user_folders import data_folder

log = logging.getLogger(__name__)

TOLD_AFTER_S = 5.0  # an import that compiles nothing is over before that
PATIENCE_S = 600.0  # compiling all of it takes half a minute; who still waits then waits for something that hangs


@contextmanager
def compiling() -> Iterator[None]:
    """For imports of librosa: waits until no other process of this user is at them.

    Where nothing can be locked, as in a home that is read-only, nobody waits.
    """
    folder = data_folder()
    lock = FileLock(folder / "compiling.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _acquire(lock)
    except OSError as error:  # Timeout, too
        log.debug("%s: %s", lock.lock_file, error)
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock) -> None:
    try:
        lock.acquire(timeout=TOLD_AFTER_S)
    except Timeout:
        log.warning("another process compiles what analyses sound, once and for all; waiting until it is done")
        lock.acquire(timeout=PATIENCE_S)
