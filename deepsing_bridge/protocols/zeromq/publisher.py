"""ZeroMQ: frames and events out on a PUB socket.

Has a thread of its own. Knows the hub, and nothing of the engine behind it. What the messages look like is in `codec`.
Clients subscribe to `frame`, `state` or both with a SUB socket.

Whoever reads too slowly loses frames and nobody else notices: at most `WAITING` messages wait for a subscriber, and
libzmq drops what comes after them for that one alone, uncounted. A subscriber that wants the newest frame instead of
the oldest that waits sets a small ZMQ_RCVHWM (4) and reads all that is there; ZMQ_CONFLATE does not work, it knows
no messages of several parts.
"""

from collections import deque
from threading import Event as Flag

import zmq

from ...client import FRAME, FRAMES_PORT
from ...core.errors import BridgeError
from ...live.events import Event, Problem
from ...live.hub import Hub, LiveFrame
from ...live.mailbox import Outbox
from . import codec
from .codec import PIXEL_FORMATS, PixelFormat, Requester
from .guard import Guard
from .keys import AllowedKeys
from .socket import Listener, Listening, endpoint

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


class FramePublisher(Listening):
    """Publishes every frame and every event, in the order in which they came.

    A frame is encoded once, and not at all if nobody subscribed to frames. `published` counts frames that went out,
    `skipped` those that came while an older one was still being encoded, `dropped_events` what was lost because
    more than 512 events waited.
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

    @property
    def dropped_events(self) -> int:
        return self._outbox.dropped if self._outbox else 0

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
        return f"ZeroMQ frames and state: {endpoint(self._host, self.port, self._keys)}, {self._pixel_format}"

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
