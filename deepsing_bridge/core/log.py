"""How the process logs: lines for a person, or JSON lines for a machine, both on stderr.

Every line is limited, so that no flood from outside fills the log. What somebody outside got wrong is logged by
`log_mistake`, and limited more: whoever sent it is answered as well, but often from a program that shows no answers.
"""

import logging
import sys
import time
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from .plain_text import plain

MISTAKES = "deepsing_bridge.mistakes"  # the loggers below it are one for each way in


class Limit(NamedTuple):
    """So many lines at once, and so many seconds until there may be one more."""

    at_once: int
    every_s: float


LIMIT = Limit(100, 1.0)  # of all other lines: a show that nobody floods never has as many
OF_MISTAKES = Limit(10, 60.0)


def set_up(as_json: bool, verbose: bool) -> None:
    """Events carry `event` (the vocabulary's name) and `fields`, which a JSON line shows as they are."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json() if as_json else logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    handler.addFilter(RateLimit())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)  # Python's own, which would be plain words amid JSON
    logging.getLogger("deepsing_bridge").setLevel(logging.DEBUG if verbose else logging.INFO)


def log_mistake(way_in: str, sentence: str) -> None:
    """Log what came in wrong by `way_in` (osc, zeromq, …), as the vocabulary's event `error`."""
    extra = {"event": "error", "fields": {"text": sentence}}
    logging.getLogger(f"{MISTAKES}.{way_in}").warning("%s", sentence, extra=extra)


class RateLimit(logging.Filter):
    """A token bucket for each way in that brings mistakes, and for each other place in the code and event that lines
    are from. Safe from any thread.

    Lines that are held back are counted in the next one. None that passes moves the cursor of a terminal, as the name
    of a file might.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = Lock()
        self._buckets: dict[object, _Bucket] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        is_mistake = record.name.startswith(f"{MISTAKES}.")
        place = record.name if is_mistake else (record.name, record.lineno, getattr(record, "event", None))
        with self._lock:
            now_s = self._clock()
            bucket = self._buckets.setdefault(place, _Bucket(OF_MISTAKES if is_mistake else LIMIT, now_s))
            before, allowed = bucket.held_back, bucket.take(now_s)
        if allowed:
            text = plain(record.getMessage().rstrip())
            record.msg, record.args = text + (f" ({before} before it are not written here)" if before else ""), ()
        return allowed


class _Bucket:
    def __init__(self, limit: Limit, now_s: float) -> None:
        self.held_back = 0
        self._limit, self._left, self._at_s = limit, float(limit.at_once), now_s

    def take(self, now_s: float) -> bool:
        self._left = min(self._left + (now_s - self._at_s) / self._limit.every_s, self._limit.at_once)
        self._at_s = now_s
        allowed = self._left >= 1
        self._left -= allowed
        self.held_back = 0 if allowed else self.held_back + 1
        return allowed


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    renamed = {"asctime": "time", "levelname": "level"}
    return JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=renamed)
