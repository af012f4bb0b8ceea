"""Listens to a device on threads of its own: one that hears every few milliseconds, one that feels every half second.

What is heard goes to whoever asks: `heard` since the last call, and `levels` and `sound`, which grow. A device that
vanishes is told of once, waited for, and taken up again; until then silence is heard, so that time goes on.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from queue import Empty, Full, Queue
from threading import Event as Flag
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from ..attributes.audio_models import AudioEstimator
from ..audio.decode import SAMPLE_RATE
from ..core.errors import BridgeError
from ..core.options import Alignment
from ..core.types import Sentiment
from .alignment import RunningAlignment
from .cuts import LiveCuts
from .device import Input, SoundBlock
from .hearing import Cut, Event, Hearing, Windows
from .resampling import Resampler
from .ring import CHANNELS
from .sentiment import Follower, following

log = logging.getLogger(__name__)
LOOK_S = 0.005  # how often the ring is emptied
RETRY_S = 1.0  # how often a device that is gone is looked for
WAIT_S = 0.02  # how often silence is heard meanwhile
MOST_SILENCE_S = 5.0  # at once: a machine that slept has not heard hours of it
WAITING = 8  # windows: who feels more slowly than in real time misses some
EVENTS = 512  # so many wait for whoever asks; then the oldest go

Array = NDArray[np.float32]
Told = Event | Cut | Sentiment


@dataclass(frozen=True)
class Counts:
    """Samples that the ring lost, and half seconds that were not felt in time."""

    lost_samples: int = 0
    missed_windows: int = 0


@dataclass(frozen=True)
class Heard:
    """`events` in the order in which they were heard; `heard_s` of sound had come when the clock was at `clock_s`.
    `connected`: the device is there."""

    events: tuple[Told, ...]
    heard_s: float
    clock_s: float
    connected: bool


def forget(block: SoundBlock) -> None:
    """What a listener whose sound nobody keeps does with it."""


def unheeded(told: Sequence[Told]) -> None:
    """Nobody waits for what is heard."""


class Listener:
    """Hears what `open_input` gives. It raises BridgeError or OSError while the device is not there.

    `model` has `outputs`, as the audio models have. `clock` gives seconds since some moment. `tell` is called with
    what has just been heard, `keep` with all sound: both on this listener's thread, and have to be quick.
    """

    def __init__(
        self,
        open_input: Callable[[], Input],
        model: AudioEstimator,
        alignment: Alignment = "song",
        cuts: LiveCuts | None = None,
        clock: Callable[[], float] = time.perf_counter,
        tell: Callable[[Sequence[Told]], None] = unheeded,
        keep: Callable[[SoundBlock], None] = forget,
    ) -> None:
        self._open, self._clock, self._tell, self._keep = open_input, clock, tell, keep
        self._follower: Follower = following(model)
        self._alignment = RunningAlignment(model.outputs, alignment)
        self._hearing, self._windows = Hearing(cuts), Windows()
        self.levels, self.sound = self._hearing.levels, self._hearing.sound
        self._events: deque[Told] = deque(maxlen=EVENTS)
        self._notes: deque[Callable[[], None]] = deque()  # for the hearing, which only the listening thread touches
        self._heard = 0.0, clock()  # so many seconds of sound by then
        self._waiting: Queue[tuple[Array, bool]] = Queue(WAITING)
        self._lost, self._missed = 0, 0
        self._stopping = Flag()
        self.connected = Flag()
        self._threads = [
            Thread(target=self._listen, name="listening", daemon=True),
            Thread(target=self._feel, name="feeling", daemon=True),
        ]

    def start(self) -> None:
        self._heard = 0.0, self._clock()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def heard(self) -> Heard:
        """What was told since the last call: onsets, beats, cuts and sentiments; and how far the sound is. Never waits,
        however much there is to hear."""
        events = tuple(self._events.popleft() for _ in range(len(self._events)))
        return Heard(events, *self._heard, self.connected.is_set())

    def begin_scene(self, time_s: float) -> None:
        """Somebody else let one begin: the next is a period from there."""
        self._notes.append(partial(self._hearing.begin_scene, time_s))

    def counts(self) -> Counts:
        return Counts(self._lost, self._missed)

    def _listen(self) -> None:
        Hearing().hear(np.zeros(SAMPLE_RATE, np.float32))  # what is slow once is slow before anything sounds
        told = False
        while not self._stopping.is_set():
            try:
                source = self._open()
            except Exception as error:  # PortAudio's, JACK's: whatever it is, the device may come back
                if not told:
                    log.warning("live sound: %s; it is waited for", _reason(error))
                told = True
                self._hear_nothing()
                continue
            told = False
            try:
                self._hear_all(source)
            except Exception:  # of a driver, as it goes: a show goes on without it, and it is opened anew
                log.exception("live sound: the device cannot be heard any more; it is waited for")
                self._hear_nothing()

    def _hear_nothing(self) -> None:
        """Silence for RETRY_S."""
        until_s = self._clock() + RETRY_S
        while self._clock() < until_s and not self._stopping.wait(WAIT_S):
            self._catch_up()

    def _catch_up(self) -> None:
        """What was not heard until now was silence."""
        now_s = self._clock()
        missing = int(min(now_s - self._heard[1], MOST_SILENCE_S) * SAMPLE_RATE)
        silence = SoundBlock(self._hearing.heard_s, SAMPLE_RATE, np.zeros((missing, CHANNELS), np.float32))
        self._hear(silence, np.zeros(missing, np.float32), now_s)

    def _hear_all(self, source: Input) -> None:
        """Until it is gone."""
        log.info("live sound: heard, %d Hz", source.rate)
        self._catch_up()
        self.connected.set()
        resampler = Resampler(source.rate)
        looked_s, lost = self._clock(), 0
        try:
            while not self._stopping.wait(LOOK_S):
                now_s, stereo = self._clock(), source.ring.read()
                if missing := source.ring.lost - lost:
                    lost, self._lost = lost + missing, self._lost + missing
                    silent = min(missing, round(MOST_SILENCE_S * source.rate))
                    stereo = np.concatenate([stereo, np.zeros((silent, CHANNELS), np.float32)])
                if len(stereo):
                    block = SoundBlock(self._hearing.heard_s, source.rate, _sane(stereo))
                    self._hear(block, resampler.hear(block.samples.mean(axis=1)), now_s)
                if self._clock() - looked_s > RETRY_S:
                    looked_s = self._clock()
                    if not source.alive:
                        log.warning("live sound: the device is gone; it is waited for")
                        return
        finally:
            self.connected.clear()
            source.close()

    def _hear(self, block: SoundBlock, mono: Array, now_s: float) -> None:
        """The sound that came by `now_s` twice: as it came, and at SAMPLE_RATE."""
        self._keep(block)
        while self._notes:
            self._notes.popleft()()
        told = self._hearing.hear(mono)
        self._heard = self._hearing.heard_s, now_s
        self._events.extend(told)
        if told:
            self._tell(told)
        for window in self._windows.add(mono):
            try:
                self._waiting.put_nowait((window, self._hearing.sounding))
            except Full:
                self._missed += 1

    def _feel(self) -> None:
        while not self._stopping.is_set():
            try:
                window, sounding = self._waiting.get(timeout=RETRY_S / 4)
            except Empty:
                continue
            try:
                raw = self._follower.hear(window, sounding)
            except Exception:  # of one half second: a night has thousands
                log.exception("live sound: half a second could not be felt")
                continue
            felt = self._alignment.align(raw, sounding) if raw else Sentiment(0.0, 0.0)
            self._notes.append(partial(self._hearing.felt, felt))
            self._events.append(felt)


def _sane(stereo: Array) -> Array:
    """Not-a-numbers of a broken driver are silence, and nothing is louder than full scale."""
    sane: Array = np.clip(np.nan_to_num(stereo), -1.0, 1.0)
    return sane


def _reason(error: Exception) -> str:
    return str(error).removeprefix("live sound: ") if isinstance(error, BridgeError) else f"cannot be heard ({error})"
