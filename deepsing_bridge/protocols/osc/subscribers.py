"""Who hears what goes out by OSC, and how often anybody is answered: two bounded tables.

Pure but for a lock each, as the thread that receives and the one that sends both ask. Knows no sockets; is told the
time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

Address = tuple[Any, ...]
"""As the socket gives it: host, port, and two numbers more for IPv6."""

MOST = 64  # subscribers
GONE_AFTER_S = 5.0  # of refusals
FRESH_AFTER_S = 2.5  # without a refusal; there is something to refuse once a second at least, the status


@dataclass
class _Refusals:
    first_s: float
    last_s: float


class Subscribers:
    """Those that were configured, who stay, and those that subscribed, who go when nobody is at home any more."""

    def __init__(self, configured: Iterable[Address] = (), most: int = MOST) -> None:
        self.most = most
        self._configured = tuple(configured)
        self._subscribed: dict[Address, _Refusals | None] = {}
        self._lock = Lock()

    def add(self, address: Address) -> bool:
        """Subscribe, or renew. False if too many have."""
        with self._lock:
            if address not in self._subscribed and len(self._subscribed) >= self.most:
                return False
            self._subscribed[address] = None
        return True

    def remove(self, address: Address) -> None:
        with self._lock:
            self._subscribed.pop(address, None)

    def everyone(self) -> tuple[Address, ...]:
        """Each address once."""
        with self._lock:
            return tuple(dict.fromkeys((*self._configured, *self._subscribed)))

    def refused(self, address: Address, now_s: float) -> bool:
        """Note that nothing arrives at `address`. True if its subscription ends with that."""
        with self._lock:
            if address not in self._subscribed:
                return False
            known = self._subscribed[address]
            if known is None or now_s - known.last_s > FRESH_AFTER_S:
                known = self._subscribed[address] = _Refusals(now_s, now_s)
            known.last_s = now_s
            if now_s - known.first_s < GONE_AFTER_S:
                return False
            del self._subscribed[address]
        return True


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
