"""Websocket clients: what each listens to, and what waits to be sent to it. For one event loop; knows no sockets.

All is bounded: of several values at one address only the newest waits, however slowly a client reads.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pythonosc.osc_message import OscMessage

from ...core.fields import Value
from ...live.events import CuesAt, Echo, Event, Problem
from ...live.hub import Hub
from ...live.messages import ROOT
from ..osc import codec
from ..osc.server import Peer as OscPeer
from ..osc.subscribers import Address, AnswerLimit, Moves, Subscribers

MOST = 32  # websockets
MOST_EACH = 16  # of one host; all programs of this machine are one
MOST_WAITING = 1024  # messages for one client; a long song's curve has some dozens


@dataclass(frozen=True)
class Peer:
    """The sender of what came by websocket: where a problem is to be told."""

    address: Address

    def __str__(self) -> str:
        return f"OSCQuery from {self.address[0]}"


class Listener:
    """`paths` are those that it listens to: addresses of the vocabulary, so that there are no more than it has."""

    def __init__(self, address: Address) -> None:
        self.peer = Peer(address)
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
        self._there: dict[Address, Listener] = {}
        self._cues: set[str] = set(hub.snapshot.cues.addresses)  # as listeners know them
        self._subscribers, self._moves = Subscribers(most=MOST), Moves()
        self._errors, self._answers, self._bulk = AnswerLimit(), AnswerLimit(each=200), AnswerLimit()

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
                self._tell_sender(event)
            else:
                self._tell(event, self._audience(event) if isinstance(event, Echo) else self._subscribers.everyone())
        for name in self._moves.rested(self._hub.clock.now()):
            self._tell(Echo(name, self._hub.snapshot.values[name]), self._subscribers.everyone())

    def _tell_paths(self, cues: CuesAt) -> None:
        before, self._cues = self._cues, set(cues.addresses)
        for address in sorted(before ^ self._cues):
            for listener in self._there.values():
                listener.put_path(address, address in self._cues)

    def answer(self, listener: Listener, events: Sequence[Event], bulk: bool = False) -> None:
        """What was asked for, whatever it listens to."""
        if self._may_answer(listener, self._bulk if bulk else self._answers):
            for event in events:
                self._put(event, listener)

    def answer_curve(self, listener: Listener) -> None:
        """Raises BridgeError if there is no song."""
        messages = codec.curve_messages(self._hub.snapshot.loaded().curve)
        if self._may_answer(listener, self._bulk):
            for message in messages:
                listener.put(message, every=True)

    def complain(self, listener: Listener, text: str) -> None:
        if self._may_answer(listener, self._errors):
            listener.put(codec.encode(self._hub.vocabulary, Problem(text)), every=True)

    def comes_back(self, listener: Listener, name: str, value: Value) -> bool:
        """Whether a parameter's `value` is what the listener was told lately, and sends back.

        It is told again if that is not so any more.
        """
        now_s = self._hub.clock.now()
        if not self._subscribers.returns(listener.peer.address, name, value, now_s):
            return False
        if value != self._hub.snapshot.values[name]:
            self._moves.moved(name, now_s)
        return True

    def _audience(self, echo: Echo) -> tuple[Address, ...]:
        """Not its sender, who would be pulled back to where the knob was a moment ago, until it rests.

        Some send by OSC and listen by websocket; who they are can be said of other machines, which are one program.
        """
        everyone = self._subscribers.everyone()
        if not isinstance(echo.sender, Peer | OscPeer):
            return everyone
        others = self._subscribers.others(echo.sender.address)
        if len(others) < len(everyone):
            self._moves.moved(echo.name, self._hub.clock.now())
        return others

    def _tell(self, event: Event, audience: Iterable[Address]) -> None:
        path = path_of(event)
        for address in audience:
            if path in (listener := self._there[address]).paths:
                self._put(event, listener)

    def _tell_sender(self, problem: Problem) -> None:
        if isinstance(problem.sender, Peer) and (listener := self._there.get(problem.sender.address)):
            self.complain(listener, problem.text)

    def _put(self, event: Event, listener: Listener) -> None:
        if isinstance(event, Echo):
            self._subscribers.tell(listener.peer.address, event.name, event.value, self._hub.clock.now())
        listener.put(codec.encode(self._hub.vocabulary, event))

    def _may_answer(self, listener: Listener, limit: AnswerLimit) -> bool:
        allowed = limit.allows(listener.peer.address, self._hub.clock.now())
        self.unanswered += not allowed
        return allowed


def path_of(event: Event) -> str:
    return f"{ROOT}/param/{event.name}" if isinstance(event, Echo) else f"{ROOT}/{event.message}"
