"""Clients of a soak that come, look for a while, and go: some say goodbye, some vanish."""

import random
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from bench.clients import Fader, Watcher
from deepsing_bridge.client import SharedFrames
from tests.process import ROOT, Bridge

if TYPE_CHECKING:
    from bench.soak import Soak

PAUSE_S = 1.0  # between two
FRAMES = 12
TRIES = 10  # of three seconds
PATHS = ("/", "/?HOST_INFO", "/deepsing", "/deepsing/param/blend", "/deepsing/param/blend?VALUE", "/deepsing/time")
ASKED = ("status", "song", "scene", "time", "valence", "arousal", "blend")
SUBSCRIBER = (
    "from bench.clients import Watcher\nw = Watcher({port})\nw.next(20)\nprint(flush=True)\nwhile True: w.next()"
)


def listens(running: Bridge, chance: random.Random) -> None:
    """An OSC subscriber, which unsubscribes or just closes its socket."""
    with closing(Fader(running.osc)) as surface:
        _subscribe(surface)
        for _ in range(chance.randrange(5, 50)):
            surface.hear("/deepsing/time")
        if chance.random() < 0.5:
            surface.send("/deepsing/unsubscribe")


def _subscribe(surface: Fader) -> None:
    """Until something is heard: in a flood, packets are lost on their way."""
    for _ in range(TRIES):
        surface.send("/deepsing/subscribe")
        with suppress(TimeoutError):
            surface.hear("/deepsing/time")
            return
    raise TimeoutError("nothing was heard")


def watches(running: Bridge, chance: random.Random) -> None:
    """A ZeroMQ subscriber."""
    with closing(Watcher(running.frames)) as watcher:
        for _ in range(chance.randrange(1, FRAMES)):
            if watcher.next(10) is None:
                raise TimeoutError("no frame came")


def reads_memory(running: Bridge, chance: random.Random) -> None:
    with closing(SharedFrames(running.memory)) as frames:
        for _ in range(chance.randrange(1, FRAMES)):
            if frames.newest(10) is None or frames.now() is None:
                raise TimeoutError("no frame in shared memory")


def browses(running: Bridge, chance: random.Random) -> None:
    for path in chance.choices(PATHS, k=5):
        with urllib.request.urlopen(f"http://127.0.0.1:{running.http}{path}", timeout=10) as answer:
            answer.read()


def asks(running: Bridge, chance: random.Random) -> None:
    for name in chance.choices(ASKED, k=5):
        if not running.ask(command="get", name=name)["ok"]:
            raise ValueError(f"no answer to what {name} is")


def is_killed(running: Bridge, chance: random.Random) -> None:
    """A subscriber that is killed once it sees frames."""
    script = SUBSCRIBER.format(port=running.frames)
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE) as doomed:
        assert doomed.stdout is not None
        doomed.stdout.readline()
        doomed.send_signal(signal.SIGKILL)


KINDS = (listens, watches, reads_memory, browses, asks)
KILLED_ONE_IN = 20


class Visitors:
    """A thread that lets them in, one after the other; `seen` is told what one of them did not get."""

    def __init__(self, running: Bridge, seen: "Soak", seed: int) -> None:
        self._running, self._seen, self._chance = running, seen, random.Random(seed)
        self._over, self._open = Event(), Lock()
        self._thread = Thread(target=self._run, name="visitors")

    def __enter__(self) -> "Visitors":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def kept_out(self) -> Iterator[None]:
        with self._open:
            yield

    def _run(self) -> None:
        while not self._over.wait(PAUSE_S):
            with self._open:
                if not self._over.is_set():
                    self._let_in(is_killed if self._chance.random() < 1 / KILLED_ONE_IN else self._chance.choice(KINDS))

    def _let_in(self, visit: Callable[[Bridge, random.Random], None]) -> None:
        self._seen.came[visit.__name__] += 1
        try:
            visit(self._running, self._chance)
        except (OSError, ValueError, KeyError) as error:
            self._seen.fail(f"{visit.__name__}: {error!r:.200}")
