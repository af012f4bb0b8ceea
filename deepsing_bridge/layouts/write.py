"""Layouts as files, all or none of them."""

import re
from collections.abc import Sequence
from pathlib import Path

from ..core import files
from ..core.errors import BridgeError
from ..live.vocabulary import vocabulary
from .formats import LAYOUTS, Layout
from .panel import Bridge

HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")  # a name or an address: no layout has to quote it


def write(names: Sequence[str], folder: Path, bridge: Bridge, force: bool = False) -> list[tuple[Layout, Path]]:
    """Those called `names` into `folder`, of the vocabulary as it is shipped.

    Raises BridgeError, before anything is written, for a name that is none, a host that is none, and a file that is
    there and differs, unless `force` says to replace it.
    """
    if not HOST.fullmatch(bridge.host):
        raise BridgeError(f"--host {bridge.host!r:.80}: expected a name or an address, as in 192.168.0.10")
    chosen = [_named(name) for name in dict.fromkeys(names)]
    made = [(entry, folder / entry.file, entry.make(vocabulary(), bridge)) for entry in chosen]
    if not force:
        for _, file, content in made:
            _refuse_changed(file, content)
    files.made(folder)
    for _, file, content in made:
        files.write_bytes(file, content)
    return [(entry, file) for entry, file, _ in made]


def _named(name: str) -> Layout:
    if name not in LAYOUTS:
        raise BridgeError(f"{name!r:.80}: no such layout; there are {', '.join(LAYOUTS)}")
    return LAYOUTS[name]


def _refuse_changed(file: Path, content: bytes) -> None:
    if files.is_there(file) and files.read_bytes(file) != content:
        raise BridgeError(f"{file}: is there already, and differs; --force replaces it")
