"""The live bridge as a process: what is started in which order, and stopped in reverse.

Ports first, since a taken one must be told at once; then the models; then the engine. On the way out intake closes
first, then the engine, then whoever sends, so that nothing that was accepted is lost.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Literal, Protocol

from ..core.allowed_folders import AllowedFolders
from ..core.errors import BridgeError, Taken
from ..export.take import Recorder
from ..live.clock import SystemClock
from ..live.hub import Hub
from ..live.messages import Load, Play
from ..live.vocabulary import Value, vocabulary
from ..protocols.event_log import EventLog
from ..protocols.midi.adapter import MidiAdapter
from ..protocols.midi.map import load_map
from ..protocols.osc.server import OscServer
from ..protocols.oscquery.server import OscQueryServer
from ..protocols.shared_memory.frames import NAME, SharedMemoryWriter
from ..protocols.shared_memory.owner import living_owner
from ..protocols.zeromq.codec import PixelFormat
from ..protocols.zeromq.keys import load as load_keys
from ..protocols.zeromq.servers import CommandServer, FramePublisher

if TYPE_CHECKING:
    from .build import EngineThread

log = logging.getLogger("deepsing_bridge")
LOOPBACK = "127.0.0.1"
FAILED, FORCED = 1, 130
LOOK_S = 0.2  # between two looks whether somebody asked for the end: Windows wakes nobody who waits without a limit
Address = tuple[str, int]


@dataclass(frozen=True)
class Ports:
    """Port numbers, 0 for any free one; None where that adapter is not wanted."""

    osc: int | None = 7700
    oscquery: int | None = 7701
    frames: int | None = 7702
    commands: int | None = 7703


@dataclass(frozen=True)
class Midi:
    """Which ports are heard (parts of names; none: all), what times the song, and the file that maps controllers."""

    ports: tuple[str, ...] = ()
    mapping: Path | None = None
    time_sources: tuple[str, ...] = ("mtc", "clock")
    start: str = "00:00:00:00"


@dataclass(frozen=True)
class BridgeConfig:
    """What somebody asked for. `changed` are parameters that begin at other than their defaults."""

    song: Path | None = None
    play: bool = True
    loop: bool = False
    record: Path | None = None
    songs: tuple[Path, ...] = ()
    listen: str = LOOPBACK
    ports: Ports = field(default_factory=Ports)
    targets: tuple[Address, ...] = ()
    pixel_format: PixelFormat = "rgb"
    shared_memory: str | None = "deepsing"
    keys: Path | None = None
    midi: Midi | None = field(default_factory=Midi)
    announce: bool = True
    generator: str = "embedded"
    models: str = ""
    audio_model: str | None = None
    device: str = "cpu"
    precision: str = "float32"
    styles: Path | None = None
    cut: Literal["beats", "interval"] = "beats"
    alignment: Literal["song", "dataset"] = "song"
    seed: int = 0
    changed: Mapping[str, Value] = field(default_factory=dict)
    threads: int = 1


class Adapter(Protocol):
    """Something between the hub and the outside, with threads of its own."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def describe(self) -> str: ...


OPTION: Mapping[type, str] = {
    OscServer: "--osc-port",
    OscQueryServer: "--oscquery-port",
    FramePublisher: "--frames-port",
    CommandServer: "--commands-port",
    SharedMemoryWriter: "--shm",
}
"""Where the command line says which port or name an adapter is to have."""


def serve(wish: BridgeConfig, tell: Callable[[Sequence[str]], None]) -> int:
    """Run until SIGINT or SIGTERM; gives the exit code. `tell` is given what there is, once it is there.

    Raises BridgeError where the start cannot be completed; whatever was started is stopped then.
    """
    from ..audio.decode import refuse_unplayable

    if wish.song:
        refuse_unplayable(wish.song)
    _refuse_foreign(wish.listen)
    stopping = Event()
    with _signals() as asked, ExitStack() as running:
        hub = _hub(wish)
        senders = list(_started(_senders(wish, hub), running, wish.shared_memory or NAME))
        intakes = list(_started(_intakes(wish, hub), running, wish.shared_memory or NAME))
        engine = _start_show(wish, hub, stopping, running)
        for intake in intakes:
            running.callback(intake.stop)  # intake closes before the engine stops; stopping twice does no harm
        tell([adapter.describe() for adapter in (*intakes, *senders)])
        if wish.song:
            _put_on(hub, wish.song, wish.play)
        while not asked and not stopping.wait(LOOK_S):
            pass
    return FAILED if engine.failed else 0


def _start_show(wish: BridgeConfig, hub: Hub, stopping: Event, running: ExitStack) -> "EngineThread":
    """Imported only now, since torch, librosa and the models take seconds: a taken port was told before."""
    from .build import start_show

    return start_show(wish, hub, stopping, running)


def _hub(wish: BridgeConfig) -> Hub:
    from ..generators.generate import own_truncation, weights_folder
    from ..stylization.stylize import DEFAULT_STYLES, style_images
    from ..translation.translators import translators_for
    from ..weights.model_sets import chosen

    weights_folder(wish.generator)  # complains at once if there are none
    images = style_images(wish.styles or DEFAULT_STYLES)
    views = translators_for(wish.generator, chosen(wish.models, wish.generator)).count()
    words = vocabulary([image.stem for image in images], views, own_truncation(wish.generator))
    for name, value in wish.changed.items():
        words.parameters[name].field.check(value, f"--{name}")
    return Hub(words, SystemClock())


def _started(adapters: Iterator[Adapter], running: ExitStack, memory: str) -> Iterator[Adapter]:
    """Each is started before the next is made, which may want to know the port that it got.

    Raises BridgeError where a port or a name is taken; `memory` is how another bridge would be found.
    """
    for adapter in adapters:
        try:
            adapter.start()
        except Taken as error:
            raise BridgeError(f"{error}; {_remedy(adapter, memory)}") from error
        running.callback(adapter.stop)
        yield adapter


def _remedy(adapter: Adapter, memory: str) -> str:
    """What to do about a port or a name that is taken."""
    process = living_owner(memory)
    if process not in (0, os.getpid()):  # this one may have its shared memory by now
        options = ", ".join(OPTION.values())
        return f"another bridge is running (process {process}): stop it, or give this one others by {options}"
    return f"choose another with {OPTION[type(adapter)]}"


def _refuse_foreign(host: str) -> None:
    """Raises BridgeError unless this machine has the address."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as tried:
            tried.bind(address)
    except (OSError, UnicodeError) as error:
        raise BridgeError(
            f"--listen {host:.80}: expected an address of this machine, or 0.0.0.0 for all that it has"
        ) from error


def _senders(wish: BridgeConfig, hub: Hub) -> Iterator[Adapter]:
    lock = load_keys(wish.keys) if wish.keys else None
    yield EventLog(hub)
    if wish.ports.frames is not None:
        yield FramePublisher(hub, wish.listen, wish.ports.frames, wish.pixel_format, lock)
    if wish.shared_memory:
        yield SharedMemoryWriter(hub, wish.shared_memory)
    if wish.record:
        yield Recorder(hub, wish.record)


def _intakes(wish: BridgeConfig, hub: Hub) -> Iterator[Adapter]:
    lock = load_keys(wish.keys) if wish.keys else None
    allowed = AllowedFolders.of(wish.songs).find
    if wish.ports.osc is not None:
        osc = OscServer(hub, allowed, wish.listen, wish.ports.osc, wish.targets)
        yield osc
        if wish.ports.oscquery is not None:
            yield OscQueryServer(hub, wish.listen, wish.ports.oscquery, osc.port, wish.announce)
    if wish.ports.commands is not None:
        yield CommandServer(hub, allowed, wish.listen, wish.ports.commands, lock)
    if wish.midi:
        yield _midi(wish.midi, hub)


def _midi(wish: Midi, hub: Hub) -> MidiAdapter:
    return MidiAdapter(hub, load_map(wish.mapping, hub.vocabulary), wish.ports, wish.time_sources, wish.start)


def _put_on(hub: Hub, song: Path, play: bool) -> None:
    hub.inbox.put(Load(song))
    if play:
        hub.inbox.put(Play())


@contextmanager
def _signals() -> Iterator[Sequence[int]]:
    """Those of SIGINT and SIGTERM that came: the first asks the process to stop, the second one ends it at once.

    A list, and no `Event`: that has a lock, which the main thread may hold at the moment in which it is interrupted.
    """
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked:
            os._exit(FORCED)
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(code: int) -> None:
    """End the process with `code` though a library's thread may still be busy, as when a song is being analysed."""
    sys.stdout.flush()
    sys.stderr.flush()
    logging.shutdown()
    os._exit(code)


def exposed(listen: str) -> str | None:
    """What it means to listen on `listen`, if anybody but this machine can reach it."""
    if listen in (LOOPBACK, "localhost", "::1"):
        return None
    return (
        f"listening on {listen}: everybody who can reach this address can turn the knobs and see the frames; "
        "OSC has no passwords, ZeroMQ has keys (bridge.py keys, --keys)"
    )
