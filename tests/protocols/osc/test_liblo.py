"""The OSC server with clients that nobody here wrote: liblo's oscsend and oscdump (Debian: liblo-tools)."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.commands import Command, Play, Seek, SetParam
from deepsing_bridge.live.events import ArousalAt, Echo, SceneStarted, TimeAt, ValenceAt
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc.server import OscServer
from tests.process import free_port
from tests.protocols.osc.liblo import send_bundle

pytestmark = pytest.mark.program("oscsend", "oscdump")

WAIT_S = 10.0


@pytest.fixture
def hub() -> Hub:
    return Hub(vocabulary(), SystemClock())


@pytest.fixture
def server(hub: Hub) -> Iterator[OscServer]:
    server = OscServer(hub, Path, port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def oscsend(server: OscServer) -> Callable[..., None]:
    def send(address: str, *arguments: str) -> None:
        command = ["oscsend", "127.0.0.1", str(server.port), address, *arguments]
        subprocess.run(command, check=True, timeout=WAIT_S)

    return send


class Dump:
    """A running oscdump."""

    def __init__(self) -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self.lines: Queue[str] = Queue()
        self.process = subprocess.Popen(["oscdump", "-L", str(self.port)], stdout=subprocess.PIPE, text=True)
        self.reader = Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.split(maxsplit=1)[1].strip())  # without the time tag

    def hear(self, start: str) -> str:
        """The next line that begins with `start`."""
        until = time.monotonic() + WAIT_S
        while True:
            line = self.lines.get(timeout=max(until - time.monotonic(), 0.001))
            if line.startswith(start):
                return line

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def oscdump(oscsend: Callable[..., None]) -> Iterator[Dump]:
    """Subscribed, and sure to hear."""
    dump = Dump()
    try:
        _subscribe(dump, oscsend)
        yield dump
    finally:
        dump.close()


def _subscribe(dump: Dump, oscsend: Callable[..., None]) -> None:
    """Again until something is heard, as oscdump does not say when its port is open."""
    for _ in range(50):
        oscsend("/deepsing/subscribe", "i", str(dump.port))
        try:
            dump.lines.put(dump.lines.get(timeout=0.2))
            return
        except Empty:
            continue
    pytest.fail("oscdump hears nothing")


def taken(hub: Hub) -> Command:
    (command,) = hub.inbox.take(WAIT_S)
    return command


def test_blend_is_set_and_echoed(hub: Hub, oscsend: Callable[..., None], oscdump: Dump) -> None:
    oscsend("/deepsing/param/blend", "f", "0.75")
    command = taken(hub)
    assert isinstance(command, SetParam)
    assert (command.name, command.value) == ("blend", 0.75)
    hub.post(Echo(command.name, command.value))
    while oscdump.hear("/deepsing/param/blend") != "/deepsing/param/blend f 0.750000":
        pass  # what it was before, from the subscription


def test_play_and_seek(hub: Hub, oscsend: Callable[..., None]) -> None:
    oscsend("/deepsing/play")
    assert isinstance(taken(hub), Play)
    oscsend("/deepsing/seek", "d", "12.5")
    command = taken(hub)
    assert isinstance(command, Seek)
    assert command.time_s == 12.5


def test_truth_and_names_are_understood(hub: Hub, oscsend: Callable[..., None]) -> None:
    for tag, value in (("T", True), ("F", False)):
        oscsend("/deepsing/param/freeze", tag)
        command = taken(hub)
        assert isinstance(command, SetParam)
        assert command.value is value
    oscsend("/deepsing/param/style", "s", "negative")
    command = taken(hub)
    assert isinstance(command, SetParam)
    assert command.value == "negative"


def test_a_subscriber_hears_time_and_scenes(hub: Hub, oscdump: Dump) -> None:
    oscdump.hear("/deepsing/arousal")  # the end of what a subscription begins with
    hub.post(SceneStarted(2, 417, "balloon", 0.5, "positive", 1.25, -0.5, 10.0, 15.0))
    for event in (TimeAt(10.5), ValenceAt(1.25), ArousalAt(-0.5)):
        hub.post(event)
    numbers = '0.500000 "positive" 1.250000 -0.500000 10.000000 15.000000'
    scene = f'/deepsing/scene iisfsffffsss 2 417 "balloon" {numbers} "calm" "#4caf50" ""'
    assert oscdump.hear("/deepsing/scene") == scene
    assert oscdump.hear("/deepsing/time f 10") == "/deepsing/time f 10.500000"
    assert oscdump.hear("/deepsing/valence f 1") == "/deepsing/valence f 1.250000"
    assert oscdump.hear("/deepsing/arousal f -") == "/deepsing/arousal f -0.500000"


def test_a_host_is_followed(hub: Hub, oscsend: Callable[..., None]) -> None:
    oscsend("/play", "f", "1")
    assert isinstance(taken(hub), Play)
    oscsend("/time", "f", "4.5")
    assert getattr(taken(hub), "moving", None) is True


def test_a_hosts_fader_turns_what_its_track_is_named_after(hub: Hub, oscsend: Callable[..., None]) -> None:
    oscsend("/track/1/name", "s", "Drums")
    oscsend("/track/1/volume", "f", "0.7")
    oscsend("/track/2/name", "s", "deepsing valence_offset")
    oscsend("/track/2/volume", "f", "0.75")
    command = taken(hub)
    assert isinstance(command, SetParam)
    assert (command.name, command.value) == ("valence_offset", 1.0)


def test_rubbish_does_not_stop_it(server: OscServer, hub: Hub, oscsend: Callable[..., None]) -> None:
    oscsend("/deepsing/param/blend", "s", "much")
    oscsend("/deepsing/param/blend", "m", "00000000")
    oscsend("/dance")
    oscsend("/deepsing/param/blend", "f", "0.25")
    command = taken(hub)
    assert isinstance(command, SetParam)
    assert command.value == 0.25
    assert server.intake.refused == 3


@pytest.mark.parametrize(("ahead_s", "waits_s"), [(-3600, 0), (0.5, 0.5), (86_400, 0)])
def test_bundles_wait_for_their_time_if_it_is_near(ahead_s: float, waits_s: float, server: OscServer, hub: Hub) -> None:
    sent_s = time.time()
    send_bundle(server.port, ahead_s, "/deepsing/param/blend", 0.5, inner=("/deepsing/param/noise", 0.25))
    commands = [*hub.inbox.take(WAIT_S)]
    while len(commands) < 2:
        commands.append(taken(hub))
    assert time.time() - sent_s >= waits_s
    assert [(c.name, c.value) for c in commands if isinstance(c, SetParam)] == [("blend", 0.5), ("noise", 0.25)]


def test_what_touchosc_sends_is_taken_as_it_comes(server: OscServer, hub: Hub, oscsend: Callable[..., None]) -> None:
    for chatter in (("/ping",), ("/1",), ("/deepsing/param/blend/z", "f", "1")):
        oscsend(*chatter)
    for name, numbers, value in (
        ("size", ("512",), "512x512"),
        ("style", ("2",), "calm"),
        ("view", ("3",), 3),
        ("blend", ("0.25", "0.75"), 0.25),
    ):
        oscsend(f"/deepsing/param/{name}", "f" * len(numbers), *numbers)
        command = taken(hub)
        assert isinstance(command, SetParam) and (command.name, command.value) == (name, value)
    assert (server.intake.ignored, server.intake.refused) == (3, 0)
