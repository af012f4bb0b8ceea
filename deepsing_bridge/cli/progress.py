"""How far a long command is, on stderr: bars in a terminal; elsewhere, as in a log, a line every ten seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, TextIO

from ..core.types import Progress

if TYPE_CHECKING:
    from rich.console import Console

    from ..export.assemble import Stages

EVERY_S = 10.0


@contextmanager
def progress() -> Iterator["Stages"]:
    """Stages with their names and the time left."""
    from rich.console import Console

    console = Console(stderr=True)
    with bars(console) if console.is_interactive else lines(sys.stderr) as stages:
        yield stages


@contextmanager
def bars(console: "Console") -> Iterator["Stages"]:
    """A bar for each stage."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as shown:

        def stage(name: str):  # type: ignore[no-untyped-def]  # a Progress
            task = shown.add_task(name, total=None)
            return lambda done, total: shown.update(task, completed=done, total=total)

        yield stage


@contextmanager
def lines(stream: TextIO, every_s: float = EVERY_S) -> Iterator["Stages"]:
    """A line on the stage that is on, every `every_s` and at its end.

    From a thread, since a stage may count nothing for minutes. Nobody has to read them: a stream that is closed ends no
    work.
    """
    stages: list[_Stage] = []
    ended = Event()

    def tell(text: str) -> None:
        with suppress(OSError, ValueError):
            stream.write(f"{text}\n")
            stream.flush()

    def tell_on() -> None:
        while not ended.wait(every_s):
            for newest in stages[-1:]:
                tell(newest.so_far(time.monotonic()))

    def end_stage() -> None:
        for last in stages[-1:]:
            tell(last.done_in(time.monotonic()))

    def stage(name: str) -> Progress:
        end_stage()
        stages.append(_Stage(name, time.monotonic()))
        return stages[-1].count

    teller = Thread(target=tell_on, name="progress", daemon=True)
    teller.start()
    try:
        yield stage
        end_stage()
    finally:
        ended.set()
        teller.join()


@dataclass
class _Stage:
    """What is known of a stage that began at `since_s`; `total` is 0 while it has counted nothing."""

    name: str
    since_s: float
    done: int = 0
    total: int = 0

    def count(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def so_far(self, now_s: float) -> str:
        """`painting scenes: 44 %, 0:01:10 so far, about 0:01:29 left`"""
        share, length_s = self.done / self.total if self.total else 0.0, now_s - self.since_s
        counted = f" {100 * share:.0f} %," if self.total else ""
        left = f", about {_clock(length_s * (1 - share) / share)} left" if 0 < share < 1 else ""
        return f"{self.name}:{counted} {_clock(length_s)} so far{left}"

    def done_in(self, now_s: float) -> str:
        return f"{self.name}: done in {_clock(now_s - self.since_s)}"


def _clock(length_s: float) -> str:
    return str(timedelta(seconds=round(length_s)))
