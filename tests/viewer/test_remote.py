"""The viewer's remote control against the bridge's real command server."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.messages import Toggle
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.zeromq import keys
from deepsing_bridge.protocols.zeromq.servers import CommandServer
from deepsing_bridge.viewer.remote import Remote, beside

PATIENCE_S = 20.0


def toggle(remote: Remote) -> None:
    """Once; as often as it takes until somebody is there."""
    until_s = time.monotonic() + PATIENCE_S
    while not remote.toggle():
        assert time.monotonic() < until_s, "nobody came"
        time.sleep(0.3)


@pytest.mark.parametrize("locked", [False, True])
def test_it_plays_and_pauses_a_bridge_also_the_next_one(locked: bool, tmp_path: Path) -> None:
    keys.make(tmp_path)
    lock, key = (keys.load(tmp_path), keys.load_client(tmp_path)) if locked else (None, None)
    port = 0
    hubs = [Hub(vocabulary(), SystemClock()) for _ in range(2)]
    remote = None
    for hub in hubs:
        server = CommandServer(hub, Path, port=port, lock=lock)
        server.start()
        port = server.port
        remote = remote or Remote(f"tcp://127.0.0.1:{port}", key)
        try:
            toggle(remote)
            heard = [type(command) for command in hub.inbox.take(PATIENCE_S)]
            assert heard == [Toggle]
        finally:
            server.stop()
    remote.close()


def test_where_nobody_is_nothing_waits_for_the_next_bridge() -> None:
    with closing(Remote("tcp://127.0.0.1:9")) as remote:
        assert not remote.toggle()


def test_commands_go_to_the_port_after_the_frames() -> None:
    assert beside("tcp://127.0.0.1:7702") == "tcp://127.0.0.1:7703"
    assert beside("tcp://[::1]:9000") == "tcp://[::1]:9001"


def test_an_address_that_is_none_is_one_sentence() -> None:
    with pytest.raises(BridgeError, match="expected an address such as"):
        Remote("127.0.0.1:7703")
