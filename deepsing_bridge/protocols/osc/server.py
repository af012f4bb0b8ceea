"""OSC over UDP: what arrives becomes commands and answers, what happens goes to everybody who subscribed.

The shell around `codec`, `hosts` and `subscribers`. Two threads: `osc-in` reads the socket and answers from
the snapshot, `osc-out` waits for events. Both write to the one socket, which never blocks, so that answers come from
the port that was asked. Knows the hub, and nothing of the engine.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from threading import Event as Flag
from threading import Thread

from pythonosc.osc_message import OscMessage

from ...core.addresses import host_and_port
from ...core.errors import BridgeError
from ...core.log import log_mistake
from ...live.commands import Sender, SetParam
from ...live.events import Echo, Event, Problem
from ...live.hub import Hub
from ...live.mailbox import Outbox
from ...live.messages import ROOT
from ...live.parsing import Allowed, NotKnown
from ..token import KnownHosts, Token
from . import codec
from .hosts import Host, is_quiet, understand
from .subscribers import Address, AnswerLimit, Moves, Once, Subscribers
from .udp import at_port, bound, is_own, refusals, resolved
from .waiting import Waiting

log = logging.getLogger(__name__)

PORT = 7700
TOKEN = f"{ROOT}/token"
GUESSES = 5  # a second, of one host
WAIT_S = 0.1  # how long a thread waits before it looks whether it is to stop


Pack = Callable[[Iterable[OscMessage]], list[bytes]]


@dataclass(frozen=True)
class Peer:
    """The sender of what came by OSC: where a problem is to be told."""

    address: Address

    def __str__(self) -> str:
        return f"OSC from {self.address[0]}"


class OscServer:
    """What it could not use, by counter:

    `refused`: messages that were wrong and packets that were no OSC; `ignored`: what hosts tell beside their
    transport, and values that came back from whoever was told them; `busy`: commands that found the inbox full;
    `unanswered`: answers withheld from a sender of too many questions; `unsent`: packets that the system did not take;
    `gone`: subscribers dropped, since nobody was there; `missed`: events that came faster than they could be sent.
    """

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
        self.refused = self.ignored = self.busy = self.unanswered = self.unsent = self.gone = 0
        self._hub, self._allowed, self._pack = hub, allowed, pack
        self._daw = Host()  # read and replaced by osc-in alone
        self._errors, self._answers, self._bulk = AnswerLimit(), AnswerLimit(each=200), AnswerLimit()
        self._moves, self._unknown = Moves(), Once()
        self._waiting: Waiting[tuple[codec.Incoming, Peer]] = Waiting()
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
        self._subscribers = Subscribers(resolved(*target, family)[1] for target in self.targets)
        self._socket = bound(family, here)
        self._here = self._socket.getsockname()
        self.port = self._here[1]
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
                for message, peer in self._waiting.due(self._hub.clock.now()):
                    with self._refusing(peer):
                        self._act(message, peer)

    def _receive(self) -> None:
        try:
            packet, sender = self._socket.recvfrom(2**16)
        except OSError:  # nothing to read, but word of somebody who is gone
            self._note_refusals()
            return
        if is_own(self._here, sender, self._socket.family):  # as its own target it would answer itself for ever
            self.ignored += 1
            return
        peer = Peer(sender)
        with self._refusing(peer):
            for element in codec.opened(packet):
                with self._refusing(peer):
                    self._act_in_time(codec.read(element.content), element.time_tag, peer)

    def _act_in_time(self, message: codec.Incoming, time_tag: int, peer: Peer) -> None:
        wait_s = codec.wait_s(time_tag, time.time())
        if not wait_s:
            self._act(message, peer)
        elif not self._waiting.put((message, peer), self._hub.clock.now() + wait_s):
            raise BridgeError(
                f"{message.address[:80]}: too much waits for its time already; send it without a time tag"
            )

    @contextmanager
    def _refusing(self, peer: Peer) -> Iterator[None]:
        """What goes wrong within is told to `peer`; the next message is heard all the same."""
        try:
            yield
        except NotKnown as problem:  # a surface that has other things on it too sends them again and again
            if self._unknown.is_new((peer.address, str(problem))):
                self._refuse(str(problem), peer)
            else:
                self.ignored += 1
        except BridgeError as problem:
            self._refuse(str(problem), peer)
        except Exception:  # a fault of ours must not leave the show without its knobs
            log.exception("OSC: a message could not be used")
            self._refuse("a message could not be used; the bridge's log says why", peer)

    def _refuse(self, text: str, peer: Peer) -> None:
        self.refused += 1
        log_mistake("osc", f"{peer}: {text}")
        self._complain(text, peer)

    def _act(self, message: codec.Incoming, peer: Peer) -> None:
        if message.address == TOKEN:
            self._hear_token(message, peer)
            return
        if not self._known.may_speak(peer.address[0]):
            raise BridgeError(f"this bridge wants a token: send {TOKEN} and the token first")
        request = self._understood(message, peer)
        match request:
            case None:
                self.ignored += 1
            case codec.Subscribe(port):
                self._subscribe(at_port(peer.address, port), peer)
            case codec.Unsubscribe(port):
                self._subscribers.remove(at_port(peer.address, port))
            case codec.Get(name):
                self._answer_with([self._hub.snapshot.answer(name)], peer.address, self._answers, peer)
            case codec.GetCurve():
                self._answer(self._curve(), peer.address, self._bulk, peer)
            case SetParam() if self._comes_back(request, peer):
                self.ignored += 1
            case command:
                if not self._hub.inbox.put(command):
                    self.busy += 1
                    self._complain(f"{message.address[:80]}: busy, too many commands wait; send it again", peer)

    def _comes_back(self, command: SetParam, peer: Peer) -> bool:
        """Whether `peer` was told it, and sends back all that it hears. It is told again if that is not so any more."""
        now_s, name = self._hub.clock.now(), command.name
        if not self._subscribers.returns(peer.address, name, command.value, now_s):
            return False
        if command.value != self._hub.snapshot.values[name]:
            self._moves.moved(name, now_s)
        return True

    def _hear_token(self, message: codec.Incoming, peer: Peer) -> None:
        if not self._guesses.allows(peer.address[:1], self._hub.clock.now()):
            raise BridgeError(f"{TOKEN}: at most {GUESSES} a second are looked at")
        self._known.give(peer.address[0], " ".join(map(str, message.values)))

    def _understood(self, message: codec.Incoming, peer: Peer) -> codec.Request | None:
        outcome = understand(self._daw, message, self._hub.clock.now(), self._hub.vocabulary, peer)
        if outcome is not None:
            self._daw, command = outcome
            return command
        if is_quiet(message.address):
            return None
        return codec.to_request(self._hub.vocabulary, message, self._allowed, peer)

    def _subscribe(self, address: Address, peer: Peer) -> None:
        if not self._subscribers.add(address, peer.address):
            raise BridgeError(f"{ROOT}/subscribe: {self._subscribers.most} are subscribed already; no more are taken")
        self._answer_with(self._hub.snapshot.everything(), address, self._bulk, peer)

    def _curve(self) -> list[OscMessage]:
        return codec.curve_messages(self._hub.snapshot.loaded().curve)

    # osc-out

    def _tell(self) -> None:
        self._send_all(self._hub.snapshot.everything())
        while not self._stopping.is_set():
            self._send_all(self._outbox.take(WAIT_S))
            for name in self._moves.rested(self._hub.clock.now()):
                self._echo(Echo(name, self._hub.snapshot.values[name]), self._subscribers.everyone())
            self._hub.losses.report("OSC", self.missed + self.unsent)

    def _send_all(self, events: Iterable[Event]) -> None:
        """To everybody, but a problem that has a sender to that one alone, if it is one of ours, and an echo to all but
        its sender."""
        shared = []
        for event in events:
            if isinstance(event, Problem) and event.sender is not None:
                self._complain(event.text, event.sender)
            elif isinstance(event, Echo):
                self._echo(event, self._audience(event))
            else:
                shared.append(event)
        subscribers = self._subscribers.everyone()
        packets = self._pack(map(self._encoded, shared)) if subscribers else []
        for address in subscribers:
            for packet in packets:
                self._send(packet, address)

    def _audience(self, echo: Echo) -> tuple[Address, ...]:
        """Not its sender, who would be pulled back to where the knob was a moment ago, until it rests."""
        everyone = self._subscribers.everyone()
        if not isinstance(echo.sender, Peer):
            return everyone
        others = self._subscribers.others(echo.sender.address)
        if len(others) < len(everyone):
            self._moves.moved(echo.name, self._hub.clock.now())
        return others

    def _echo(self, echo: Echo, audience: Iterable[Address]) -> None:
        packet, now_s = self._encoded(echo).dgram, self._hub.clock.now()
        for address in audience:
            self._subscribers.tell(address, echo.name, echo.value, now_s)
            self._send(packet, address)

    # both

    def _complain(self, text: str, sender: Sender) -> None:
        if not isinstance(sender, Peer):
            return
        if self._errors.allows(sender.address, self._hub.clock.now()):
            self._send(self._encoded(Problem(text)).dgram, sender.address)
        else:
            self.unanswered += 1

    def _answer_with(self, events: Sequence[Event], address: Address, limit: AnswerLimit, peer: Peer) -> None:
        for echo in (event for event in events if isinstance(event, Echo)):
            self._subscribers.tell(address, echo.name, echo.value, self._hub.clock.now())
        self._answer(map(self._encoded, events), address, limit, peer)

    def _answer(self, messages: Iterable[OscMessage], address: Address, limit: AnswerLimit, peer: Peer) -> None:
        if not limit.allows(peer.address, self._hub.clock.now()):
            self.unanswered += 1
            return
        for packet in self._pack(messages):
            self._send(packet, address)

    def _encoded(self, event: Event) -> OscMessage:
        return codec.encode(self._hub.vocabulary, event)

    def _send(self, packet: bytes, address: Address) -> None:
        failure: OSError | None = None
        for _ in range(2):  # the first time may fail with what became of an earlier packet to somebody else
            try:
                self._socket.sendto(packet, address)
                return
            except OSError as error:
                failure = error
                self._note_refusals()
        self.unsent += 1
        if not isinstance(failure, BlockingIOError | ConnectionError):  # no way there; the two are no fault of theirs
            self._note_refused(address)

    def _note_refusals(self) -> None:
        for address in refusals(self._socket):
            self._note_refused(address)

    def _note_refused(self, address: Address) -> None:
        self.gone += self._subscribers.refused(address, self._hub.clock.now())
