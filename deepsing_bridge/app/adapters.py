"""Which adapters a live bridge has, between its hub and the outside, and how they are started."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from typing import Protocol

from ..core.allowed_folders import AllowedFolders
from ..core.errors import BridgeError, Taken
from ..export.recorder import Recorder
from ..live.hub import Hub
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
from .config import BridgeConfig, Midi, Network


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


def senders(config: BridgeConfig, hub: Hub) -> Iterator[Adapter]:
    """Who tells what happens: stopped after the engine."""
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


def intakes(config: BridgeConfig, hub: Hub) -> Iterator[Adapter]:
    """Who hears commands, and tells as well: stopped before the engine."""
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


def started(adapters: Iterator[Adapter], running: ExitStack, memory: str) -> Iterator[Adapter]:
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
