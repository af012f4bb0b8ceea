"""A small window that shows what a running bridge shows, with the sentiment drawn over it; Space plays and pauses.

A client like any other: it knows ZeroMQ's messages and the shared memory, and nothing of the bridge's inside. Its
window needs pygame-ce, an extra, which is imported only when one is opened.
"""

from contextlib import closing, suppress
from pathlib import Path

from ..core.errors import BridgeError
from ..protocols.zeromq.keys import load_client
from .remote import Remote, beside
from .sources import SharedMemorySource, Source, ZeroMQSource


def open_viewer(connect: str, shm: str | None, keys: Path | None, commands: str | None = None) -> None:
    """Watch the frames at `connect`, or in the shared memory `shm` if it is given, until the window is closed.

    Space goes to `commands`, or to the port after that of `connect`. Waits for a bridge that is not there yet. Raises
    BridgeError if pygame-ce is missing, there is no display, or an address, the name or the keys are none.
    """
    key = load_client(keys) if keys else None
    source = SharedMemorySource(shm) if shm else ZeroMQSource(connect, key)
    try:
        remote = Remote(commands or beside(connect), key)
    except BridgeError:
        source.close()
        raise
    run(source, remote)


def run(source: Source, remote: Remote) -> None:
    """Show `source` in a window until that is closed, or Ctrl-C; closes both. Raises as `open_viewer` does."""
    with closing(source), closing(remote):
        try:
            from .window import show
        except ImportError as error:
            raise BridgeError('the viewer needs pygame-ce: pip install -e ".[view]"') from error
        with suppress(KeyboardInterrupt):
            show(source, remote)
