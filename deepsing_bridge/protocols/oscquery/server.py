"""OSCQuery: lets programs such as Chataigne and ossia score find the parameters by themselves.

HTTP that answers GET with JSON from `tree`, announced by zeroconf. Threads: `oscquery` accepts, each request
has one of its own for at most TIME_LIMIT_S, zeroconf has its own. Only reads the hub's snapshot.
"""

import asyncio
import errno
import json
import logging
import socket
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from ipaddress import ip_address
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import zeroconf

from ...core.addresses import host_and_port
from ...core.errors import BridgeError, Taken
from ...live.hub import Hub
from ..token import Token, is_this_machine
from .tree import NAME, Osc, respond

PORT = 7701
LONGEST_REQUEST = 8192  # bytes
TIME_LIMIT_S = 2.0  # for a request to arrive, and for its answer to be taken
MOST_CLIENTS = 16  # at once
POLL_S = 0.05  # how often the accepting thread looks whether it is to stop

_log = logging.getLogger(__name__)


class OscQueryServer:
    """`refused`: requests answered with an error; `turned_away`: connections that had to make room."""

    def __init__(
        self,
        hub: Hub,
        host: str = "127.0.0.1",
        port: int = PORT,
        osc_port: int = 7700,
        announce: bool = False,
        token: Token | None = None,
    ) -> None:
        """`port` 0: any that is free, and `port` says which after `start`.

        `announce`: by zeroconf, for which udp port 5353 is opened on every address of the machine, whatever `host` is.
        With a `token`, clients of other machines have to send it: `Authorization: Bearer`, or `?token=`.
        """
        self.host, self.port, self.osc_port, self.announce = host, port, osc_port, announce
        self._hub, self._token = hub, token
        self._server: _Server | None = None
        self._announcement: Announcement | None = None

    @property
    def refused(self) -> int:
        return self._server.refused if self._server else 0

    @property
    def turned_away(self) -> int:
        return self._server.turned_away if self._server else 0

    def start(self) -> None:
        """Take the port and begin. Raises BridgeError if it is taken or the host is not known."""
        self._server = _serving(self._hub, self.host, self.port, self.osc_port, self._token)
        bound_host, self.port = self._server.server_address[:2]
        self._thread = Thread(target=self._server.serve_forever, args=(POLL_S,), name="oscquery", daemon=True)
        self._thread.start()
        if self.announce:
            self._announcement = Announcement(str(bound_host), self.port, self.osc_port)

    def stop(self) -> None:
        if self._announcement is not None:
            self._announcement.close()
            self._announcement = None
        if self._server is not None and self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def describe(self) -> str:
        announced = ", announced by zeroconf" if self._announcement else ""
        return f"OSCQuery: http://{host_and_port(self.host, self.port)}{announced}"


class _Server(ThreadingMixIn, TCPServer):
    """As http.server's, but without the name lookup that it begins with, and with a limit to its clients."""

    allow_reuse_address = True
    request_queue_size = 2 * MOST_CLIENTS

    def __init__(
        self, family: socket.AddressFamily, address: Any, hub: Hub, osc_port: int, token: Token | None
    ) -> None:
        self.address_family = family
        self.hub, self.osc_port, self.token = hub, osc_port, token
        self.refused = self.turned_away = 0
        self._open: dict[Any, None] = {}  # the oldest first
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Of too many, the one that has been at it for longest has to go: an honest one takes milliseconds."""
        if len(self._open) >= MOST_CLIENTS:
            self.turned_away += 1
            oldest = next(iter(tuple(self._open)), None)
            self._open.pop(oldest, None)
            if oldest is not None:
                _hang_up(oldest)
        self._open[request] = None
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.pop(request, None)
        super().shutdown_request(request)

    def server_close(self) -> None:
        for request in tuple(self._open):
            _hang_up(request)
        super().server_close()  # joins the requests' threads

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.refused += 1
        _log.debug("OSCQuery: a request from %s broke off", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """One GET, one answer, no more on the same connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    error_content_type = "text/plain"
    error_message_format = "%(code)d %(message)s\n"

    def handle(self) -> None:
        self.command, self.requestline, self.request_version = "", "", self.protocol_version
        try:
            self.rfile = BytesIO(self._head())
        except TimeoutError:
            self.send_error(408)
        except BridgeError as problem:
            self.send_error(431, str(problem))
        else:
            self.connection.settimeout(TIME_LIMIT_S)
            self.handle_one_request()

    def _head(self) -> bytes:
        """The request down to its empty line, all of it within TIME_LIMIT_S, or as far as it came."""
        head, until_s = b"", monotonic() + TIME_LIMIT_S
        while b"\r\n\r\n" not in head and b"\n\n" not in head:
            self.connection.settimeout(max(until_s - monotonic(), 0.001))
            part = self.connection.recv(LONGEST_REQUEST)
            head += part
            if len(head) > LONGEST_REQUEST:
                raise BridgeError(f"at most {LONGEST_REQUEST} bytes are read")
            if not part:
                break
        return head

    def do_GET(self) -> None:
        if not is_here(self.headers.get("Host")):
            self.send_error(403, "this name is not this machine's")
            return
        target, given = without_token(self.path)
        if not self._may_ask(given):
            self.send_error(401, "this bridge wants a token")
            return
        server, host = self.server, self.connection.getsockname()[0]
        status, node = respond(server.hub.vocabulary, server.hub.snapshot, target, Osc(host, server.osc_port))
        if status >= 400:
            self.send_error(status)
            return
        body = json.dumps(node).encode() if node is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _may_ask(self, given: str) -> bool:
        token = self.server.token
        if token is None or is_this_machine(self.client_address[0]):
            return True
        scheme, _, bearer = self.headers.get("Authorization", "").partition(" ")
        return token.fits(bearer.strip() if scheme.lower() == "bearer" else given)

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        if code == 401:
            self.send_header("WWW-Authenticate", "Bearer")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        self.server.refused += 1
        super().send_error(code, message, explain)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the token may stand in what was asked."""


def without_token(target: str) -> tuple[str, str]:
    """What a request asks for, and the token that it has as `token=` among its attributes, if any."""
    path, _, query = target.partition("?")
    attributes = query.split("&")
    asked = "&".join(attribute for attribute in attributes if not attribute.startswith("token="))
    given = parse_qs(query).get("token", [""])[0]
    return (f"{path}?{asked}" if asked else path), given


def is_here(host: str | None) -> bool:
    """Whether a request's Host can be this machine: an address, or a name that no stranger can give it.

    A web page elsewhere could let its own name lead here, and then read what is answered (DNS rebinding). Programs that
    send no Host are no browsers.
    """
    if host is None:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets without an address
        return False
    if name == "localhost" or name.rstrip(".").endswith(".local") or name == socket.gethostname().lower():
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class Announcement:
    """Tells the network, by zeroconf, where OSCQuery and OSC are; bound to this machine, only this machine, by IPv4 in
    any case, since there is no IPv6 multicast on the loopback.

    A network without multicast is a warning and nothing else.
    """

    def __init__(self, host: str, port: int, osc_port: int) -> None:
        self._tasks: list[Future[None]] = []
        self._zeroconf: zeroconf.Zeroconf | None = None
        logging.getLogger("zeroconf").addFilter(_one_line)
        anywhere, heard_at = ip_address(host).is_unspecified, "127.0.0.1" if host == "::1" else host
        try:
            self._zeroconf = zeroconf.Zeroconf(zeroconf.InterfaceChoice.Default if anywhere else [heard_at])
            addresses = _outer_addresses() if anywhere else [host]
            for kind, at in (("_oscjson._tcp", port), ("_osc._udp", osc_port)):
                self._tasks.append(_announced(self._zeroconf, _service(kind, at, addresses)))
        except (OSError, zeroconf.Error) as error:
            _log.warning("OSCQuery is not announced by zeroconf: %s", error)

    def close(self) -> None:
        """Say goodbye, which takes zeroconf a quarter of a second."""
        for task in self._tasks:
            task.cancel()
        if self._zeroconf is None:
            return
        try:
            self._zeroconf.close()
        except (OSError, zeroconf.Error) as error:
            _log.warning("OSCQuery did not take back its announcement: %s", error)


def _one_line(record: logging.LogRecord) -> bool:
    """What zeroconf has to say of a network that it cannot reach, without the traceback that it adds."""
    record.exc_info = record.exc_text = None
    return True


def _announced(network: zeroconf.Zeroconf, service: zeroconf.ServiceInfo) -> "Future[None]":
    """Takes more than a second, for zeroconf asks whether the name is free; nobody waits for it."""
    assert network.loop is not None  # it runs from the constructor on
    task = asyncio.run_coroutine_threadsafe(_registered(network, service), network.loop)
    task.add_done_callback(_warn)
    return task


async def _registered(network: zeroconf.Zeroconf, service: zeroconf.ServiceInfo) -> None:
    await (await network.async_register_service(service, allow_name_change=True))


def _warn(task: "Future[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.warning("OSCQuery is not announced by zeroconf: %s", error or type(error).__name__)


def _service(kind: str, port: int, addresses: list[str]) -> zeroconf.ServiceInfo:
    return zeroconf.ServiceInfo(
        f"{kind}.local.",
        f"{NAME}.{kind}.local.",
        port=port,
        parsed_addresses=addresses,
        server=f"{NAME}-{port}.local.",
        properties={"txtvers": "1"},
    )


def _outer_addresses() -> list[str]:
    found = zeroconf.get_all_addresses()  # type: ignore[attr-defined]  # exported, but not in its __all__
    return [address for address in found if not ip_address(address).is_loopback] or found


def _hang_up(request: socket.socket) -> None:
    try:
        request.shutdown(socket.SHUT_RDWR)
    except OSError:
        _log.debug("OSCQuery: a client was gone already")


def _serving(hub: Hub, host: str, port: int, osc_port: int, token: Token | None) -> _Server:
    if not 0 <= port < 2**16:  # the system would take another one without a word
        raise BridgeError(f"OSCQuery: there is no tcp port {port}, expected 1..65535")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return _Server(family, address, hub, osc_port, token)
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise Taken(f"OSCQuery: tcp port {port} of {host} is taken by another program") from error
        raise BridgeError(f"OSCQuery: tcp port {port} of {host} cannot be taken ({error})") from error
