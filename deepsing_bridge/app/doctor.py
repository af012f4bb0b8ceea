"""What works on this machine: each check tells what it found, and none of them changes anything."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .. import weights
from ..core.errors import BridgeError
from ..core.invocation import extra
from ..core.version import __version__
from ..live.vocabulary import vocabulary
from .config import LOOPBACK, Ports


@dataclass(frozen=True)
class Check:
    """`needed`: without it the bridge cannot work at all."""

    what: str
    ok: bool
    detail: str
    needed: bool = True


def examine() -> list[Check]:
    """All checks, in an order that a person would ask in."""
    checks = [Check("deepsing-bridge", True, __version__), _torch(), *_models(), *_codecs(), *_ports()]
    return [*checks, _opengl(), _shared_memory(), *_video_outputs(), _link(), _midi(), _viewer()]


def _torch() -> Check:
    import torch

    device = f"CUDA: {torch.cuda.get_device_name()}" if torch.cuda.is_available() else "CPU"
    return Check("torch", True, f"{torch.__version__}, {device}, {torch.get_num_threads()} threads")


def _models() -> Iterator[Check]:
    for name in weights.manifest():
        yield _tried(name, lambda name=name: f"sha256 {weights.digest(name)[:12]}…")  # type: ignore[misc]


def _codecs() -> Iterator[Check]:
    import av

    for name, use in (("dnxhd", "clips"), ("libx264", "preview films"), ("aac", "their sound")):
        found = name in av.codecs_available
        yield Check(f"codec {name}", found, use if found else f"missing in this PyAV: no {use}")


def _ports() -> Iterator[Check]:
    ports = Ports()
    for what, port, kind in (
        ("OSC", ports.osc, socket.SOCK_DGRAM),
        ("OSCQuery", ports.oscquery, socket.SOCK_STREAM),
        ("ZeroMQ frames", ports.frames, socket.SOCK_STREAM),
        ("ZeroMQ commands", ports.commands, socket.SOCK_STREAM),
    ):
        assert port is not None
        yield _port(what, port, kind)


def _port(what: str, port: int, kind: socket.SocketKind) -> Check:
    name = f"port {port}"
    with socket.socket(socket.AF_INET, kind) as tried:
        if kind == socket.SOCK_STREAM and os.name == "posix":  # as the servers do, past connections that just ended
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, port))
        except OSError as error:
            taken = f"{what}: {error.strerror}; another bridge may be running, or choose another port"
            return Check(name, False, taken, needed=False)
    return Check(name, True, f"{what}: free")


def _opengl() -> Check:
    from ..generators.worlds import WorldsGenerator

    def draw() -> str:
        worlds = WorldsGenerator.load()
        return f"{worlds.renderer}: {worlds.milliseconds(1280, 720):.0f} ms for a world at 1280x720"

    return _tried("OpenGL", draw, needed=False)


def _shared_memory() -> Check:
    from ..protocols.shared_memory import block as sharedblock

    def make() -> str:
        name = f"deepsing-doctor-{os.getpid()}"
        sharedblock.create(name, 4096).close()
        sharedblock.unlink(name)
        return "can be made"

    return _tried("shared memory", make, needed=False)


def _video_outputs() -> Iterator[Check]:
    from ..protocols.video.sinks import SINKS

    for option, package, after in (
        ("ndi", "cyndilib", f"; {_discovery()}"),
        ("spout", "SpoutGL", ""),
        ("syphon", "syphon-python", ""),
        ("camera", "pyvirtualcam", f"; {_loopback()}"),
    ):

        def find(option: str = option, package: str = package, after: str = after) -> str:
            SINKS[option]("doctor")
            return f"{package} {version(package)}{after}"

        yield _tried(f"serve --{option}", find, needed=False)


def _link() -> Check:
    from ..protocols.link.session import refuse_missing

    def find() -> str:
        refuse_missing()
        return f"aalink {version('aalink')}; others are met by multicast"

    return _tried("serve --link", find, needed=False)


def _discovery() -> str:
    """How receivers find an NDI source."""
    if sys.platform == "linux" and not Path("/run/avahi-daemon/socket").exists():
        return "Avahi does not run, so receivers need this machine's address"
    return "receivers find it by mDNS"


def _loopback() -> str:
    """Which virtual cameras there are, as far as that can be told without opening one."""
    if sys.platform != "linux":
        return "the camera itself is OBS's, or Unity Capture's"
    found = sorted(f"/dev/{entry.name}" for entry in Path("/sys/devices/virtual/video4linux").glob("video*"))
    return ", ".join(found) or "no camera is there: modprobe v4l2loopback makes one"


def _midi() -> Check:
    from ..protocols.midi.map import load_map
    from ..protocols.midi.tools import list_ports

    def inputs() -> str:
        found = [port.name for port in list_ports(load_map(None, vocabulary())) if port.direction == "input"]
        return ", ".join(found) or "works, but no input is there"

    return _tried("MIDI", inputs, needed=False)


def _viewer() -> Check:
    try:
        return Check("viewer", True, f"pygame-ce {version('pygame-ce')}", needed=False)
    except PackageNotFoundError:
        return Check("viewer", False, f"pygame-ce is not installed; {extra('view')} brings it", needed=False)


def _tried(what: str, find: Callable[[], str], needed: bool = True) -> Check:
    """What `find` says, or the reason why it could not."""
    try:
        return Check(what, True, find(), needed)
    except (BridgeError, ImportError, OSError) as error:
        return Check(what, False, str(error), needed)
