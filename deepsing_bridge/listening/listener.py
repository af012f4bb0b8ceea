"""Listens to a device on threads of its own: one that hears every few milliseconds, one that feels every half second.

What is heard goes to whoever asks: `events` since the last call, the newest `levels`, and `so_far`, all that is kept of
the set. A device that vanishes is told of once, waited for, and taken up again; the set goes on.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event as Flag
from threading import Lock, Thread
from time import monotonic

import numpy as np
import soxr
from numpy.typing import NDArray

from ..attributes.audio_models import AudioEstimator
from ..audio.decode import SAMPLE_RATE
from ..core.errors import BridgeError
from ..core.options import Alignment
from ..core.types import Sentiment
from .alignment import RunningAlignment
from .device import Input
from .hearing import Cut, Event, Hearing, SetSoFar, Windows
from .sentiment import Follower, following

log = logging.getLogger(__name__)
LOOK_S = 0.005  # how often the ring is emptied
RETRY_S = 1.0  # how often a device that is gone is looked for
WAITING = 8  # windows: who feels more slowly than in real time misses some
EVENTS = 512  # so many wait for whoever asks; then the oldest go
RESAMPLING = "LQ"  # a millisecond's delay, where soxr's HQ has ten; all that is cut lies above 8 kHz

Array = NDArray[np.float32]
Told = Event | Cut | Sentiment


@dataclass(frozen=True)
class Counts:
    """Samples that the ring lost, and half seconds that were not felt in time."""

    lost_samples: int = 0
    missed_windows: int = 0


class Listener:
    """Hears what `open_input` gives. It raises BridgeError or OSError while the device is not there.

    `model` has `outputs`, as the audio models have.
    """

    def __init__(self, open_input: Callable[[], Input], model: AudioEstimator, alignment: Alignment = "song") -> None:
        self._open = open_input
        self._follower: Follower = following(model)
        self._alignment = RunningAlignment(model.outputs, alignment)
        self._hearing, self._windows = Hearing(), Windows()
        self._lock = Lock()  # over the three above and below; held for less than a millisecond
        self._events: deque[Told] = deque(maxlen=EVENTS)
        self._waiting: Queue[tuple[Array, bool]] = Queue(WAITING)
        self._lost, self._missed = 0, 0
        self._stopping = Flag()
        self.connected = Flag()
        self._threads = [
            Thread(target=self._listen, name="listening", daemon=True),
            Thread(target=self._feel, name="feeling", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def events(self) -> list[Told]:
        """Onsets, beats, cuts and sentiments since the last call, in the order in which they were heard."""
        with self._lock:
            taken = list(self._events)
            self._events.clear()
        return taken

    def so_far(self) -> SetSoFar:
        with self._lock:
            return self._hearing.so_far()

    def counts(self) -> Counts:
        return Counts(self._lost, self._missed)

    def _listen(self) -> None:
        told = False
        while not self._stopping.is_set():
            try:
                source = self._open()
            except Exception as error:  # PortAudio's, JACK's: whatever it is, the device may come back
                if not told:
                    log.warning("live sound: %s; it is waited for", _reason(error))
                told = True
                self._stopping.wait(RETRY_S)
                continue
            told = False
            self._hear_all(source)

    def _hear_all(self, source: Input) -> None:
        """Until it is gone."""
        log.info("live sound: heard, %d Hz", source.rate)
        self.connected.set()
        resampler = soxr.ResampleStream(source.rate, SAMPLE_RATE, 1, dtype="float32", quality=RESAMPLING)
        looked_s = monotonic()
        try:
            while not self._stopping.wait(LOOK_S):
                stereo = source.ring.read()
                if len(stereo):
                    self._hear(resampler.resample_chunk(_mono(stereo)))
                self._lost = source.ring.lost
                if monotonic() - looked_s > RETRY_S:
                    looked_s = monotonic()
                    if not source.alive:
                        log.warning("live sound: the device is gone; it is waited for")
                        return
        finally:
            self.connected.clear()
            source.close()

    def _hear(self, samples: Array) -> None:
        with self._lock:
            self._events.extend(self._hearing.hear(samples))
            sounding = self._hearing.sounding
        for window in self._windows.add(samples):
            try:
                self._waiting.put_nowait((window, sounding))
            except Full:
                self._missed += 1

    def _feel(self) -> None:
        while not self._stopping.is_set():
            try:
                window, sounding = self._waiting.get(timeout=RETRY_S / 4)
            except Empty:
                continue
            raw = self._follower.hear(window, sounding)
            felt = self._alignment.align(raw, sounding) if raw else Sentiment(0.0, 0.0)
            with self._lock:
                self._hearing.felt(felt)
                self._events.append(felt)


def _mono(stereo: Array) -> Array:
    """The mean; not-a-numbers of a broken driver are silence, and nothing is louder than full scale."""
    mono: Array = np.clip(np.nan_to_num(stereo.mean(axis=1)), -1.0, 1.0)
    return mono


def _reason(error: Exception) -> str:
    return str(error).removeprefix("live sound: ") if isinstance(error, BridgeError) else f"cannot be heard ({error})"
