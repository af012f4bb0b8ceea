"""Pickles that do something when they are unpickled."""

import os
from pathlib import Path


class Hostile:
    """Unpickled, it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


class HostileState(Hostile):
    """The same where the call comes with a state."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),), {"a": 1}
