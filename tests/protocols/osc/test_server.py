"""The OSC server through real sockets on the loopback."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc import osc_bundle_builder, osc_message_builder
from pythonosc.osc_message import OscMessage

from deepsing_bridge.core.allowed_folders import AllowedFolders
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.live.clock import ManualClock, SystemClock
from deepsing_bridge.live.commands import Chase, Command, Load, Pause, Play, Seek, SetParam
from deepsing_bridge.live.events import ArousalAt, Echo, Problem, SceneStarted, SongLoaded, Status, TimeAt, ValenceAt
from deepsing_bridge.live.hub import Hub, Snapshot
from deepsing_bridge.live.mailbox import Inbox
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc import codec as osc_codec
from deepsing_bridge.protocols.osc.codec import Incoming
from deepsing_bridge.protocols.osc.publisher import Pack
from deepsing_bridge.protocols.osc.server import GUESSES, OscServer
from deepsing_bridge.protocols.osc.subscribers import GONE_AFTER_S
from deepsing_bridge.protocols.token import Token

WAIT_S = 5.0  # far more than anything here takes
VOCABULARY = vocabulary()


def message(address: str, *values: object) -> OscMessage:
    builder = osc_message_builder.OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build()


class Client:
    """Somebody with a socket of their own."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(WAIT_S)
        self.port = self.socket.getsockname()[1]
        self.server = ("127.0.0.1", port)
        self.heard: list[Incoming] = []

    def send(self, packet: bytes) -> None:
        self.socket.sendto(packet, self.server)

    def say(self, address: str, *values: object) -> None:
        self.send(message(address, *values).dgram)

    def hear(self, address: str) -> tuple[object, ...]:
        """The values of the next message to `address`; what comes before it is kept in `heard`."""
        while True:
            for at, one in enumerate(self.heard):
                if one.address == address:
                    del self.heard[at]
                    return one.values
            packet, sender = self.socket.recvfrom(65536)
            assert sender == self.server  # answers come from where was asked
            assert len(packet) < osc_codec.LONGEST_SENT
            self.heard += osc_codec.parse(packet)

    def ask(self, name: str) -> tuple[object, ...]:
        """What the server says of parameter `name`; everything sent before has been dealt with then."""
        self.say("/deepsing/get", name)
        return self.hear(f"/deepsing/param/{name}")

    def close(self) -> None:
        self.socket.close()


def below_songs(text: str) -> Path:
    if text == "songs/cursed.wav":
        raise RuntimeError("a fault of ours")
    if text.startswith("songs/"):
        return Path(text)
    raise BridgeError(f"{text}: not below songs")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(10.0)


@pytest.fixture
def hub(clock: ManualClock) -> Hub:
    return Hub(VOCABULARY, clock)


@pytest.fixture
def start(hub: Hub) -> Iterator[Callable[..., OscServer]]:
    """Starts a server on a free port; stops it afterwards and looks for what it left behind."""
    before = threading.active_count()
    with ExitStack() as stack:

        def begin(**options: object) -> OscServer:
            server = OscServer(options.pop("hub", hub), below_songs, port=0, **options)
            server.start()
            stack.callback(server.stop)
            return server

        yield begin
    assert threading.active_count() == before


@pytest.fixture
def server(start: Callable[..., OscServer]) -> OscServer:
    return start()


@pytest.fixture
def connect(server: OscServer) -> Iterator[Callable[[], Client]]:
    with ExitStack() as stack:

        def client() -> Client:
            new = Client(server.port)
            stack.callback(new.close)
            return new

        yield client


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    return connect()


def taken(hub: Hub, count: int = 1) -> list[Command]:
    """The next `count` commands."""
    commands: list[Command] = []
    until = time.monotonic() + WAIT_S
    while len(commands) < count and time.monotonic() < until:
        commands += hub.inbox.take(0.1)
    return commands


def eventually(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + WAIT_S
    while not true() and time.monotonic() < until:
        time.sleep(0.005)
    return true()


# in


def test_a_parameter_is_set_and_the_sender_marked(hub: Hub, client: Client) -> None:
    client.say("/deepsing/param/blend", 0.5)
    (command,) = taken(hub)
    assert isinstance(command, SetParam)
    assert (command.name, command.value) == ("blend", 0.5)
    hub.post(Problem("not now", command.sender))
    assert client.hear("/deepsing/error") == ("not now",)


def test_transport(hub: Hub, client: Client) -> None:
    client.say("/deepsing/play")
    client.say("/deepsing/seek", 12.5)
    client.say("/deepsing/load", "songs/a.wav")
    play, seek, load = taken(hub, 3)
    assert isinstance(play, Play)
    assert isinstance(seek, Seek)
    assert isinstance(load, Load)
    assert (seek.time_s, load.path) == (12.5, Path("songs/a.wav"))


def test_a_path_that_may_not_be_read_is_refused(hub: Hub, client: Client) -> None:
    client.say("/deepsing/load", "/etc/passwd")
    assert client.hear("/deepsing/error") == ("/etc/passwd: not below songs",)
    assert not hub.inbox.take(0)


def test_a_fault_of_ours_is_told_and_logged_and_the_next_message_heard(
    hub: Hub, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    builder = osc_bundle_builder.OscBundleBuilder(osc_bundle_builder.IMMEDIATELY)
    builder.add_content(message("/deepsing/load", "songs/cursed.wav"))
    builder.add_content(message("/deepsing/param/blend", 0.5))
    client.send(builder.build().dgram)
    (text,) = client.hear("/deepsing/error")
    assert "the bridge's log says why" in str(text)
    assert [command.value for command in taken(hub) if isinstance(command, SetParam)] == [0.5]
    assert "a fault of ours" in caplog.text


def test_a_song_whose_links_go_round_deafens_nobody(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "round.wav").symlink_to("round.wav")
    server = OscServer(hub, AllowedFolders.of([tmp_path]).find, port=0)
    server.start()
    with closing(Client(server.port)) as client:
        client.say("/deepsing/load", "round.wav")
        assert "expected a song below" in str(client.hear("/deepsing/error"))
        assert client.ask("blend")
    server.stop()


def test_a_bundle_of_the_next_hour_waits_for_nothing(hub: Hub, client: Client) -> None:
    builder = osc_bundle_builder.OscBundleBuilder(time.time() + 3600)
    builder.add_content(message("/deepsing/param/blend", 0.5))
    client.send(builder.build().dgram)
    client.say("/deepsing/param/noise", 0.25)
    assert [(c.name, c.value) for c in taken(hub, 2) if isinstance(c, SetParam)] == [("blend", 0.5), ("noise", 0.25)]


def test_one_mistake_does_not_spoil_a_bundle(hub: Hub, client: Client) -> None:
    builder = osc_bundle_builder.OscBundleBuilder(osc_bundle_builder.IMMEDIATELY)
    for value in (0.25, 3.0, 0.75):
        builder.add_content(message("/deepsing/param/blend", value))
    client.send(builder.build().dgram)
    assert client.hear("/deepsing/error") == ("/deepsing/param/blend: expected 0..1, got 3",)
    client.ask("noise")
    assert [command.value for command in taken(hub) if isinstance(command, SetParam)] == [0.75]


@pytest.mark.parametrize(
    "useless",
    [
        b"/x\0\0,Z\0\0",
        b"/deepsing/param/noise\0\0\0,b\0\0\0\0\0\3abc\0",
        b"/deepsing/param/noise\0\0\0,f\0\0",  # cut off
        b"hello\0\0\0",
    ],
)
def test_what_cannot_be_read_does_not_spoil_a_bundle(useless: bytes, hub: Hub, client: Client) -> None:
    """Whether it comes before or after what is good."""
    blend, morph = (message(f"/deepsing/param/{name}", 0.5).dgram for name in ("blend", "morph"))
    parts = b"".join(len(part).to_bytes(4) + part for part in (blend, useless, morph))
    client.send(b"#bundle\0" + (1).to_bytes(8) + parts)
    assert client.hear("/deepsing/error")
    assert [c.name for c in taken(hub, 2) if isinstance(c, SetParam)] == ["blend", "morph"]


def test_a_bundle_waits_for_the_moment_of_its_time_tag(hub: Hub, clock: ManualClock, client: Client) -> None:
    """As SuperCollider's do, 0.2 s by default; what comes meanwhile is heard meanwhile."""
    builder = osc_bundle_builder.OscBundleBuilder(time.time() + osc_codec.LONGEST_WAIT_S - 0.1)
    builder.add_content(message("/deepsing/param/blend", 0.5))
    client.send(builder.build().dgram)
    client.say("/deepsing/param/noise", 0.25)
    client.ask("view")
    assert [c.name for c in taken(hub) if isinstance(c, SetParam)] == ["noise"]
    client.ask("view")
    assert not hub.inbox.take(0)
    clock.now_s += osc_codec.LONGEST_WAIT_S
    assert [c.name for c in taken(hub) if isinstance(c, SetParam)] == ["blend"]


def test_what_touchosc_sends_beside_values_is_passed_over(server: OscServer, client: Client) -> None:
    for address in ("/ping", "/1", "/2", "/accxyz", "/deepsing/param/blend/z", "/1/fader1/z"):
        client.say(address, 1.0)
    assert _errors(client) == []
    assert (server.intake.ignored, server.intake.refused) == (6, 0)


def test_an_address_that_is_not_known_is_complained_of_once(server: OscServer, client: Client) -> None:
    for _ in range(3):
        for address in ("/1/fader1", "/deepsing/param/glow", "/deepsing/dance"):
            client.say(address, 0.5)
    assert sorted(str(text).split(":")[0] for (text,) in _errors(client)) == [
        "/1/fader1",
        "/deepsing/dance",
        "/deepsing/param/glow",
    ]
    assert (server.intake.ignored, server.intake.refused) == (6, 3)


@pytest.mark.parametrize(("pack", "in_bundles"), [(osc_codec.plain, False), (osc_codec.packed, True)])
def test_what_is_told_comes_in_bundles_only_where_that_is_wanted(
    pack: Pack, in_bundles: bool, start: Callable[..., OscServer]
) -> None:
    """node-osc, for one, hands bundles to another listener than messages."""
    client = Client(start(pack=pack).port)
    client.say("/deepsing/subscribe")
    packets = [client.socket.recv(65536)]
    while b"/deepsing/levels" not in packets[-1] and b"/deepsing/arousal" not in packets[-1]:
        packets.append(client.socket.recv(65536))
    assert any(packet.startswith(b"#bundle\0") for packet in packets) is in_bundles
    client.close()


def test_hosts_are_followed_on_the_engines_clock(hub: Hub, clock: ManualClock, client: Client) -> None:
    client.say("/play", 1.0)
    client.say("/time", 4.5)
    play, chase = taken(hub, 2)
    assert isinstance(play, Play)
    assert isinstance(chase, Chase)
    assert (chase.time_s, chase.clock_s, chase.moving) == (4.5, clock.now(), True)
    client.say("/stop", 1.0)
    client.say("/time", 1.0)
    pause, chase = taken(hub, 2)
    assert isinstance(pause, Pause)
    assert isinstance(chase, Chase)
    assert (chase.time_s, chase.moving) == (1.0, False)


def test_what_hosts_tell_beside_that_is_not_answered(server: OscServer, client: Client) -> None:
    for _ in range(50):
        client.say("/track/1/vu", 0.5)
    assert client.ask("blend") == (pytest.approx(0.1),)
    assert not client.heard
    assert server.intake.ignored == 50


def test_busy_is_told(start: Callable[..., OscServer], clock: ManualClock) -> None:
    server = start(hub=Hub(VOCABULARY, clock, Inbox(capacity=1)))
    client = Client(server.port)
    client.say("/deepsing/play")
    client.say("/deepsing/stop")
    (text,) = client.hear("/deepsing/error")
    assert "/deepsing/stop: busy" in str(text)
    assert server.intake.busy == 1
    client.close()


# questions


def test_questions_are_answered_to_whoever_asked(hub: Hub, connect: Callable[[], Client]) -> None:
    asks, hears = connect(), connect()
    hears.say("/deepsing/subscribe")
    hears.hear("/deepsing/status")
    hub.snapshot = Snapshot(VOCABULARY.defaults() | {"blend": 0.5}, status=Status("a.wav", "paused", 0.0, 1, 2))
    asks.say("/deepsing/get", "blend")
    assert asks.hear("/deepsing/param/blend") == (0.5,)
    asks.say("/deepsing/param/style")
    assert asks.hear("/deepsing/param/style") == ("auto",)
    asks.say("/deepsing/get", "status")
    assert asks.hear("/deepsing/status") == ("a.wav", "paused", 0.0, 1, 2, 0, "")
    asks.say("/deepsing/get", "scene")
    assert "no scene yet" in str(asks.hear("/deepsing/error"))
    hub.post(Echo("blend", 0.5))
    hears.hear("/deepsing/arousal")  # the last of what a subscription begins with
    assert hears.hear("/deepsing/param/blend") == (pytest.approx(0.1),)
    assert hears.hear("/deepsing/param/blend") == (0.5,)
    assert not [one for one in hears.heard if one.address == "/deepsing/error"]


def test_the_curve_arrives_in_chunks(hub: Hub, client: Client) -> None:
    client.say("/deepsing/curve")
    assert client.hear("/deepsing/error") == ("no song is loaded: load one first",)
    curve = SentimentTrack(np.arange(300, dtype=np.float32), -np.arange(300, dtype=np.float32), 0.5)
    hub.snapshot = Snapshot(VOCABULARY.defaults(), song=SongLoaded("a.wav", 150.0, 30, curve))
    client.say("/deepsing/curve")
    chunks = [client.hear("/deepsing/curve/chunk") for _ in range(3)]
    assert [chunk[:2] for chunk in chunks] == [(0, 3), (1, 3), (2, 3)]
    assert [value for chunk in chunks for value in chunk[4:]][::2] == list(range(300))


# out


def test_a_subscriber_hears_the_state_and_then_everything(hub: Hub, client: Client) -> None:
    scene = SceneStarted(1, 417, "balloon", 0.5, "positive", 1.0, 0.5, 5.0, 10.0)
    hub.snapshot = Snapshot(VOCABULARY.defaults(), time_s=6.0, scene=scene)
    client.say("/deepsing/subscribe")
    choices = [p.address for p in VOCABULARY.parameters.values() if p.field.kind == "choice"]
    assert [client.hear(address)[0] for address in choices] == ["auto", "off"]
    assert client.hear("/deepsing/scene")[2] == "balloon"
    assert client.hear("/deepsing/time") == (6.0,)
    for event in (TimeAt(6.5), ValenceAt(0.25), ArousalAt(-0.5), Echo("view", 3), Problem("trouble")):
        hub.post(event)
    client.hear("/deepsing/valence")
    client.hear("/deepsing/arousal")
    client.hear("/deepsing/param/view")
    assert client.hear("/deepsing/time") == (6.5,)
    assert client.hear("/deepsing/valence") == (0.25,)
    assert client.hear("/deepsing/arousal") == (-0.5,)
    assert client.hear("/deepsing/param/view") == (3,)
    assert client.hear("/deepsing/error") == ("trouble",)


def test_an_echo_goes_to_all_and_a_problem_to_one(hub: Hub, connect: Callable[[], Client]) -> None:
    turns, watches = connect(), connect()
    for each in (turns, watches):
        each.say("/deepsing/subscribe")
        each.hear("/deepsing/param/blend")
    turns.say("/deepsing/param/blend", 0.5)
    (command,) = taken(hub)
    hub.post(Echo("blend", 0.5))
    hub.post(Problem("only for you", command.sender))
    hub.post(Problem("for another adapter", ("zeromq", b"\0")))
    hub.post(TimeAt(99.0))
    for each in (turns, watches):
        assert each.hear("/deepsing/param/blend") == (0.5,)
        assert 99.0 in (*each.hear("/deepsing/time"), *each.hear("/deepsing/time"))
    assert [one.values for one in turns.heard if one.address == "/deepsing/error"] == [("only for you",)]
    assert not [one for one in watches.heard if one.address == "/deepsing/error"]


def test_a_port_can_be_named_and_taken_back(hub: Hub, connect: Callable[[], Client]) -> None:
    asks, hears = connect(), connect()
    asks.say("/deepsing/subscribe", hears.port)
    hears.hear("/deepsing/status")
    asks.say("/deepsing/unsubscribe", hears.port)
    asks.say("/deepsing/subscribe")
    asks.hear("/deepsing/status")
    hub.post(Problem("only one is there"))
    assert asks.hear("/deepsing/error") == ("only one is there",)
    asks.say("/deepsing/subscribe", hears.port)
    hears.hear("/deepsing/status")
    assert not [one for one in hears.heard if one.address == "/deepsing/error"]


def test_a_renewed_subscription_is_one(hub: Hub, client: Client) -> None:
    for _ in range(3):
        client.say("/deepsing/subscribe")
        client.hear("/deepsing/status")
    hub.post(Problem("once"))
    assert client.hear("/deepsing/error") == ("once",)
    client.ask("blend")
    assert not [one for one in client.heard if one.address == "/deepsing/error"]


def test_subscribers_are_limited(start: Callable[..., OscServer], clock: ManualClock) -> None:
    server = start()
    client = Client(server.port)
    for port in range(20000, 20064):
        client.say("/deepsing/subscribe", port)
    client.say("/deepsing/subscribe")
    (text,) = client.hear("/deepsing/error")
    assert "64 are subscribed already" in str(text)
    client.close()


def test_a_configured_target_hears_all_unasked(start: Callable[..., OscServer], hub: Hub) -> None:
    target = Client(0)
    server = start(targets=[("127.0.0.1", target.port)])
    target.server = ("127.0.0.1", server.port)
    target.hear("/deepsing/status")
    hub.post(Problem("hello"))
    assert target.hear("/deepsing/error") == ("hello",)
    assert server.describe() == f"OSC: udp 127.0.0.1:{server.port}, to 127.0.0.1:{target.port}"
    target.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_bridge_does_not_answer_itself(host: str, start: Callable[..., OscServer], hub: Hub) -> None:
    server = start(host=host)
    with closing(Client(server.port)) as client:
        client.say("/deepsing/subscribe", server.port)
        assert eventually(lambda: server.intake.ignored > 0)
        hub.post(Echo("blend", 0.5))
        assert eventually(lambda: server.intake.ignored > 1)
        client.ask("blend")  # what came before has been dealt with
    assert not hub.inbox.take(0)
    assert server.intake.refused == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_another_program_at_the_same_port_of_another_address_is_heard(
    start: Callable[..., OscServer], hub: Hub
) -> None:
    server = start(host="127.0.0.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", server.port))
        other.sendto(message("/deepsing/play").dgram, ("127.0.0.1", server.port))
        (command,) = taken(hub)
    assert isinstance(command, Play)


@pytest.mark.skipif(not hasattr(socket, "MSG_ERRQUEUE"), reason="only Linux tells of refused packets")
def test_a_subscriber_that_is_gone_is_dropped(
    server: OscServer, hub: Hub, clock: ManualClock, connect: Callable[[], Client]
) -> None:
    leaves, stays = connect(), connect()
    for each in (leaves, stays):
        each.say("/deepsing/subscribe")
        each.hear("/deepsing/status")
    leaves.close()
    for second in range(int(GONE_AFTER_S) + 2):
        hub.post(TimeAt(float(second)))
        while stays.hear("/deepsing/time") != (float(second),):
            pass
        stays.ask("blend")  # by then the refusal has come back
        clock.now_s += 1
    assert eventually(lambda: server.publisher.gone == 1)
    assert stays.ask("blend")


# safety


@pytest.mark.parametrize(
    ("rubbish", "complaint"),
    [
        (b"hello", "an OSC address begins with /"),
        (bytes(9000), "a packet of 9000 bytes: at most 8192 are read"),
        (message("/deepsing/dance").dgram, "/deepsing/dance: not known"),
        (message("/deepsing/param/blend", "much").dgram, "expected 0..1, got 'much'"),
    ],
)
def test_what_is_wrong_is_told_to_the_sender(server: OscServer, client: Client, rubbish: bytes, complaint: str) -> None:
    client.send(rubbish)
    (text,) = client.hear("/deepsing/error")
    assert complaint in str(text)
    assert server.intake.refused == 1


def test_a_flood_of_rubbish_is_not_answered_with_a_flood(
    server: OscServer, clock: ManualClock, client: Client, connect: Callable[[], Client]
) -> None:
    other = connect()
    for _ in range(60):
        client.send(b"rubbish")
    assert eventually(lambda: server.intake.refused == 60)
    assert (server.publisher.unanswered, len(_errors(client))) == (40, 20)
    other.send(b"rubbish")
    other.hear("/deepsing/error")  # others are still answered
    clock.now_s += 1
    client.send(b"rubbish")
    client.hear("/deepsing/error")


def _errors(client: Client) -> list[tuple[object, ...]]:
    client.ask("blend")
    return [one.values for one in client.heard if one.address == "/deepsing/error"]


def test_a_flood_leaves_the_newest_value(server: OscServer, hub: Hub, client: Client) -> None:
    for step in range(3000):
        client.say("/deepsing/param/blend", step / 3000)
    client.socket.settimeout(0.2)
    assert eventually(lambda: _answers(client))  # the system drops what does not fit its buffer, questions too
    (command,) = taken(hub)
    assert isinstance(command, SetParam)
    assert server.intake.refused == 0
    assert hub.inbox.dropped == 0


def _answers(client: Client) -> bool:
    try:
        return client.ask("noise") != ()
    except TimeoutError:
        return False


@pytest.fixture(scope="module")
def lasting() -> Iterator[Client]:
    """One server for all examples, as starting one takes longer than an example."""
    server = OscServer(Hub(VOCABULARY, SystemClock()), below_songs, port=0)
    server.start()
    client = Client(server.port)
    yield client
    client.close()
    server.stop()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(rubbish=st.lists(st.binary(max_size=128), max_size=5))
def test_no_bytes_stop_the_server(lasting: Client, rubbish: list[bytes]) -> None:
    for packet in (*rubbish, *(b"#bundle\0\0\0\0\0\0\0\0\1" + packet for packet in rubbish)):
        lasting.send(packet)
    assert lasting.ask("blend") == (pytest.approx(0.1),)


# start and stop


def test_a_port_that_is_taken_is_named(server: OscServer, hub: Hub) -> None:
    with pytest.raises(BridgeError, match=f"OSC: udp port {server.port} of 127.0.0.1 is taken by another program"):
        OscServer(hub, below_songs, port=server.port).start()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_listens_on_an_address_of_ipv6_and_tells_it_as_urls_have_it(start: Callable[..., OscServer]) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::1", 0))
        other.settimeout(WAIT_S)
        target = other.getsockname()[1]
        server = start(host="::1", targets=[("::1", target)])
        assert server.describe() == f"OSC: udp [::1]:{server.port}, to [::1]:{target}"
        other.sendto(message("/deepsing/get", "view").dgram, ("::1", server.port))
        assert any(b"/deepsing/param/view" in other.recv(65536) for _ in range(1000))


def test_an_unknown_target_is_named(hub: Hub) -> None:
    with pytest.raises(BridgeError, match=r"OSC: \[::1\]:9001 is no address that this machine knows"):
        OscServer(hub, below_songs, "127.0.0.1", port=0, targets=[("::1", 9001)]).start()


def test_a_port_that_does_not_exist_is_no_other(hub: Hub) -> None:
    with pytest.raises(BridgeError, match=r"no udp port 70000, expected 1..65535"):
        OscServer(hub, below_songs, port=70000).start()
    with pytest.raises(BridgeError, match=r"no udp port 70000"):
        OscServer(hub, below_songs, port=0, targets=[("127.0.0.1", 70000)]).start()


def test_stop_frees_the_port_and_may_be_repeated(hub: Hub) -> None:
    server = OscServer(hub, below_songs, port=0)
    server.stop()
    server.start()
    server.stop()
    server.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", server.port))


def test_another_machine_is_heard_once_it_gave_the_token(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("deepsing_bridge.protocols.token.is_this_machine", lambda _: False)
    server = OscServer(hub, Path, port=0, token=Token("correct-horse-7"))
    server.start()
    try:
        with closing(Client(server.port)) as client:
            client.say("/deepsing/play")
            assert "wants a token" in str(client.hear("/deepsing/error"))
            client.say("/deepsing/token", "wrong-horse-77")
            assert "not the one" in str(client.hear("/deepsing/error"))
            client.say("/deepsing/token", "correct-horse-7")
            client.say("/deepsing/pause")
            assert [type(command) for command in hub.inbox.take(WAIT_S)] == [Pause]
            for _ in range(GUESSES):
                client.say("/deepsing/token", "wrong-horse-77")
            assert "at most 5 a second" in str([client.hear("/deepsing/error") for _ in range(GUESSES)])
    finally:
        server.stop()
    assert "horse" not in caplog.text
