"""Who hears what goes out by OSC, what of it comes back, and how often anybody is answered: bounded tables.

Pure but for a lock each, as the thread that receives and the one that sends both ask. Knows no sockets; is told the
time.
"""

import struct
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from ...core.fields import Value
from ..token import is_this_machine

Address = tuple[Any, ...]
"""As the socket gives it: host, port, and two numbers more for IPv6."""

MOST = 64  # subscribers
GONE_AFTER_S = 5.0  # of refusals
FRESH_AFTER_S = 2.5  # without a refusal; there is something to refuse once a second at least, the status
RETURN_S = 0.5  # within which a client that sends back what it hears has done so
MOST_ANSWERS = 200  # a second, to whoever asks for single values
MOST_TOLD = 256  # values of one parameter; in so long, even a fast fader sends fewer


@dataclass(frozen=True)
class Peer:
    """The sender of what came by `protocol`, OSC or OSCQuery: where a problem is to be told."""

    address: Address
    protocol: str

    def __str__(self) -> str:
        return f"{self.protocol} from {self.address[0]}"


@dataclass
class _Refusals:
    first_s: float
    last_s: float


@dataclass
class _Subscriber:
    """`by` is where its subscription came from; `told` are values that it was told of parameters, and when."""

    by: Address | None = None
    refusals: _Refusals | None = None
    told: dict[str, deque[tuple[Value, float]]] = field(default_factory=dict)

    def is_told(self, name: str, value: Value, now_s: float) -> None:
        self.told.setdefault(name, deque(maxlen=MOST_TOLD)).append((value, now_s))

    def returns(self, name: str, value: Value, now_s: float) -> bool:
        """Whether it was told this lately; all up to there has come back then. If not, it has a will of its own."""
        told = self.told.get(name, deque())
        while told:
            one, at_s = told.popleft()
            if one == value and now_s - at_s <= RETURN_S:
                return True
        return False


class Subscribers:
    """Those that were configured, who stay, and those that subscribed, who go when nobody is at home any more.

    Whoever sends values hears what others send, and not what they do themselves; what they send back of that, as
    programs do whose faders send as soon as they are moved, is told apart from what they have to say.
    """

    def __init__(self, configured: Iterable[Address] = (), most: int = MOST) -> None:
        self.most = most
        self._configured = {address: _Subscriber() for address in configured}
        self._subscribed: dict[Address, _Subscriber] = {}
        self._lock = Lock()

    def add(self, address: Address, by: Address | None = None) -> bool:
        """Subscribe, or renew; `by` is who asked for it. False if too many have."""
        with self._lock:
            if address not in self._subscribed and len(self._subscribed) >= self.most:
                return False
            self._subscribed[address] = _Subscriber(by)
        return True

    def remove(self, address: Address) -> None:
        with self._lock:
            self._subscribed.pop(address, None)

    def everyone(self) -> tuple[Address, ...]:
        """Each address once."""
        with self._lock:
            return tuple(self._all())

    def others(self, sender: Address) -> tuple[Address, ...]:
        """Each address once, but for those where `sender` hears."""
        with self._lock:
            own = self._of(sender)
            return tuple(address for address in self._all() if address not in own)

    def tell(self, address: Address, name: str, value: Value, now_s: float) -> None:
        """Note that a parameter's value is told to `address`."""
        with self._lock:
            if subscriber := self._subscribed.get(address) or self._configured.get(address):
                subscriber.is_told(name, _as_sent(value), now_s)

    def returns(self, sender: Address, name: str, value: Value, now_s: float) -> bool:
        """Whether a parameter's value is what `sender` was told lately and sends back."""
        with self._lock:
            returned = [one.returns(name, _as_sent(value), now_s) for one in self._of(sender).values()]
        return any(returned)

    def _all(self) -> dict[Address, _Subscriber]:
        return self._configured | self._subscribed

    def _of(self, sender: Address) -> dict[Address, _Subscriber]:
        """Where `sender` hears: at its own port, or one that it subscribed; else, of another machine, anywhere there.

        On this machine there are other programs, and who hears at which port cannot be said.
        """
        everyone = self._all()
        own = {address: one for address, one in everyone.items() if sender in (address, one.by)}
        if own or is_this_machine(sender[0]):
            return own
        return {address: one for address, one in everyone.items() if address[0] == sender[0]}

    def refused(self, address: Address, now_s: float) -> bool:
        """Note that nothing arrives at `address`. True if its subscription ends with that."""
        with self._lock:
            if address not in self._subscribed:
                return False
            known = self._subscribed[address].refusals
            if known is None or now_s - known.last_s > FRESH_AFTER_S:
                known = self._subscribed[address].refusals = _Refusals(now_s, now_s)
            known.last_s = now_s
            if now_s - known.first_s < GONE_AFTER_S:
                return False
            del self._subscribed[address]
        return True


class Once:
    """What was said before, as far as it is remembered. For one thread."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._said: dict[object, None] = {}  # the first first

    def is_new(self, what: object) -> bool:
        new = what not in self._said
        self._said[what] = None
        if len(self._said) > self._most:
            del self._said[next(iter(self._said))]
        return new


class AnswerLimit:
    """Each sender is answered at most `each` times a second, and no more than `senders` of them."""

    def __init__(self, each: int = 20, senders: int = 64) -> None:
        self.each, self.senders = each, senders
        self._since_s = 0.0
        self._counts: dict[Address, int] = {}
        self._lock = Lock()

    def allows(self, sender: Address, now_s: float) -> bool:
        with self._lock:
            if now_s - self._since_s >= 1:
                self._since_s = now_s
                self._counts.clear()
            count = self._counts.get(sender, 0)
            if count >= self.each or (not count and len(self._counts) >= self.senders):
                return False
            self._counts[sender] = count + 1
        return True


def _as_sent(value: Value) -> Value:
    """OSC carries floats of 32 bits."""
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value
