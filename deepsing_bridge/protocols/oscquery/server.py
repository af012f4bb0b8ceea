"""OSCQuery: lets programs such as Chataigne and ossia score find the parameters by themselves, and follow them.

HTTP that answers GET with JSON from `tree`, and on the same port websockets, by which values come and go as OSC;
announced by zeroconf. The library websockets speaks HTTP and websocket, in an event loop that has the thread
`oscquery`; another one waits for the hub's events.
"""

import asyncio
import errno
import logging
import socket
from collections import Counter
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, cast

from websockets import ConnectionClosed, Request, Response
from websockets.asyncio.server import Server, ServerConnection, serve

from ...core.addresses import host_and_port
from ...core.allowed_folders import AllowedFolders
from ...core.errors import BridgeError, Taken
from ...live.hub import Hub
from ...live.parsing import Allowed
from ..osc.codec import LONGEST_READ
from ..token import Token
from .announcement import Announcement
from .intake import Intake
from .listeners import Listener, Listeners
from .requests import Requests, head_of, refusal
from .tree import Here

PORT = 7701
LONGEST_REQUEST = 8192  # bytes
TIME_LIMIT_S = 2.0  # for a request to arrive, and for its answer to be taken
MOST_CLIENTS = 16  # at once, besides websockets
SEND_BUFFER = 2**14  # bytes of the kernel's: what waits there for a slow reader is not replaced by newer values
PING_S = 20.0  # between two pings of a websocket, and for the answer
WAIT_S = 0.1  # how long the hub's events are waited for before it is looked what rests
GOODBYE_S = 0.5  # for websockets to part
NOTHING = AllowedFolders(()).find  # may be loaded

log = logging.getLogger(__name__)
_quiet = log.getChild("websockets")  # what it has to say of each request has the token in it
_quiet.setLevel(logging.WARNING)


class OscQueryServer:
    """`refused`: requests answered with an error, and messages that were wrong; `turned_away`: connections that had to
    make room; `missed`: events that came faster than they could be sent."""

    def __init__(
        self,
        hub: Hub,
        host: str = "127.0.0.1",
        port: int = PORT,
        osc_port: int = 7700,
        announce: bool = False,
        token: Token | None = None,
        allowed: Allowed = NOTHING,
    ) -> None:
        """`port` 0: any that is free, and `port` says which after `start`.

        `announce`: by zeroconf, for which udp port 5353 is opened on every address of the machine, whatever `host` is.
        With a `token`, clients of other machines have to send it: `Authorization: Bearer`, or `?token=`. `allowed`: the
        songs that may be loaded.
        """
        self.host, self.port, self.osc_port, self.announce = host, port, osc_port, announce
        self._hub = hub
        self._requests, self._listeners = Requests(hub, token), Listeners(hub)
        self._intake = Intake(hub, allowed, self._listeners, lambda wait_s, act: self._loop.call_later(wait_s, act))
        self._door = _Door(self._requests, self._listeners)
        self._announcement: Announcement | None = None
        self._thread: Thread | None = None

    @property
    def refused(self) -> int:
        return self._requests.refused + self._intake.refused

    @property
    def turned_away(self) -> int:
        return self._door.turned_away

    @property
    def missed(self) -> int:
        return self._outbox.dropped

    def start(self) -> None:
        """Take the port and begin. Raises BridgeError if it is taken or the host is not known."""
        bound = _bound(self.host, self.port)
        bound_host, self.port = bound.getsockname()[:2]
        self._loop, self._stopping = asyncio.new_event_loop(), asyncio.Event()
        self._outbox = self._hub.subscribe()
        self._thread = Thread(target=self._run, args=(bound,), name="oscquery", daemon=True)
        self._thread.start()
        if self.announce:
            self._announcement = Announcement(str(bound_host), self.port, self.osc_port)

    def stop(self) -> None:
        if self._announcement is not None:
            self._announcement.close()
            self._announcement = None
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None
            self._hub.unsubscribe(self._outbox)

    def describe(self) -> str:
        announced = ", announced by zeroconf" if self._announcement else ""
        return f"OSCQuery: http://{host_and_port(self.host, self.port)}{announced}"

    # the event loop's

    def _run(self, bound: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(bound))

    async def _serve(self, bound: socket.socket) -> None:
        async with serve(
            self._talk,
            sock=bound,
            backlog=2 * MOST_CLIENTS,
            process_request=self._answer,
            process_response=lambda connection, request, response: self._requests.count(response),
            create_connection=cast(type[ServerConnection], partial(_Connection, self._door)),
            compression=None,
            server_header=None,
            open_timeout=3 * TIME_LIMIT_S,  # never: the door has shut by then
            close_timeout=TIME_LIMIT_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            max_size=LONGEST_READ,
            write_limit=0,
            logger=_quiet,
        ) as server:
            telling = asyncio.create_task(self._tell())
            await self._stopping.wait()
            telling.cancel()
            await self._part(server)

    async def _part(self, server: Server) -> None:
        """Websockets hear of it; who has asked for something and is not answered yet is cut off."""
        self._door.hang_up()
        server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), GOODBYE_S)
        for connection in server.all_connections:
            connection.transport.abort()

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        client, here = connection.remote_address, connection.local_address
        response = self._requests.answer(request, client, Here(here[0], self.osc_port, self.port))
        if response is None and self._listeners.join(client) is None:
            return refusal(503, "too many websockets are open")
        return response

    async def _talk(self, connection: ServerConnection) -> None:
        """With one client, as long as its websocket lasts."""
        listener = self._door.pass_on(connection)
        sending = asyncio.create_task(_send(connection, listener))
        try:
            with suppress(ConnectionClosed):
                async for message in connection:
                    self._intake.hear(message, listener)
        finally:
            sending.cancel()

    async def _tell(self) -> None:
        while True:
            events = await asyncio.to_thread(self._outbox.take, WAIT_S)
            try:
                self._listeners.tell(events)
            except Exception:  # a fault of ours must not leave everybody without values
                log.exception("OSCQuery: what happened could not be told")
            self._hub.losses.report("OSCQuery", self.missed)


class _Door:
    """Who is in: those whose request is not answered yet, the oldest first; the others have websockets."""

    def __init__(self, requests: Requests, listeners: Listeners) -> None:
        self.turned_away = 0
        self.requests, self._listeners = requests, listeners
        self._asking: dict[_Connection, None] = {}

    def let_in(self, connection: "_Connection") -> None:
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
        self._asking.pop(cast(_Connection, connection), None)
        return self._listeners.at(connection.remote_address)

    def leave(self, connection: "_Connection") -> None:
        self._asking.pop(connection, None)
        self._listeners.leave(connection.remote_address)

    def hang_up(self) -> None:
        for connection in tuple(self._asking):
            connection.transport.abort()


class _Connection(ServerConnection):
    """Bounds what the library does not: how long a request is, headers and all, and how long it takes to arrive."""

    def __init__(self, door: _Door, *arguments: Any, **options: Any) -> None:
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


async def _send(connection: ServerConnection, listener: Listener) -> None:
    with suppress(ConnectionClosed):
        while True:
            await connection.send(await listener.next())


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens already. Raises BridgeError."""
    if not 0 <= port < 2**16:  # the system would take another one without a word
        raise BridgeError(f"OSCQuery: there is no tcp port {port}, expected 1..65535")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:
        raise BridgeError(f"OSCQuery: tcp port {port} of {host} cannot be taken ({error})") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # those that are accepted have it too
        bound.bind(address)
        bound.listen(2 * MOST_CLIENTS)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise Taken(f"OSCQuery: tcp port {port} of {host} is taken by another program") from error
        raise BridgeError(f"OSCQuery: tcp port {port} of {host} cannot be taken ({error})") from error
    return bound
