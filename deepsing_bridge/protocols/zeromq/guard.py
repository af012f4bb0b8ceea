"""Keeps what clients can make libzmq store within bounds: cuts the connections of those who go beyond.

libzmq bounds messages by number, and those that wait to be read. A message whose parts never end is neither, nor are
subscriptions; and the one option that would stop a flood, ZMQ_RCVHWM, must not be used (see `socket`). So this looks at
the connections themselves: libzmq's monitor tells of each that comes, the kernel how many bytes came over it, and the
thread that reads says how many of them it has read. Where the kernel does not tell (all but Linux), only the number of
connections is limited; on Windows, where they cannot be had, nothing is. Has a thread of its own.
"""

import logging
import os
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic

import zmq
from zmq.utils.monitor import recv_monitor_message

log = logging.getLogger(__name__)

MOST, MOST_OF_ONE = 64, 32  # connections, in all and from one address
IN_ALL = 4  # times what one connection may leave unread
FREE_BYTES, FREE_BYTES_S = 2048, 64  # of a connection are not counted: handshake and heartbeats
TICK_MS = 20  # a flood brings some megabytes in this time
FELT_S = 0.5  # after a cut: libzmq forgets what it had stored, and says so
TELL_S = 10.0  # between two lines in the log
MONITOR = "inproc://monitor"
_RECEIVED, _RECEIVED_AT = struct.Struct("=Q"), 128  # tcpi_bytes_received in Linux's struct tcp_info


@dataclass
class _Connection:
    """`link` is a second handle on it. `read`: bytes that are not stored any more; `client`: whose its messages are."""

    link: socket.socket
    address: str
    since_s: float
    read: int = 0
    client: bytes = b""
    heard: bool = False  # since the last time that nothing was left to read
    cut: bool = False

    def received(self) -> int:
        """Bytes that came; 0 where the system does not tell."""
        if not hasattr(socket, "TCP_INFO"):
            return 0
        told = b""
        with suppress(OSError):
            told = self.link.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RECEIVED_AT + _RECEIVED.size)
        return int(_RECEIVED.unpack_from(told, _RECEIVED_AT)[0]) if len(told) >= _RECEIVED_AT + _RECEIVED.size else 0

    def unread(self, now_s: float) -> int:
        free = FREE_BYTES + int(FREE_BYTES_S * (now_s - self.since_s))
        return max(self.received() - self.read - free, 0)


class Guard:
    """Watches the connections of a bound socket; each may leave `burst` bytes unread, all together `IN_ALL` times that.

    Of too many connections, the one that has said least has to go. `cut` counts those that had to. The thread that
    reads calls `has_read` and `is_empty`.
    """

    def __init__(self, watched: "zmq.Socket[bytes]", burst: int) -> None:
        self.cut: Counter[str] = Counter()
        self._watched, self._burst = watched, burst
        self._connections: dict[int, _Connection] = {}  # by the number of libzmq's own handle
        self._left = 0  # unread bytes of connections that are gone
        self._gone: set[bytes] = set()  # whose messages those are
        self._told_s, self._cut_s = -TELL_S, -FELT_S
        self._lock = Lock()
        self._stopping = Event()
        watched.monitor(MONITOR, zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._monitor = watched.context.socket(zmq.PAIR)
        self._monitor.setsockopt(zmq.RCVHWM, 0)  # were it full, libzmq's own thread would wait
        self._monitor.setsockopt(zmq.LINGER, 0)
        self._monitor.connect(MONITOR)
        self._thread = Thread(target=self._run, name="zeromq guard", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Once nobody uses the watched socket any more, before it is closed."""
        self._stopping.set()
        self._thread.join()
        self._watched.monitor(None, 0)
        self._monitor.close()
        for file in tuple(self._connections):
            self._forget(file)

    def has_read(self, file: int, client: bytes, size: int) -> bool:
        """A whole message of `size` bytes from `client` came over `file`, its ZMQ_SRCFD.

        False if it is of no interest: its sender was cut off, or is gone and left very much.
        """
        with self._lock:
            connection = self._connections.get(file)
            if connection is None or client in self._gone:
                self._left = max(self._left - size, 0)
                return self._left <= self._burst // 8  # who left much does not wait for answers
            connection.read += size
            connection.client, connection.heard = client, True
            return not connection.cut

    def is_empty(self) -> None:
        """Nothing is left to read, but the beginnings of messages."""
        with self._lock:
            self._left = 0
            self._gone.clear()
            for connection in self._connections.values():
                if connection.heard:
                    connection.read, connection.heard = connection.received(), False

    def cut_largest(self, reason: str) -> None:
        """Cut the connection over which most came, unless one was cut just now, whose end may not be felt yet."""
        with self._lock:
            if monotonic() - self._cut_s < FELT_S:
                return
            self._cut(max(self._open(), key=_Connection.received, default=None), reason)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._monitor.poll(TICK_MS)
            with self._lock:
                self._heed_monitor()
                self._check()

    def _heed_monitor(self) -> None:
        while self._monitor.poll(0):
            said = recv_monitor_message(self._monitor)
            file = int(said["value"])
            self._forget(file)
            if said["event"] == zmq.EVENT_ACCEPTED:
                self._welcome(file)

    def _welcome(self, file: int) -> None:
        try:
            link = socket.socket(fileno=os.dup(file))
            address = str(link.getpeername()[0])
        except OSError:  # gone before it could be looked at
            return
        here = self._connections[file] = _Connection(link, address, monotonic())
        others = [other for other in self._open() if other is not here]
        same = [other for other in others if other.address == address]
        if self._left > 2 * IN_ALL * self._burst:
            self._cut(here, "too much was sent")
        elif len(same) >= MOST_OF_ONE or len(others) >= MOST:
            crowd = same if len(same) >= MOST_OF_ONE else others
            self._cut(min(crowd, key=_Connection.received), "too many connections")

    def _open(self) -> list[_Connection]:
        """The oldest first."""
        return [connection for connection in self._connections.values() if not connection.cut]

    def _forget(self, file: int) -> None:
        gone = self._connections.pop(file, None)
        if gone is None:
            return
        if gone.heard:
            self._left += gone.unread(monotonic())
            self._gone.add(gone.client)
        gone.link.close()

    def _check(self) -> None:
        """Cut those who left too much; if all together did, the greatest of them."""
        now_s = monotonic()
        unread = [(connection.unread(now_s), connection) for connection in self._open()]
        for size, connection in unread:
            if size > self._burst:
                self._cut(connection, "too much was sent")
        if sum(size for size, _ in unread) > IN_ALL * self._burst:
            self._cut(max(unread, key=lambda pair: pair[0])[1], "too much was sent")

    def _cut(self, connection: _Connection | None, reason: str) -> None:
        """End it, as if the client had; libzmq tells when it has seen that."""
        if connection is None or connection.cut:
            return
        connection.cut, self._cut_s = True, monotonic()
        self.cut[reason] += 1
        if monotonic() - self._told_s >= TELL_S:
            self._told_s = monotonic()
            log.warning("ZeroMQ: a connection from %s is cut off: %s", connection.address, reason)
        with suppress(OSError):  # it is gone already
            connection.link.shutdown(socket.SHUT_RDWR)
