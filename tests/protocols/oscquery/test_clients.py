"""What others' clients do, to the byte as their sources have it, and those that can be had here.

Chataigne: GenericOSCQueryModule.cpp, and client_ws.hpp of juce_simpleweb. ossia score: libossia's
oscquery_mirror_asio.cpp, http_client.hpp, json_reader_detail.cpp and json_writer_detail.cpp.
"""

import base64
import hashlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_message import OscMessage

from tests.browser import CACHE
from tests.jack import JACK, Player, jack_server
from tests.jack import until as until_it_plays
from tests.protocols.oscquery.stage import BLEND, WAIT_S, Client, Stage, blends, packet, until

WS = CACHE / "ws-8.23.0"
SCRIPT = Path(__file__).with_name("ws_client.js")
TEXT, BINARY, CLOSE = 129, 130, 136  # the first byte of a frame that is whole


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


class Wire:
    """A client's end of a connection, with nothing between it and the bytes."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), WAIT_S)
        self._file = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def head(self) -> tuple[str, dict[str, str]]:
        """The status line without the version, and the headers as they are spelled."""
        version, _, status = self._line().partition(" ")
        assert version == "HTTP/1.1"
        headers = {}
        while line := self._line():
            name, _, value = line.partition(": ")
            headers[name] = value
        return status, headers

    def _line(self) -> str:
        line = self._file.readline()
        assert line.endswith(b"\r\n")
        return line[:-2].decode()

    def read(self, length: int) -> bytes:
        data = self._file.read(length)
        assert len(data) == length
        return data

    def rest(self) -> bytes:
        return self._file.read()

    def frame(self) -> tuple[int, bytes]:
        """As client_ws.hpp's read_message, which takes a mask for an error."""
        first, length = self.read(2)
        assert length < 128
        if length >= 126:
            length = int.from_bytes(self.read(2 if length == 126 else 8))
        return first, self.read(length)

    def send_frame(self, kind: int, content: bytes) -> None:
        mask, length = os.urandom(4), len(content)
        assert length < 126
        self.send(bytes([kind, 128 + length]) + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(content)))

    def upgrade(self, port: int, *lines: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        first = ("GET / HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade")
        last = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
        self.send("\r\n".join((*first, *last, *lines, "", "")).encode())
        status, headers = self.head()
        assert status.startswith("101 ")
        accept = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
        assert base64.b64decode(headers["Sec-WebSocket-Accept"]) == accept
        assert "Sec-WebSocket-Extensions" not in headers

    def close(self) -> None:
        self._file.close()
        self._socket.close()


# Chataigne


def _as_juce_gets(port: int, target: str) -> Any:
    """By libcurl, and to the end of the stream."""
    with closing(Wire(port)) as wire:
        wire.send(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n".encode())
        status, headers = wire.head()
        body = wire.rest()
    assert status == "200 OK" and len(body) == int(headers["Content-Length"])
    return json.loads(body)


def _paths(node: dict[str, Any]) -> list[str]:
    """Those of all controllables that Chataigne makes of a tree: what has no contents."""
    if "CONTENTS" not in node:
        return [node["FULL_PATH"]]
    return [path for child in node["CONTENTS"].values() for path in _paths(child)]


def test_chataigne_connects_listens_to_all_and_follows(stage: Stage) -> None:
    port = stage.server.port
    info = _as_juce_gets(port, "/?HOST_INFO")
    assert info["NAME"] == "deepsing-bridge" and info["OSC_PORT"] == stage.osc.port and info["WS_PORT"] == port
    assert info["EXTENSIONS"]["LISTEN"] is True
    paths = _paths(_as_juce_gets(port, "/"))
    with closing(Wire(port)) as wire:
        wire.upgrade(port)
        for path in paths:
            wire.send_frame(TEXT, f'{{"COMMAND": "LISTEN", "DATA": "{path}"}}'.encode())
        told = {}
        while BLEND not in told or "/deepsing/arousal" not in told:
            kind, content = wire.frame()
            message = OscMessage(content)  # readMessage: a bundle is an error
            assert kind == BINARY
            told[message.address] = message.params
        assert stage.server.refused == 0
        stage.turn_by_osc(0.25)
        while (kind, content) != (BINARY, packet(BLEND, 0.25)):
            kind, content = wire.frame()
        wire.send_frame(TEXT, f'{{"COMMAND": "IGNORE", "DATA": "{BLEND}"}}'.encode())
        wire.send_frame(CLOSE, (1000).to_bytes(2) + b"Time to split my friend")
        while kind != CLOSE:
            kind, content = wire.frame()
        assert int.from_bytes(content[:2]) == 1000


def test_chataigne_leaves_without_waiting(stage: Stage) -> None:
    """Its client shuts the socket down as soon as it has said so."""
    wire = Wire(stage.server.port)
    wire.upgrade(stage.server.port)
    wire.send_frame(CLOSE, (1000).to_bytes(2) + b"Time to split my friend")
    wire.close()
    until(lambda: not stage.server._listeners._there)


# ossia score


def _as_libossia_gets(port: int, target: str) -> Any:
    """The name alone as Host; the body is what Content-Length, spelled so, says."""
    with closing(Wire(port)) as wire:
        wire.send(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nConnection: close\r\n\r\n".encode())
        status, headers = wire.head()
        assert status.split()[0] == "200"
        return json.loads(wire.read(int(headers["Content-Length"])))


def _kind(answer: dict[str, Any]) -> str:
    """json_parser::message_type."""
    if "COMMAND" in answer:
        return "command"
    if "FULL_PATH" in answer:
        return "namespace"
    if "NAME" in answer:
        return "host info"
    return "device" if "OSC_PORT" in answer else "value"


def test_libossia_connects_observes_and_pushes_both_ways(stage: Stage) -> None:
    port = stage.server.port
    with closing(Wire(port)) as wire:
        wire.upgrade(port, "User-Agent: WebSocket++/0.8.2")
        for target in ("/?HOST_INFO", "/?HOST_INFO=1"):
            info = _as_libossia_gets(port, target)
            assert _kind(info) == "host info"
            assert (info["OSC_TRANSPORT"], info["OSC_IP"], info["OSC_PORT"]) == ("UDP", "127.0.0.1", stage.osc.port)
            assert not info["EXTENSIONS"]["OSC_STREAMING"]  # else it waits for values by UDP
        root = _as_libossia_gets(port, "/")
        assert _kind(root) == "namespace" and BLEND in _paths(root)
        value = _as_libossia_gets(port, f"{BLEND}?VALUE")
        assert _kind(value) == "value" and isinstance(value["VALUE"][0], float)
        wire.send_frame(TEXT, f'{{"COMMAND":"LISTEN","DATA":"{BLEND}"}}'.encode())
        assert wire.frame() == (BINARY, packet(BLEND, value["VALUE"][0]))
        stage.turn_by_osc(0.25)
        assert wire.frame() == (BINARY, packet(BLEND, 0.25))
        with Client(port, BLEND) as other:
            other.next()
            wire.send_frame(BINARY, packet(BLEND, 0.75))  # as it pushes what is critical, or where there is no UDP
            assert other.next().values == (0.75,)
        wire.send_frame(TEXT, f'{{"COMMAND":"IGNORE","DATA":"{BLEND}"}}'.encode())


# what can be had here


@pytest.mark.program("node")
@pytest.mark.skipif(not WS.is_dir(), reason=f"npm's {WS.name} is not in {CACHE}; .ci/programs puts it there")
def test_ws_of_npm(stage: Stage) -> None:
    command = ["node", str(SCRIPT), str(WS), str(stage.server.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first = json.loads(process.stdout.readline())
            assert first["binary"] and OscMessage(bytes.fromhex(first["hex"])).address == BLEND
            until(lambda: stage.hub.snapshot.values["noise"] == 0.75)
            stage.turn_by_osc(0.25)
            assert json.loads(process.stdout.readline()) == {"binary": True, "hex": packet(BLEND, 0.25).hex()}
            stage.server.stop()
            assert json.loads(process.stdout.readline()) == {"closed": 1001}
            assert process.wait(WAIT_S) == 0
        finally:
            process.kill()


@pytest.mark.program("curl")
def test_curl(stage: Stage) -> None:
    url = f"http://127.0.0.1:{stage.server.port}/deepsing/param/blend?VALUE"
    asked = subprocess.run(["curl", "-sS", "-i", url], capture_output=True, text=True, timeout=WAIT_S, check=True)
    head, _, body = asked.stdout.partition("\n\n")
    assert head.splitlines()[0] == "HTTP/1.1 200 OK"
    assert json.loads(body) == {"VALUE": [pytest.approx(stage.blend)]}


# a real knob


@pytest.mark.program("jackd")
def test_a_midi_knob_is_heard_by_websocket(stage: Stage) -> None:
    pytest.importorskip("rtmidi", reason="python-rtmidi is not installed")
    from mido import Message

    from deepsing_bridge.protocols.midi.adapter import MidiAdapter
    from deepsing_bridge.protocols.midi.map import Control, MidiMap

    with jack_server(), closing(Player()) as knob:
        mapping = MidiMap((Control("blend", 21, takeover="jump"),))
        adapter = MidiAdapter(stage.hub, mapping, ports=["nanoKONTROL2"], backend=JACK)
        adapter.start()
        try:
            until_it_plays(lambda: "nanoKONTROL2" in adapter.describe())
            with Client(stage.server.port, BLEND) as client:
                client.next()
                until_it_plays(
                    lambda: stage.blend == 1, lambda: knob.send([Message("control_change", control=21, value=127)])
                )
                assert blends(client.up_to(BLEND)) == [1.0]
        finally:
            adapter.stop()
