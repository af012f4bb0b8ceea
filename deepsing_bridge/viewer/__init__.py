"""A small window that shows what a running bridge shows, with the sentiment drawn over it; Space plays and pauses.

A client like any other: it knows the `client`, and nothing of the bridge's inside. Its window needs pygame-ce, an
extra, which is imported only when one is opened.
"""

import re
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from ..client import Commands, SharedFrames, Subscriber, load_keys
from ..core.errors import BridgeError
from ..core.invocation import extra
from .sources import Source
from .start import IN_A_WINDOW, Start


def open_viewer(
    connect: str, shm: str | None, keys: Path | None, commands: str | None = None, start: Start = IN_A_WINDOW
) -> None:
    """Watch the frames at `connect`, or in the shared memory `shm` if it is given, until the window is closed.

    Space goes to `commands`, or to the port after that of `connect`. Waits for a bridge that is not there yet. Raises
    BridgeError if pygame-ce is missing, there is no such display, or an address, the name or the keys are none.
    """
    with ExitStack() as clients:
        try:
            own = load_keys(keys) if keys else None
            frames = clients.enter_context(closing(SharedFrames(shm) if shm else Subscriber(connect, own)))
            to = clients.enter_context(closing(Commands(commands or beside(connect), own, timeout_s=0.0)))
        except ValueError as error:
            raise BridgeError(str(error)) from error
        run(Source(frames), to, start)


def run(source: Source, commands: Commands, start: Start = IN_A_WINDOW) -> None:
    """Show `source` in a window until that is closed, or Ctrl-C. Raises as `open_viewer` does."""
    try:
        from .window import show
    except ImportError as error:
        raise BridgeError(f"the viewer needs pygame-ce: {extra('view')}") from error
    with suppress(KeyboardInterrupt):
        show(source, commands, start)


def beside(frames: str) -> str:
    """Where the bridge that publishes at `frames` takes commands, as `serve` has it: at the next port."""
    host, _, port = frames.rpartition(":")
    return f"{host}:{int(port) + 1}" if re.fullmatch(r"\d{1,5}", port, re.ASCII) else frames
