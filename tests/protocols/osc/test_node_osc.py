"""The bridge with a client that nobody here wrote: npm's node-osc, whose usual listener hears no bundles."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import soundfile
from pythonosc.udp_client import SimpleUDPClient

from tests.process import Bridge, bridge
from tests.protocols.osc.node_osc import PACKAGE, PATIENCE_S, Client
from tests.sounds import music

pytestmark = [
    pytest.mark.program("node"),
    pytest.mark.slow,
    pytest.mark.skipif(not PACKAGE.is_dir(), reason="node-osc: not there, .ci/programs fetches it"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("bridge")
    soundfile.write(folder / "song.wav", music(6), 21_504)
    with bridge(folder, folder / "song.wav", "--hold", "--no-midi", "--size", "64x64", "--fps", 5) as running:
        running.wait_for("stopped")
        yield running


@contextmanager
def subscribed(running: Bridge) -> Iterator[Client]:
    with closing(Client(running.osc)) as client:
        client.hear("listening")
        client.do(message=["/deepsing/subscribe"])
        client.hear("message", "/deepsing/transport")
        yield client


@pytest.fixture
def client(running: Bridge) -> Iterator[Client]:
    with subscribed(running) as client:
        yield client


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


@pytest.mark.parametrize(("ahead_s", "waits_s", "value"), [(-3600, 0, 0.5), (0.8, 0.8, 0.625), (86_400, 0, 0.75)])
def test_a_time_tag_is_waited_for_if_it_is_a_second_ahead_at_most(
    ahead_s: float, waits_s: float, value: float, client: Client, running: Bridge
) -> None:
    """Another value each: one that it was told as it subscribed would be its own echo."""
    sent_s = time.time()
    client.do(bundle=[["/deepsing/param/grade", value]], at=sent_s + ahead_s)
    deadline = time.monotonic() + PATIENCE_S
    while running.ask("get", name="grade")["value"] != value:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert time.time() - sent_s >= waits_s


def test_who_turns_a_knob_hears_of_it_once_and_others_at_once_too(client: Client, running: Bridge) -> None:
    with subscribed(running) as other:
        turned = ["message", "/deepsing/param/react", 0.625]
        client.do(message=turned[1:])
        for _ in range(2):  # now, and when it rests
            other.hear(*turned)
        client.hear(*turned)
        client.do(message=["/deepsing/get", "speed"])
        client.hear("message", "/deepsing/param/speed")
        assert client.heard.count(turned) == 1
