"""A small window that shows what a running bridge shows, with the sentiment drawn over it.

A client like any other: it knows ZeroMQ's messages and the shared memory, and nothing of the bridge's inside. Its
window needs pygame-ce, an extra, which is imported only when one is opened.
"""

from contextlib import suppress
from pathlib import Path

from ..adapters.zeromq.keys import load_client
from ..errors import BridgeError
from .sources import SharedMemorySource, Source, ZeroMQSource


def open_viewer(connect: str, shm: str | None, keys: Path | None) -> None:
    """Watch the frames at `connect`, or in the shared memory `shm` if it is given, until the window is closed.

    Waits for a bridge that is not there yet. Raises BridgeError if pygame-ce is missing, there is no display, or the
    address, the name or the keys are none.
    """
    key = load_client(keys) if keys else None
    run(SharedMemorySource(shm) if shm else ZeroMQSource(connect, key))


def run(source: Source) -> None:
    """Show `source` in a window until that is closed, or Ctrl-C; closes the source. Raises as `open_viewer` does."""
    try:
        from .window import show
    except ImportError as error:
        source.close()
        raise BridgeError('the viewer needs pygame-ce: pip install -e ".[view]"') from error
    try:
        with suppress(KeyboardInterrupt):
            show(source)
    finally:
        source.close()
