"""What a soak looks at: a row of figures every few seconds, the frames that arrive, and the position against the clock."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from threading import Event, Lock, Thread
from typing import TextIO

import numpy as np
import psutil

from bench.clients import Fader, Watcher
from tests.process import Bridge

SAMPLE_S = 5.0
MESSAGES = 75  # of `/deepsing/time`: three seconds of them
SETTLE_S = 1.0  # after the position was moved on purpose


@dataclass(frozen=True)
class Row:
    """The process at one moment, `seconds` after it answered first; `load` is the machine's, of one minute."""

    seconds: float
    resident: int
    threads: int
    sockets: int
    files: int
    children: int
    dropped_frames: int
    dropped_commands: int
    load: float


def row(running: Bridge, seconds: float) -> Row:
    status = running.ask(command="get", name="status")
    process = psutil.Process(running.process.pid)
    with process.oneshot():
        return Row(
            seconds,
            process.memory_info().rss,
            process.num_threads(),
            len(process.net_connections()),
            process.num_fds(),
            len(process.children()),
            int(str(status["dropped_frames"])),
            int(str(status["dropped_commands"])),
            os.getloadavg()[0],
        )


class Sampler:
    """A thread that takes a row every SAMPLE_S, and writes each down as it comes."""

    def __init__(self, running: Bridge, life: int, rows: list[Row], file: TextIO) -> None:
        self._running, self._life, self._rows, self._file = running, life, rows, file
        self._over = Event()
        self._began_s = time.monotonic()
        self._thread = Thread(target=self._run, name="sampler")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(SAMPLE_S):
            with suppress(TimeoutError, psutil.Error):  # it died: told where that is noticed
                self._rows.append(row(self._running, time.monotonic() - self._began_s))
                self._file.write(json.dumps({"life": self._life, **asdict(self._rows[-1])}) + "\n")
                self._file.flush()


@dataclass
class Segment:
    """While nobody moved the position: by how much each message was later than the song's time says, in s."""

    length_s: float
    off_s: list[float] = field(default_factory=list)

    def late_s(self) -> np.ndarray:
        """Against the earliest of the first MESSAGES, the song's repetitions taken off.

        A message may come late, on a busy machine very late, but never before its time: the earliest of several tells
        where the song was.
        """
        off = np.array(self.off_s) - np.median(self.off_s[:MESSAGES])
        off = (off + self.length_s / 2) % self.length_s - self.length_s / 2
        return off - off[:MESSAGES].min()


class Position:
    """A thread with an OSC subscription that outlives the bridge: it subscribes again when nothing is heard."""

    def __init__(self, port: int) -> None:
        self.segments: list[Segment] = []
        self._port, self._over = port, Event()
        self._segment: Segment | None = None
        self._thread = Thread(target=self._run, name="position")

    def __enter__(self) -> "Position":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def lost(self) -> None:
        """What comes now is not measured."""
        self._segment = None

    def stands(self, length_s: float) -> None:
        """From here on the position follows the clock alone, in a song of that length."""
        time.sleep(SETTLE_S)
        self.segments.append(Segment(length_s))
        self._segment = self.segments[-1]

    def _run(self) -> None:
        with closing(Fader(self._port)) as surface:
            surface.send("/deepsing/subscribe")
            while not self._over.is_set():
                try:
                    arrived_s, (time_s,) = surface.hear("/deepsing/time")
                except (TimeoutError, ConnectionError):
                    with suppress(ConnectionError):
                        surface.send("/deepsing/subscribe")
                    continue
                if segment := self._segment:
                    segment.off_s.append(arrived_s - float(str(time_s)))


class Frames:
    """A thread with a subscriber to every frame that outlives the bridge, and finds the next one by itself."""

    def __init__(self, port: int) -> None:
        self.frames = self.lost = self.torn = 0
        self.gaps: list[str] = []  # when, and between which
        self.returns_s: list[float] = []  # from the call of `restarted` to its first frame
        self._port, self._over, self._lock = port, Event(), Lock()
        self._last: int | None = None
        self._restarted_s: float | None = None
        self._thread = Thread(target=self._run, name="frames")

    def __enter__(self) -> "Frames":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def restarted(self) -> None:
        """A bridge that counts from 0 answers now."""
        with self._lock:
            self._last, self._restarted_s = None, time.perf_counter()

    def _run(self) -> None:
        watcher = Watcher(self._port, most=200)
        while not self._over.is_set():
            if (shown := watcher.next(0.5)) is not None:
                with self._lock:
                    self._count(shown.frame.sequence, shown.arrived_s)
        self.torn = watcher.torn
        watcher.close()

    def _count(self, sequence: int, arrived_s: float) -> None:
        self.frames += 1
        if self._restarted_s is not None:
            self.returns_s.append(arrived_s - self._restarted_s)
            self._restarted_s = None
        if self._last is not None and sequence != self._last + 1:
            self.gaps.append(f"{time.strftime('%H:%M:%S')} {self._last} to {sequence}")
            self.lost += max(sequence - self._last - 1, 0)
        self._last = sequence


@contextmanager
def measured(osc: int, frames: int) -> Iterator[tuple[Position, Frames]]:
    with Position(osc) as position, Frames(frames) as seen:
        yield position, seen
