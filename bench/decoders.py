"""What is behind each port, without the port: decoders and the engine, in this process, with nothing that forgives.

`hear` takes one packet as `bench.malformed` makes them. It raises for whatever a thread of the bridge would have died
of, or would have written to its log as a fault of its own.
"""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from websockets.server import ServerProtocol

from deepsing_bridge.client import FRAME, read_event, read_frame
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.commands import Command, SetParam
from deepsing_bridge.protocols.midi.map import default_map
from deepsing_bridge.protocols.midi.ports import Ports
from deepsing_bridge.protocols.midi.surface import Surface
from deepsing_bridge.protocols.midi.time import SOURCES, Timekeeper
from deepsing_bridge.protocols.osc import codec as osc_codec
from deepsing_bridge.protocols.osc.codec import LONGEST_READ
from deepsing_bridge.protocols.osc.hosts import Host, is_quiet, understand
from deepsing_bridge.protocols.oscquery.connections import LONGEST_REQUEST
from deepsing_bridge.protocols.oscquery.intake import Intake
from deepsing_bridge.protocols.oscquery.listeners import Listeners
from deepsing_bridge.protocols.oscquery.requests import Requests, head_of
from deepsing_bridge.protocols.oscquery.tree import Here
from deepsing_bridge.protocols.zeromq.codec import state_parts
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from tests.live.players import Player, analysis

EVERY = 64  # packets: so often the engine does what was asked
STEP_S = 0.02
ANSWERS = (101, 200, 204, 400, 403, 404, 405, 414, 426, 429, 431, 501, 503, 505)
CLIENT = ("127.0.0.1", 1)
SONG = "song.wav"


class Stage:
    """An engine with a song that plays, under a clock turned by hand; what it tells is encoded for every protocol."""

    def __init__(self) -> None:
        self.player = Player()
        self.player.put_on()
        self.hub, self._count = self.player.hub, 0

    def allowed(self, text: str) -> Path:
        """One song may be loaded."""
        if text != SONG:
            raise BridgeError(f"/deepsing/load path: expected {SONG}, got {text!r:.80}")
        return Path(text)

    def put(self, command: Command) -> None:
        self.hub.inbox.put(command)

    def turn(self) -> None:
        """Once for every packet."""
        self._count += 1
        if self._count % EVERY:
            return
        player = self.player
        player.clock.now_s += STEP_S
        player.hub.inbox.put(SetParam("size", "64x64"))  # else it paints for minutes
        if player.analyzer.busy:
            player.analyzed(analysis() if self._count % (2 * EVERY) else None)
        player.engine.step(player.hub.inbox.take(0))
        del player.analyzer.asked[:-1], player.planner.asked[:-1], player.renderer.asked[:-1]
        for event in player.events.take(0):
            osc_codec.encode(self.hub.vocabulary, event)
            json.loads(state_parts(event)[1], parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise AssertionError(f"{name} went out")


class Osc:
    def __init__(self) -> None:
        self.stage, self.refused = Stage(), 0
        self._host = Host()

    def hear(self, packet: bytes) -> None:
        try:
            for message in osc_codec.parse(packet):
                self._act(message)
        except BridgeError:
            self.refused += 1
        self.stage.turn()

    def _act(self, message: osc_codec.Incoming) -> None:
        hub = self.stage.hub
        outcome = understand(self._host, message, hub.clock.now(), hub.vocabulary)
        if outcome is not None:
            self._host, command = outcome
            if command is not None:
                self.stage.put(command)
        elif not is_quiet(message.address):
            self._obey(osc_codec.to_request(hub.vocabulary, message, self.stage.allowed))

    def _obey(self, request: osc_codec.Request | None) -> None:
        hub = self.stage.hub
        match request:
            case None | osc_codec.Subscribe() | osc_codec.Unsubscribe():
                return
            case osc_codec.Get(name):
                osc_codec.packed([osc_codec.encode(hub.vocabulary, hub.snapshot.answer(name))])
            case osc_codec.GetCurve():
                osc_codec.packed(osc_codec.curve_messages(hub.snapshot.loaded().curve))
            case command:
                self.stage.put(command)


class ZeroMq:
    """Commands as the bridge hears them, one part; frames and events as its clients do, more."""

    def __init__(self) -> None:
        self.stage, self.refused = Stage(), 0
        self._server = CommandServer(self.stage.hub, self.stage.allowed)

    def hear(self, packet: list[bytes]) -> None:
        if len(packet) == 1:
            with _nothing_logged("deepsing_bridge.protocols.zeromq.command_server"):
                answer = json.loads(self._server.answer(packet[0]), parse_constant=_refuse)
            self.refused += not answer["ok"]
        else:
            try:
                (read_frame if packet[0] == FRAME else read_event)(packet)
            except ValueError:
                self.refused += 1
        self.stage.turn()


class OscQuery:
    """What looks like JSON or OSC comes by a websocket, the rest as requests, which the library reads."""

    def __init__(self) -> None:
        self.stage = Stage()
        self._requests, self._listeners = Requests(self.stage.hub), Listeners(self.stage.hub)
        self._requests._limit.each = sys.maxsize
        self._listener = self._listeners.join(CLIENT)
        self._intake = Intake(self.stage.hub, self.stage.allowed, self._listeners, lambda wait_s, act: act())

    @property
    def refused(self) -> int:
        return self._requests.refused + self._intake.refused

    def hear(self, packet: bytes) -> None:
        match packet[:1]:
            case b"{":
                self._hear_by_websocket(packet[:LONGEST_READ].decode("utf-8", "replace"))
            case b"/" | b"#":
                self._hear_by_websocket(packet[:LONGEST_READ])
            case _:
                self._hear_request(packet)
        self.stage.turn()

    def _hear_by_websocket(self, message: str | bytes) -> None:
        with _nothing_logged("deepsing_bridge.protocols.osc.intake"):
            self._intake.hear(message, self._listener)

    def _hear_request(self, packet: bytes) -> None:
        protocol = ServerProtocol(logger=logging.getLogger("bench.websockets"))
        protocol.receive_data(head_of(packet[:LONGEST_REQUEST]))
        for event in protocol.events_received():
            response = self._requests.answer(event, CLIENT, Here("127.0.0.1", 7700, 7701)) or protocol.accept(event)
            self._requests.count(response)
            protocol.send_response(response)
        protocol.receive_eof()
        self._check(b"".join(protocol.data_to_send()))

    def _check(self, answer: bytes) -> None:
        """Nothing, as to nothing, or an answer with a status of ours."""
        if not answer:
            return
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if status not in ANSWERS:
            raise AssertionError(f"answered with {head[:80]!r}")
        if status == 200:
            json.loads(body, parse_constant=_refuse)


class Midi:
    PORT = "nanoKONTROL2"

    def __init__(self) -> None:
        self.stage = Stage()
        mapping = default_map(self.stage.hub.vocabulary)
        self._input = _Input(self.stage.hub.clock.now)
        self._ports = Ports(_Backend(self._input), [], lambda port: False, self.stage.hub.clock)  # type: ignore[arg-type]
        self._ports.look()
        self._surface = Surface(mapping, self.stage.hub.vocabulary, self.stage.hub.snapshot.values)
        self._surface.add_output(self.PORT)
        self._time = Timekeeper(SOURCES, "00:00:00:00")
        self._number = 0

    @property
    def refused(self) -> int:
        return self._ports.bad_messages + self._ports.ignored_sysex + self._time.bad

    def hear(self, packet: bytes) -> None:
        self._input.waiting.append(list(packet))
        now_s = self.stage.hub.clock.now()
        for heard in self._ports.take():
            for command in (self._time.hear(*heard), self._surface.hear(*heard)):
                if command is not None:
                    self.stage.put(command)
        self._number += 1
        if self._number % EVERY == 0:
            for command in (self._time.still(now_s), *self._surface.overdue(now_s)):
                if command is not None:
                    self.stage.put(command)
            for _, message in self._surface.to_send(now_s):
                message.bytes()
        self.stage.turn()


class _Input:
    def __init__(self, now: Callable[[], float]) -> None:
        self.waiting: list[list[int]] = []
        self._now = now

    def take(self) -> list[tuple[list[int], float]]:
        taken, self.waiting = self.waiting, []
        return [(data, self._now()) for data in taken]


class _Backend:
    def __init__(self, port: _Input) -> None:
        self._port = port

    def names(self) -> tuple[list[str], list[str]]:
        return [Midi.PORT], []

    def open_input(self, name: str, clock: Any) -> _Input:
        return self._port


class _nothing_logged(logging.Handler):
    """Raises what was logged within as a fault, with its traceback."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self._logger = logging.getLogger(logger)
        self._fault: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self._fault = record.exc_info[1] if record.exc_info else AssertionError(record.getMessage())

    def __enter__(self) -> None:
        self._logger.addHandler(self)

    def __exit__(self, *exception: object) -> None:
        self._logger.removeHandler(self)
        if self._fault is not None:
            raise self._fault


DECODERS: dict[str, Callable[[], Any]] = {"osc": Osc, "oscquery": OscQuery, "zeromq": ZeroMq, "midi": Midi}
