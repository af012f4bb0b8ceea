"""One process at a time in a folder, by a lock of the system's own: it ends with whoever has it, however that ends.

Knows nothing of what is done there.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import BridgeError
from .files import is_there, made, read_text, write_text

LOCK, HOLDER = ".lock", ".lock-holder"
"""The file that is locked, and the one that says who has it: on Windows a locked file cannot be read."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep every other process that asks for it out of `folder`, which is made if need be, and removed again if
    nothing came into it. Raises BridgeError that says who is there already, and where nothing can be written.
    """
    missing = [place for place in (folder, *folder.parents) if not is_there(place)]
    try:
        lock = FileLock(made(folder) / LOCK, thread_local=False)
        _acquire(lock, folder)
        try:
            write_text(folder / HOLDER, json.dumps({"process": os.getpid(), "since": _now()}))
            yield
        finally:
            for name in (HOLDER, LOCK):  # while it is still locked: the name is not another's yet
                with suppress(OSError):  # Windows removes it itself, once it is unlocked
                    (folder / name).unlink()
            lock.release()
    finally:
        with suppress(OSError):  # as soon as one is not empty
            for place in missing:
                place.rmdir()


def _acquire(lock: FileLock, folder: Path) -> None:
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise BridgeError(
            f"{folder}: another process is at work on it{_who(folder)}; wait until it is done, or name another folder"
        ) from error
    except OSError as error:
        raise BridgeError(f"{folder}: cannot be written ({error.strerror})") from error


def _now() -> str:
    return datetime.now().isoformat(" ", "seconds")


def _who(folder: Path) -> str:
    """Nothing in the moment before the other one has written it down."""
    try:
        known = json.loads(read_text(folder / HOLDER, 1000))
        return f" (process {int(known['process'])}, since {datetime.fromisoformat(known['since'])})"
    except (BridgeError, ValueError, LookupError, TypeError):
        return ""
