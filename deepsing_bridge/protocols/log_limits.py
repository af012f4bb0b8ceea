"""What somebody got wrong, as lines in the log: a few at once, then one a minute, so that a flood does not fill it.

Whoever sent it is answered as well, but often from a program that shows no answers. Safe from any thread.
"""

import logging
from threading import Lock

from ..live.clock import Clock
from ..live.messages import Problem, to_message

log = logging.getLogger(__name__)
MOST = 10  # lines at once
EVERY_S = 60.0  # until there may be one more


class Complaints:
    """Lets `MOST` lines through, and one more for every `EVERY_S`; those held back are counted in the next one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left, self._at_s, self._held_back = float(MOST), clock.now(), 0
        self._lock = Lock()

    def write(self, sentence: str) -> None:
        with self._lock:
            allowed, before = self._allowed(), self._held_back
            self._held_back = 0 if allowed else before + 1
        if allowed:
            name, fields = to_message(Problem(sentence))
            counted = f" ({before} before it are not written here)" if before else ""
            log.warning("%s%s", _printable(sentence), counted, extra={"event": name, "fields": fields})

    def _allowed(self) -> bool:
        now_s = self._clock.now()
        self._left = min(self._left + (now_s - self._at_s) / EVERY_S, MOST)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _printable(text: str) -> str:
    """Nothing from outside moves the cursor of a terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
