"""Keeps cues in a file: what somebody saves there is read at once, and cues that are saved live are written there.

Has a thread of its own, which looks at the file's time. A file with a mistake is told, and the cues of before stay.
What is saved live meanwhile is written once the mistake is mended, or at the end into another file beside it.
"""

import logging
from itertools import count
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from ..core.errors import BridgeError
from ..core.files import is_there
from ..live.commands import SetCues
from ..live.cues import Cue
from ..live.events import CueSaved, Problem
from ..live.hub import Hub
from .cue_file import load_cues, save_cues

log = logging.getLogger(__name__)
PATIENCE_S = 0.2  # between two looks
Stamp = tuple[int, int, int] | None


class CueKeeper:
    def __init__(self, hub: Hub, path: Path) -> None:
        """Raises BridgeError if the file holds something else than cues. It need not be there yet."""
        self._hub, self._path = hub, path
        self._unwritten: dict[str, Cue] = {}  # what was saved live, until it is in the file
        self._cues = load_cues(path, hub.vocabulary)
        self._read = self._seen = _stamp(path)  # the file as it was read, and as it was at the last look
        self._stopping = Flag()
        self._thread = Thread(target=self._run, name="cues", daemon=True)

    def start(self) -> None:
        self._events = self._hub.subscribe_to(CueSaved)
        self._hub.inbox.put(SetCues(self._cues))
        self._thread.start()

    def stop(self) -> None:
        if not self._stopping.is_set():
            self._stopping.set()
            self._thread.join()
            self._hub.unsubscribe(self._events)

    def describe(self) -> str:
        return f"cues: {self._path}, {len(self._cues)} now"

    def _run(self) -> None:
        while True:
            last = self._stopping.is_set()  # what was saved before the end is written
            saved = self._events.take(0 if last else PATIENCE_S)
            self._unwritten |= {event.name: event.cue for event in saved}
            if saved or (last and self._unwritten):
                self._write()
            if last:
                break
            self._look()
        if self._unwritten:
            self._write_beside()

    def _write(self) -> None:
        """What was saved; with all there is, where the file is gone. What cannot be written waits for the next time,
        or the end."""
        before = () if is_there(self._path) else self._cues
        try:
            save_cues(self._path, [*before, *self._unwritten.values()], self._hub.vocabulary)
        except BridgeError as error:
            names = ", ".join(self._unwritten)
            self._hub.post(Problem(f"not written down yet are the cues {names:.200}: {error}"))
            return
        self._unwritten = {}

    def _write_beside(self) -> None:
        """At the end, where the file cannot be written."""
        names = (self._path.with_stem(f"{self._path.stem}-{number}") for number in count(2))
        path = next(path for path in names if not is_there(path))
        try:
            save_cues(path, self._unwritten.values(), self._hub.vocabulary)
        except BridgeError as error:
            log.warning("the cues %.200s are lost: %s", ", ".join(self._unwritten), error)
            return
        log.warning("%s cannot be written; the cues %.200s are in %s", self._path, ", ".join(self._unwritten), path)

    def _look(self) -> None:
        """Read it anew once it rests: an editor may write it in steps."""
        seen, self._seen = self._seen, _stamp(self._path)
        if self._seen is None or self._seen == self._read or self._seen != seen:
            return
        self._read = self._seen
        try:
            self._cues = load_cues(self._path, self._hub.vocabulary)
        except BridgeError as error:
            self._hub.post(Problem(f"the cues of before stay: {error}"))
            return
        there = {cue.name: cue for cue in self._cues} | self._unwritten
        self._hub.inbox.put(SetCues(tuple(there.values())))
        if self._unwritten:
            self._write()


def _stamp(path: Path) -> Stamp:
    """What tells a file from itself after it was written to; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
