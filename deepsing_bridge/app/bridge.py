"""The live bridge as a process: what is started in which order, and stopped in reverse.

Ports first, since a taken one must be told at once; then the models; then the engine. On the way out intake closes
first, then the engine, then whoever sends, so that nothing that was accepted is lost.
"""

import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Protocol, Self

from ..client import NAME
from ..core.allowed_folders import AllowedFolders
from ..core.errors import BridgeError, Taken
from ..core.invocation import command
from ..export.recorder import Recorder
from ..live.clock import SystemClock
from ..live.commands import Hold, Load, Play
from ..live.hub import Hub
from ..live.vocabulary import Vocabulary
from ..protocols.cues import CueKeeper
from ..protocols.event_log import EventLog
from ..protocols.link.adapter import LinkAdapter
from ..protocols.midi.adapter import MidiAdapter
from ..protocols.midi.map import load_map
from ..protocols.osc.codec import packed, plain
from ..protocols.osc.server import OscServer
from ..protocols.oscquery.server import OscQueryServer
from ..protocols.shared_memory.frames import SharedMemoryWriter
from ..protocols.shared_memory.owner import living_owner
from ..protocols.video.output import VideoOutput
from ..protocols.video.sinks import sinks_of
from ..protocols.zeromq.command_server import CommandServer
from ..protocols.zeromq.keys import AllowedKeys
from ..protocols.zeromq.keys import load as load_keys
from ..protocols.zeromq.publisher import FramePublisher
from .config import LOOPBACK, BridgeConfig, Midi, Network, Playback
from .playlist import songs_in
from .resume import ShowKeeper, load_show, resumed, show_path

if TYPE_CHECKING:
    from .build import EngineThread

log = logging.getLogger("deepsing_bridge")
FAILED, FORCED = 1, 130
OPEN_FILES = 8192
M_ARENA_MAX = -8  # of malloc.h
HANG_UP: int | None = getattr(signal, "SIGHUP", None)  # Windows has none
ENDS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM, *((HANG_UP,) if HANG_UP else ()))
LOOK_S = 0.2  # between two looks whether somebody asked for the end: Windows wakes nobody who waits without a limit


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


class Bridge:
    """A live bridge in this process, with threads of its own: `with Bridge(config) as bridge: …`. Handles no signals.

    `hub` takes commands and has the newest frame. `stopping` is set when the engine breaks, and then it has `failed`.
    """

    def __init__(self, config: BridgeConfig | None = None) -> None:
        self.config = config or BridgeConfig()
        self.stopping = Event()
        self._running = ExitStack()
        self._adapters: list[Adapter] = []
        self._engine: EngineThread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Raises BridgeError where the start cannot be completed; whatever was started is stopped then."""
        self.config = replace(self.config, playback=_with_playlist(self.config.playback))
        _refuse_unplayable(self.config.playback.song)
        _refuse_unheard(self.config)
        _refuse_foreign(self.config.network.listen)
        with ExitStack() as starting:
            self._start(starting)
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Intake first, then the engine, then whoever sends. Stopping twice does no harm."""
        self._running.close()

    @property
    def failed(self) -> bool:
        return self._engine is not None and self._engine.failed

    def describe(self) -> list[str]:
        """A line for every adapter: where it is to be found."""
        return [adapter.describe() for adapter in self._adapters]

    def _start(self, running: ExitStack) -> None:
        self.hub = _hub(self.config)
        config, name = _checked(self.config, self.hub.vocabulary), self.config.network.shared_memory or NAME
        if config.playback.resume:
            config = _resumed(config, self.hub, running)
        senders = list(_started(_senders(config, self.hub), running, name))
        intakes = list(_started(_intakes(config, self.hub), running, name))
        self._engine = _start_engine(config, self.hub, self.stopping, running)
        for intake in intakes:
            running.callback(intake.stop)  # intake closes before the engine stops; stopping twice does no harm
        self._adapters = [*intakes, *senders]
        _put_on(self.hub, config.playback)


def serve(config: BridgeConfig, tell: Callable[[Sequence[str]], None]) -> int:
    """Run until SIGINT, SIGTERM or, as a terminal is closed, SIGHUP; gives the exit code.

    `tell` is given what there is, once it is there.

    Raises BridgeError where the start cannot be completed; whatever was started is stopped then.
    """
    _raise_file_limit()
    _share_one_heap()
    with _signals() as asked, Bridge(config) as bridge:
        tell(bridge.describe())
        while not asked and not bridge.stopping.wait(LOOK_S):
            pass
    return FAILED if bridge.failed else 0


def _raise_file_limit() -> None:
    """Each client is an open file, and many systems let a process have 256 or 1,024 unless it asks for more."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _share_one_heap() -> None:
    """glibc gives the threads up to eight heaps for each core, and what one has freed no other can use: memory grows
    from song to song until each heap has seen the largest, and shrinking and growing again costs a tenth of painting.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _start_engine(config: BridgeConfig, hub: Hub, stopping: Event, running: ExitStack) -> "EngineThread":
    """Imported only now, since torch, librosa and the models take seconds: a taken port was told before."""
    from .build import start_engine

    return start_engine(config, hub, stopping, running)


def _hub(config: BridgeConfig) -> Hub:
    from .build import vocabulary_for

    return Hub(vocabulary_for(config.models), SystemClock())


def _checked(config: BridgeConfig, vocabulary: Vocabulary) -> BridgeConfig:
    """With values as everybody is told them: a size of 64 is 64x64. Raises BridgeError for one that is out of range."""
    fields = {name: vocabulary.parameters[name].field for name in config.changed}
    changed = {name: field.check(config.changed[name], f"--{name}") for name, field in fields.items()}
    return replace(config, changed=changed)


def _with_playlist(playback: Playback) -> Playback:
    """A folder in place of a song is a playlist, of which the first song begins. Raises BridgeError if it has none."""
    if playback.song is None or not playback.song.is_dir():
        return playback
    songs = songs_in(playback.song)
    return replace(playback, song=songs[0], playlist=songs)


def _refuse_unplayable(song: Path | None) -> None:
    from ..audio.decode import refuse_unplayable

    if song:
        refuse_unplayable(song)


def _refuse_unheard(config: BridgeConfig) -> None:
    """Imported only where live sound is wanted."""
    if config.playback.input is not None:
        from .live_sound import refuse_what_songs_need

        refuse_what_songs_need(config.playback, config.settings)


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


def _senders(config: BridgeConfig, hub: Hub) -> Iterator[Adapter]:
    network, keys = config.network, _allowed_keys(config.network)
    yield EventLog(hub)
    if network.ports.frames is not None:
        yield FramePublisher(hub, network.listen, network.ports.frames, network.pixel_format, keys)
    if network.shared_memory:
        yield SharedMemoryWriter(hub, network.shared_memory)
    for sink in sinks_of(**asdict(config.video)):
        yield VideoOutput(hub, sink)
    if config.playback.record:
        yield Recorder(hub, config.playback.record)
    if config.playback.cues:
        yield CueKeeper(hub, config.playback.cues)


def _intakes(config: BridgeConfig, hub: Hub) -> Iterator[Adapter]:
    network, keys = config.network, _allowed_keys(config.network)
    allowed = AllowedFolders.of(config.playback.songs).find
    if network.ports.osc is not None:
        pack = packed if network.osc_bundles else plain
        osc = OscServer(hub, allowed, network.listen, network.ports.osc, network.targets, network.token, pack)
        yield osc
        if network.ports.oscquery is not None:
            ports = network.ports.oscquery, osc.port
            yield OscQueryServer(hub, network.listen, *ports, network.announce, network.token, allowed)
    if network.ports.commands is not None:
        yield CommandServer(hub, allowed, network.listen, network.ports.commands, keys)
    if config.midi:
        yield _midi(config.midi, hub)
    if network.link:
        yield LinkAdapter(hub)


def _allowed_keys(network: Network) -> AllowedKeys | None:
    return load_keys(network.keys) if network.keys else None


def _midi(midi: Midi, hub: Hub) -> MidiAdapter:
    return MidiAdapter(hub, load_map(midi.mapping, hub.vocabulary), midi.ports, midi.time_sources, midi.start)


def _put_on(hub: Hub, playback: Playback) -> None:
    if playback.song:
        hub.inbox.put(Load(playback.song, start_s=playback.start_s))
        if playback.play:
            hub.inbox.put(Play())


def _resumed(config: BridgeConfig, hub: Hub, running: ExitStack) -> BridgeConfig:
    """`config` as the last show was, and from now on what is on is noted down; last of all, how it was at the end."""
    path = show_path(config)
    show = load_show(path, hub.vocabulary)
    keeper = ShowKeeper(hub, path, show)
    keeper.start()
    running.callback(keeper.stop)
    if show.classes:
        hub.inbox.put(Hold(show.classes))
    return resumed(config, show)


@contextmanager
def _signals() -> Iterator[Sequence[int]]:
    """Those of `ENDS` that came: the first asks the process to stop, a second one ends it at once.

    A terminal's end may come twice, from the shell and the system, so that it is no second one; where it is ignored
    already, as below nohup, it stays so. A list, and no `Event`: that has a lock, which the main thread may hold at the
    moment in which it is interrupted.
    """
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked and number != HANG_UP:
            os._exit(FORCED)
        asked.append(number)

    wanted = [number for number in ENDS if number != HANG_UP or signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, ask) for number in wanted}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(code: int) -> None:
    """End the process with `code` though a library's thread may still be busy, as when a song is being analysed."""
    with suppress(OSError):  # the terminal is closed
        sys.stdout.flush()
        sys.stderr.flush()
        logging.shutdown()
    os._exit(code)


def exposed(listen: str, keys: bool, token: bool) -> str | None:
    """What it means to listen on `listen`, if more than this machine can reach what `keys` and `token` leave open."""
    if listen in (LOOPBACK, "localhost", "::1") or (keys and token):
        return None
    beginning = f"listening on {listen}: "
    if keys:
        return (
            f"{beginning}ZeroMQ takes clients with keys only, but OSC and OSCQuery stay open: everybody who can reach "
            "this address can turn the knobs there, unless a token closes them (--token-file)"
        )
    if token:
        return (
            f"{beginning}OSC and OSCQuery ask for the token, but ZeroMQ stays open: everybody who can reach this "
            f"address can turn the knobs and see the frames there, unless keys close it ({command('keys')}, --keys)"
        )
    return (
        f"{beginning}everybody who can reach this address can turn the knobs and see the frames; OSC and OSCQuery can "
        f"ask for a token (--token-file), ZeroMQ for keys ({command('keys')}, --keys)"
    )
