"""All that is heard of live sound together: levels, onsets, beats, bars and cuts of each block, sentiment beside it.

No threads and no clock: a test feeds it as fast as it can. Times are seconds of sound since the start.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.decode import SAMPLE_RATE
from ..audio.features import HOP_S
from ..core.types import LevelTrack, Sentiment, SentimentTrack, Structure
from .beats import BeatTracker, HeardBeat
from .cuts import LiveCuts
from .levels import HOP_S as LEVEL_HOP_S
from .levels import HeardOnset, LevelMeter
from .sentiment import WINDOW

MEMORY_S = 600.0  # what is kept of a set

Array = NDArray[np.float32]
Event = HeardOnset | HeardBeat


@dataclass(frozen=True)
class Cut:
    """A scene begins at `time_s`."""

    time_s: float


@dataclass(frozen=True, eq=False)
class SetSoFar:
    """Until `heard_s` of the set, the newest MEMORY_S of it. Tracks begin at `start_s`, `structure` and `cuts` count
    from the set's start."""

    heard_s: float
    start_s: float
    sentiment: SentimentTrack
    levels: LevelTrack
    structure: Structure
    cuts: tuple[float, ...]
    sounding: bool


class Hearing:
    """Hears blocks of mono sound at SAMPLE_RATE. Sentiment comes from elsewhere, `felt` tells of it."""

    def __init__(self, cuts: LiveCuts | None = None) -> None:
        self._meter, self._beats, self._cuts = LevelMeter(), BeatTracker(), cuts or LiveCuts()
        self._levels: deque[Array] = deque(maxlen=round(MEMORY_S / LEVEL_HOP_S))
        self._strengths: deque[float] = deque(maxlen=self._levels.maxlen)
        self._felt: deque[Sentiment] = deque(maxlen=round(MEMORY_S / HOP_S))
        self._told_beats: deque[HeardBeat] = deque(maxlen=round(4 * MEMORY_S))
        self._told_cuts: deque[float] = deque(maxlen=round(MEMORY_S))
        self._samples = 0
        self.sounding = False

    @property
    def heard_s(self) -> float:
        return self._samples / SAMPLE_RATE

    def hear(self, samples: Array) -> list[Event | Cut]:
        """What `samples` (n,) bring, in order of time."""
        heard, beats = self._meter.hear(samples), self._beats.hear(samples)
        self._samples += len(samples)
        self.sounding = heard.sounding
        self._levels.extend(heard.levels)
        self._strengths.extend(heard.onset_strength.tolist())
        self._told_beats.extend(beats)
        told: list[Event | Cut] = []
        events: list[Event] = [*heard.onsets, *beats]
        for event in sorted(events, key=lambda event: event.time_s):
            told.append(event)
            begins = self._cuts.beat(event) if isinstance(event, HeardBeat) else self._cuts.onset(event.time_s)
            told += self._cut(event.time_s) if begins else []
        return told + (self._cut(self.heard_s) if self._cuts.tick(self.heard_s) else [])

    def felt(self, sentiment: Sentiment) -> None:
        """The sentiment of the newest HOP_S."""
        self._felt.append(sentiment)
        self._cuts.feel(sentiment)

    def so_far(self) -> SetSoFar:
        levels = np.array(self._levels, np.float32).reshape(-1, 5)
        track = LevelTrack(levels, LEVEL_HOP_S, np.array(self._strengths, np.float32)) if len(levels) else None
        felt = np.array([(one.valence, one.arousal) for one in self._felt], np.float32).reshape(-1, 2)
        bars = [beat.time_s for beat in self._told_beats if beat.number == 1]
        return SetSoFar(
            heard_s=self.heard_s,
            start_s=max(self.heard_s - MEMORY_S, 0.0),
            sentiment=SentimentTrack(felt[:, 0], felt[:, 1], HOP_S),
            levels=track or LevelTrack.quiet(),
            structure=Structure(
                np.array([beat.time_s for beat in self._told_beats]), np.array(bars), np.ones(len(bars))
            ),
            cuts=tuple(self._told_cuts),
            sounding=self.sounding,
        )

    def _cut(self, time_s: float) -> list[Event | Cut]:
        self._told_cuts.append(time_s)
        return [Cut(time_s)]


class Windows:
    """Blocks of any size become windows of WINDOW samples, for sentiment."""

    def __init__(self) -> None:
        self._kept = np.empty(0, np.float32)

    def add(self, samples: Array) -> list[Array]:
        heard = np.concatenate([self._kept, samples])
        count = len(heard) // WINDOW
        self._kept = heard[count * WINDOW :]
        return list(heard[: count * WINDOW].reshape(count, WINDOW))
