"""What websocket clients say: OSCQuery's commands as JSON text, and OSC packets, taken as if they came by OSC.

Knows no sockets. `call_later` is the event loop's.
"""

from collections.abc import Callable

from ...core import json_text
from ...core.errors import BridgeError
from ...live.hub import Hub
from ...live.parsing import Allowed, NotKnown
from ..osc import codec
from ..osc.hosts import is_quiet
from ..osc.intake import TOKEN
from ..osc.intake import Intake as OscIntake
from ..osc.subscribers import Peer
from .listeners import Listener, Listeners

MOST_WAITING = 1024  # messages with a time tag
EXAMPLE = '{"COMMAND": "LISTEN", "DATA": "/deepsing/param/blend"}'


class Intake:
    def __init__(
        self,
        hub: Hub,
        allowed: Allowed,
        listeners: Listeners,
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._hub, self._allowed, self._listeners, self._call_later = hub, allowed, listeners, call_later
        self._osc = OscIntake(hub, self._understood, listeners, self._later)
        self._waiting = 0

    @property
    def refused(self) -> int:
        return self._osc.refused

    def hear(self, message: str | bytes, listener: Listener) -> None:
        if isinstance(message, bytes):
            self._osc.hear(message, listener.peer)
            return
        with self._osc.refusing(listener.peer):
            self._obey(message, listener)

    def _obey(self, text: str, listener: Listener) -> None:
        match _read(text):
            case {"COMMAND": "LISTEN", "DATA": str(path)}:
                self._listeners.listen(listener, path)
            case {"COMMAND": "IGNORE", "DATA": str(path)}:
                listener.paths.discard(path)
            case {"COMMAND": command}:
                raise NotKnown(f"COMMAND {command!r:.60}: expected LISTEN or IGNORE, and DATA with an address")
            case _:
                raise BridgeError(f"expected JSON such as {EXAMPLE}")

    def _understood(self, message: codec.Incoming, peer: Peer) -> codec.Request | None:
        if message.address == TOKEN or is_quiet(message.address):  # the token was given when the websocket was opened
            return None
        return codec.to_request(self._hub.vocabulary, message, self._allowed, peer)

    def _later(self, wait_s: float, act: Callable[[], None]) -> bool:
        if self._waiting >= MOST_WAITING:
            return False

        def due() -> None:
            self._waiting -= 1
            act()

        self._waiting += 1
        self._call_later(wait_s, due)
        return True


def _read(text: str) -> object:
    try:
        return json_text.parse(text)
    except ValueError as error:
        raise BridgeError(f"expected JSON such as {EXAMPLE}: {error!s:.80}") from error
