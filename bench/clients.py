"""Clients that measure."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from deepsing_bridge.client import FRAME, Frame, Subscriber


@dataclass
class Shown:
    """A frame as a subscriber got it, and when."""

    arrived_s: float
    frame: Frame


class Watcher:
    """A subscriber to frames; `torn` counts those that could not be read."""

    def __init__(self, port: int, most: int = 4) -> None:
        self._subscriber = Subscriber(f"tcp://127.0.0.1:{port}", topics=(FRAME,), waiting=most)

    @property
    def torn(self) -> int:
        return self._subscriber.unreadable

    def next(self, timeout_s: float = 3.0) -> Shown | None:
        with suppress(ValueError):
            frame = self._subscriber.receive(timeout_s)
            if isinstance(frame, Frame):
                return Shown(time.perf_counter(), frame)
        return None

    def settle(self, quiet_s: float = 0.7) -> Shown:
        """The last frame before nothing new came for a while."""
        last = self.next()
        while (shown := self.next(quiet_s)) is not None:
            last = shown
        assert last is not None
        return last

    def close(self) -> None:
        self._subscriber.close()


class Fader:
    """An OSC control surface: sends, and hears on the same socket; echoes of others, and its own when they rest."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(3.0)

    def send(self, address: str, *values: object) -> float:
        """Gives the time at which it was sent."""
        message = OscMessageBuilder(address)
        for value in values:
            message.add_arg(value)
        self._socket.sendto(message.build().dgram, self._to)
        return time.perf_counter()

    def hear(self, address: str) -> tuple[float, tuple[object, ...]]:
        """When the next message to `address` arrived, and its values."""
        while True:
            packet = self._socket.recv(65536)
            arrived = time.perf_counter()
            for message in _messages(packet):
                if message.address == address:
                    return arrived, tuple(message.params)

    def drain(self) -> None:
        self._socket.setblocking(False)
        try:
            while True:
                self._socket.recv(65536)
        except BlockingIOError:
            self._socket.settimeout(3.0)

    def close(self) -> None:
        self._socket.close()


def _messages(packet: bytes) -> Iterator[OscMessage]:
    """Those in a packet of the bridge's own: a message, or a bundle of messages."""
    if not packet.startswith(b"#bundle\0"):
        yield OscMessage(packet)
        return
    at = 16
    while at < len(packet):
        (size,) = struct.unpack_from(">i", packet, at)
        yield from _messages(packet[at + 4 : at + 4 + size])
        at += 4 + size
