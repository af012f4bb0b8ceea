"""What the library websockets leaves open to those who connect is bounded: how long a request is, headers and all, how
long it takes, and how many are asking at once. For one event loop."""

import asyncio
import errno
import socket
from collections import Counter
from typing import Any, cast

from websockets.asyncio.server import ServerConnection

from ...core.errors import BridgeError, Taken
from .listeners import Listener, Listeners
from .requests import Requests, head_of, refusal

LONGEST_REQUEST = 8192  # bytes
TIME_LIMIT_S = 2.0  # for a request to arrive, and for its answer to be taken
MOST_CLIENTS = 16  # at once, besides websockets
SEND_BUFFER = 2**14  # bytes of the kernel's: what waits there for a slow reader is not replaced by newer values


class Door:
    """Who is in: those whose request is not answered yet, the oldest first; the others have websockets."""

    def __init__(self, requests: Requests, listeners: Listeners) -> None:
        self.turned_away = 0
        self.requests, self._listeners = requests, listeners
        self._asking: dict[Connection, None] = {}

    def let_in(self, connection: "Connection") -> None:
        """Of too many, one has to go: of the host that has most, the one that has been at it for longest, since an
        honest one takes milliseconds."""
        if len(self._asking) >= MOST_CLIENTS:
            self.turned_away += 1
            (busiest, _), *_ = Counter(other.remote_address[0] for other in self._asking).most_common(1)
            oldest = next(other for other in self._asking if other.remote_address[0] == busiest)
            del self._asking[oldest]
            oldest.transport.abort()
        self._asking[connection] = None

    def pass_on(self, connection: ServerConnection) -> Listener:
        """Its request is answered: it has a websocket."""
        self._asking.pop(cast(Connection, connection), None)
        return self._listeners.at(connection.remote_address)

    def leave(self, connection: "Connection") -> None:
        self._asking.pop(connection, None)
        self._listeners.leave(connection.remote_address)

    def hang_up(self) -> None:
        for connection in tuple(self._asking):
            connection.transport.abort()


class Connection(ServerConnection):
    """Bounds what the library does not: how long a request is, headers and all, and how long it takes to arrive."""

    def __init__(self, door: Door, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._door, self._begun = door, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._patience = self.loop.call_later(TIME_LIMIT_S, self._refuse, 408)
        if self.remote_address is None:  # gone already
            self.transport.abort()
        else:
            self._door.let_in(self)

    def data_received(self, data: bytes) -> None:
        """What follows a request before its answer is nobody's; the library would take it for frames of a websocket."""
        if self.request is None and not self.protocol.eof_sent:
            self._begun += data
            head = head_of(self._begun)
            if len(head or self._begun) > LONGEST_REQUEST:
                self._refuse(431, f"at most {LONGEST_REQUEST} bytes are read")
            elif head:
                super().data_received(head)
        elif self.response is not None:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        if self.remote_address is not None:
            self._door.leave(self)
        super().connection_lost(exc)

    def _refuse(self, status: int, text: str = "") -> None:
        """Unless it was refused already, or its request has arrived and is answered."""
        if self.request is None and not self.protocol.eof_sent:
            response = refusal(status, text)
            self._door.requests.count(response)
            self.protocol.send_response(response)
            self.send_data()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens already. Raises BridgeError."""
    if not 0 <= port < 2**16:  # the system would take another one without a word
        raise BridgeError(f"OSCQuery: there is no tcp port {port}, expected 1..65535")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:
        raise BridgeError(f"OSCQuery: tcp port {port} of {host} cannot be taken ({error})") from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # those that are accepted have it too
        made.bind(address)
        made.listen(2 * MOST_CLIENTS)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise Taken(f"OSCQuery: tcp port {port} of {host} is taken by another program") from error
        raise BridgeError(f"OSCQuery: tcp port {port} of {host} cannot be taken ({error})") from error
    return made
