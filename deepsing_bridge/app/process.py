"""What a process that runs for a whole show asks of the system: files, one heap, signals, and its end."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

FORCED = 130  # the exit code of whoever was asked to stop twice
OPEN_FILES = 8192
M_ARENA_MAX = -8  # of malloc.h
HANG_UP: int | None = getattr(signal, "SIGHUP", None)  # Windows has none
ENDS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM, *((HANG_UP,) if HANG_UP else ()))


def raise_file_limit() -> None:
    """Each client is an open file, and many systems let a process have 256 or 1,024 unless it asks for more."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def share_one_heap() -> None:
    """glibc gives the threads up to eight heaps for each core, and what one has freed no other can use: memory grows
    from song to song until each heap has seen the largest, and shrinking and growing again costs a tenth of painting.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


@contextmanager
def signals() -> Iterator[Sequence[int]]:
    """Those of `ENDS` that came: the first asks the process to stop, a second one ends it at once.

    A terminal's end may come twice, from the shell and the system, so that it is no second one; where it is ignored
    already, as below nohup, it stays so. A list, and no `Event`: that has a lock, which the main thread may hold at the
    moment in which it is interrupted.
    """
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked and number != HANG_UP:
            os._exit(FORCED)
        asked.append(number)

    wanted = [number for number in ENDS if number != HANG_UP or signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, ask) for number in wanted}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(code: int) -> None:
    """End the process with `code` though a library's thread may still be busy, as when a song is being analysed."""
    with suppress(OSError):  # the terminal is closed
        sys.stdout.flush()
        sys.stderr.flush()
        logging.shutdown()
    os._exit(code)
