"""Counts what was done towards the total of a whole run, of which several steps tell one `Progress`."""

from ..core.types import Progress


class Count:
    """What was done, of all that the whole run will do, in any one unit."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def add(self, more: int = 1) -> None:
        self.done += more
        self.progress(self.done, self.total)
