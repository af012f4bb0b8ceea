"""OSCQuery: lets programs such as Chataigne and ossia score find the parameters by themselves, and follow them.

HTTP that answers GET with JSON from `tree`, and on the same port websockets, by which values come and go as OSC;
announced by zeroconf. The library websockets speaks HTTP and websocket, in an event loop that has the thread
`oscquery`; another one waits for the hub's events.
"""

import asyncio
import logging
import socket
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import cast

from websockets import ConnectionClosed, Request, Response
from websockets.asyncio.server import Server, ServerConnection, serve

from ...core.addresses import host_and_port
from ...core.allowed_folders import AllowedFolders
from ...live.hub import Hub
from ...live.parsing import Allowed
from ..osc.codec import LONGEST_READ
from ..token import Token
from .announcement import Announcement
from .connections import MOST_CLIENTS, TIME_LIMIT_S, Connection, Door, bound
from .intake import Intake
from .listeners import Listener, Listeners
from .requests import Requests, refusal
from .tree import Here

PORT = 7701
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
        self._door = Door(self._requests, self._listeners)
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
        listening = bound(self.host, self.port)
        bound_host, self.port = listening.getsockname()[:2]
        self._loop, self._stopping = asyncio.new_event_loop(), asyncio.Event()
        self._outbox = self._hub.subscribe()
        self._thread = Thread(target=self._run, args=(listening,), name="oscquery", daemon=True)
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

    def _run(self, listening: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listening))

    async def _serve(self, listening: socket.socket) -> None:
        async with serve(
            self._talk,
            sock=listening,
            backlog=2 * MOST_CLIENTS,
            process_request=self._answer,
            process_response=lambda connection, request, response: self._requests.count(response),
            create_connection=cast(type[ServerConnection], partial(Connection, self._door)),
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


async def _send(connection: ServerConnection, listener: Listener) -> None:
    with suppress(ConnectionClosed):
        while True:
            await connection.send(await listener.next())
