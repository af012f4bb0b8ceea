"""What goes out by OSC: events to all that subscribed, and answers to whoever asked.

Both threads of the server use it, which write to its one socket. That never blocks.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from threading import Lock

from pythonosc.osc_message import OscMessage

from ...core.errors import BridgeError
from ...core.fields import Value
from ...live.commands import Sender
from ...live.events import Echo, Event, Problem
from ...live.hub import Hub
from ...live.messages import ROOT
from . import codec
from .echoes import Echoes
from .subscribers import MOST_ANSWERS, Address, AnswerLimit, Peer, Subscribers
from .udp import at_port, refusals

PROTOCOL = "OSC"

Pack = Callable[[Iterable[OscMessage]], list[bytes]]
"""Datagrams of messages that go out together."""


class Publisher:
    """What did not arrive, by counter:

    `unanswered`: answers withheld from a sender of too many questions; `unsent`: packets that the system did not take;
    `gone`: subscribers dropped, since nobody was there.
    """

    def __init__(self, hub: Hub, out: socket.socket, targets: Iterable[Address], pack: Pack) -> None:
        """`targets` hear everything unasked."""
        self.unanswered = self.unsent = self.gone = 0
        self._hub, self._socket, self._pack = hub, out, pack
        self._order = Lock()  # a new subscriber hears how things are before it hears what is new
        self._subscribers = Subscribers(targets)
        self._echoes = Echoes(hub, self._subscribers)
        self._errors, self._answers, self._bulk = AnswerLimit(), AnswerLimit(each=MOST_ANSWERS), AnswerLimit()

    # by osc-out

    def tell(self, events: Iterable[Event]) -> None:
        """To everybody, but a problem that has a sender to that one alone, if it is one of ours, and an echo to all but
        its sender."""
        with self._order:
            shared = [event for event in events if not self._is_told_apart(event)]
            subscribers = self._subscribers.everyone()
            packets = self._pack(map(self._encoded, shared)) if subscribers else []
            for address in subscribers:
                for packet in packets:
                    self._send(packet, address)

    def _is_told_apart(self, event: Event) -> bool:
        """Tells those that not everybody hears."""
        if isinstance(event, Problem) and event.sender is not None:
            if peer := _by_osc(event.sender):
                self.complain(peer, event.text)
        elif isinstance(event, Echo):
            mover = _by_osc(event.sender)
            self._echo(event, self._echoes.audience(event.name, mover.address if mover else None))
        else:
            return False
        return True

    def tell_rested(self) -> None:
        """What was moved and rests now, to everybody, so that nobody is left with another value."""
        for echo in self._echoes.rested():
            self._echo(echo, self._subscribers.everyone())

    def _echo(self, echo: Echo, audience: Iterable[Address]) -> None:
        packet = self._encoded(echo).dgram
        for address in audience:
            self._echoes.tell(address, echo)
            self._send(packet, address)

    # by osc-in: the replies of its intake

    def subscribe(self, peer: Peer, port: int | None) -> None:
        address = at_port(peer.address, port)
        with self._order:
            if not self._subscribers.add(address, peer.address):
                most = self._subscribers.most
                raise BridgeError(f"{ROOT}/subscribe: {most} are subscribed already; no more are taken")
            self._answer_with(self._hub.snapshot.everything(), address, self._bulk, peer)

    def unsubscribe(self, peer: Peer, port: int | None) -> None:
        self._subscribers.remove(at_port(peer.address, port))

    def answer(self, peer: Peer, events: Sequence[Event]) -> None:
        self._answer_with(events, peer.address, self._answers, peer)

    def answer_curve(self, peer: Peer) -> None:
        self._answer(codec.curve_messages(self._hub.snapshot.loaded().curve), peer.address, self._bulk, peer)

    def comes_back(self, peer: Peer, name: str, value: Value) -> bool:
        return self._echoes.comes_back(peer.address, name, value)

    def _answer_with(self, events: Sequence[Event], address: Address, limit: AnswerLimit, peer: Peer) -> None:
        for echo in (event for event in events if isinstance(event, Echo)):
            self._echoes.tell(address, echo)
        self._answer(map(self._encoded, events), address, limit, peer)

    def _answer(self, messages: Iterable[OscMessage], address: Address, limit: AnswerLimit, peer: Peer) -> None:
        if not limit.allows(peer.address, self._hub.clock.now()):
            self.unanswered += 1
            return
        for packet in self._pack(messages):
            self._send(packet, address)

    # by both

    def complain(self, peer: Peer, text: str) -> None:
        if self._errors.allows(peer.address, self._hub.clock.now()):
            self._send(self._encoded(Problem(text)).dgram, peer.address)
        else:
            self.unanswered += 1

    def note_refusals(self) -> None:
        """What the system tells of packets that nobody took."""
        for address in refusals(self._socket):
            self._note_refused(address)

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
                self.note_refusals()
        self.unsent += 1
        if not isinstance(failure, BlockingIOError | ConnectionError):  # no way there; the two are no fault of theirs
            self._note_refused(address)

    def _note_refused(self, address: Address) -> None:
        self.gone += self._subscribers.refused(address, self._hub.clock.now())


def _by_osc(sender: Sender) -> Peer | None:
    return sender if isinstance(sender, Peer) and sender.protocol == PROTOCOL else None
