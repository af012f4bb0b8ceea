"""The live bridge as a process: what is started in which order, and stopped in reverse.

Ports first, since a taken one must be told at once; then the models; then the engine. On the way out intake closes
first, then the engine, then whoever sends, so that nothing that was accepted is lost.
"""

import gc
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from ..client import NAME
from ..core.collecting import uncollected
from ..core.errors import BridgeError
from ..core.invocation import command
from ..live.clock import SystemClock
from ..live.commands import Hold, Load, Play
from ..live.hub import Hub
from ..live.vocabulary import Vocabulary
from .adapters import Adapter, intakes, senders, started
from .config import LOOPBACK, BridgeConfig, Playback
from .playlist import songs_in
from .process import raise_file_limit, share_one_heap, signals
from .resume import ShowKeeper, load_show, resumed, show_path

if TYPE_CHECKING:
    from .build import EngineThread

FAILED = 1  # the exit code where the engine broke
LOOK_S = 0.2  # between two looks whether somebody asked for the end: Windows wakes nobody who waits without a limit


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
        with uncollected(), ExitStack() as starting:
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
        telling = list(started(senders(config, self.hub), running, name))
        hearing = list(started(intakes(config, self.hub), running, name))
        self._engine = _start_engine(config, self.hub, self.stopping, running)
        for intake in hearing:
            running.callback(intake.stop)  # intake closes before the engine stops; stopping twice does no harm
        self._adapters = [*hearing, *telling]
        _put_on(self.hub, config.playback)


def serve(config: BridgeConfig, tell: Callable[[Sequence[str]], None]) -> int:
    """Run until SIGINT, SIGTERM or, as a terminal is closed, SIGHUP; gives the exit code.

    `tell` is given what there is, once it is there.

    Raises BridgeError where the start cannot be completed; whatever was started is stopped then.
    """
    raise_file_limit()
    share_one_heap()
    with signals() as asked, Bridge(config) as bridge:
        gc.freeze()  # what is there now stays; to look through all of it for garbage stops every thread for four frames
        tell(bridge.describe())
        Thread(target=_import_hearing, name="imports", daemon=True).start()
        while not asked and not bridge.stopping.wait(LOOK_S):
            pass
    return FAILED if bridge.failed else 0


def _start_engine(config: BridgeConfig, hub: Hub, stopping: Event, running: ExitStack) -> "EngineThread":
    """Models are loaded only now, as they take a while: a taken port was told before."""
    from .build import start_engine

    return start_engine(config, hub, stopping, running)


def _import_hearing() -> None:
    """What songs are heard with, and librosa with it, takes longest to import. No picture needs it: so it is imported
    while the first is painted, and the song that begins is decoded by a process of its own. It stays as well."""
    with uncollected():
        from ..attributes import context_features  # noqa: F401
        from ..audio import structure  # noqa: F401
        from ..story import levels  # noqa: F401
    gc.freeze()


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
