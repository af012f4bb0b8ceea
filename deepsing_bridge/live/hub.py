"""Where the engine and the protocols meet: commands go in, events and frames come out. Safe from any thread.

An adapter gets a `Hub` and nothing else of the core. It puts commands into `inbox`, reads `snapshot` to answer
questions, and takes events from an outbox of its own and frames from `frames`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from ..core.errors import BridgeError
from ..core.fields import Value
from ..core.types import Frame
from ..listening.device import SoundBlock
from ..story.storyboard import Storyboard
from .clock import Clock
from .events import (
    ArousalAt,
    CuesAt,
    Echo,
    Event,
    HeldAt,
    LevelsAt,
    LoopAt,
    SceneStarted,
    SectionStarted,
    SongLoaded,
    Status,
    TimeAt,
    TransportAt,
    ValenceAt,
)
from .losses import Losses
from .mailbox import Inbox, Outbox, Slot
from .messages import ROOT
from .vocabulary import Vocabulary

E = TypeVar("E")
SOUND_BLOCKS = 12_000  # a minute at the least, 25 MB of stereo at 48 kHz


@dataclass(frozen=True)
class Snapshot:
    """All that can be asked for, as it was at one moment. `values` are the parameters' targets; the view among them is
    the song's `own_view`, or was chosen."""

    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    time_s: float = 0.0
    valence: float = 0.0
    arousal: float = 0.0
    status: Status = field(default_factory=lambda: Status("", "idle", 0.0, 0, 0))
    song: SongLoaded | None = None
    scene: SceneStarted | None = None
    cues: CuesAt = field(default_factory=CuesAt)
    held: HeldAt = field(default_factory=HeldAt)
    section: SectionStarted | None = None
    levels: LevelsAt | None = None
    own_view: bool = True
    loop: LoopAt = field(default_factory=LoopAt)

    def answer(self, name: str) -> Event:
        """What `get` tells of `name`, as an event. Raises BridgeError where there is no such thing, or not yet."""
        if name in self.values:
            return Echo(name, self.values[name])
        things = self._things()
        if name not in things:
            raise BridgeError(f"{ROOT}/get name: expected a parameter or one of {', '.join(things)}, got {name!r:.60}")
        thing = things[name]
        if thing is None:
            raise BridgeError(f"{ROOT}/get name: there is no {name} yet; load a song first")
        return thing

    def loaded(self) -> SongLoaded:
        """The song. Raises BridgeError if there is none."""
        if self.song is None:
            raise BridgeError("no song is loaded: load one first")
        return self.song

    def everything(self) -> list[Event]:
        """All that somebody who begins to listen has missed."""
        values = [Echo(name, value) for name, value in self.values.items()]
        return [*values, *(thing for thing in self._things().values() if thing is not None)]

    def _things(self) -> dict[str, Event | None]:
        return {
            "status": self.status,
            "transport": TransportAt(self.status.state, self.time_s),
            "loop": self.loop,
            "song": self.song,
            "scene": self.scene,
            "cues": self.cues,
            "class/held": self.held,
            "section": self.section,
            "time": TimeAt(self.time_s),
            "valence": ValenceAt(self.valence),
            "arousal": ArousalAt(self.arousal),
            "levels": self.levels,
        }


@dataclass(frozen=True)
class LiveFrame:
    """A `frame` as it goes out: `sequence` counts all frames since the start, without gaps; `label` of its scene.

    `frame.index` counts from the song's start at the chosen rate; `pixels` are never written to again. It was made
    for the moment `clock_s`, while the song was `playing` or not. `board` has its scene: when another song is put on,
    that is the last one's until there is a picture of the new one, whose sound is that of `song_path` at once.
    """

    sequence: int
    frame: Frame
    label: str
    clock_s: float = 0.0
    playing: bool = False
    song_path: Path = Path()
    song_digest: str = ""
    board: Storyboard | None = None


class Hub:
    def __init__(self, vocabulary: Vocabulary, clock: Clock, inbox: Inbox | None = None) -> None:
        self.vocabulary = vocabulary
        self.clock = clock
        self.inbox = inbox or Inbox()
        self.frames: Slot[LiveFrame] = Slot()
        self.sound: Outbox[SoundBlock] = Outbox(SOUND_BLOCKS)  # live sound, for whoever records it
        self.losses = Losses()
        self.snapshot = Snapshot(values=MappingProxyType(vocabulary.defaults()))  # replaced whole, by the engine alone
        self._outboxes: tuple[tuple[Outbox[Any], type], ...] = ()  # and what each hears
        self._lock = Lock()
        self._sequence = count()

    def next_sequence(self) -> int:
        """The number of the next frame; the engine alone asks."""
        return next(self._sequence)

    def subscribe(self, capacity: int = 512) -> Outbox[Event]:
        """A new outbox that hears every event from now on."""
        return self._added(Outbox(capacity), object)

    def subscribe_to(self, kind: type[E], capacity: int = 512) -> Outbox[E]:
        """A new outbox that hears every event of that `kind` from now on, and no flood of others."""
        return self._added(Outbox(capacity), kind)

    def unsubscribe(self, outbox: Outbox[Any]) -> None:
        with self._lock:
            self._outboxes = tuple(other for other in self._outboxes if other[0] is not outbox)

    def post(self, event: Event) -> None:
        for outbox, kind in self._outboxes:
            if isinstance(event, kind):
                outbox.put(event)

    def _added(self, outbox: Outbox[E], kind: type) -> Outbox[E]:
        with self._lock:
            self._outboxes = (*self._outboxes, (outbox, kind))
        return outbox
