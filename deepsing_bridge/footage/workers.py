"""Several processes that judge films and photos, each with a thread here that asks it and listens to it."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread, Timer
from typing import NamedTuple

from ..core.worker_process import ending, worker_process

MOST_WORKERS = 16
STUCK_S = 600.0  # without a step: a hundredth of a film of a day takes less
_MODULE = f"{__package__}.worker"


class Task(NamedTuple):
    path: Path
    digest: str


class News(NamedTuple):
    """Of a task: a `step`, 0..100; or, at last, what was `told` of it (see `store.to_text`), or what is wrong."""

    task: Task
    step: int = 100
    told: str = ""
    error: str = ""

    @property
    def is_last(self) -> bool:
        return bool(self.told or self.error)


@dataclass
class Workers:
    """They judge with the image model `name` of the weights in `models`. A context manager, after which they are
    gone."""

    name: str
    models: Path
    tasks: Sequence[Task]
    cores: int = field(default_factory=lambda: _cores())

    def __post_init__(self) -> None:
        self._waiting: Queue[Task] = Queue()
        for task in self.tasks:
            self._waiting.put(task)
        self._news: Queue[News] = Queue()
        self._count = min(self.cores, MOST_WORKERS, len(self.tasks))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stop = Event()
        names = (f"footage {number}" for number in range(self._count))
        self._threads = [Thread(target=self._ask, name=name, daemon=True) for name in names]

    def __enter__(self) -> "Workers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()

    def news(self, every_s: float) -> Iterator[News | None]:
        """Until all tasks are done; None where there was nothing new for `every_s`."""
        missing = len(self.tasks)
        while missing:
            try:
                new = self._news.get(timeout=every_s)
            except Empty:
                yield None
                continue
            missing -= new.is_last
            yield new

    def _ask(self) -> None:
        """One process after the other, since one may crash."""
        while not self._waiting.empty() and not self._stop.is_set():
            threads = max(1, self.cores // self._count)
            with worker_process(_MODULE, self.name, str(self.models), str(threads), stdin=subprocess.PIPE) as process:
                self._processes.append(process)
                while not self._stop.is_set() and self._do_next(process):
                    pass

    def _do_next(self, process: "subprocess.Popen[bytes]") -> bool:
        """Whether `process` may be asked again."""
        try:
            task = self._waiting.get_nowait()
        except Empty:
            return False
        assert process.stdin and process.stdout
        stuck = Timer(STUCK_S, process.kill)
        try:
            process.stdin.write(json.dumps([str(task.path), task.digest]).encode() + b"\n")
            process.stdin.flush()
            stuck.start()
            for line in process.stdout:
                stuck.cancel()
                new = News(task, **json.loads(line))
                self._news.put(new)
                if new.is_last:
                    return True
                stuck = Timer(STUCK_S, process.kill)
                stuck.start()
        except (OSError, ValueError):  # it is gone, in the middle of a line
            pass
        finally:
            stuck.cancel()
        if not self._stop.is_set():
            error = f"{task.path}: ended the process that reads it ({ending(process)}); convert it to another format"
            self._news.put(News(task, error=error))
        return False


def _cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
