"""What was heard so far, as pictures ask for it: levels and sound that grow at one end while a night lasts.

One thread adds and any may ask. What is older than KEPT_S is forgotten, but for how much had sounded by each second,
from which the clocks of pictures are counted: half a megabyte in eight hours.
"""

from array import array
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ..core.types import ENERGY_DRIVE, LEVEL_NAMES, ONSET_DRIVE, Levels, LevelTrack, Sound, SoundTrack

KEPT_S = 120.0
USUAL_DRIVE = 1.7  # in a second of music: 1.4 to 2.0 in most scenes of songs
SOUND_KEPT_S = 10.0  # pictures ask for that of now
ENERGY = LEVEL_NAMES.index("energy")

Array = NDArray[np.float32]
Sums = NDArray[np.float64]


class LevelsSoFar(LevelTrack):
    """A `LevelTrack` whose end is now: what is asked of a later moment is that of the newest one. Its arrays are empty
    ones, and it tells no onsets: they are told as they are heard."""

    def __init__(self, hop_s: float) -> None:
        super().__init__(LevelTrack.quiet().values, hop_s, LevelTrack.quiet().onset_strength)
        self._kept = round(KEPT_S / hop_s)
        self._rows: Array = np.zeros((self._kept, len(LEVEL_NAMES)), np.float32)
        self._sums: Sums = np.zeros((self._kept, 2))  # what had begun, and what had driven pictures, before each row
        self._count = 0
        self._every = max(round(1.0 / hop_s), 1)  # rows
        self._past = array("d", [0.0, 0.0])  # the same two numbers for every so manieth row, since the start
        self._lock = Lock()

    def add(self, levels: Array, onset_strength: Array) -> None:
        """`levels` (n, 5) and `onset_strength` (n,) of the next n hops."""
        with self._lock:
            for row, strength in zip(levels, onset_strength.tolist(), strict=True):
                self._add(row, strength * self.hop_s)

    def _add(self, row: Array, begun: float) -> None:
        here, following = self._count % self._kept, (self._count + 1) % self._kept
        self._rows[here] = row
        driven = ENERGY_DRIVE * float(row[ENERGY]) * self.hop_s + ONSET_DRIVE * begun
        self._sums[following] = self._sums[here] + (begun, driven)
        self._count += 1
        if self._count % self._every == 0:
            self._past.extend(self._sums[following].tolist())

    def at(self, time_s: float) -> Levels:
        with self._lock:
            if not self._count:
                return Levels()
            newest = self._count - 1
            place = min(max(time_s / self.hop_s, newest - self._kept + 2, 0), newest)
            one, other = (self._rows[index % self._kept] for index in (int(place), min(int(place) + 1, newest)))
            return Levels(*(one + (place - int(place)) * (other - one)).tolist())

    def drive(self, start_s: float, end_s: float) -> float:
        with self._lock:
            return float(self._sum(end_s)[1] - self._sum(start_s)[1])

    def drive_to_come(self, now_s: float, end_s: float) -> float:
        """As much as music has on the whole: what is to come is not known."""
        return USUAL_DRIVE * (end_s - now_s)

    def begun(self, time_s: float) -> float:
        with self._lock:
            return float(self._sum(time_s)[0])

    @property
    def onsets(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        return np.empty(0), np.empty(0, np.float32)

    def _sum(self, time_s: float) -> Sums:
        place = min(max(time_s / self.hop_s, 0.0), self._count)
        if int(place) > self._count - self._kept:
            one, other = (self._sums[index % self._kept] for index in (int(place), min(int(place) + 1, self._count)))
            return np.asarray(one + (place - int(place)) * (other - one))
        place /= self._every
        one, other = (np.array(self._past[2 * number : 2 * number + 2]) for number in (int(place), int(place) + 1))
        return np.asarray(one + (place - int(place)) * (other - one))


class SoundSoFar(SoundTrack):
    """A `SoundTrack` whose end is now."""

    def __init__(self, hop_s: float) -> None:
        silence = SoundTrack.silence()
        super().__init__(silence.waveform, silence.spectrum, hop_s)
        self._kept = round(SOUND_KEPT_S / hop_s)
        self._newest: list[Sound] = [silence.at(0.0)] * self._kept
        self._count = 0

    def add(self, sound: Sound) -> None:
        """Of the next hop."""
        self._newest[self._count % self._kept] = sound
        self._count += 1

    def at(self, time_s: float) -> Sound:
        newest = max(self._count - 1, 0)
        return self._newest[min(max(round(time_s / self.hop_s), newest - self._kept + 2, 0), newest) % self._kept]
