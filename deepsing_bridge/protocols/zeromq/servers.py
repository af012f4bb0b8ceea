"""ZeroMQ: frames and events out on a PUB socket, commands in and answers out on a ROUTER socket.

Each has a thread of its own. Knows the hub, and nothing of the engine behind it. What the messages look like is in
`codec`. Clients subscribe to `frame`, `state` or both with a SUB socket, and ask with REQ or DEALER.

Whoever reads too slowly loses frames and nobody else notices: at most `WAITING` messages wait for a subscriber, and
libzmq drops what comes after them for that one alone, uncounted. A subscriber that wants the newest frame instead of
the oldest that waits sets a small ZMQ_RCVHWM (4) and reads all that is there; ZMQ_CONFLATE does not work, it knows
no messages of several parts.
"""

import logging
from collections import deque
from dataclasses import dataclass
from threading import Event as Flag
from time import monotonic
from typing import Any

import zmq

from ...client import COMMANDS_PORT, FRAME, FRAMES_PORT
from ...core.addresses import host_and_port
from ...core.errors import BridgeError
from ...core.log import log_mistake
from ...live.events import Event, Problem
from ...live.hub import Hub, LiveFrame
from ...live.mailbox import Outbox
from ...live.parsing import Allowed, check_values, to_command
from ..tables import to_json
from . import codec
from .codec import PIXEL_FORMATS, CommandId, PixelFormat, Requester
from .guard import Guard
from .keys import AllowedKeys
from .socket import WAIT_MS, Listener

log = logging.getLogger(__name__)

WAITING = 32  # messages that may wait for one subscriber: over a second of frames
EVENTS_AT_ONCE = 8
"""With a frame, well below `WAITING`: a burst must not be lost to those who do read. libzmq hears in steps of half of
`WAITING` of what they have read, and in a burst not at all."""
SEND_BUFFER = 256 * 1024  # bytes; more in the system's hands would only be older frames
WAKE_S = 0.01  # between two looks at what there is to tell, unless a frame comes first
LONGEST_SUBSCRIPTION = 1024  # bytes
SUBSCRIPTIONS_AT_ONCE = 4096
SUBSCRIBER_BYTES = 16 * 1024  # that one may send: libzmq makes fifty bytes of each byte of a topic
MOST_TOPIC_BYTES = 64 * 1024  # of all that are subscribed to, together

RECEIVE_BUFFER = 4096  # bytes of subscriptions in the system's hands: all of them may be in libzmq's at once
PUBLISHER_OPTIONS = {
    zmq.SNDHWM: WAITING,
    zmq.SNDBUF: SEND_BUFFER,
    zmq.RCVBUF: RECEIVE_BUFFER,
    zmq.MAXMSGSIZE: LONGEST_SUBSCRIPTION,
}


class FramePublisher:
    """Publishes every frame and every event, in the order in which they came.

    A frame is encoded once, and not at all if nobody subscribed to frames. `published` counts frames that went out,
    `skipped` those that came while an older one was still being encoded, `dropped_events` what was lost because
    more than 512 events waited, `denied` connections with a wrong key, `cut` those that were too many or sent too much.
    """

    def __init__(
        self,
        hub: Hub,
        host: str = "127.0.0.1",
        port: int = FRAMES_PORT,
        pixel_format: PixelFormat = "rgb",
        keys: AllowedKeys | None = None,
    ) -> None:
        """`port` 0 takes any that is free. With `keys`, only clients whose key is among them hear anything."""
        if pixel_format not in PIXEL_FORMATS:
            raise BridgeError(f"pixel format {pixel_format}: expected {', '.join(PIXEL_FORMATS)}")
        self.port = port
        self.published = self.skipped = 0
        self._hub, self._host, self._keys, self._pixel_format = hub, host, keys, pixel_format
        self._wanted: set[bytes] = set()  # subscribed topics that frames match
        self._topic_bytes = 0
        self._waiting: deque[Event] = deque()
        self._outbox: Outbox[Event] | None = None
        self._listener: Listener | None = None

    @property
    def dropped_events(self) -> int:
        return self._outbox.dropped if self._outbox else 0

    @property
    def denied(self) -> int:
        return self._listener.denied if self._listener else 0

    @property
    def cut(self) -> int:
        return self._listener.cut if self._listener else 0

    def start(self) -> None:
        """Raises BridgeError if the port is taken."""
        self._listener = Listener(zmq.XPUB, self._host, self.port, self._keys, PUBLISHER_OPTIONS, SUBSCRIBER_BYTES)
        self.port = self._listener.port
        self._outbox = self._hub.subscribe()
        self._listener.start(self._run, "zeromq frames")

    def stop(self) -> None:
        if self._listener and self._outbox:
            self._hub.unsubscribe(self._outbox)
            self._listener.stop()

    def describe(self) -> str:
        return f"ZeroMQ frames and state: {_address(self._host, self.port, self._keys)}, {self._pixel_format}"

    def _run(self, socket: "zmq.Socket[bytes]", guard: Guard, stopping: Flag) -> None:
        number = 0
        while not stopping.is_set():
            before = number
            number, live = self._hub.frames.after(before, WAKE_S)
            self._heed_subscriptions(socket, guard)
            if live is not None and self._wanted:
                self.skipped += number - before - 1 if before else 0
                self._publish(socket, live)
            self._tell(socket)
            self._hub.losses.report("ZeroMQ", self.skipped + self.dropped_events)

    def _publish(self, socket: "zmq.Socket[bytes]", live: LiveFrame) -> None:
        socket.send_multipart(codec.frame_parts(live, self._pixel_format), zmq.NOBLOCK)
        self.published += 1

    def _tell(self, socket: "zmq.Socket[bytes]") -> None:
        if not self._waiting and self._outbox:
            self._waiting.extend(filter(_is_for_all, self._outbox.take(0)))
        for _ in range(min(len(self._waiting), EVENTS_AT_ONCE)):
            socket.send_multipart(codec.state_parts(self._waiting.popleft()), zmq.NOBLOCK)

    def _heed_subscriptions(self, socket: "zmq.Socket[bytes]", guard: Guard) -> None:
        """An XPUB socket hears of the first subscriber to a topic (1, topic), and that the last has gone (0, topic)."""
        for _ in range(SUBSCRIPTIONS_AT_ONCE):
            try:
                said = socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                guard.is_empty()
                if self._topic_bytes > MOST_TOPIC_BYTES:
                    guard.cut_largest("too many topics")
                return
            if said[:1] not in (b"\x00", b"\x01"):  # a message, which nobody asked for
                continue
            come, topic = said[:1] == b"\x01", said[1:]
            self._topic_bytes += len(topic) if come else -len(topic)
            if FRAME.startswith(topic):
                self._wanted = self._wanted | {topic} if come else self._wanted - {topic}


def _is_for_all(event: Event) -> bool:
    """Not what is between another protocol's client and the engine.

    A REQ socket hears nothing that it did not just ask for, so an error that comes after the answer is published.
    """
    return not isinstance(event, Problem) or event.sender is None or isinstance(event.sender, Requester)


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


class CommandServer:
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
        self._listener: Listener | None = None

    @property
    def denied(self) -> int:
        """Connections with a wrong key."""
        return self._listener.denied if self._listener else 0

    @property
    def cut(self) -> int:
        """Connections that were cut off, since there were too many or too much came over them."""
        return self._listener.cut if self._listener else 0

    def start(self) -> None:
        """Raises BridgeError if the port is taken."""
        self._listener = Listener(zmq.ROUTER, self._host, self.port, self._keys, COMMAND_OPTIONS, COMMAND_BYTES)
        self.port = self._listener.port
        self._listener.start(self._run, "zeromq commands")

    def stop(self) -> None:
        if self._listener:
            self._listener.stop()

    def describe(self) -> str:
        return f"ZeroMQ commands: {_address(self._host, self.port, self._keys)}"

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


def _address(host: str, port: int, keys: AllowedKeys | None) -> str:
    return f"tcp://{host_and_port(host, port)}" + (", CURVE keys required" if keys else "")
