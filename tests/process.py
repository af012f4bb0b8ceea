"""The real bridge in a process of its own, on free ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pythonosc.udp_client import SimpleUDPClient

from deepsing_bridge.client import Commands

ROOT = Path(__file__).parent.parent
READY_S = 300.0  # on a busy machine; an idle one needs 3
_PORTS = (10_000 + number % 20_000 for number in count(os.getpid() * 257 % 20_000))


@dataclass
class Bridge:
    """A running `bridge.py serve`. `log` is what it wrote to stderr so far."""

    process: subprocess.Popen[bytes]
    log_file: Path
    osc: int
    http: int
    frames: int
    commands: int
    memory: str

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def send(self, address: str, *values: object) -> None:
        SimpleUDPClient("127.0.0.1", self.osc).send_message(address, list(values))

    def ask(self, command: str, **fields: object) -> dict[str, object]:
        """What the command socket answers."""
        with closing(Commands(f"tcp://127.0.0.1:{self.commands}")) as commands:
            return commands.ask(command, **fields)

    def wait_for(self, state: str, timeout_s: float = READY_S) -> None:
        """Until the bridge says that it is in this state: idle, playing, paused or stopped."""
        deadline = time.monotonic() + timeout_s
        while self.ask(command="get", name="status").get("state") != state:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the bridge never came to be {state}:\n{self.log}")
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Its exit code, and how many seconds it took to go."""
        asked = time.monotonic()
        send_signal(self.process, number)
        return self.process.wait(20), time.monotonic() - asked


def send_signal(process: "subprocess.Popen[Any]", number: int) -> None:
    """The test is skipped on Windows, where no other process can be asked to end, or be killed with an exit code."""
    if os.name == "nt":
        pytest.skip("Windows has no signals")
    process.send_signal(number)


def insist(process: "subprocess.Popen[bytes]") -> int:
    """Ctrl-C again and again until it is gone; its exit code. One alone asks for an orderly stop."""
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        send_signal(process, signal.SIGINT)
        time.sleep(0.005)
    return process.wait(0)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Never the same twice, and hardly one that another worker finds: each counts from another number, below those that
    the system gives away by itself."""
    for port in _PORTS:
        with socket.socket(socket.AF_INET, kind) as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def _free_ports() -> list[int]:
    return [free_port(socket.SOCK_DGRAM), free_port(), free_port(), free_port()]


@contextmanager
def bridge(folder: Path, *arguments: object, after: Bridge | None = None) -> Iterator[Bridge]:
    """Start `serve` with `arguments`, wait until it answers, and see to it that it ends.

    On free ports, or on those, and with the shared memory, of a bridge that has ended.
    """
    ports = [after.osc, after.http, after.frames, after.commands] if after else _free_ports()
    names = ("--osc-port", "--oscquery-port", "--frames-port", "--commands-port")
    options = [str(part) for pair in zip(names, ports, strict=True) for part in pair]
    memory = after.memory if after else f"deepsing-test-{os.getpid()}-{ports[0]}"
    if "--generator" not in arguments:
        options += ["--generator", "embedded"]  # its pictures cost least, and need no OpenGL
    command = [sys.executable, str(ROOT / "bridge.py"), "serve", *options, "--shm", memory, *map(str, arguments)]
    log = folder / "serve.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=ROOT)
    running = Bridge(process, log, *ports, memory)
    try:
        _wait_until_it_answers(running)
        yield running
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Asked first, so that it leaves nothing in shared memory."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(running: Bridge) -> None:
    deadline = time.monotonic() + READY_S
    while "Ctrl-C stops" not in running.log:
        if running.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the bridge did not start:\n{running.log}")
        time.sleep(0.05)
