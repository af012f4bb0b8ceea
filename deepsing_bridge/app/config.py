"""What somebody asks for, as values: a story, or a bridge that runs. Knows nothing of how either is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from ..core.fields import Value
from ..protocols.token import Token
from ..story.settings import Settings

LOOPBACK = "127.0.0.1"
Address = tuple[str, int]
PixelFormat = Literal["rgb", "rgba", "jpeg"]
TranslatorKind = Literal["neural", "dictionary", "random"]
TRANSLATORS: tuple[TranslatorKind, ...] = get_args(TranslatorKind)


@dataclass(frozen=True)
class ModelChoice:
    """Which models to load; `app.bundle.load` does it.

    `classes` are names, separated by commas, that a translator is fitted to. `sets` are names of installed model sets,
    separated by commas, which are asked before the shipped one. `audio_model` None: the one that a set brings, else the
    default. `styles` None: the shipped style images. `precision` is float32 or bfloat16.
    """

    generator: str = "embedded"
    translator: str = "neural"
    classes: str | None = None
    sets: str = ""
    audio_model: str | None = None
    styles: Path | None = None
    device: str = "cpu"
    precision: str = "float32"


@dataclass(frozen=True)
class StoryRequest:
    """A story of `song` in folder `out`, with the translator's view number `view`; None: the song's own.

    `from_s` and `to_s`, seconds of the song: only the scenes that are on between them. `to_s` None: to its end.
    Scenes are painted by so many processes (`jobs`), or by the Ray cluster at the address `cluster`, to the same bytes.
    """

    song: Path
    out: Path
    settings: Settings = field(default_factory=Settings)
    models: ModelChoice = field(default_factory=ModelChoice)
    view: int | None = None
    from_s: float = 0.0
    to_s: float | None = None
    jobs: int = 1
    cluster: str | None = None


@dataclass(frozen=True)
class Playback:
    """What is played: `song` first, and then those that follow it in the `playlist`.

    `songs` are folders whose songs may be loaded from outside; `record` a new folder for a take; `cues` the file that
    cues are kept in. The first song begins at `start_s`. `resume`: go on where the last show was. In place of songs,
    live sound can be heard from the device called `input`.
    """

    song: Path | None = None
    play: bool = True
    loop: bool = False
    record: Path | None = None
    songs: tuple[Path, ...] = ()
    cues: Path | None = None
    playlist: tuple[Path, ...] = ()
    start_s: float = 0.0
    resume: bool = False
    input: str | None = None


@dataclass(frozen=True)
class Ports:
    """Port numbers, 0 for any free one; None where that adapter is not wanted."""

    osc: int | None = 7700
    oscquery: int | None = 7701
    frames: int | None = 7702
    commands: int | None = 7703


@dataclass(frozen=True)
class Network:
    """Who can reach the bridge, and where. `targets` always hear all events; `keys` is a folder of CURVE keys.

    `token` is what OSC and HTTP clients of other machines have to know, if anything. `osc_bundles`: what goes out at
    the same time by OSC is one datagram. `link`: in the Ableton Link session of the network, whatever `listen` says.
    """

    listen: str = LOOPBACK
    ports: Ports = field(default_factory=Ports)
    targets: tuple[Address, ...] = ()
    announce: bool = False
    pixel_format: PixelFormat = "rgb"
    shared_memory: str | None = "deepsing"
    keys: Path | None = None
    token: Token | None = None
    osc_bundles: bool = False
    link: bool = False


@dataclass(frozen=True)
class Midi:
    """Which ports are heard (parts of names; none: all), what times the song, and the file that maps controllers."""

    ports: tuple[str, ...] = ()
    mapping: Path | None = None
    time_sources: tuple[str, ...] = ("mtc", "clock")
    start: str = "00:00:00:00"


@dataclass(frozen=True)
class VideoOutputs:
    """As what other programs see the frames: an NDI source, a Spout sender, a Syphon server, a camera's device.

    None where that is not wanted.
    """

    ndi: str | None = None
    spout: str | None = None
    syphon: str | None = None
    camera: str | None = None


@dataclass(frozen=True)
class BridgeConfig:
    """A bridge. `changed` are parameters that begin at other than their defaults; `threads` work for the models."""

    playback: Playback = field(default_factory=Playback)
    network: Network = field(default_factory=Network)
    midi: Midi | None = field(default_factory=Midi)
    video: VideoOutputs = field(default_factory=VideoOutputs)
    models: ModelChoice = field(default_factory=ModelChoice)
    settings: Settings = field(default_factory=Settings)
    changed: Mapping[str, Value] = field(default_factory=dict)
    threads: int = 1


@dataclass(frozen=True)
class RetakeRequest:
    """What to change in the story in folder `story`. Scenes are counted from 1, as they are before all of it.

    `scenes` are taken again: with another picture, of class `class_name` if one is given; or, where `style` or `blend`
    is given and no class, with that alone. Those of footage show another shot, of the film or photo called `shot`
    if one is given; or, with `blend`, a styled copy of theirs. `moves` are scenes, and how far the cut at which each
    begins is moved, as `"+12f"` or `"-0.5s"`; `merges` the first and the last of scenes that become one; `splits`
    scenes, and the time in the song from which each is another one, as `"0:41.2"`, of footage with the same shot going
    on. `models` are those that the story was made with, whose generator is the story's own; `song`, where it is now, if
    it has moved.
    """

    story: Path
    scenes: tuple[int, ...] = ()
    class_name: str | None = None
    style: str | None = None
    blend: float | None = None
    shot: str | None = None
    moves: tuple[tuple[int, str], ...] = ()
    merges: tuple[tuple[int, int], ...] = ()
    splits: tuple[tuple[int, str], ...] = ()
    locks: tuple[int, ...] = ()
    unlocks: tuple[int, ...] = ()
    models: ModelChoice = field(default_factory=ModelChoice)
    song: Path | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        how = self.class_name, self.style, self.blend, self.shot
        what = self.scenes, self.moves, self.merges, self.splits, self.locks, self.unlocks
        return not any(what) and all(value is None for value in how)
