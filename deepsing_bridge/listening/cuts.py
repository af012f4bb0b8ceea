"""Where scenes begin while nobody knows what comes: on bars near the period that is wanted, or when the feeling moves
far. Pure."""

import math

from ..attributes.alignment import INTERVAL_S
from ..core.types import Sentiment
from .beats import HeardBeat

FAR = 1.5  # standard deviations from where the scene began
SHORTEST_S = 2.0  # a scene that the feeling ends
LATEST = 1.5  # times the period: without bars and onsets a scene ends by then


class LiveCuts:
    """Told of everything in order; each answer says whether a scene begins there. The first began at 0."""

    def __init__(self, period_s: float = INTERVAL_S) -> None:
        self._period_s = period_s
        self._start_s = 0.0
        self._felt = self._began = Sentiment(0.0, 0.0)
        self._last_beat_s = self._last_bar_s = -math.inf

    def feel(self, felt: Sentiment) -> None:
        self._felt = felt

    def beat(self, beat: HeardBeat) -> bool:
        """On downbeats where there are bars, else on beats: whichever is nearest to the period."""
        counted, first = beat.number > 0, beat.number == 1
        since_s = beat.time_s - (self._last_bar_s if counted else self._last_beat_s)
        self._last_beat_s = beat.time_s
        if first:
            self._last_bar_s = beat.time_s
        lasted_s = beat.time_s - self._start_s
        due = (first or not counted) and lasted_s + min(since_s, self._period_s) / 2 >= self._period_s
        return self._cut(beat.time_s, due or (self._moved() and lasted_s >= SHORTEST_S))

    def onset(self, time_s: float) -> bool:
        """Where no beats are told."""
        return self._cut(time_s, self._beatless(time_s) and time_s - self._start_s >= self._period_s)

    def tick(self, time_s: float) -> bool:
        """Now and then: nothing may begin to sound for long."""
        lasted_s = time_s - self._start_s
        moved = self._moved() and lasted_s >= SHORTEST_S and self._beatless(time_s)
        return self._cut(time_s, moved or lasted_s >= LATEST * self._period_s)

    def _beatless(self, time_s: float) -> bool:
        return time_s - self._last_beat_s > self._period_s / 2

    def _moved(self) -> bool:
        return math.dist((self._felt.valence, self._felt.arousal), (self._began.valence, self._began.arousal)) >= FAR

    def begin(self, time_s: float) -> None:
        """A scene begins there, whatever is heard."""
        self._start_s, self._began = time_s, self._felt

    def _cut(self, time_s: float, due: bool) -> bool:
        if due:
            self.begin(time_s)
        return due
