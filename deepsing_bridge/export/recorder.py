"""Records what is played, as an adapter of the bridge with a thread of its own, in which the clips are encoded."""

import itertools
import logging
import math
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from ..core.errors import BridgeError
from ..core.files import is_there, made
from ..core.folder_lock import alone_in
from ..core.types import Sentiment
from ..live.events import Echo, Problem
from ..live.hub import Hub, LiveFrame
from .take import Take, nearest_rate

log = logging.getLogger(__name__)
PATIENCE_S = 0.1
RETRY_S = 1.0  # between two attempts to go on
ROOM = 64 * 2**20  # free bytes of the disk, for less than which it is not tried


class Recorder:
    """An adapter: records into `folder`, which must be new or empty, from the first picture of a song that plays on,
    at the rate nearest to the one that is on then.

    Where that fails, since the disk is full or gone, the scene that is being written is lost, and it is told. Once it
    can be, another take is begun, in the first of FOLDER, FOLDER-2, … that is free.
    """

    def __init__(self, hub: Hub, folder: Path) -> None:
        self._hub, self._folder = hub, folder
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._claimed: Path | None = None  # the folder that is this one's alone
        self._take: Take | None = None  # in it, once there is something to record
        self._failed_s = -math.inf
        self._failing = False
        self.frames = 0  # of the take
        self.lost = 0  # frames that were played and are in no take
        self.seen = -1  # sequence number of the newest frame that was looked at

    def start(self) -> None:
        """Raises BridgeError unless the folder is new or empty, or where it cannot be made; and from then on nobody
        finishes or records another take there."""
        self._claim(self._folder)
        self._moves = self._hub.subscribe()
        self._thread.start()

    def stop(self) -> None:
        """Ends the scene that is being written; the take is whole then."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._thread.join()
            self._hub.unsubscribe(self._moves)
            self._open.close()

    def describe(self) -> str:
        return f"take: {self._folder}"

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number, live = self._hub.frames.after(number, PATIENCE_S)
            moves = [event for event in self._moves.take(0) if isinstance(event, Echo)]
            try:
                if self._claimed is None:
                    self._claim_another()
                self._record(live, moves)
            except (OSError, BridgeError) as error:  # the show goes on without its recording
                self._lose(error)
            self._hub.losses.report("recording", self.lost, self._failing)
            self.seen = live.sequence if live else self.seen
        if self._take is not None:
            try:
                self._take.hear(self._hub.sound.take(0))
                self._take.close()
            except (OSError, BridgeError) as error:
                self._lose(error)

    def _record(self, live: LiveFrame | None, moves: Sequence[Echo]) -> None:
        if self._claimed is None:
            self.lost += live is not None and live.playing
            return
        if self._take is None:
            if live is None or not _shows_its_song(live):
                return
            self._take = Take(self._claimed, nearest_rate(float(self._hub.snapshot.values["fps"])))
        self._take.hear(self._hub.sound.take(0))
        for move in moves:
            self._take.move(move.name, move.value)
        if live is not None and live.playing:
            snapshot = self._hub.snapshot
            self._take.write(live, Sentiment(snapshot.valence, snapshot.arousal))
            self._failing = False
        elif live is not None:
            self._take.pause()
        self.frames = self._take.frames

    def _lose(self, error: Exception) -> None:
        if self._claimed is not None:
            self.lost += self._take.abandon() + 1 if self._take else 0
            self._take = self._claimed = None
            with suppress(OSError):
                self._open.close()
            why = f"{self._folder}: {error.strerror}" if isinstance(error, OSError) and error.strerror else error
            self._hub.post(Problem(f"the recording stops here, and goes on when it can: {why}"))
        self._failing, self._failed_s = True, monotonic()

    def _claim_another(self) -> None:
        """Now and then, if there is room for a take in it."""
        if monotonic() - self._failed_s < RETRY_S:
            return
        self._failed_s = monotonic()
        if shutil.disk_usage(made(self._folder.parent)).free < ROOM:
            return
        folder = next(filter(_is_free, self._names()))
        self._claim(folder)
        log.info("the recording goes on in %s", folder)

    def _claim(self, folder: Path) -> None:
        with ExitStack() as opening:
            opening.enter_context(alone_in(folder))
            if not _is_free(folder):
                raise BridgeError(f"{folder}: is there already; give --record the name of a new or empty folder")
            self._open = opening.pop_all()
        self._claimed = folder

    def _names(self) -> Iterator[Path]:
        yield self._folder
        for number in itertools.count(2):
            yield self._folder.with_name(f"{self._folder.name}-{number}")


def _shows_its_song(live: LiveFrame) -> bool:
    """Whether what is seen is of the song that plays: while that has no picture yet, it is what was on before."""
    return live.playing and live.board is not None and live.board.song_digest == live.song_digest


def _is_free(folder: Path) -> bool:
    """New, or empty but for what is hidden."""
    if folder.is_dir():
        return all(path.name.startswith(".") for path in folder.iterdir())
    return not is_there(folder)
