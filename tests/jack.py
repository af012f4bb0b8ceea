"""A JACK server without sound, and another program with nothing but mido that plays through it."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from mido import Message

from deepsing_bridge.protocols.midi.rtmidi import RTMIDI
from tests.protocols.midi.senders import Sent

JACK = f"{RTMIDI}/UNIX_JACK"
PLAYER = Path(__file__).parent / "protocols" / "midi" / "player.py"
LOOK = "from mido import Backend; Backend('mido.backends.rtmidi/UNIX_JACK').get_output_names()"


def until(condition: Callable[[], object], again: Callable[[], object] = lambda: None) -> None:
    """Wait, and do it `again` now and then: JACK loses what a busy machine does not bring in time."""
    end_s, again_s = time.monotonic() + 20, time.monotonic()
    while not condition():
        if time.monotonic() >= again_s:
            again()
            again_s = time.monotonic() + 2
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.01)


@contextmanager
def jack_server() -> Iterator[None]:
    """A server of its own, for this process and its children."""
    with jack_name(), jackd():
        yield


@contextmanager
def jack_name() -> Iterator[None]:
    """This process and its children know a server by a name of its own, whether it is there or not."""
    before = dict(os.environ)
    name = f"deepsing-{os.getpid()}-{time.monotonic_ns() % 10**6}"
    os.environ |= {"JACK_DEFAULT_SERVER": name, "JACK_NO_AUDIO_RESERVATION": "1", "MIDO_BACKEND": JACK}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def jackd(scheduling: str = "--no-realtime") -> Iterator["subprocess.Popen[bytes]"]:
    """The server of that name; `--realtime` for what is measured, where the system lets it."""
    server = _start(scheduling)
    try:
        until(_answers)
        yield server
    finally:
        if _end(server) != 0:
            _give_its_place_back()


def _start(scheduling: str = "--no-realtime") -> "subprocess.Popen[bytes]":
    name = os.environ["JACK_DEFAULT_SERVER"]
    command = ["jackd", "-n", name, scheduling, "-d", "dummy", "-r", "48000", "-p", "512"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_end_with_parent)


def _end(server: "subprocess.Popen[bytes]") -> int:
    server.terminate()
    try:
        return server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _give_its_place_back() -> None:
    """A server that was killed keeps one of the system's eight places, until one of its name ends well: here one that
    no client ever came to."""
    name = os.environ["JACK_DEFAULT_SERVER"]
    for left in Path("/dev/shm").glob(f"jack_*{name}*"):
        left.unlink()
    server = _start()
    until(lambda: [*Path("/dev/shm").glob(f"jack_{name}_*")])
    _end(server)


def _end_with_parent() -> None:
    """In the child: even if this process crashes, no server is left (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _answers() -> bool:
    """Asked by a process of its own: libjack does not forgive being asked too early."""
    return subprocess.run([sys.executable, "-c", LOOK], capture_output=True, check=False).returncode == 0


class Player:
    """The other process."""

    def __init__(self, name: str = "nanoKONTROL2") -> None:
        command = [sys.executable, str(PLAYER), name]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._began: Queue[float] = Queue()
        self._ready: Queue[bool] = Queue()
        self.heard: list[tuple[int, ...]] = []
        self._thread = Thread(target=self._read)
        self._thread.start()
        try:
            self._ready.get(timeout=20)
        except Empty:
            self.close()
            raise

    def send(self, sent: Iterable[Sent | Message]) -> None:
        """Begin to send; messages without a time go out every 10 ms."""
        timed = [one if isinstance(one, tuple) else (i * 0.01, one) for i, one in enumerate(sent)]
        assert self._process.stdin
        self._process.stdin.write(json.dumps([(at_s, message.hex()) for at_s, message in timed]) + "\n")
        self._process.stdin.flush()

    def sent(self) -> float:
        """Wait until all is sent. The clock when it began."""
        return self._began.get(timeout=30)

    def close(self) -> None:
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                match json.loads(line):
                    case {"heard": message}:
                        self.heard.append(tuple(bytes.fromhex(message)))
                    case {"began": began_s}:
                        self._began.put(began_s)
                    case {"ready": _}:
                        self._ready.put(True)
