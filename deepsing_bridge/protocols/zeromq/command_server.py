"""ZeroMQ: commands in and answers out on a ROUTER socket.

Has a thread of its own. Knows the hub, and nothing of the engine behind it. What the messages look like is in `codec`.
Clients ask with REQ or DEALER.
"""

import logging
from collections import deque
from dataclasses import dataclass
from threading import Event as Flag
from time import monotonic
from typing import Any

import zmq

from ...client import COMMANDS_PORT
from ...core.errors import BridgeError
from ...core.log import log_mistake
from ...live.hub import Hub
from ...live.parsing import Allowed, check_values, to_command
from ..tables import to_json
from . import codec
from .codec import CommandId, Requester
from .guard import Guard
from .keys import AllowedKeys
from .socket import WAIT_MS, Listener, Listening, endpoint

log = logging.getLogger(__name__)

BUSY_S, REST_S, COMMANDS_AT_ONCE = 0.002, 0.002, 16
"""Of a flood, so much is worked off at a time, and then the engine has the interpreter to itself. What does not get
its turn waits, and whoever lets more wait than `COMMAND_BYTES` is cut off."""
COMMAND_BYTES = 512 * 1024  # some 8,000 commands
FRAMING_BYTES, CURVE_BYTES = 2, 33  # that a part takes beside its content
ANSWERS_WAITING = 4 * COMMANDS_AT_ONCE  # for one client, which was slow to take them for some rests already
PATIENCE_MS = 50  # with it, once: the machine may be busy. Of who did not take the last one, no more is waited for
MOST_DEAF = 64  # clients that are known not to take their answers
MOST_PARTS = 2  # an empty one, which a REQ socket puts first, and the command

COMMAND_OPTIONS = {
    zmq.MAXMSGSIZE: 4 * codec.LONGEST_COMMAND,  # what is longer gets no answer either, its sender is cut off
    zmq.SNDHWM: ANSWERS_WAITING,
    zmq.SNDTIMEO: PATIENCE_MS,
    zmq.ROUTER_MANDATORY: 1,  # an answer that nobody takes can be counted
}


class CommandServer(Listening):
    """Answers every command, in the order in which it came.

    `{"ok": true, …}` to a command for the engine means that it waits there, checked. What goes wrong later, such as a
    song that cannot be decoded, is published on `state` as `error`, with the command's `id` if it had one.
    `refused` counts commands that were answered with an error, `unanswered` answers that could not be delivered.
    """

    def __init__(
        self,
        hub: Hub,
        allowed: Allowed,
        host: str = "127.0.0.1",
        port: int = COMMANDS_PORT,
        keys: AllowedKeys | None = None,
    ) -> None:
        """`port` 0 takes any that is free. With `keys`, only clients whose key is among them are heard."""
        self.port = port
        self.refused = self.unanswered = 0
        self._hub, self._allowed, self._host, self._keys = hub, allowed, host, keys
        self._deaf: deque[bytes] = deque(maxlen=MOST_DEAF)

    def start(self) -> None:
        """Raises BridgeError if the port is taken."""
        self._listener = Listener(zmq.ROUTER, self._host, self.port, self._keys, COMMAND_OPTIONS, COMMAND_BYTES)
        self.port = self._listener.port
        self._listener.start(self._run, "zeromq commands")

    def stop(self) -> None:
        if self._listener:
            self._listener.stop()

    def describe(self) -> str:
        return f"ZeroMQ commands: {endpoint(self._host, self.port, self._keys)}"

    def answer(self, body: bytes) -> bytes:
        """The answer to a command. Never raises for anything that is in `body`."""
        command_id = None
        try:
            given = codec.read_command(body)
            command_id = codec.id_of(given)
            return codec.agreement(command_id, self._do(given, command_id))
        except BridgeError as error:
            return self._refuse(command_id, str(error))
        except Exception:  # a fault of ours must not leave the show without its commands
            log.exception("ZeroMQ: a command could not be obeyed")
            return self._refuse(command_id, "the command could not be obeyed; the bridge's log says why")

    def _do(self, given: dict[str, Any], command_id: CommandId) -> dict[str, Any]:
        """What the answer holds. Raises BridgeError."""
        vocabulary, snapshot = self._hub.vocabulary, self._hub.snapshot
        name, values = codec.name_and_values(vocabulary, given)
        match name:
            case "vocabulary":
                return {"type": "vocabulary", **to_json(vocabulary)}
            case "subscribe" | "unsubscribe":
                raise BridgeError(f"{name}: connect a SUB socket to the frames' port instead, and subscribe to state")
            case "get":
                return codec.event_content(snapshot.answer(str(check_values(vocabulary, name, values)[0])))
            case "curve":
                return codec.curve_content(snapshot.loaded().curve)
        if not self._hub.inbox.put(to_command(vocabulary, name, values, self._allowed, Requester(command_id))):
            raise BridgeError(f"{name}: too many commands wait already, try again")
        return {}

    def _refuse(self, command_id: CommandId, sentence: str) -> bytes:
        self.refused += 1
        log_mistake("zeromq", f"ZeroMQ: {sentence}")
        return codec.refusal(command_id, sentence)

    def _run(self, socket: "zmq.Socket[bytes]", guard: Guard, stopping: Flag) -> None:
        while not stopping.is_set():
            if socket.poll(WAIT_MS):
                self._serve(socket, guard)
                stopping.wait(REST_S)
            else:
                guard.is_empty()

    def _serve(self, socket: "zmq.Socket[bytes]", guard: Guard) -> None:
        until_s, served = monotonic() + BUSY_S, 0
        while served < COMMANDS_AT_ONCE and monotonic() < until_s:
            try:
                got = _receive(socket, FRAMING_BYTES + (CURVE_BYTES if self._keys else 0))
            except zmq.Again:
                guard.is_empty()
                return
            if guard.has_read(got.file, got.size):
                self._reply(socket, got)
                served += 1

    def _reply(self, socket: "zmq.Socket[bytes]", got: "_Received") -> None:
        envelope = got.parts[:1] if got.parts[:1] == [b""] else []
        fits = got.fits and len(got.parts) == len(envelope) + 1
        answer = self.answer(got.parts[-1]) if fits else self._refuse(None, "expected one frame with a JSON object")
        self._send(socket, [got.client, *envelope, answer])

    def _send(self, socket: "zmq.Socket[bytes]", parts: list[bytes]) -> None:
        client, deaf = parts[0], parts[0] in self._deaf
        try:
            socket.send_multipart(parts, zmq.NOBLOCK if deaf else 0)
            if deaf:
                self._deaf.remove(client)
        except zmq.ZMQError as error:
            if error.errno not in (zmq.EAGAIN, zmq.EHOSTUNREACH):
                raise
            if error.errno == zmq.EAGAIN and not deaf:
                self._deaf.append(client)
            self.unanswered += 1


@dataclass(frozen=True)
class _Received:
    """The first `parts` of a message; `fits` is False if there were more. It came over `file` and took `size` bytes."""

    client: bytes
    parts: list[bytes]
    fits: bool
    file: int
    size: int


def _receive(socket: "zmq.Socket[bytes]", framing: int) -> _Received:
    """Who wrote, and what; parts beyond `MOST_PARTS` are read and forgotten. A part takes `framing` bytes more.

    Raises zmq.Again if there is nothing.
    """
    first = socket.recv(zmq.NOBLOCK, copy=False)
    parts: list[bytes] = []
    count = size = 0
    while socket.getsockopt(zmq.RCVMORE):
        part = socket.recv()
        count, size = count + 1, size + len(part) + framing
        parts += [part] if count <= MOST_PARTS else []
    return _Received(first.bytes, parts, count <= MOST_PARTS, int(first.get(zmq.SRCFD)), size)
