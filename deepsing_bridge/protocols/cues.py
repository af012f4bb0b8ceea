"""Keeps cues in a file: what somebody saves there is read at once, and cues that are saved live are written there.

Has a thread of its own, which looks at the file's time. A file with a mistake is told, and the cues of before stay.
"""

import logging
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from ..core.errors import BridgeError
from ..live.commands import SetCues
from ..live.events import CueSaved, Problem
from ..live.hub import Hub
from .cue_file import load_cues, save_cue

log = logging.getLogger(__name__)
PATIENCE_S = 0.2  # between two looks
Stamp = tuple[int, int, int] | None


class CueKeeper:
    def __init__(self, hub: Hub, path: Path) -> None:
        """Raises BridgeError if the file holds something else than cues. It need not be there yet."""
        self._hub, self._path = hub, path
        self._cues = load_cues(path, hub.vocabulary)
        self._read = self._seen = _stamp(path)  # the file as it was read, and as it was at the last look
        self._stopping = Flag()
        self._thread = Thread(target=self._run, name="cues", daemon=True)

    def start(self) -> None:
        self._events = self._hub.subscribe()
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
            for event in self._events.take(0 if last else PATIENCE_S):
                if isinstance(event, CueSaved):
                    self._save(event)
            if last:
                return
            self._look()

    def _save(self, event: CueSaved) -> None:
        try:
            save_cue(self._path, event.cue, self._hub.vocabulary)
        except BridgeError as error:
            self._hub.post(Problem(f"the cue {event.name} is not written down: {error}"))

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
        self._hub.inbox.put(SetCues(self._cues))


def _stamp(path: Path) -> Stamp:
    """What tells a file from itself after it was written to; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
