"""A running engine with its OSC and OSCQuery servers, and a websocket client that somebody else wrote."""

import json
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder
from websockets.sync.client import connect

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.protocols.osc.codec import Incoming, parse
from deepsing_bridge.protocols.osc.server import OscServer
from deepsing_bridge.protocols.oscquery.server import OscQueryServer
from deepsing_bridge.protocols.token import Token
from tests.live.players import Player

WAIT_S = 20.0
STEP_S = 0.005
BLEND = "/deepsing/param/blend"


def until(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.005)


def packet(address: str, *values: object) -> bytes:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build().dgram


def nothing(text: str) -> Path:
    raise BridgeError(f"/deepsing/load path: {text} may not be loaded")


class Stage:
    """The engine has a thread, and a clock that goes on with it."""

    def __init__(self, token: Token | None = None) -> None:
        self.player = Player()
        self.hub = self.player.hub
        self.server = OscQueryServer(self.hub, port=0, token=token, allowed=nothing)
        self.osc = OscServer(self.hub, nothing, port=0)
        self._over = Event()
        self._stepping = Lock()  # an engine is one thread's at a time
        self._thread = Thread(target=self._play)

    def __enter__(self) -> "Stage":
        self.osc.start()
        self.server.osc_port = self.osc.port
        self.server.start()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()
        self.server.stop()
        self.osc.stop()

    def _play(self) -> None:
        while not self._over.is_set():
            commands = self.hub.inbox.take(STEP_S)
            with self._stepping:
                self.player.clock.now_s += STEP_S
                self.player.engine.step(commands)

    def put_on(self) -> None:
        """A song is there."""
        with self._stepping:
            self.player.put_on()

    @property
    def blend(self) -> float:
        return round(float(self.hub.snapshot.values["blend"]), 4)

    def turn_by_osc(self, *values: float) -> None:
        """As a control surface that does not listen."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as surface:
            for value in values:
                surface.sendto(packet(BLEND, value), ("127.0.0.1", self.osc.port))


class Client:
    """python-websockets, in this thread."""

    def __init__(self, port: int, *listens: str, target: str = "/", headers: Mapping[str, str] | None = None) -> None:
        uri = f"ws://127.0.0.1:{port}{target}"
        options = {"additional_headers": headers, "open_timeout": WAIT_S, "close_timeout": WAIT_S, "proxy": None}
        self._opened = connect(uri, **options)
        self.socket = self._opened.__enter__()
        for path in listens:
            self.command("LISTEN", path)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.__exit__(*exception)

    def command(self, command: Any, data: Any) -> None:
        self.socket.send(json.dumps({"COMMAND": command, "DATA": data}))

    def say(self, address: str, *values: object) -> None:
        self.socket.send(packet(address, *values))

    def next(self) -> Incoming:
        """One message a frame: some programs open no bundles."""
        frame = self.socket.recv(WAIT_S)
        assert isinstance(frame, bytes) and frame.startswith(b"/")
        (message,) = parse(frame)
        return message

    def up_to(self, address: str, *values: object) -> list[Incoming]:
        """All that comes before the next message at `address` that begins with `values`, and that one."""
        heard, end_s = [self.next()], time.monotonic() + WAIT_S
        while heard[-1].address != address or not _alike(heard[-1].values[: len(values)], values):
            assert time.monotonic() < end_s, f"waited in vain for {address}"
            heard.append(self.next())
        return heard

    def mark(self) -> list[Incoming]:
        """All that has come up to now: what is asked for is answered after that."""
        self.say("/deepsing/get", "transport")
        return self.up_to("/deepsing/transport")[:-1]


def _alike(given: tuple[object, ...], wanted: tuple[object, ...]) -> bool:
    """Floats of 32 bits."""
    pairs = zip(given, wanted, strict=False)
    return len(given) >= len(wanted) and all(
        abs(one - other) < 1e-6 if isinstance(one, float) and isinstance(other, float) else one == other
        for one, other in pairs
    )


def blends(messages: list[Incoming]) -> list[float]:
    return [round(float(str(message.values[0])), 4) for message in messages if message.address == BLEND]
