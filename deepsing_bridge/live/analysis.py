"""Analyses songs beside the show, on a thread of its own. The newest song wins; an older one is given up.

A song is decoded in a process of its own, so that no file can end the show.
Owns the audio model. What it makes of a song is a `SongAnalysis`, which knows nothing of pictures.
"""

import logging
from dataclasses import dataclass
from threading import Event, Thread
from typing import Protocol

from ..attributes.audio_models import AudioEstimator
from ..audio.decode_process import file_to_song
from ..core.errors import BridgeError
from ..core.options import Alignment
from ..core.types import Progress
from ..story.analysis import SongAnalysis, analyze
from .commands import Load
from .events import Problem, Progressed
from .hub import Hub
from .mailbox import Outbox, Slot

log = logging.getLogger(__name__)
PATIENCE_S = 0.1
STEP = 0.02  # of a stage: how often progress is told
READING, LISTENING = "reading the song", "listening"


@dataclass(frozen=True)
class Analyzed:
    """What came of `song`: None if it could not be analysed."""

    song: Load
    analysis: SongAnalysis | None


class Analyzer(Protocol):
    """What the engine sees of it."""

    def request(self, song: Load) -> None: ...

    def finished(self) -> list[Analyzed]:
        """What was analysed since the last call. A song that was given up for a newer one is not told of."""


class _Superseded(Exception):
    """Another song is wanted by now."""


class AnalysisThread:
    """An `Analyzer` that tells its progress and its problems to `hub`."""

    def __init__(self, hub: Hub, audio_model: AudioEstimator, alignment: Alignment) -> None:
        self._hub, self._audio_model, self._alignment = hub, audio_model, alignment
        self._jobs: Slot[Load] = Slot()
        self._finished: Outbox[Analyzed] = Outbox(2)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="analysis", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Gives up what it is doing at its next step, at most `timeout_s` from now."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def request(self, song: Load) -> None:
        self._jobs.put(song)

    def finished(self) -> list[Analyzed]:
        return self._finished.take(0)

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number, song = self._jobs.after(number, PATIENCE_S)
            if song is not None:
                self._try(number, song)

    def _try(self, number: int, song: Load) -> None:
        try:
            sound = file_to_song(song.path, self._telling(READING, number))
            progress = self._telling(LISTENING, number)
            self._finished.put(Analyzed(song, analyze(sound, self._audio_model, self._alignment, progress)))
        except _Superseded:
            log.info("%s: given up", song.path.name)
        except BridgeError as error:
            self._give_up(str(error), song)
        except Exception:  # a song that breaks a library must not end the show
            log.exception("%s: could not be analysed", song.path)
            self._give_up(f"{song.path.name}: could not be analysed; the log says why", song)

    def _give_up(self, why: str, song: Load) -> None:
        self._hub.post(Problem(why, song.sender))
        self._finished.put(Analyzed(song, None))

    def _telling(self, stage: str, number: int) -> Progress:
        told = -1.0

        def progress(done: int, total: int) -> None:
            nonlocal told
            if self._stopping.is_set() or self._jobs.after(number, 0)[1] is not None:
                raise _Superseded
            share = done / total if total else 1.0
            if share - told >= STEP or (share == 1.0 and told < 1.0):
                told = share
                self._hub.post(Progressed(stage, share))

        return progress
