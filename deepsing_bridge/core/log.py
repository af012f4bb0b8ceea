"""How the process logs: lines for a person, or JSON lines for a machine, both on stderr.

What somebody outside got wrong is logged by `log_mistake`, and limited, so that a flood of it does not fill the log:
whoever sent it is answered as well, but often from a program that shows no answers.
"""

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MISTAKES = "deepsing_bridge.mistakes"  # the loggers below it, one for each way in, are limited
AT_ONCE = 10  # lines
EVERY_S = 60.0  # until there may be one more


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
    """A token bucket for each logger below `name`; others pass as they are. Safe from any thread.

    It lets `AT_ONCE` records through, and one more for every `EVERY_S`; those held back are counted in the next one.
    Nothing that passes moves the cursor of a terminal.
    """

    def __init__(self, name: str = MISTAKES, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name)
        self._clock = clock
        self._lock = Lock()
        self._buckets: dict[str, _Bucket] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not super().filter(record):
            return True
        with self._lock:
            now_s = self._clock()
            bucket = self._buckets.setdefault(record.name, _Bucket(now_s))
            before, allowed = bucket.held_back, bucket.take(now_s)
        if allowed:
            counted = f" ({before} before it are not written here)" if before else ""
            record.msg, record.args = _printable(record.getMessage()) + counted, ()
        return allowed


@dataclass
class _Bucket:
    at_s: float
    left: float = AT_ONCE
    held_back: int = 0

    def take(self, now_s: float) -> bool:
        self.left = min(self.left + (now_s - self.at_s) / EVERY_S, AT_ONCE)
        self.at_s = now_s
        allowed = self.left >= 1
        self.left -= allowed
        self.held_back = 0 if allowed else self.held_back + 1
        return allowed


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    renamed = {"asctime": "time", "levelname": "level"}
    return JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=renamed)
