"""What the engine is told: frozen values, made in any thread, read in any thread.

`parsing.to_command` makes them of the vocabulary's names and plain values, for every protocol alike.
"""

from dataclasses import dataclass
from pathlib import Path

from ..core.fields import Value
from .cues import Cue, Weights
from .taps import BeatGrid

Sender = object | None
"""Whoever is to hear of an error: an address or an identity, which a protocol knows and the engine does not."""

SHORTEST_LOOP_S = 0.1


@dataclass(frozen=True)
class SetParam:
    """`value` was checked against the vocabulary."""

    name: str
    value: Value
    sender: Sender = None


@dataclass(frozen=True)
class FadeParam:
    """As `SetParam`, of a parameter that fades, in `fade_s` seconds."""

    name: str
    value: float
    fade_s: float
    sender: Sender = None


@dataclass(frozen=True)
class Play:
    sender: Sender = None


@dataclass(frozen=True)
class Pause:
    sender: Sender = None


@dataclass(frozen=True)
class Stop:
    sender: Sender = None


@dataclass(frozen=True)
class Toggle:
    sender: Sender = None


@dataclass(frozen=True)
class Seek:
    time_s: float
    sender: Sender = None


@dataclass(frozen=True)
class Load:
    """`path` lies in a folder that may be read: `to_command` saw to it. It is to begin at `start_s`."""

    path: Path
    sender: Sender = None
    start_s: float = 0.0


@dataclass(frozen=True)
class NextSong:
    sender: Sender = None


@dataclass(frozen=True)
class PreviousSong:
    sender: Sender = None


@dataclass(frozen=True)
class Loop:
    """`end_s` None: to the end of the song."""

    on: bool
    start_s: float = 0.0
    end_s: float | None = None
    sender: Sender = None

    @property
    def whole(self) -> bool:
        """Whether it means all of a song, whichever is on."""
        return self.start_s == 0 and self.end_s is None


@dataclass(frozen=True)
class Chase:
    """Somebody else's time (MTC, MIDI clock): the song was at `time_s` at `clock_s` of the engine's clock.

    `moving` False: it stands still there.
    """

    time_s: float
    clock_s: float
    moving: bool = True
    sender: Sender = None


@dataclass(frozen=True)
class Hold:
    """Names of classes, perhaps several separated by commas, with a weight for each of them; none: release."""

    weights: Weights = ()
    sender: Sender = None


@dataclass(frozen=True)
class NextScene:
    """At `at_s` in the song; None: now."""

    at_s: float | None = None
    sender: Sender = None


@dataclass(frozen=True)
class RecallCue:
    """With the cue's own fade, if `fade_s` is None."""

    name: str
    fade_s: float | None = None
    sender: Sender = None


@dataclass(frozen=True)
class SaveCue:
    """`name` can be a cue's."""

    name: str
    sender: Sender = None


@dataclass(frozen=True)
class SetCues:
    """All that there are now: they were read from a file."""

    cues: tuple[Cue, ...]
    sender: Sender = None


@dataclass(frozen=True)
class Tap:
    sender: Sender = None


@dataclass(frozen=True)
class FollowBeats:
    """Others keep the beat, as in a Link session, and these beats are it; None: nobody does any more."""

    grid: BeatGrid | None
    sender: Sender = None


CueCommand = RecallCue | SaveCue | SetCues
Transporting = Play | Pause | Stop | Toggle | Seek | Load | NextSong | PreviousSong | Loop | Chase
Command = SetParam | FadeParam | Transporting | Hold | NextScene | Tap | FollowBeats | CueCommand
