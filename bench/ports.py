"""Packets of `bench.malformed` to a running bridge, each by the port that it is for."""

import random
import socket
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import zmq

from bench.controllers import NAME
from tests.jack import jack_server
from tests.process import ROOT, Bridge, bridge

PACE_S = 0.0005  # between two packets
PATIENCE_S = 300.0  # for an answer, and for the end: this is for busy machines too
SEED = 20


@dataclass
class Served:
    """`lives`: it answered afterwards, its log has no traceback, and it ended with 0 when it was told to."""

    sent: int
    lives: bool
    before: int
    after: int
    log: str = ""

    def __str__(self) -> str:
        said = (
            "it answers, no traceback in its log, exit code 0"
            if self.lives
            else f"it did NOT survive:\n{self.log[-2000:]}"
        )
        memory = f"resident memory {self.before / 2**20:.0f} MiB before, {self.after / 2**20:.0f} after"
        return f"to a running bridge: {self.sent:,} packets; {said}; {memory}"


def served(protocol: str, packets: Iterable[Any]) -> Served:
    """A bridge is started, sent `packets`, asked, and ended."""
    with ExitStack() as opened:
        if protocol == "midi":
            opened.enter_context(jack_server())
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        words: list[object] = [ROOT / "examples" / "demo.ogg", "--loop"]
        words += ["--midi-port", NAME] if protocol == "midi" else ["--no-midi"]
        running = opened.enter_context(bridge(Path(folder), *words))
        running.wait_for("playing")
        memory = psutil.Process(running.process.pid).memory_info
        before = memory().rss
        listed = list(packets)
        SENDERS[protocol](running, listed)
        lives = _answers(running)
        after = memory().rss if lives else 0
        running.process.terminate()
        code = running.process.wait(PATIENCE_S)
        return Served(len(listed), lives and code == 0 and "Traceback" not in running.log, before, after, running.log)


def _answers(running: Bridge) -> bool:
    until_s = time.monotonic() + PATIENCE_S
    while running.process.poll() is None and time.monotonic() < until_s:
        with suppress(TimeoutError):
            return bool(running.ask(command="get", name="status")["ok"])
    return False


def _osc(running: Bridge, packets: Iterable[bytes]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for packet in packets:
            sender.sendto(packet, ("127.0.0.1", running.osc))
            time.sleep(PACE_S)


def _zeromq(running: Bridge, packets: Iterable[list[bytes]]) -> None:
    """Commands as messages, what is meant for clients too; every tenth as bytes that are no ZeroMQ, or a topic."""
    chance = random.Random(SEED)
    with zmq.Context() as context, context.socket(zmq.DEALER) as sender, context.socket(zmq.XSUB) as subscriber:
        for one, port in ((sender, running.commands), (subscriber, running.frames)):
            one.setsockopt(zmq.LINGER, 0)
            one.setsockopt(zmq.SNDTIMEO, int(1000 * PATIENCE_S))
            one.connect(f"tcp://127.0.0.1:{port}")
        for packet in packets:
            match chance.randrange(20):
                case 0:
                    _tcp(chance.choice((running.commands, running.frames)), packet[-1])
                case 1:
                    subscriber.send(b"\x01" + packet[-1][:40])
                    subscriber.send(b"\x00" + packet[-1][:40])
                case _:
                    sender.send_multipart(packet)
            while sender.poll(0):
                sender.recv_multipart()
            time.sleep(PACE_S)


def _oscquery(running: Bridge, packets: Iterable[bytes]) -> None:
    for packet in packets:
        _tcp(running.http, packet)
        time.sleep(PACE_S)


def _tcp(port: int, data: bytes) -> None:
    """`data` in a connection of its own, and what is answered to it, as far as that comes soon."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2.0) as sender:
        sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)
        sender.settimeout(0.2)
        while sender.recv(65536):
            pass


def _midi(running: Bridge, packets: Iterable[bytes]) -> None:
    import rtmidi

    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="noise")
    out.open_virtual_port(f"{NAME} noise")
    until_s = time.monotonic() + PATIENCE_S
    while f"{NAME} noise" not in running.log and time.monotonic() < until_s:
        time.sleep(0.1)
    for packet in packets:
        with suppress(ValueError):  # rtmidi itself refuses some
            out.send_message(list(packet))
        time.sleep(0.001)
    out.delete()


SENDERS: dict[str, Callable[[Bridge, Iterable[Any]], None]] = {
    **{"osc": _osc, "oscquery": _oscquery, "zeromq": _zeromq, "midi": _midi},
}
