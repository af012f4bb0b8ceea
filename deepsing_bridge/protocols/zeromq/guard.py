"""Keeps what clients can make libzmq store within bounds: cuts the connections of those who go beyond.

libzmq bounds messages by number, and those that wait to be read. A message whose parts never end is neither, nor are
subscriptions; and the one option that would stop a flood, ZMQ_RCVHWM, must not be used (see `socket`). So this looks at
the connections themselves: libzmq's monitor tells of each that comes and goes, the kernel how many bytes came over it,
and the thread that reads says how many of them it has read. What those leave who hang up counts on, and while it is too
much nobody new is let in. Where the kernel does not tell (all but Linux), only the number of connections is limited; on
Windows, where they cannot be had, nothing is.

Has a thread of its own, but whoever is let in is known before, whether that thread had its turn or not: the number of a
connection that is gone belongs to the next one at once.
"""

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

from ...core.log import log_mistake

MOST, MOST_OF_ONE = 64, 32  # connections, in all and from one address
IN_ALL = 4  # times what one connection may leave unread
FEW = 8  # the part of that which is obeyed although its sender is gone
FREE_BYTES, FREE_BYTES_S = 2048, 64  # of a connection are not counted: handshake and heartbeats
TICK_S = 0.02  # a flood brings some megabytes in this time
FELT_S = 0.5  # after a cut: libzmq forgets what it had stored, and says so
MONITOR = "inproc://monitor"
_RECEIVED, _RECEIVED_AT = struct.Struct("=Q"), 128  # tcpi_bytes_received in Linux's struct tcp_info


@dataclass
class _Connection:
    """`link` is a second handle on it; `read`: bytes that are not stored any more; `last`: all that came, once gone."""

    link: socket.socket
    address: str
    since_s: float
    read: int = 0
    heard: bool = False  # since the last time that nothing was left to read
    cut: bool = False
    last: int | None = None

    @property
    def gone(self) -> bool:
        return self.last is not None

    def end(self) -> None:
        self.last = self.received()
        self.link.close()

    def received(self) -> int:
        """Bytes that came; 0 where the system does not tell."""
        if self.last is not None:
            return self.last
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
    reads calls `has_read` and `is_empty`, the one that lets clients in `has_room`.
    """

    def __init__(self, watched: "zmq.Socket[bytes]", burst: int) -> None:
        self.cut: Counter[str] = Counter()
        self._watched, self._burst = watched, burst
        self._connections: dict[int, _Connection] = {}  # by libzmq's own handle; one that is gone until another has it
        self._left = 0  # unread bytes of connections that are gone
        self._cut_s = -FELT_S
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

    def has_room(self) -> bool:
        """Whether another client may come in: not while too much waits to be read. Those who ask are known from now."""
        with self._lock:
            self._heed_monitor()
            now_s = monotonic()
            waiting = sum(connection.unread(now_s) for connection in self._connections.values() if not connection.gone)
            return self._left + waiting <= IN_ALL * self._burst

    def has_read(self, file: int, size: int) -> bool:
        """A whole message of `size` bytes came over `file`, its ZMQ_SRCFD.

        False if it is of no interest: its sender was cut off or is gone, and left much. What is read late of one whose
        number another has by now is taken for the other's, which harms nobody.
        """
        with self._lock:
            connection = self._connections.get(file)
            if connection is None:  # came and went before it could be looked at
                return True
            connection.read += size
            connection.heard = True
            if connection.gone:
                self._left = max(self._left - size, 0)
            ended = connection.cut or connection.gone
            return not ended or connection.unread(monotonic()) <= self._burst // FEW

    def is_empty(self) -> None:
        """Nothing is left to read, but the beginnings of messages."""
        with self._lock:
            self._left = 0
            for file, connection in tuple(self._connections.items()):
                if connection.gone:
                    del self._connections[file]
                elif connection.heard:
                    connection.read, connection.heard = connection.received(), False

    def cut_largest(self, reason: str) -> None:
        """Cut the connection over which most came, unless one was cut just now, whose end may not be felt yet."""
        with self._lock:
            if monotonic() - self._cut_s < FELT_S:
                return
            self._cut(max(self._open(), key=_Connection.received, default=None), reason)

    def _run(self) -> None:
        while not self._stopping.wait(TICK_S):
            with self._lock:
                self._heed_monitor()
                self._check()

    def _heed_monitor(self) -> None:
        latest: dict[int, int] = {}
        while self._monitor.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            said = recv_monitor_message(self._monitor)
            file = int(said["value"])
            self._forget(file)
            latest[file] = said["event"]
        for file, event in latest.items():
            if event == zmq.EVENT_ACCEPTED:
                self._welcome(file)

    def _welcome(self, file: int) -> None:
        try:
            link = socket.socket(fileno=os.dup(file))
            address = str(link.getpeername()[0])
        except OSError:  # gone before it could be looked at
            return
        others = self._open()
        same = [other for other in others if other.address == address]
        self._connections.pop(file, None)  # the newest comes last
        self._connections[file] = _Connection(link, address, monotonic())
        if len(same) >= MOST_OF_ONE or len(others) >= MOST:
            crowd = same if len(same) >= MOST_OF_ONE else others
            self._cut(min(crowd, key=_Connection.received), "too many connections")

    def _open(self) -> list[_Connection]:
        """The oldest first."""
        return [connection for connection in self._connections.values() if not (connection.cut or connection.gone)]

    def _forget(self, file: int) -> None:
        connection = self._connections.get(file)
        if connection is not None and not connection.gone:
            connection.end()
            self._left += connection.unread(monotonic())

    def _check(self) -> None:
        """Cut those who left too much; if all together did, the greatest of them."""
        now_s = monotonic()
        for connection in self._open():
            self._settle(connection)
        unread = [(connection.unread(now_s), connection) for connection in self._open()]
        for size, connection in unread:
            if size > self._burst:
                self._cut(connection, "too much was sent")
        if sum(size for size, _ in unread) > IN_ALL * self._burst:
            self._cut(max(unread, key=lambda pair: pair[0])[1], "too much was sent")

    def _settle(self, connection: _Connection) -> None:
        """More cannot be read of it than came: the rest was left by who had its number before."""
        inherited = max(connection.read - connection.received(), 0)
        connection.read -= inherited
        self._left = max(self._left - inherited, 0)

    def _cut(self, connection: _Connection | None, reason: str) -> None:
        """End it, as if the client had; libzmq tells when it has seen that."""
        if connection is None or connection.cut:
            return
        connection.cut, self._cut_s = True, monotonic()
        self.cut[reason] += 1
        log_mistake("zeromq connections", f"ZeroMQ: a connection from {connection.address} is cut off: {reason}")
        with suppress(OSError):  # it is gone already
            connection.link.shutdown(socket.SHUT_RDWR)
