"""The bridge with a client that nobody here wrote: npm's node-osc, whose usual listener hears no bundles."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest
import soundfile
from pythonosc.udp_client import SimpleUDPClient

from tests.browser import CACHE
from tests.process import Bridge, bridge
from tests.sounds import music

PACKAGE = CACHE / "node-osc-11.7.1"
CLIENT = Path(__file__).parent / "node_client.cjs"
PATIENCE_S = 60.0

pytestmark = [
    pytest.mark.program("node"),
    pytest.mark.slow,
    pytest.mark.skipif(not PACKAGE.is_dir(), reason="node-osc: not there, .ci/programs fetches it"),
]


class Client:
    """Subscribed. `kinds` are those of what it has said so far."""

    def __init__(self, port: int) -> None:
        command = ["node", str(CLIENT), str(PACKAGE / "dist" / "lib" / "index.js"), str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._said: Queue[list[object]] = Queue()
        self.kinds: set[object] = set()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def do(self, **what: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def hear(self, *start: object) -> list[object]:
        """The next thing said that begins so, without the beginning; floats as near as OSC has them."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                said = self._said.get(timeout=max(deadline - time.monotonic(), 0.001))
            except Empty:
                pytest.fail(f"never heard {start}")
            self.kinds.add(said[0])
            if said[: len(start)] == pytest.approx([*start], abs=1e-6):
                return said[len(start) :]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdin
        self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._said.put(json.loads(line))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("bridge")
    soundfile.write(folder / "song.wav", music(6), 21_504)
    with bridge(folder, folder / "song.wav", "--hold", "--no-midi", "--size", "64x64", "--fps", 5) as running:
        running.wait_for("stopped")
        yield running


@pytest.fixture
def client(running: Bridge) -> Iterator[Client]:
    client = Client(running.osc)
    try:
        client.hear("listening")
        client.do(message=["/deepsing/subscribe"])
        client.hear("message", "/deepsing/transport")
        yield client
    finally:
        client.close()


def test_transport_and_loop_are_told_as_they_change_and_when_asked(client: Client) -> None:
    for command, state in (("play", "playing"), ("pause", "paused"), ("stop", "stopped")):
        client.do(message=[f"/deepsing/{command}"])
        client.hear("message", "/deepsing/transport", state)
    client.do(message=["/deepsing/loop", 1, 1.5, 3])
    client.hear("message", "/deepsing/loop", 1, 1.5, 3)
    client.do(message=["/deepsing/get", "loop"])
    client.hear("message", "/deepsing/loop", 1, 1.5, 3)
    client.do(message=["/deepsing/loop", 0])
    client.hear("message", "/deepsing/loop", 0, 0, 0)
    client.do(message=["/deepsing/get", "transport"])
    client.hear("message", "/deepsing/transport", "stopped", 0)


def test_time_and_sentiment_come_as_plain_messages(client: Client) -> None:
    for name in ("time", "valence", "arousal"):
        client.hear("message", f"/deepsing/{name}")
    assert "bundle" not in client.kinds


def test_what_has_no_use_in_a_bundle_keeps_nothing_from_being_heard(client: Client, running: Bridge) -> None:
    odd = ["/deepsing/param/noise", {"type": "midi", "value": [0, 144, 64, 64]}]
    client.do(bundle=[["/deepsing/param/blend", 0.25], odd, ["/deepsing/param/morph", 0.5]])
    (text,) = client.hear("message", "/deepsing/error")
    assert "values of OSC type 'm' have no use here" in str(text)
    client.hear("message", "/deepsing/param/morph", 0.5)  # told to its sender once it rests
    assert running.ask("get", name="blend")["value"] == 0.25


def test_numbers_and_chatter_are_taken_as_they_come(client: Client, running: Bridge) -> None:
    for chatter in (["/ping"], ["/1"], ["/deepsing/param/blend/z", 1]):
        client.do(message=chatter)
    client.do(message=["/deepsing/param/style", 2])
    client.do(message=["/deepsing/param/grade", 0.25, 0.5])
    client.do(message=["/deepsing/param/size", {"type": "f", "value": 96}])
    client.hear("message", "/deepsing/param/size", "96x96")
    assert running.ask("get", name="style")["value"] == "calm"
    assert running.ask("get", name="grade")["value"] == 0.25


def test_a_client_that_returns_what_it_hears_does_not_ring(client: Client, running: Bridge) -> None:
    client.do(mirror="/deepsing/param/noise")
    client.do(message=["/deepsing/get", "mirror"])  # answered after the line before it was read
    client.hear("message", "/deepsing/error")
    fader = SimpleUDPClient("127.0.0.1", running.osc)
    for step in range(20):
        fader.send_message("/deepsing/param/noise", step / 20)
        time.sleep(0.01)
    client.hear("returned", "/deepsing/param/noise", 0.95)
    client.do(message=["/deepsing/get", "noise"])
    client.hear("message", "/deepsing/param/noise", 0.95)
    assert running.ask("get", name="noise")["value"] == pytest.approx(0.95)
