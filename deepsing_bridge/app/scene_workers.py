"""Scenes painted by several processes at once, each with models of its own, and a thread here that asks it."""

import json
import pickle
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..core.worker_process import ending, worker_process
from .scenes import SceneJob

Clip = tuple[int, Path]
"""A scene's number, counted from 0, and where its clip is to be."""

_MODULE = f"{__package__}.scene_worker"


def paint_all(job: SceneJob, clips: Sequence[Clip], workers: int, progress: Progress = no_progress) -> None:
    """Have `clips` painted by so many processes, which are gone afterwards. `progress` counts clips.

    Raises BridgeError for the first that cannot be painted; those that are done by then stay.
    """
    crew = _Crew(job, clips, workers)
    try:
        for done in range(1, len(clips) + 1):
            if (error := crew.outcomes.get()) is not None:
                raise error
            progress(done, len(clips))
    finally:
        crew.dismiss()


class _Crew:
    """`outcomes` has an entry for each clip: None, or why there is none."""

    def __init__(self, job: SceneJob, clips: Sequence[Clip], workers: int) -> None:
        self.outcomes: Queue[BridgeError | None] = Queue()
        self._job, self._waiting = pickle.dumps(job), Queue[Clip]()
        for clip in clips:
            self._waiting.put(clip)
        self._stop = Event()
        self._processes: list[subprocess.Popen[bytes]] = []
        names = (f"scenes {number}" for number in range(min(workers, len(clips))))
        self._threads = [Thread(target=self._ask, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def dismiss(self) -> None:
        self._stop.set()
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        """One process, until no clip is left; it ends with its thread."""
        with worker_process(_MODULE, stdin=subprocess.PIPE) as process:
            self._processes.append(process)
            assert process.stdin
            with suppress(OSError):  # it is gone; the first clip tells
                process.stdin.write(self._job)
            while not self._stop.is_set():
                try:
                    index, path = self._waiting.get_nowait()
                except Empty:
                    break
                self.outcomes.put(_painted(process, index, path))


def _painted(process: "subprocess.Popen[bytes]", index: int, path: Path) -> BridgeError | None:
    assert process.stdin and process.stdout
    try:
        process.stdin.write(json.dumps([index, str(path)]).encode() + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
    except (OSError, ValueError):  # it is gone
        return BridgeError(
            f"{path}: the process that painted it ended ({ending(process)}), perhaps for want of memory; the same "
            "command goes on, and with --jobs 1 needs least"
        )
    return BridgeError(answer["error"]) if "error" in answer else None
