"""Values that come and go by websocket, with python-websockets as the client."""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
import zmq
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deepsing_bridge.live.commands import SetCues, SetParam
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.events import Problem, Progressed
from deepsing_bridge.protocols.osc.codec import LONGEST_READ, UNIX_SINCE_NTP_S
from deepsing_bridge.protocols.osc.subscribers import Peer
from deepsing_bridge.protocols.oscquery import access, listeners
from deepsing_bridge.protocols.oscquery import server as oscquery
from deepsing_bridge.protocols.token import Token
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from tests.protocols.oscquery.stage import BLEND, WAIT_S, Client, Stage, blends, nothing, packet, until


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture
def client(stage: Stage) -> Iterator[Client]:
    with Client(stage.server.port) as client:
        yield client


def _by_inbox(stage: Stage) -> None:
    stage.hub.inbox.put(SetParam("blend", 0.25, "a knob"))


def _by_osc(stage: Stage) -> None:
    stage.turn_by_osc(0.25)


def _by_zeromq(stage: Stage) -> None:
    server = CommandServer(stage.hub, nothing, port=0)
    server.start()
    try:
        with zmq.Context() as context, context.socket(zmq.REQ) as asks:
            asks.connect(f"tcp://127.0.0.1:{server.port}")
            asks.send(b'{"command": "param/blend", "value": 0.25}')
            assert asks.poll(int(1000 * WAIT_S)) and json.loads(asks.recv())["ok"]
    finally:
        server.stop()


def _by_websocket(stage: Stage) -> None:
    with Client(stage.server.port) as other:
        other.say(BLEND, 0.25)
        until(lambda: stage.blend == 0.25)


@pytest.mark.parametrize("turn", [_by_inbox, _by_osc, _by_zeromq, _by_websocket])
def test_who_listens_hears_what_anybody_sets(turn: Callable[[Stage], None], stage: Stage) -> None:
    with Client(stage.server.port, BLEND) as client:
        first = client.next()
        assert (first.address, first.values) == (BLEND, pytest.approx((stage.blend,)))
        turn(stage)
        assert client.next().values == (0.25,)


def test_a_float_is_a_float_and_truth_a_number(stage: Stage) -> None:
    with Client(stage.server.port, "/deepsing/param/freeze") as client:
        client.next()
        stage.hub.inbox.put(SetParam("freeze", True))
        assert client.socket.recv(WAIT_S) == packet("/deepsing/param/freeze", 1)


def test_events_are_told_too(stage: Stage) -> None:
    stage.put_on()
    with Client(stage.server.port, "/deepsing/time", "/deepsing/transport") as client:
        client.mark()
        client.say("/deepsing/play")
        client.up_to("/deepsing/transport", "playing")
        assert client.up_to("/deepsing/time")[-1].values[0] >= 0  # type: ignore[operator]


def test_nothing_is_told_unasked_and_nothing_of_another_path(stage: Stage, client: Client) -> None:
    client.command("LISTEN", "/deepsing/param/noise")
    client.up_to("/deepsing/param/noise")
    stage.turn_by_osc(0.25)
    until(lambda: stage.blend == 0.25)
    time.sleep(0.3)
    assert client.mark() == []


def test_ignore(stage: Stage, client: Client) -> None:
    client.command("LISTEN", BLEND)
    client.up_to(BLEND)
    client.command("IGNORE", BLEND)
    client.command("IGNORE", "/deepsing/nothing")
    client.mark()
    stage.turn_by_osc(0.25)
    until(lambda: stage.blend == 0.25)
    time.sleep(0.3)
    assert client.mark() == []


def test_who_turns_is_not_rung_back_to_and_hears_where_it_rests(stage: Stage) -> None:
    with Client(stage.server.port, BLEND) as turns, Client(stage.server.port, BLEND) as watches:
        turns.mark(), watches.mark()
        for step in range(3, 20):
            turns.say(BLEND, step / 20)
        assert blends(turns.up_to(BLEND)) == [0.95]
        assert blends(watches.up_to(BLEND, 0.95))[-1] == 0.95
        assert stage.blend == 0.95


def test_on_another_machine_who_sends_by_osc_and_listens_here_is_one_program(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Chataigne is; on this machine there are many programs, and it is told at once."""
    monkeypatch.setattr("deepsing_bridge.protocols.osc.subscribers.is_this_machine", lambda _: False)
    with Client(stage.server.port, BLEND) as client:
        client.mark()
        stage.turn_by_osc(0.1, 0.2, 0.3)
        assert blends(client.up_to(BLEND)) == [0.3]


def test_a_client_that_sends_back_what_it_hears_does_not_ring(stage: Stage) -> None:
    with Client(stage.server.port, BLEND) as mirror:
        mirror.mark()
        for value in (0.1, 0.4, 0.7, 0.9):
            stage.turn_by_osc(value)
            until(lambda value=value: stage.blend == value)
        heard = mirror.up_to(BLEND, 0.9)
        for message in heard:
            mirror.say(BLEND, *message.values)
        mirror.mark()
        time.sleep(0.3)
        assert stage.blend == 0.9


def test_osc_by_websocket_is_osc(stage: Stage, client: Client) -> None:
    """Questions, commands, bundles and what is wrong in them, as by UDP."""
    client.say(BLEND)
    assert client.next().address == BLEND
    good, unknown = packet(BLEND, 0.75), packet("/deepsing/param/glow", 1.0)
    parts = b"".join(struct.pack(">i", len(part)) + part for part in (unknown, good, unknown))
    client.socket.send(b"#bundle\0" + struct.pack(">Q", 1) + parts)
    (wrong,) = client.up_to("/deepsing/error")
    assert "no such parameter" in str(wrong.values[0])
    until(lambda: stage.blend == 0.75)
    client.say(BLEND, 3.0)
    assert client.next().values == (f"{BLEND}: expected 0..1, got 3",)
    client.socket.send(b"\xff\0")
    assert "begins with /" in str(client.next().values[0])
    client.say("/deepsing/load", "secret.wav")
    assert "may not be loaded" in str(client.next().values[0])
    client.say("/deepsing/token", "is known already")
    client.say("/ping")
    assert client.mark() == []


def test_a_time_tag_is_waited_for(stage: Stage, client: Client) -> None:
    due_s = time.time() + 0.5
    content = packet(BLEND, 0.75)
    tag = struct.pack(">Q", int((due_s + UNIX_SINCE_NTP_S) * 2**32))
    client.socket.send(b"#bundle\0" + tag + struct.pack(">i", len(content)) + content)
    until(lambda: stage.blend == 0.75)
    assert time.time() >= due_s


def test_all_can_be_heard_and_the_curve(stage: Stage, client: Client) -> None:
    client.say("/deepsing/curve")
    assert "no song" in str(client.next().values[0])
    stage.put_on()
    client.say("/deepsing/curve")
    assert client.next().address == "/deepsing/curve/chunk"
    client.say("/deepsing/subscribe")
    addresses = {message.address for message in client.up_to("/deepsing/arousal")}
    assert addresses >= {f"/deepsing/param/{name}" for name in stage.hub.vocabulary.parameters}
    client.say("/deepsing/subscribe", 9001)
    assert "a websocket has none" in str(client.up_to("/deepsing/error")[-1].values[0])
    client.say("/deepsing/unsubscribe")
    client.mark()
    time.sleep(0.2)
    assert client.mark() == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected JSON such as"),
        ("[" * 4000, "nested too deeply"),
        ('{"COMMAND": "LISTEN", "COMMAND": "IGNORE"}', "more than once"),
        ("[]", "expected JSON such as"),
        ('{"/deepsing/param/blend": 1}', "expected JSON such as"),
        ('{"COMMAND": "LISTEN"}', "expected LISTEN or IGNORE, and DATA with an address"),
        ('{"COMMAND": "LISTEN", "DATA": ["/deepsing/time"]}', "expected LISTEN or IGNORE, and DATA"),
        ('{"COMMAND": "START_OSC_STREAMING", "DATA": {}}', "expected LISTEN or IGNORE"),
        ('{"COMMAND": "LISTEN", "DATA": "/deepsing/glow"}', "there is no such address"),
        ('{"COMMAND": "LISTEN", "DATA": "/deepsing/param"}', "or it is a folder"),
    ],
)
def test_what_is_no_command_is_answered_in_a_sentence(text: str, sentence: str, client: Client) -> None:
    client.socket.send(text)
    wrong = client.next()
    assert wrong.address == "/deepsing/error"
    assert sentence in str(wrong.values[0])


def test_of_an_address_that_is_not_there_each_client_hears_once(stage: Stage, client: Client) -> None:
    for _ in range(3):
        client.command("LISTEN", "/deepsing/glow")
    client.up_to("/deepsing/error")
    assert client.mark() == []
    assert stage.server.refused == 1


def test_a_problem_is_told_to_who_made_it_and_one_of_nobody_to_who_listens(stage: Stage) -> None:
    with Client(stage.server.port, "/deepsing/error") as one, Client(stage.server.port) as other:
        one.mark(), other.mark()
        stage.hub.post(Problem("of everybody"))
        assert one.next().values == ("of everybody",)
        address = other.socket.local_address
        stage.hub.post(Problem("of the other", Peer(address, "OSCQuery")))
        assert other.next().values == ("of the other",)
        stage.hub.post(Problem("of somebody by ZeroMQ", "ZeroMQ"))
        time.sleep(0.2)
        assert one.mark() == other.mark() == []


# limits


def test_a_frame_too_long_closes_the_websocket(stage: Stage, client: Client) -> None:
    client.socket.send(b"/" * (LONGEST_READ + 1))
    with pytest.raises(ConnectionClosed, match="1009"):
        client.socket.recv(WAIT_S)
    with Client(stage.server.port) as again:
        again.mark()


def test_a_host_has_so_many_websockets(stage: Stage) -> None:
    with ExitStack() as opened:
        clients = [opened.enter_context(Client(stage.server.port)) for _ in range(listeners.MOST_EACH)]
        with pytest.raises(InvalidStatus, match="503"):
            Client(stage.server.port)
        clients[0].socket.close()
        until(lambda: _opens(stage.server.port, opened))
        for one in clients[1:]:
            one.mark()


def _opens(port: int, opened: ExitStack) -> bool:
    try:
        opened.enter_context(Client(port))
    except InvalidStatus:
        return False
    return True


def test_so_many_requests_of_a_machine_are_answered_in_a_second(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.player.clock, "now", lambda: 7.0)
    monkeypatch.setattr(stage.server._requests._limit, "each", 5)
    statuses = [_status(stage.server.port, "GET / HTTP/1.0\r\n\r\n") for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def _status(port: int, request: str) -> int:
    with socket.create_connection(("127.0.0.1", port), WAIT_S) as connection:
        connection.sendall(request.encode())
        return int(connection.recv(12).split()[1])


def test_many_short_headers_are_too_long_as_well(stage: Stage) -> None:
    head = "GET / HTTP/1.1\r\n" + "".join(f"X-{number}: {'x' * 100}\r\n" for number in range(100))
    assert _status(stage.server.port, f"{head}\r\n") == 431


def test_a_slow_reader_gets_the_newest_value_and_keeps_nobody_waiting(stage: Stage) -> None:
    """It does not read while 300 long messages are told; what waits for it is bounded, and it ends where all end."""
    path, text, last = "/deepsing/progress", "x" * 900, 300
    with closing(_Raw(stage.server.port)) as slow, Client(stage.server.port, path) as quick:
        slow.listen(path)
        quick.mark()
        listener = stage.server._listeners.at(slow.address)
        until(lambda: path in listener.paths)
        for number in range(1, last + 1):
            stage.hub.post(Progressed(text, number / last))
            assert len(quick.up_to(path, text, number / last)) == 1
        assert len(listener._waiting) == 1
        read = slow.read_until(packet(path, text, 1.0))
        assert last <= len(read) + listener.passed_over <= last + 1  # what was there when it began to listen
        assert len(read) < last / 2


class _Raw:
    """A websocket by hand that takes little from the network."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(WAIT_S)
        self._socket.connect(("127.0.0.1", port))
        self.address = self._socket.getsockname()
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        self._socket.sendall(f"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n".encode())
        self._file = self._socket.makefile("rb")
        while self._file.readline() != b"\r\n":
            pass

    def listen(self, path: str) -> None:
        text = json.dumps({"COMMAND": "LISTEN", "DATA": path}).encode()
        self._socket.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)

    def read_until(self, last: bytes) -> list[bytes]:
        read = []
        while not read or read[-1] != last:
            length = self._file.read(2)[1]
            read.append(self._file.read(int.from_bytes(self._file.read(2)) if length == 126 else length))
        return read

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def test_a_client_that_vanishes_is_forgotten(stage: Stage) -> None:
    raw = _Raw(stage.server.port)
    raw.listen(BLEND)
    until(lambda: raw.address in stage.server._listeners._there)
    raw.close()
    until(lambda: not stage.server._listeners._there)


def test_stop_says_goodbye_and_waits_for_nobody(stage: Stage, client: Client) -> None:
    client.mark()
    with closing(_Raw(stage.server.port)):  # which does not say goodbye
        stage.server.stop()
        with pytest.raises(ConnectionClosed, match="1001"):
            client.socket.recv(WAIT_S)


# who may


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:3000", 101),
        ("http://127.0.0.1:8080", 101),
        ("http://[::1]", 101),
        ("http://evil.example", 403),
        ("http://203.0.113.5", 403),
        ("https://localhost.evil.example", 403),
        ("null", 403),
        ("file://", 403),
        ("http://[", 403),
    ],
)
def test_a_page_elsewhere_opens_no_websocket_and_reads_nothing(origin: str, status: int, stage: Stage) -> None:
    upgrade = (
        f"Host: 127.0.0.1:7701\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert _status(stage.server.port, f"GET / HTTP/1.1\r\n{upgrade}") == status
    assert _status(stage.server.port, f"GET / HTTP/1.1\r\nOrigin: {origin}\r\n\r\n") == (200 if status == 101 else 403)


@pytest.mark.parametrize("header", ["Host: evil.example", "Host: localhost\r\nHost: evil.example"])
def test_a_strangers_name_opens_no_websocket(header: str, stage: Stage) -> None:
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    assert _status(stage.server.port, f"GET / HTTP/1.1\r\n{header}\r\n{upgrade}{key}") == 403


def test_a_page_on_the_machine_that_is_asked_may_ask() -> None:
    assert access.is_from_here("http://stage.local:3000", "stage.local:7701")
    assert access.is_from_here("http://192.168.0.7:8080", "192.168.0.7:7701")
    assert not access.is_from_here("http://192.168.0.8:8080", "192.168.0.7:7701")
    assert not access.is_from_here("http://stage.local:3000", None)


def test_another_machine_has_to_know_the_token_for_a_websocket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "is_this_machine", lambda _: False)
    with Stage(Token("correct-horse-7")) as stage:
        port = stage.server.port
        for target, headers in (("/", None), ("/?token=wrong-horse-77", None), ("/", {"Authorization": "Bearer x"})):
            with pytest.raises(InvalidStatus, match="401"):
                Client(port, target=target, headers=headers)
        for target, headers in (("/?token=correct-horse-7", None), ("/", {"Authorization": "Bearer correct-horse-7"})):
            with Client(port, BLEND, target=target, headers=headers) as client:
                client.say(BLEND, 0.75)
                until(lambda: stage.blend == 0.75)


def test_a_fault_of_ours_ends_nothing(
    stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.command("LISTEN", BLEND)
    client.mark()
    with monkeypatch.context() as broken:
        broken.setattr(stage.server._listeners, "tell", lambda events: 1 / 0)
        until(lambda: "could not be told" in caplog.text)
        broken.setattr("deepsing_bridge.protocols.osc.codec.to_request", lambda *_: 1 / 0)
        client.say(BLEND, 0.1)
        assert "the bridge's log says why" in str(client.next().values[0])
    stage.turn_by_osc(0.25)
    client.up_to(BLEND, 0.25)


def test_a_websocket_that_answers_no_ping_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oscquery, "PING_S", 0.2)
    with Stage() as stage, closing(_Raw(stage.server.port)), Client(stage.server.port) as lives:
        until(lambda: len(stage.server._listeners._there) == 2)
        until(lambda: len(stage.server._listeners._there) == 1)
        lives.mark()


def test_cues_that_come_and_go_are_told_and_are_called_by_websocket(stage: Stage, client: Client) -> None:
    stage.hub.inbox.put(SetCues((Cue("drop", {"blend": 0.75}), Cue("intro"))))
    told = [json.loads(client.socket.recv(WAIT_S)) for _ in range(2)]
    assert told == [{"COMMAND": "PATH_ADDED", "DATA": f"/deepsing/cue/{name}"} for name in ("drop", "intro")]
    client.command("LISTEN", "/deepsing/cue/drop")
    stage.hub.inbox.put(SetCues((Cue("drop", {"blend": 0.75}),)))
    assert json.loads(client.socket.recv(WAIT_S)) == {"COMMAND": "PATH_REMOVED", "DATA": "/deepsing/cue/intro"}
    client.say("/deepsing/cue/drop", 0)
    client.say("/deepsing/cue/drop")
    until(lambda: stage.blend == 0.75)
