"""OSC over UDP: what arrives becomes commands and answers, what happens goes to everybody who subscribed.

Owns the socket and two threads: `osc-in` reads the socket and answers from the snapshot, `osc-out` waits for events.
Both write to the one socket, so that answers come from the port that was asked. Knows the hub, and nothing of the
engine.
"""

from collections.abc import Callable, Sequence
from selectors import EVENT_READ, DefaultSelector
from threading import Event as Flag
from threading import Thread

from ...core.addresses import host_and_port
from ...core.errors import BridgeError
from ...live.events import Event
from ...live.hub import Hub
from ...live.mailbox import Outbox
from ...live.parsing import Allowed
from ..token import KnownHosts, Token
from . import codec
from .hosts import Host, is_quiet, understand
from .intake import TOKEN, Intake
from .publisher import PROTOCOL, Pack, Publisher
from .subscribers import AnswerLimit, Peer
from .udp import bound, is_own, resolved
from .waiting import Waiting

PORT = 7700
GUESSES = 5  # a second, of one host
WAIT_S = 0.1  # how long a thread waits before it looks whether it is to stop


class OscServer:
    """`intake` and `publisher`, which are there from `start` on, count what they could not use and what did not arrive;
    `missed` are events that came faster than they could be sent."""

    intake: Intake
    publisher: Publisher

    def __init__(
        self,
        hub: Hub,
        allowed: Allowed,
        host: str = "127.0.0.1",
        port: int = PORT,
        targets: Sequence[tuple[str, int]] = (),
        token: Token | None = None,
        pack: Pack = codec.plain,
    ) -> None:
        """`port` 0: any that is free, and `port` says which after `start`. `targets` hear everything unasked. `pack`
        makes datagrams of messages that go out together.

        With a `token`, another machine is heard once it has sent `/deepsing/token` with it.
        """
        self.host, self.port, self.targets = host, port, targets
        self._hub, self._allowed, self._pack = hub, allowed, pack
        self._daw = Host()  # read and replaced by osc-in alone
        self._waiting: Waiting[Callable[[], None]] = Waiting()
        self._known, self._guesses = KnownHosts(token), AnswerLimit(each=GUESSES)
        self._outbox: Outbox[Event] = Outbox()  # the hub's, from start on
        self._stopping = Flag()
        self._threads: list[Thread] = []

    @property
    def missed(self) -> int:
        return self._outbox.dropped

    def start(self) -> None:
        """Take the port and begin. Raises BridgeError if it is taken, or the host or a target is not known."""
        family, here = resolved(self.host, self.port)
        targets = [resolved(*target, family)[1] for target in self.targets]
        self._socket = bound(family, here)
        self._here = self._socket.getsockname()
        self.port = self._here[1]
        self.publisher = Publisher(self._hub, self._socket, targets, self._pack)
        self.intake = Intake(self._hub, self._understood, self.publisher, self._later)
        self._outbox = self._hub.subscribe()
        self._threads = [
            Thread(target=self._hear, name="osc-in", daemon=True),
            Thread(target=self._tell, name="osc-out", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if not self._threads:
            return
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._hub.unsubscribe(self._outbox)
        self._socket.close()

    def describe(self) -> str:
        to = "".join(f", to {host_and_port(*target)}" for target in self.targets)
        return f"OSC: udp {host_and_port(self.host, self.port)}{to}"

    # osc-in

    def _hear(self) -> None:
        with DefaultSelector() as selector:
            selector.register(self._socket, EVENT_READ)
            while not self._stopping.is_set():
                if selector.select(min(WAIT_S, self._waiting.wait_s(self._hub.clock.now()))):
                    self._receive()
                for act in self._waiting.due(self._hub.clock.now()):
                    act()

    def _receive(self) -> None:
        try:
            packet, sender = self._socket.recvfrom(2**16)
        except OSError:  # nothing to read, but word of somebody who is gone
            self.publisher.note_refusals()
            return
        if is_own(self._here, sender, self._socket.family):  # as its own target it would answer itself for ever
            self.intake.ignored += 1
        else:
            self.intake.hear(packet, Peer(sender, PROTOCOL))

    def _later(self, wait_s: float, act: Callable[[], None]) -> bool:
        return self._waiting.put(act, self._hub.clock.now() + wait_s)

    def _understood(self, message: codec.Incoming, peer: Peer) -> codec.Request | None:
        if message.address == TOKEN:
            self._hear_token(message, peer)
            return None
        if not self._known.may_speak(peer.address[0]):
            raise BridgeError(f"this bridge wants a token: send {TOKEN} and the token first")
        outcome = understand(self._daw, message, self._hub.clock.now(), self._hub.vocabulary, peer)
        if outcome is not None:
            self._daw, command = outcome
            return command
        if is_quiet(message.address):
            return None
        return codec.to_request(self._hub.vocabulary, message, self._allowed, peer)

    def _hear_token(self, message: codec.Incoming, peer: Peer) -> None:
        if not self._guesses.allows(peer.address[:1], self._hub.clock.now()):
            raise BridgeError(f"{TOKEN}: at most {GUESSES} a second are looked at")
        self._known.give(peer.address[0], " ".join(map(str, message.values)))

    # osc-out

    def _tell(self) -> None:
        self.publisher.tell(self._hub.snapshot.everything())
        while not self._stopping.is_set():
            self.publisher.tell(self._outbox.take(WAIT_S))
            self.publisher.tell_rested()
            self._hub.losses.report("OSC", self.missed + self.publisher.unsent)
