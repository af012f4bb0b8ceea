"""OSC messages become commands, and questions are answered, by whatever way they came: UDP or a websocket.

Knows no sockets. What goes wrong is told to whoever sent it, and the next message is heard all the same. For one
thread.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from ...core.errors import BridgeError
from ...core.fields import Value
from ...core.log import log_mistake
from ...live.commands import SetParam
from ...live.events import Event
from ...live.hub import Hub
from ...live.messages import ROOT
from ...live.parsing import NotKnown
from . import codec
from .subscribers import Once, Peer

TOKEN = f"{ROOT}/token"

log = logging.getLogger(__name__)

Understand = Callable[[codec.Incoming, Peer], codec.Request | None]
"""What a message asks for, None if nothing. Raises BridgeError."""
Later = Callable[[float, Callable[[], None]], bool]
"""Does something so many seconds from now, on the intake's thread; False if too much waits already."""


class Replies(Protocol):
    """Who tells, and keeps within limits: answers that would be too many are left out."""

    def subscribe(self, peer: Peer, port: int | None) -> None:
        """`port` None: to where the message came from. Raises BridgeError."""

    def unsubscribe(self, peer: Peer, port: int | None) -> None: ...

    def answer(self, peer: Peer, events: Sequence[Event]) -> None: ...

    def answer_curve(self, peer: Peer) -> None:
        """Raises BridgeError if there is no song."""

    def complain(self, peer: Peer, text: str) -> None: ...

    def comes_back(self, peer: Peer, name: str, value: Value) -> bool:
        """Whether `peer` was told this value of a parameter lately, and sends back what it hears."""
        ...


class Intake:
    """What it could not use, by counter:

    `refused`: messages that were wrong, and packets that were no OSC; `ignored`: what asks for nothing, as hosts tell
    beside their transport, values that came back from whoever was told them, and mistakes that are made again; `busy`:
    commands that found the inbox full.
    """

    def __init__(self, hub: Hub, understand: Understand, replies: Replies, later: Later) -> None:
        self.refused = self.ignored = self.busy = 0
        self._hub, self._understand, self._replies, self._later = hub, understand, replies, later
        self._unknown = Once()

    def hear(self, packet: bytes, peer: Peer) -> None:
        """All messages of a packet, each when its time tag says."""
        with self.refusing(peer):
            for element in codec.opened(packet):
                with self.refusing(peer):
                    self._act_in_time(codec.read(element.content), element.time_tag, peer)

    @contextmanager
    def refusing(self, peer: Peer) -> Iterator[None]:
        """What goes wrong within is told to `peer`."""
        try:
            yield
        except NotKnown as problem:  # a surface that has other things on it too sends them again and again
            if self._unknown.is_new((peer, str(problem))):
                self._refuse(str(problem), peer)
            else:
                self.ignored += 1
        except BridgeError as problem:
            self._refuse(str(problem), peer)
        except Exception:  # a fault of ours must not leave the show without its knobs
            log.exception("%s: a message could not be used", peer.protocol)
            self._refuse("a message could not be used; the bridge's log says why", peer)

    def _refuse(self, text: str, peer: Peer) -> None:
        self.refused += 1
        log_mistake("osc", f"{peer}: {text}")
        self._replies.complain(peer, text)

    def _act_in_time(self, message: codec.Incoming, time_tag: int, peer: Peer) -> None:
        wait_s = codec.wait_s(time_tag, time.time())
        if not wait_s:
            self._act(message, peer)
        elif not self._later(wait_s, lambda: self._act_now(message, peer)):
            raise BridgeError(
                f"{message.address[:80]}: too much waits for its time already; send it without a time tag"
            )

    def _act_now(self, message: codec.Incoming, peer: Peer) -> None:
        with self.refusing(peer):
            self._act(message, peer)

    def _act(self, message: codec.Incoming, peer: Peer) -> None:
        match self._understand(message, peer):
            case None:
                self.ignored += 1
            case codec.Subscribe(port):
                self._replies.subscribe(peer, port)
            case codec.Unsubscribe(port):
                self._replies.unsubscribe(peer, port)
            case codec.Get(name):
                self._replies.answer(peer, [self._hub.snapshot.answer(name)])
            case codec.GetCurve():
                self._replies.answer_curve(peer)
            case SetParam(name, value) if self._replies.comes_back(peer, name, value):
                self.ignored += 1
            case command:
                if not self._hub.inbox.put(command):
                    self.busy += 1
                    text = f"{message.address[:80]}: busy, too many commands wait; send it again"
                    self._replies.complain(peer, text)
