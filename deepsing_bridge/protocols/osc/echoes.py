"""Who is told that a parameter moved, so that no fader is pulled back and mirrors do not ring. Knows no sockets."""

from threading import Lock

from ...core.fields import Value
from ...live.events import Echo
from ...live.hub import Hub
from .subscribers import Address, Subscribers

REST_S = 0.2  # without a change: then a parameter that was moved rests


class Moves:
    """Parameters that somebody moves without hearing of it, until they rest."""

    def __init__(self) -> None:
        self._moved_s: dict[str, float] = {}
        self._lock = Lock()

    def moved(self, name: str, now_s: float) -> None:
        with self._lock:
            self._moved_s[name] = now_s

    def rested(self, now_s: float) -> list[str]:
        """Those that have come to rest since the last call."""
        with self._lock:
            names = [name for name, at_s in self._moved_s.items() if now_s - at_s >= REST_S]
            for name in names:
                del self._moved_s[name]
        return names


class Echoes:
    """What is said of a parameter's value to `subscribers`, and what they send back of it."""

    def __init__(self, hub: Hub, subscribers: Subscribers) -> None:
        self._hub, self._subscribers, self._moves = hub, subscribers, Moves()

    def tell(self, address: Address, echo: Echo) -> None:
        """Note that `address` is told."""
        self._subscribers.tell(address, echo.name, echo.value, self._hub.clock.now())

    def comes_back(self, sender: Address, name: str, value: Value) -> bool:
        """Whether `sender` was told this value lately, and sends back what it hears.

        It is told again if the parameter has another value by now.
        """
        now_s = self._hub.clock.now()
        if not self._subscribers.returns(sender, name, value, now_s):
            return False
        if value != self._hub.snapshot.values[name]:
            self._moves.moved(name, now_s)
        return True

    def audience(self, name: str, mover: Address | None) -> tuple[Address, ...]:
        """Not who moved it, who would be pulled back to where the knob was a moment ago, until it rests."""
        everyone = self._subscribers.everyone()
        if mover is None:
            return everyone
        others = self._subscribers.others(mover)
        if len(others) < len(everyone):
            self._moves.moved(name, self._hub.clock.now())
        return others

    def rested(self) -> list[Echo]:
        """Parameters that came to rest since the last call: everybody is to hear where."""
        values = self._hub.snapshot.values
        return [Echo(name, values[name]) for name in self._moves.rested(self._hub.clock.now())]
