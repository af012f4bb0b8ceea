"""What the engine tells: frozen values, made in any thread, read in any thread.

`to_message` makes the vocabulary's names and plain values of them, for every protocol alike.
"""

from dataclasses import dataclass, field, fields
from typing import ClassVar

from ..core.colours import feeling_rgb
from ..core.fields import Value
from ..core.types import Sentiment, SentimentTrack
from .commands import Sender
from .cues import Cue, Weights, cue_address
from .messages import ROOT


@dataclass(frozen=True)
class Echo:
    """A parameter has this value now; `sender` is whoever changed it."""

    name: str
    value: Value
    sender: Sender = field(default=None, compare=False)


@dataclass(frozen=True)
class TimeAt:
    time_s: float
    message: ClassVar = "time"


@dataclass(frozen=True)
class ValenceAt:
    valence: float
    message: ClassVar = "valence"


@dataclass(frozen=True)
class ArousalAt:
    arousal: float
    message: ClassVar = "arousal"


@dataclass(frozen=True)
class SceneStarted:
    index: int
    class_id: int
    label: str
    probability: float
    mood: str
    valence: float
    arousal: float
    start_s: float
    end_s: float
    feeling: str = field(init=False)
    colour: str = field(init=False)
    style: str = ""
    message: ClassVar = "scene"

    def __post_init__(self) -> None:
        """What people call its sentiment, as the log and timelines do, where `mood` is what styles go by."""
        feeling = Sentiment(self.valence, self.arousal).feeling
        object.__setattr__(self, "feeling", feeling)
        object.__setattr__(self, "colour", feeling_rgb(feeling))


@dataclass(frozen=True)
class HeldAt:
    """The classes that are held, with their shares, in words, and as `Hold` takes them."""

    classes: str = ""
    weights: Weights = field(default=(), compare=False)
    message: ClassVar = "class/held"


@dataclass(frozen=True)
class WorldAt:
    """`values`, as many as the world's shader takes, follow the message's fields: see `MovingGenerator.numbers`."""

    layer: int
    label: str
    share: float
    gamma: float
    values: tuple[float, ...]
    message: ClassVar = "world"


@dataclass(frozen=True)
class Beat:
    number: int
    bar: int
    tempo: float
    message: ClassVar = "beat"


@dataclass(frozen=True)
class Tapped:
    """So many taps belong together; 0 beats a minute before the second."""

    taps: int
    tempo: float
    message: ClassVar = "tapped"


@dataclass(frozen=True)
class LinkAt:
    """The Link session that the bridge is in, with so many others, and whether it plays."""

    peers: int
    tempo: float
    playing: bool
    message: ClassVar = "link"


@dataclass(frozen=True)
class CueFired:
    name: str
    fade_s: float
    message: ClassVar = "cue/fired"


@dataclass(frozen=True)
class CueSaved:
    """`cue` is not part of the message."""

    name: str
    cue: Cue
    message: ClassVar = "cue/saved"


@dataclass(frozen=True)
class CuesAt:
    """Which there are, in words."""

    names: str = ""
    message: ClassVar = "cues"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where each is called."""
        return tuple(f"{ROOT}/{cue_address(name)}" for name in self.names.split(", ") if name)


@dataclass(frozen=True)
class PendingAt:
    """`what` waits, and the first of it for `wait_s` more."""

    what: str = ""
    wait_s: float = 0.0
    message: ClassVar = "pending"


@dataclass(frozen=True)
class Onset:
    strength: float
    message: ClassVar = "onset"


@dataclass(frozen=True)
class LevelsAt:
    pulse: float
    bass: float
    mid: float
    treble: float
    energy: float
    message: ClassVar = "levels"


@dataclass(frozen=True)
class SectionStarted:
    index: int
    start_s: float
    end_s: float
    message: ClassVar = "section"


@dataclass(frozen=True)
class Status:
    song: str
    state: str
    fps: float
    dropped_frames: int
    dropped_commands: int
    lost: int = 0
    failing: str = ""
    message: ClassVar = "status"


@dataclass(frozen=True)
class TransportAt:
    """Since it was last told, it began to play, stopped, or ended: `time_s` is where."""

    state: str
    time_s: float
    message: ClassVar = "transport"


@dataclass(frozen=True)
class LoopAt:
    """The part that is repeated; from 0 to 0 if none is."""

    on: bool = False
    start_s: float = 0.0
    end_s: float = 0.0
    message: ClassVar = "loop"


@dataclass(frozen=True)
class SongLoaded:
    """`curve` is the song's sentiment at 0.5 s; not part of the message, it has chunks of its own."""

    title: str
    duration_s: float
    scenes: int
    curve: SentimentTrack
    message: ClassVar = "song"


@dataclass(frozen=True)
class Progressed:
    stage: str
    share: float
    message: ClassVar = "progress"


@dataclass(frozen=True)
class Problem:
    """Something that was asked for could not be done; for `sender` if there is one, else for everybody."""

    text: str
    sender: Sender = None
    message: ClassVar = "error"


Musical = Beat | Onset | LevelsAt | SectionStarted
Event = (
    Echo
    | TimeAt
    | ValenceAt
    | ArousalAt
    | SceneStarted
    | HeldAt
    | PendingAt
    | CueFired
    | CueSaved
    | CuesAt
    | Tapped
    | LinkAt
    | WorldAt
    | Musical
    | Status
    | TransportAt
    | LoopAt
    | SongLoaded
    | Progressed
    | Problem
)

UNTOLD = ("sender", "curve", "values", "cue", "weights")  # fields of events that are no part of the message


def to_message(event: Event) -> tuple[str, dict[str, Value]]:
    """The vocabulary's name of `event` and its values by field, in the table's order."""
    if isinstance(event, Echo):
        return f"param/{event.name}", {"value": event.value}
    shown = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in UNTOLD}
    return event.message, shown
