"""Whoever turns a knob by OSC is not pulled back by it, and programs that return all they hear come to rest."""

import itertools
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pythonosc import osc_message_builder

from deepsing_bridge.live.commands import SetParam
from deepsing_bridge.live.events import Problem
from deepsing_bridge.protocols.osc.codec import Incoming, parse
from deepsing_bridge.protocols.osc.echoes import REST_S, Moves
from deepsing_bridge.protocols.osc.server import OscServer
from deepsing_bridge.protocols.osc.subscribers import RETURN_S, Subscribers
from tests.live.players import Player

STEP_S = 0.01
WAIT_S = 20.0


class Program:
    """Another program: hears at one port and speaks from the same, or from another one; returns values if it mirrors,
    so many steps later."""

    def __init__(self, port: int, mirrors_after: int | None = None, apart: bool = False) -> None:
        self.ears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ears.bind(("127.0.0.1", 0))
        self.ears.settimeout(WAIT_S)
        self.mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if apart else self.ears
        self.server = ("127.0.0.1", port)
        self.heard: list[float] = []
        self._delay = mirrors_after
        self._waiting: deque[tuple[int, float]] = deque()
        self.say("/deepsing/subscribe", *([self.ears.getsockname()[1]] if apart else []))
        self.until(Incoming("/deepsing/levels", ()), 0)
        self.heard.clear()

    def say(self, address: str, *values: float | str) -> None:
        builder = osc_message_builder.OscMessageBuilder(address)
        for value in values:
            builder.add_arg(value)
        self.mouth.sendto(builder.build().dgram, self.server)

    def turn(self, value: float) -> None:
        self.say("/deepsing/param/blend", value)

    def until(self, last: Incoming, step: int) -> None:
        """Hear all that comes up to a message of that address, with those values if it has any."""
        while True:
            for message in parse(self.ears.recv(65536)):
                if message.address == "/deepsing/param/blend":
                    self.heard.append(round(float(str(message.values[0])), 4))
                    if self._delay is not None:
                        self._waiting.append((step + self._delay, float(str(message.values[0]))))
                if message.address == last.address and message.values[: len(last.values)] == last.values:
                    return

    def mirror(self, step: int) -> None:
        while self._waiting and self._waiting[0][0] <= step:
            self.turn(self._waiting.popleft()[1])

    def close(self) -> None:
        self.ears.close()
        self.mouth.close()


class Show:
    """An engine under a clock turned by hand, its OSC server, and programs around it."""

    def __init__(self, server: OscServer, player: Player, running: ExitStack) -> None:
        self.server, self.player, self.running = server, player, running
        self.programs: list[Program] = []
        self._asks = Program(server.port)
        running.callback(self._asks.close)
        self._steps = itertools.count(1)

    def add(self, mirrors_after: int | None = None, apart: bool = False) -> Program:
        program = Program(self.server.port, mirrors_after, apart)
        self.running.callback(program.close)
        self.programs.append(program)
        return program

    def step(self) -> None:
        """A hundredth of a second goes by, in which everybody has heard and said what they had to."""
        number = next(self._steps)
        for program in self.programs:
            program.mirror(number)
        self._asks.say("/deepsing/get", "status")  # answered after all that came before it
        self._asks.until(Incoming("/deepsing/status", ()), number)
        self.player.clock.now_s += STEP_S
        self.player.say(*self.player.hub.inbox.take(0))
        self.player.hub.post(Problem(f"step {number}"))
        for program in self.programs:
            program.until(Incoming("/deepsing/error", (f"step {number}",)), number)

    def rest(self) -> None:
        for _ in range(round(3 * REST_S / STEP_S)):
            self.step()

    @property
    def blend(self) -> float:
        return round(float(self.player.hub.snapshot.values["blend"]), 4)


@pytest.fixture
def show() -> Iterator[Show]:
    player = Player()
    with ExitStack() as running:
        server = OscServer(player.hub, Path, port=0)
        server.start()
        running.callback(server.stop)
        yield Show(server, player, running)


@pytest.mark.parametrize("apart", [False, True])
def test_who_moves_a_fader_hears_where_it_rests_and_nothing_before(apart: bool, show: Show) -> None:
    moves, watches = show.add(apart=apart), show.add()
    sweep = [step / 20 for step in range(3, 20)]
    for value in sweep:
        moves.turn(value)
        show.step()
    assert (moves.heard, watches.heard) == ([], sweep)
    show.rest()
    assert (moves.heard, watches.heard) == ([0.95], [*sweep, 0.95])


def test_what_another_protocol_sets_is_heard_by_everybody_at_once(show: Show) -> None:
    one, other = show.add(), show.add()
    show.player.hub.inbox.put(SetParam("blend", 0.5, "a knob"))
    show.step()
    show.rest()
    assert (one.heard, other.heard) == ([0.5], [0.5])


@pytest.mark.parametrize("delays", [(4,), (2, 5), (3, 3, 7), (12, 1)])
@pytest.mark.parametrize("apart", [False, True])
def test_programs_that_return_what_they_hear_do_not_ring(delays: tuple[int, ...], apart: bool, show: Show) -> None:
    """However many, the fader's last value is what stays, and then it is quiet."""
    mirrors = [show.add(delay, apart) for delay in delays]
    moves = show.add()
    for step in range(3, 20):
        moves.turn(step / 20)
        show.step()
    show.rest()
    assert show.blend == 0.95
    assert {program.heard[-1] for program in show.programs} == {0.95}
    counts = [len(mirror.heard) for mirror in mirrors]
    show.rest()
    assert [len(mirror.heard) for mirror in mirrors] == counts


def test_a_fader_that_returns_its_own_values_stays_where_it_was_left(show: Show) -> None:
    fader = show.add(mirrors_after=4)
    for step in range(3, 20):
        fader.turn(step / 20)
        show.step()
    show.rest()
    show.rest()
    assert (show.blend, fader.heard) == (0.95, [0.95])


def test_a_value_that_was_heard_may_be_set_by_hand(show: Show) -> None:
    """As a button that goes back and forth does, though each state was told in between."""
    blinks, watches = show.add(), show.add()
    for value in (1.0, 0.0, 1.0, 0.0):
        blinks.turn(value)
        for _ in range(round(1.2 * REST_S / STEP_S)):
            show.step()
        assert show.blend == value
    assert watches.heard == [value for value in (1.0, 0.0, 1.0, 0.0) for _ in range(2)]


HERE, THERE = ("127.0.0.1", 9000), ("192.168.0.7", 9000)


def test_on_another_machine_a_sender_without_a_subscription_is_who_hears_there() -> None:
    """On this one there are many programs, and only who subscribed a port can be known to hear at it."""
    table = Subscribers([HERE, THERE])
    assert table.others(("192.168.0.7", 50123)) == (HERE,)
    assert table.others(("127.0.0.1", 50123)) == (HERE, THERE)
    table.add(("192.168.0.7", 9001), by=("192.168.0.7", 50123))
    assert table.others(("192.168.0.7", 50123)) == (HERE, THERE)


def test_what_comes_back_late_or_out_of_nowhere_is_meant() -> None:
    table = Subscribers([THERE])
    for number in range(4):
        table.tell(THERE, "blend", number / 10, 0.0)
    assert table.returns(THERE, "blend", 0.1, RETURN_S)
    assert not table.returns(THERE, "noise", 0.2, 0.0)
    assert not table.returns(THERE, "blend", 0.2, 2 * RETURN_S)
    table.tell(THERE, "blend", 0.3, 1.0)
    assert not table.returns(THERE, "blend", 0.7, 1.0)  # its own will: what it was told before does not count now
    assert not table.returns(THERE, "blend", 0.3, 1.0)


def test_a_parameter_rests_once() -> None:
    moves = Moves()
    moves.moved("blend", 1.0)
    moves.moved("blend", 1.0 + REST_S / 2)
    assert moves.rested(1.0 + REST_S) == []
    assert (moves.rested(1.0 + 1.6 * REST_S), moves.rested(9.0)) == (["blend"], [])
