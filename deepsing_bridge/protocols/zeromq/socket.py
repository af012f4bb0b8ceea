"""A bound ZeroMQ socket with a thread of its own, and with keys if it is given some.

Knows nothing of what is said over it. Each socket has a context of its own, so that one that is busy, or is shut
down, is not felt by another.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread

import zmq
from zmq.utils import z85

from ...core.addresses import host_and_port
from ...core.errors import BridgeError, Taken
from .guard import Guard
from .keys import AllowedKeys

WAIT_MS = 100  # how long a thread may sleep before it looks whether it is to end
ZAP_ENDPOINT, ZAP_DOMAIN = "inproc://zeromq.zap.01", b"deepsing"
DOOR_MS = 20  # between two looks whether there is room for who waits at the door
MOST_WAITING = 4096  # of whom most have gone; the rest ask again
Options = Mapping[zmq.SocketOption, int]
PATIENCE_S = 15
# libzmq 4.3.5 ends the process ("Assertion failed: !_io_error") when it has something to say to a client that has gone
# while libzmq had stopped reading from it: a heartbeat of its own, or the answer to one of the client's. It stops at
# ZMQ_RCVHWM, and where ZMQ_ROUTER_HANDOVER takes a client's name away. So it must never stop: no RCVHWM, no HANDOVER,
# and `Guard` sees to it that not too much comes. It has no heartbeats either: the system cuts off whoever does not
# answer or take anything for 15 s. bench/zeromq_crash.py tries it.
SAFE: Options = {
    zmq.RCVHWM: 0,
    zmq.LINGER: 0,
    zmq.HANDSHAKE_IVL: 5_000,
    zmq.TCP_KEEPALIVE: 1,
    zmq.TCP_KEEPALIVE_IDLE: 5,
    zmq.TCP_KEEPALIVE_INTVL: 5,
    zmq.TCP_KEEPALIVE_CNT: 2,
    zmq.TCP_MAXRT: 1000 * PATIENCE_S,
}

Serve = Callable[["zmq.Socket[bytes]", Guard, Event], None]


class Listener:
    """Binds on construction; `start` runs `serve(socket, guard, stopping)` on a thread; `stop` ends and closes all."""

    def __init__(self, kind: int, host: str, port: int, keys: AllowedKeys | None, options: Options, burst: int) -> None:
        """`port` 0 takes any that is free; `.port` says which. `burst`: bytes that a client may leave unread.

        Raises BridgeError if the port cannot be had.
        """
        self._stopping = Event()
        self._thread: Thread | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(kind)
        self._guard: Guard | None = None
        self._authenticator: Authenticator | None = None
        try:
            self._guard = Guard(self._socket, burst)
            self._authenticator = Authenticator(self._context, keys.clients if keys else None, self._guard.has_room)
            self._socket.setsockopt(zmq.ZAP_DOMAIN, ZAP_DOMAIN)  # else only those with keys are asked about
            for option, value in {**options, **SAFE}.items():
                self._socket.setsockopt(option, value)
            if keys:
                self._socket.setsockopt(zmq.CURVE_SERVER, 1)
                self._socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
            self.port = _bind(self._socket, host, port)
        except BaseException:
            self.stop()
            raise

    @property
    def denied(self) -> int:
        """How many connections came with a key that is not let in."""
        return self._authenticator.denied if self._authenticator else 0

    @property
    def cut(self) -> int:
        """How many connections were cut off, since there were too many or too much came over them."""
        return self._guard.cut.total() if self._guard else 0

    def start(self, serve: Serve, name: str) -> None:
        assert self._guard is not None
        self._thread = Thread(target=serve, args=(self._socket, self._guard, self._stopping), name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join()
        if self._authenticator:
            self._authenticator.stop()
        if self._guard:
            self._guard.stop()
            self._guard = None
        self._socket.close(linger=0)
        self._context.term()


class Listening:
    """What has a Listener once it was started, and counts whom that turned away."""

    _listener: Listener | None = None

    @property
    def denied(self) -> int:
        """Connections with a wrong key."""
        return self._listener.denied if self._listener else 0

    @property
    def cut(self) -> int:
        """Connections that were cut off, since there were too many or too much came over them."""
        return self._listener.cut if self._listener else 0


class Authenticator:
    """Answers libzmq's question whether a client is let in (ZAP, ZeroMQ RFC 27), on a thread of its own.

    Until it is answered the client says nothing else, so that whoever comes while there is no room for more waits at
    the door and loses nothing. Questions are read all the same, of whoever has gone meanwhile too: each that libzmq
    keeps takes it 32 KiB. pyzmq's ThreadAuthenticator knows keys too, but no room.
    """

    def __init__(
        self,
        context: "zmq.Context[zmq.Socket[bytes]]",
        clients: frozenset[bytes] | None,
        has_room: Callable[[], bool],
    ) -> None:
        """`clients`: the public keys of those who are let in; None for everybody, without keys."""
        self.denied = 0
        self._clients, self._has_room = clients, has_room
        self._stopping = Event()
        self._waiting: deque[list[bytes]] = deque(maxlen=MOST_WAITING)  # routing id, an empty part, the question
        self._socket = context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.bind(ZAP_ENDPOINT)
        self._thread = Thread(target=self._run, name="zeromq authenticator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._socket.poll(DOOR_MS if self._waiting else WAIT_MS):
                self._hear(self._socket.recv_multipart())
            while self._waiting and self._has_room():
                self._answer(self._waiting.popleft(), welcome=True)

    def _hear(self, asked: list[bytes]) -> None:
        if is_allowed(asked[2:], self._clients):
            self._waiting.append(asked)
        else:
            self.denied += 1
            self._answer(asked, welcome=False)

    def _answer(self, asked: list[bytes], welcome: bool) -> None:
        """Goes nowhere if the client has gone meanwhile."""
        self._socket.send_multipart([*asked[:2], *zap_answer(asked[2:], welcome)])


def is_allowed(question: Sequence[bytes], clients: frozenset[bytes] | None) -> bool:
    """Whether a ZAP request (version, id, domain, address, identity, mechanism, 32 bytes of key) has a key we know.

    With `clients` None, nobody needs one.
    """
    mechanism, credentials = question[5], question[6:]
    if clients is None:
        return True
    return mechanism == b"CURVE" and len(credentials) == 1 and z85.encode(credentials[0]) in clients


def zap_answer(question: Sequence[bytes], welcome: bool) -> list[bytes]:
    """Version, the request's id, status, reason, no user, no metadata."""
    status = [b"200", b"OK"] if welcome else [b"400", b"this key is not let in"]
    return [b"1.0", question[1], *status, b"", b""]


def endpoint(host: str, port: int, keys: AllowedKeys | None) -> str:
    """Where clients connect to, for people."""
    return f"tcp://{host_and_port(host, port)}" + (", CURVE keys required" if keys else "")


def _bind(socket: "zmq.Socket[bytes]", host: str, port: int) -> int:
    if ":" in host:
        socket.setsockopt(zmq.IPV6, 1)
    try:
        socket.bind(f"tcp://{host_and_port(host, port or '*')}")
    except zmq.ZMQError as error:
        if error.errno == zmq.EADDRINUSE:
            raise Taken(f"ZeroMQ: tcp port {port} of {host} is taken by another program") from error
        raise BridgeError(f"ZeroMQ: tcp port {port} of {host} cannot be taken ({error})") from error
    taken = socket.getsockopt_string(zmq.LAST_ENDPOINT)  # tcp://127.0.0.1:7702
    return int(taken.rpartition(":")[2])
