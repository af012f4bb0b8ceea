"""Websocket clients: what each listens to, and what waits to be sent to it. For one event loop; knows no sockets.

All is bounded: of several values at one address only the newest waits, however slowly a client reads.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence

from pythonosc.osc_message import OscMessage

from ...core.errors import BridgeError
from ...core.fields import Value
from ...live.events import CuesAt, Echo, Event, Problem
from ...live.hub import Hub
from ...live.messages import ROOT
from ...live.parsing import NotKnown
from ..osc import codec
from ..osc.echoes import Echoes
from ..osc.subscribers import MOST_ANSWERS, Address, AnswerLimit, Peer, Subscribers

PROTOCOL = "OSCQuery"
MOST = 32  # websockets
MOST_EACH = 16  # of one host; all programs of this machine are one
MOST_WAITING = 1024  # messages for one client; a long song's curve has some dozens


class Listener:
    """`paths` are those that it listens to: addresses of the vocabulary, so that there are no more than it has."""

    def __init__(self, address: Address) -> None:
        self.peer = Peer(address, PROTOCOL)
        self.paths: set[str] = set()
        self.passed_over = 0  # messages that newer ones took the place of
        self._waiting: dict[object, bytes | str] = {}  # in order of arrival; what has a newer one keeps its place
        self._arrived = asyncio.Event()

    def put(self, message: OscMessage, every: bool = False) -> None:
        """To be sent, in place of what waits for the same address, but if `every` one of them counts."""
        self._wait(message.dgram if every else message.address, message.dgram)

    def put_path(self, address: str, there: bool) -> None:
        """That an address has come, or has gone."""
        told = json.dumps({"COMMAND": "PATH_ADDED" if there else "PATH_REMOVED", "DATA": address})
        self._wait(("path", address), told)

    def _wait(self, key: object, content: bytes | str) -> None:
        self.passed_over += key in self._waiting
        self._waiting[key] = content
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
            self.passed_over += 1
        self._arrived.set()

    async def next(self) -> bytes | str:
        """What is to be sent next; waits for it."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.pop(next(iter(self._waiting)))


class Listeners:
    """`unanswered`: answers withheld from a sender of too many questions and mistakes."""

    def __init__(self, hub: Hub) -> None:
        self.unanswered = 0
        self._hub = hub
        vocabulary = hub.vocabulary
        self._addresses = {parameter.address for parameter in vocabulary.parameters.values()}
        self._addresses |= {message.address for message in vocabulary.messages.values()}
        self._there: dict[Address, Listener] = {}
        self._cues: set[str] = set(hub.snapshot.cues.addresses)  # as listeners know them
        self._subscribers = Subscribers(most=MOST)
        self._echoes = Echoes(hub, self._subscribers)
        self._errors, self._answers, self._bulk = AnswerLimit(), AnswerLimit(each=MOST_ANSWERS), AnswerLimit()

    def join(self, address: Address) -> Listener | None:
        """None if there are too many, of this host or in all."""
        hosts = Counter(other[0] for other in self._there)
        if len(self._there) >= MOST or hosts[address[0]] >= MOST_EACH:
            return None
        self._subscribers.add(address)
        listener = self._there[address] = Listener(address)
        return listener

    def at(self, address: Address) -> Listener:
        return self._there[address]

    def leave(self, address: Address) -> None:
        self._there.pop(address, None)
        self._subscribers.remove(address)

    def tell(self, events: Iterable[Event]) -> None:
        """To those that listen to each; a problem that has a sender to that one alone, an echo to all but its sender.

        What was moved and rests now is told to everybody, so that nobody is left with another value.
        """
        for event in events:
            if isinstance(event, CuesAt):
                self._tell_paths(event)
            if not self._there:
                continue
            if isinstance(event, Problem) and event.sender is not None:
                if isinstance(event.sender, Peer) and event.sender.protocol == PROTOCOL:
                    self.complain(event.sender, event.text)
            else:
                self._tell(event, self._audience(event) if isinstance(event, Echo) else self._subscribers.everyone())
        for echo in self._echoes.rested():
            self._tell(echo, self._subscribers.everyone())

    def _tell_paths(self, cues: CuesAt) -> None:
        before, self._cues = self._cues, set(cues.addresses)
        for address in sorted(before ^ self._cues):
            for listener in self._there.values():
                listener.put_path(address, address in self._cues)

    def listen(self, listener: Listener, path: str) -> None:
        """From now on; it is told at once what is there already, which may have changed since it looked.

        Raises NotKnown where there is no such address.
        """
        if path not in self._addresses and path not in self._hub.snapshot.cues.addresses:
            raise NotKnown(f"LISTEN {path[:80]}: there is no such address, or it is a folder")
        listener.paths.add(path)
        there = [event for event in self._hub.snapshot.everything() if path_of(event) == path]
        self.answer(listener.peer, there)

    # the replies of the intake

    def subscribe(self, peer: Peer, port: int | None) -> None:
        """To every address, as by OSC."""
        _refuse_port("subscribe", port)
        if listener := self._there.get(peer.address):
            listener.paths |= self._addresses
            self._answer(listener, self._hub.snapshot.everything(), self._bulk)

    def unsubscribe(self, peer: Peer, port: int | None) -> None:
        _refuse_port("unsubscribe", port)
        if listener := self._there.get(peer.address):
            listener.paths.clear()

    def answer(self, peer: Peer, events: Sequence[Event]) -> None:
        """What was asked for, whatever it listens to."""
        if listener := self._there.get(peer.address):
            self._answer(listener, events, self._answers)

    def answer_curve(self, peer: Peer) -> None:
        messages = codec.curve_messages(self._hub.snapshot.loaded().curve)
        listener = self._there.get(peer.address)
        if listener and self._may_answer(listener, self._bulk):
            for message in messages:
                listener.put(message, every=True)

    def complain(self, peer: Peer, text: str) -> None:
        listener = self._there.get(peer.address)
        if listener and self._may_answer(listener, self._errors):
            listener.put(codec.encode(self._hub.vocabulary, Problem(text)), every=True)

    def comes_back(self, peer: Peer, name: str, value: Value) -> bool:
        return self._echoes.comes_back(peer.address, name, value)

    def _audience(self, echo: Echo) -> tuple[Address, ...]:
        """Some send by OSC and listen by websocket; who they are can be said of other machines, which are one
        program."""
        return self._echoes.audience(echo.name, echo.sender.address if isinstance(echo.sender, Peer) else None)

    def _tell(self, event: Event, audience: Iterable[Address]) -> None:
        path = path_of(event)
        for address in audience:
            if path in (listener := self._there[address]).paths:
                self._put(event, listener)

    def _answer(self, listener: Listener, events: Sequence[Event], limit: AnswerLimit) -> None:
        if self._may_answer(listener, limit):
            for event in events:
                self._put(event, listener)

    def _put(self, event: Event, listener: Listener) -> None:
        if isinstance(event, Echo):
            self._echoes.tell(listener.peer.address, event)
        listener.put(codec.encode(self._hub.vocabulary, event))

    def _may_answer(self, listener: Listener, limit: AnswerLimit) -> bool:
        allowed = limit.allows(listener.peer.address, self._hub.clock.now())
        self.unanswered += not allowed
        return allowed


def path_of(event: Event) -> str:
    return f"{ROOT}/param/{event.name}" if isinstance(event, Echo) else f"{ROOT}/{event.message}"


def _refuse_port(name: str, port: int | None) -> None:
    if port is not None:
        raise BridgeError(f"{ROOT}/{name} port: a websocket has none; leave it out, or ask by OSC")
