"""Two bridges that tell each other everything, with their engines."""

import socket
from contextlib import ExitStack
from pathlib import Path

from deepsing_bridge.live.commands import SetParam
from deepsing_bridge.protocols.osc.server import OscServer
from tests.live.players import Player
from tests.process import free_port

QUIET_S = 0.3


def until_quiet(players: list[Player], at_most: int = 50) -> int:
    """How many times commands came before none came any more."""
    for count in range(at_most):
        said = [player.hub.inbox.take(QUIET_S) for player in players]
        if not any(said):
            return count
        for player, commands in zip(players, said, strict=True):
            player.engine.step(commands)
    return at_most


def test_two_bridges_that_send_to_each_other_come_to_rest_at_one_value() -> None:
    players, ports = [Player(), Player()], [free_port(socket.SOCK_DGRAM) for _ in range(2)]
    with ExitStack() as running:
        for player, here, there in zip(players, ports, ports[::-1], strict=True):
            server = OscServer(player.hub, Path, port=here, targets=[("127.0.0.1", there)])
            server.start()
            running.callback(server.stop)
        assert until_quiet(players) < 50  # all that they tell each other at the start
        players[0].say(SetParam("blend", 0.75))
        assert until_quiet(players) < 50
    assert [player.hub.snapshot.values["blend"] for player in players] == [0.75, 0.75]
