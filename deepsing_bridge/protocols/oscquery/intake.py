"""What websocket clients say: OSCQuery's commands as JSON text, and OSC packets, taken as if they came by OSC.

Knows no sockets. `later` is the event loop's `call_later`.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...core import json_text
from ...core.errors import BridgeError
from ...core.log import log_mistake
from ...live.commands import SetParam
from ...live.hub import Hub
from ...live.parsing import Allowed, NotKnown
from ..osc import codec
from ..osc.hosts import is_quiet
from ..osc.server import TOKEN
from ..osc.subscribers import Once
from .listeners import Listener, Listeners, path_of

MOST_WAITING = 1024  # messages with a time tag
EXAMPLE = '{"COMMAND": "LISTEN", "DATA": "/deepsing/param/blend"}'

log = logging.getLogger(__name__)


class Intake:
    """`refused`, `ignored` and `busy` as the OSC server has them."""

    def __init__(
        self, hub: Hub, allowed: Allowed, listeners: Listeners, later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        self.refused = self.ignored = self.busy = 0
        self._hub, self._allowed, self._listeners, self._later = hub, allowed, listeners, later
        vocabulary = hub.vocabulary
        self._addresses = {parameter.address for parameter in vocabulary.parameters.values()}
        self._addresses |= {message.address for message in vocabulary.messages.values()}
        self._unknown, self._waiting = Once(), 0

    def hear(self, message: str | bytes, listener: Listener) -> None:
        with self._refusing(listener):
            if isinstance(message, str):
                self._obey(message, listener)
                return
            for element in codec.opened(message):
                with self._refusing(listener):
                    self._act_in_time(codec.read(element.content), element.time_tag, listener)

    # OSCQuery's commands

    def _obey(self, text: str, listener: Listener) -> None:
        match _read(text):
            case {"COMMAND": "LISTEN", "DATA": str(path)}:
                self._listen(path, listener)
            case {"COMMAND": "IGNORE", "DATA": str(path)}:
                listener.paths.discard(path)
            case {"COMMAND": command}:
                raise NotKnown(f"COMMAND {command!r:.60}: expected LISTEN or IGNORE, and DATA with an address")
            case _:
                raise BridgeError(f"expected JSON such as {EXAMPLE}")

    def _listen(self, path: str, listener: Listener) -> None:
        """From now on; it is told at once what is there already, which may have changed since it looked."""
        if path not in self._addresses and path not in self._hub.snapshot.cues.addresses:
            raise NotKnown(f"LISTEN {path[:80]}: there is no such address, or it is a folder")
        listener.paths.add(path)
        self._listeners.answer(listener, [event for event in self._hub.snapshot.everything() if path_of(event) == path])

    # OSC

    def _act_in_time(self, message: codec.Incoming, time_tag: int, listener: Listener) -> None:
        wait_s = codec.wait_s(time_tag, time.time())
        if not wait_s:
            self._act(message, listener)
            return
        if self._waiting >= MOST_WAITING:
            raise BridgeError(
                f"{message.address[:80]}: too much waits for its time already; send it without a time tag"
            )
        self._waiting += 1
        self._later(wait_s, lambda: self._act_now(message, listener))

    def _act_now(self, message: codec.Incoming, listener: Listener) -> None:
        self._waiting -= 1
        with self._refusing(listener):
            self._act(message, listener)

    def _act(self, message: codec.Incoming, listener: Listener) -> None:
        snapshot = self._hub.snapshot
        match self._understood(message, listener):
            case None:
                self.ignored += 1
            case codec.Subscribe(None):
                listener.paths |= self._addresses
                self._listeners.answer(listener, snapshot.everything(), bulk=True)
            case codec.Unsubscribe(None):
                listener.paths.clear()
            case codec.Subscribe() | codec.Unsubscribe():
                raise BridgeError(f"{message.address} port: a websocket has none; leave it out, or ask by OSC")
            case codec.Get(name):
                self._listeners.answer(listener, [snapshot.answer(name)])
            case codec.GetCurve():
                self._listeners.answer_curve(listener)
            case SetParam(name, value) if self._listeners.comes_back(listener, name, value):
                self.ignored += 1
            case command:
                if not self._hub.inbox.put(command):
                    self.busy += 1
                    text = f"{message.address[:80]}: busy, too many commands wait; send it again"
                    self._listeners.complain(listener, text)

    def _understood(self, message: codec.Incoming, listener: Listener) -> codec.Request | None:
        if message.address == TOKEN or is_quiet(message.address):  # the token was given when the websocket was opened
            return None
        return codec.to_request(self._hub.vocabulary, message, self._allowed, listener.peer)

    @contextmanager
    def _refusing(self, listener: Listener) -> Iterator[None]:
        """What goes wrong within is told to the listener; the next message is heard all the same."""
        try:
            yield
        except NotKnown as problem:  # who asks for what is not there does so again and again
            if self._unknown.is_new((listener.peer, str(problem))):
                self._refuse(str(problem), listener)
            else:
                self.ignored += 1
        except BridgeError as problem:
            self._refuse(str(problem), listener)
        except Exception:  # a fault of ours must not leave the show without its knobs
            log.exception("OSCQuery: a message could not be used")
            self._refuse("a message could not be used; the bridge's log says why", listener)

    def _refuse(self, text: str, listener: Listener) -> None:
        self.refused += 1
        log_mistake("osc", f"{listener.peer}: {text}")
        self._listeners.complain(listener, text)


def _read(text: str) -> object:
    try:
        return json_text.parse(text)
    except ValueError as error:
        raise BridgeError(f"expected JSON such as {EXAMPLE}: {error!s:.80}") from error
