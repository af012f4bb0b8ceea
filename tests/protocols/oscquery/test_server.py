"""OSCQuery: plain HTTP, python-oscquery (which nobody here wrote), zeroconf on the loopback."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pythonoscquery.osc_query_client import OSCQueryClient
from zeroconf import ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.oscquery import access, announcement, connections
from deepsing_bridge.protocols.oscquery.connections import LONGEST_REQUEST, MOST_CLIENTS, TIME_LIMIT_S
from deepsing_bridge.protocols.oscquery.server import OscQueryServer
from deepsing_bridge.protocols.token import Token

VOCABULARY = vocabulary()
SNAPSHOT = Snapshot(values=VOCABULARY.defaults() | {"blend": 0.5, "freeze": True})


@pytest.fixture
def server() -> Iterator[OscQueryServer]:
    before = threading.active_count()
    hub = Hub(VOCABULARY, SystemClock())
    hub.snapshot = SNAPSHOT
    server = OscQueryServer(hub, port=0, osc_port=7654, announce=False)
    server.start()
    yield server
    server.stop()
    assert threading.active_count() == before


def get(server: OscQueryServer, target: str, method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, target)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def raw(server: OscQueryServer, request: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    connection.sendall(request)
    return connection


def test_it_answers_by_http(server: OscQueryServer) -> None:
    status, body = get(server, "/deepsing/param/blend")
    assert (status, json.loads(body)["VALUE"]) == (200, [0.5])
    assert get(server, "/deepsing/play?VALUE") == (204, b"")
    assert get(server, "/nothing")[0] == 404
    assert json.loads(get(server, "/?HOST_INFO")[1])["OSC_PORT"] == 7654
    assert server.refused == 1


def test_it_answers_with_what_is_now(server: OscQueryServer) -> None:
    server._hub.snapshot = Snapshot(VOCABULARY.defaults() | {"blend": 0.75})
    assert json.loads(get(server, "/deepsing/param/blend?VALUE")[1]) == {"VALUE": [0.75]}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_get(server: OscQueryServer, method: str) -> None:
    assert get(server, "/", method)[0] == 501


def test_a_long_request_is_refused(server: OscQueryServer) -> None:
    with raw(server, b"GET / HTTP/1.1\r\nX: " + b"x" * LONGEST_REQUEST) as connection:
        assert b" 431 " in connection.recv(100)
    assert get(server, "/")[0] == 200


@pytest.mark.parametrize(
    "rubbish", [b"\r\n\r\n", b"hello\r\n\r\n", b"\xff\0\xff\n\n", b"GET\r\n\r\n", b"GET / HTTP/9\n\n"]
)
def test_rubbish_does_not_stop_it(server: OscQueryServer, rubbish: bytes) -> None:
    with raw(server, rubbish) as connection:
        connection.recv(1000)
    assert get(server, "/")[0] == 200


@pytest.mark.parametrize("more", [b"Ho", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 9000])
def test_what_follows_a_request_is_nobodys(
    server: OscQueryServer, more: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with raw(server, b"GET /deepsing?ACCESS HTTP/1.1\r\n\r\n" + more) as connection:
        assert b" 200 " in connection.recv(100)
    assert get(server, "/")[0] == 200
    assert caplog.text == ""


def test_a_request_may_come_in_pieces(server: OscQueryServer) -> None:
    with raw(server, b"GET /deepsing?ACC") as connection:
        for piece in (b"ESS HTTP/1.1\r", b"\nHost: localhost\r\n", b"\r", b"\n"):
            time.sleep(0.01)
            connection.sendall(piece)
        assert connection.recv(10000).endswith(b'{"ACCESS": 0}')


def test_a_slow_request_is_given_up(server: OscQueryServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TIME_LIMIT_S", 0.1)
    with raw(server, b"GET / HT") as connection:
        assert b" 408 " in connection.recv(100)
    assert server.refused == 1


def test_of_too_many_clients_the_oldest_makes_room(server: OscQueryServer) -> None:
    waiting = [raw(server) for _ in range(MOST_CLIENTS + 1)]
    assert waiting[0].recv(1) == b""
    assert server.turned_away == 1
    for connection in waiting:
        connection.close()


def test_slow_clients_keep_nobody_waiting(server: OscQueryServer) -> None:
    slow = [raw(server, b"G") for _ in range(3 * MOST_CLIENTS)]
    for _ in range(20):
        began_s = time.monotonic()
        assert get(server, "/")[0] == 200
        assert time.monotonic() - began_s < TIME_LIMIT_S
        slow += [raw(server, b"G") for _ in range(MOST_CLIENTS)]
    for connection in slow:
        connection.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7701", b"200"),
        ("[::1]:7701", b"200"),
        ("localhost", b"200"),
        ("stage.local:7701", b"200"),
        ("evil.example:7701", b"403"),
        ("127.0.0.1.evil.example", b"403"),
        ("[", b"403"),
        ("", b"403"),
    ],
)
def test_a_name_that_a_stranger_may_have_given_us_is_refused(server: OscQueryServer, host: str, status: bytes) -> None:
    with raw(server, f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()) as connection:
        assert connection.recv(12).endswith(status)


def test_stop_does_not_wait_for_clients(server: OscQueryServer) -> None:
    with raw(server, b"GET / HT") as connection:
        get(server, "/")  # the one before has been accepted by now
        server.stop()
        assert connection.recv(1) == b""
        server.stop()


def test_a_port_that_is_taken_is_named(server: OscQueryServer) -> None:
    with pytest.raises(BridgeError, match=f"OSCQuery: tcp port {server.port} of 127.0.0.1 is taken by another program"):
        OscQueryServer(server._hub, port=server.port).start()


def test_a_port_that_does_not_exist_is_no_other() -> None:
    with pytest.raises(BridgeError, match=r"no tcp port 70000, expected 1..65535"):
        OscQueryServer(Hub(VOCABULARY, SystemClock()), port=70000).start()


def test_stop_without_start() -> None:
    OscQueryServer(Hub(VOCABULARY, SystemClock())).stop()


# others' clients


def _service(server: OscQueryServer) -> ServiceInfo:
    return ServiceInfo(
        "_oscjson._tcp.local.", "x._oscjson._tcp.local.", port=server.port, parsed_addresses=["127.0.0.1"]
    )


def test_python_oscquery_lists_the_parameters(server: OscQueryServer) -> None:
    """Below /deepsing/param only: it takes a command, which has no value to read, for a mistake."""
    client = OSCQueryClient(_service(server))
    info = client.get_host_info()
    assert info is not None
    assert (info.osc_ip, info.osc_port) == ("127.0.0.1", 7654)
    node = client.query_node("/deepsing/param")
    assert node is not None
    assert {child.full_path: child.value for child in node.contents} == {
        parameter.address: [SNAPSHOT.values[name]] for name, parameter in VOCABULARY.parameters.items()
    }
    assert client.query_node("/nothing") is None


class _Found(ServiceListener):
    def __init__(self) -> None:
        self.services: dict[str, ServiceInfo] = {}
        self.gone: set[str] = set()

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        info = zc.get_service_info(type_, name)
        if info:
            self.services[type_] = info

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.gone.add(type_)


def _eventually(true: Any) -> bool:
    until = time.monotonic() + 10
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return bool(true())


def test_it_is_found_by_zeroconf_and_says_goodbye() -> None:
    try:
        network = Zeroconf(interfaces=["127.0.0.1"])
    except OSError as error:
        pytest.skip(f"no multicast on the loopback: {error}")
    server = OscQueryServer(Hub(VOCABULARY, SystemClock()), port=0, osc_port=7654, announce=True)
    server.start()
    kinds = ["_oscjson._tcp.local.", "_osc._udp.local."]
    found = _Found()
    browser = ServiceBrowser(network, kinds, found)
    try:
        ours = _eventually(lambda: {s.port for s in found.services.values()} == {server.port, 7654})
        if not found.services:
            pytest.skip("multicast does not come through on the loopback")
        assert ours
        assert OSCQueryClient(found.services[kinds[0]]).query_node("/deepsing/param/blend") is not None
        server.stop()
        assert _eventually(lambda: found.gone == set(kinds))
    finally:
        server.stop()
        browser.cancel()
        network.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_on_ipv6s_loopback_it_is_announced_without_a_complaint(caplog: pytest.LogCaptureFixture) -> None:
    server = OscQueryServer(Hub(VOCABULARY, SystemClock()), "::1", port=0, announce=True)
    server.start()
    try:
        assert server.describe() == f"OSCQuery: http://[::1]:{server.port}, announced by zeroconf"
        connection = http.client.HTTPConnection("::1", server.port, timeout=20)
        connection.request("GET", "/?HOST_INFO")
        assert json.load(connection.getresponse())["OSC_IP"] == "::1"
        time.sleep(1.5)  # zeroconf has sent by then what it could not send
    finally:
        server.stop()
    assert caplog.text == ""


def test_a_network_without_multicast_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unable(*args: object) -> Zeroconf:
        raise OSError(19, "No such device")

    monkeypatch.setattr(announcement.zeroconf, "Zeroconf", unable)
    server = OscQueryServer(Hub(VOCABULARY, SystemClock()), port=0, announce=True)
    server.start()
    assert get(server, "/")[0] == 200
    server.stop()
    assert "not announced by zeroconf" in caplog.text


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/", {}, 401),
        ("/?HOST_INFO", {}, 401),
        ("/?token=wrong-horse-77", {}, 401),
        ("/", {"Authorization": "Bearer wrong-horse-77"}, 401),
        ("/", {"Authorization": "Basic correct-horse-7"}, 401),
        ("/", {"Authorization": "Bearer correct-horse-7"}, 200),
        ("/?token=correct-horse-7", {}, 200),
        ("/deepsing/param/blend?VALUE&token=correct-horse-7", {}, 200),
        ("/deepsing/param/blend?token=correct-horse-7&VALUE", {}, 200),
    ],
)
def test_another_machine_has_to_know_the_token(
    target: str,
    headers: dict[str, str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(access, "is_this_machine", lambda _: False)
    caplog.set_level("DEBUG")
    server = OscQueryServer(Hub(VOCABULARY, SystemClock()), port=0, token=Token("correct-horse-7"))
    server.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        body = json.loads(answer.read()) if answer.status == 200 else None
        connection.close()
    finally:
        server.stop()
    assert answer.status == status
    assert (answer.getheader("WWW-Authenticate") == "Bearer") == (status == 401)
    assert "VALUE" not in target or body == {"VALUE": [0.1]}
    assert "horse" not in caplog.text


def test_this_machine_needs_no_token() -> None:
    server = OscQueryServer(Hub(VOCABULARY, SystemClock()), port=0, token=Token("correct-horse-7"))
    server.start()
    try:
        assert get(server, "/")[0] == 200
    finally:
        server.stop()
