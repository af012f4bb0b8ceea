"""All that is heard of live sound together: levels, onsets, beats, bars and cuts of each block, sentiment beside it.

No threads and no clock: a test feeds it as fast as it can. Times are seconds of sound since the start.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.decode import SAMPLE_RATE
from ..audio.features import WINDOW
from ..core.types import Sentiment
from . import levels, sound
from .beats import BeatTracker, HeardBeat
from .cuts import LiveCuts
from .levels import HeardOnset, LevelMeter
from .so_far import LevelsSoFar, SoundSoFar
from .sound import SoundMeter

Array = NDArray[np.float32]
Event = HeardOnset | HeardBeat


@dataclass(frozen=True)
class Cut:
    """A scene begins at `time_s`."""

    time_s: float


class Hearing:
    """Hears blocks of mono sound at SAMPLE_RATE. Sentiment comes from elsewhere, `felt` tells of it.

    `levels` and `sound` grow, for whoever asks in whatever thread.
    """

    def __init__(self, cuts: LiveCuts | None = None) -> None:
        self.levels, self.sound = LevelsSoFar(levels.HOP_S), SoundSoFar(sound.HOP_S)
        self._meter, self._beats, self._sounds = LevelMeter(), BeatTracker(), SoundMeter()
        self._cuts = cuts or LiveCuts()
        self._samples = 0
        self.sounding = False

    @property
    def heard_s(self) -> float:
        return self._samples / SAMPLE_RATE

    def hear(self, samples: Array) -> list[Event | Cut]:
        """What `samples` (n,) bring, in order of time."""
        heard, beats = self._meter.hear(samples), self._beats.hear(samples)
        for one in self._sounds.hear(samples):
            self.sound.add(one)
        self._samples += len(samples)
        self.sounding = heard.sounding
        self.levels.add(heard.levels, heard.onset_strength)
        told: list[Event | Cut] = []
        events: list[Event] = [*heard.onsets, *beats]
        for event in sorted(events, key=lambda event: event.time_s):
            told.append(event)
            begins = self._cuts.beat(event) if isinstance(event, HeardBeat) else self._cuts.onset(event.time_s)
            told += [Cut(event.time_s)] if begins else []
        return told + ([Cut(self.heard_s)] if self._cuts.tick(self.heard_s) else [])

    def felt(self, sentiment: Sentiment) -> None:
        """The sentiment of the newest HOP_S."""
        self._cuts.feel(sentiment)

    def begin_scene(self, time_s: float) -> None:
        """Somebody else let one begin."""
        self._cuts.begin(time_s)


class Windows:
    """Blocks of any size become windows of WINDOW samples, for sentiment."""

    def __init__(self) -> None:
        self._kept = np.empty(0, np.float32)

    def add(self, samples: Array) -> list[Array]:
        heard = np.concatenate([self._kept, samples])
        count = len(heard) // WINDOW
        self._kept = heard[count * WINDOW :]
        return list(heard[: count * WINDOW].reshape(count, WINDOW))
