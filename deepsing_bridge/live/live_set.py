"""What is played live, as the engine knows it: a story that grows by a scene at every cut, and the beats. Pure.

Its `SongAnalysis` and its storyboard are as those of songs, but for levels and sound, which grow, and for scenes, of
which there are no more than have begun. Nothing in it grows by more than a few hundred bytes a scene.
"""

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..core.types import LevelTrack, Sentiment, SentimentTrack, SoundTrack
from ..core.units import METERS
from ..story.analysis import SongAnalysis
from ..story.plan import Begun
from ..story.storyboard import Scene, Storyboard
from .taps import BEATS_IN_BAR, LONGEST_S, UNTAPPED, BeatGrid, Taps

ENDLESS_S = 48 * 3600.0  # one point of sentiment and power for as long as any night
REMEMBERED = 32, 64  # scenes' feelings, which decide what comes again: at the second, the oldest go
WHOLE = 8  # of the newest scenes all is kept, and of the first, whose colours all follow
NEUTRAL = Sentiment(0.0, 0.0)


@dataclass(frozen=True)
class HeardBeats:
    """The newest beats on the clock, as if they were taps, of which number `first` begins the first bar; so many
    `in_bar` make a bar, and the newest was this `number` in its own."""

    taps: Taps = UNTAPPED
    first: int = 0
    in_bar: int = BEATS_IN_BAR
    number: int = 0

    def heard(self, at_s: float, number: int, bar: int) -> "HeardBeats":
        """One more, at `at_s`: `number` in its `bar`, both 0 where no bars are heard."""
        taps = self.taps.heard(at_s)
        place = taps.earlier + len(taps.times) - 1
        if not number:
            return HeardBeats(taps, self.first if place else 0)
        in_bar = self.number if number == 1 and self.number in METERS else self.in_bar
        return HeardBeats(taps, place - (bar - 1) * in_bar - (number - 1), in_bar, number)

    def grid(self, now_s: float) -> BeatGrid | None:
        """Even beats from a bar on; None without beats, or once they are over."""
        even = self.taps.grid
        if even is None or now_s - self.taps.times[-1] > LONGEST_S:
            return None
        return replace(even, first_s=even.time_of(self.first), in_bar=self.in_bar)


UNHEARD = HeardBeats()


def first_scene(length_s: float) -> Begun:
    """That scenes are wanted for `length_s` goes for all that follow."""
    return Begun(0, 0.0, length_s, (NEUTRAL,))


def next_scene(begun: Begun, start_s: float, felt: Sentiment) -> Begun:
    """The scene after `begun`."""
    least, most = REMEMBERED
    before = begun.felt if len(begun.felt) < most else begun.felt[-least:]
    return Begun(begun.number + 1, start_s, begun.length_s, (*before, felt))


def analysis_of(name: str, levels: LevelTrack, sound: SoundTrack) -> SongAnalysis:
    """Of live sound, with a digest of its own, from which its view and seed follow; without a file, or an end."""
    digest = hashlib.sha256(f"live sound {name}".encode()).hexdigest()
    return SongAnalysis(felt_as(NEUTRAL), (1.0,), 0.0, Path(), digest, levels=levels, sound=sound)


def felt_as(sentiment: Sentiment) -> SentimentTrack:
    """All the time, until it is felt anew."""
    valence, arousal = np.array([[sentiment.valence], [sentiment.arousal]], np.float32)
    return SentimentTrack(valence, arousal, ENDLESS_S)


def grown(before: Storyboard | None, newest: Storyboard) -> Storyboard:
    """`before`, and behind it the one scene of `newest`, or in place of the one that begins when it does."""
    if before is None:
        return newest
    scene = newest.scenes[0]
    gone = list(before.scenes[: before.scene_at(math.nextafter(scene.start_s, -math.inf)) + 1])
    if gone[-1].start_s >= scene.start_s:
        return newest
    gone[-1] = replace(gone[-1], end_s=scene.start_s)
    if len(gone) > WHOLE:
        gone[-WHOLE] = _remembered(gone[-WHOLE])
    return replace(newest, scenes=(*gone, scene))


def _remembered(scene: Scene) -> Scene:
    """When it was and what it showed, but not how."""
    return replace(scene, probabilities=scene.probabilities[:0], latent=(), towards=())
