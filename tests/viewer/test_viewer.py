"""Which clients the viewer opens, and that it closes them."""

from pathlib import Path

import pytest

from deepsing_bridge import viewer
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.protocols.zeromq import keys
from deepsing_bridge.viewer import beside, open_viewer

FRAMES, COMMANDS = "tcp://127.0.0.1:7702", "tcp://127.0.0.1:7703"


def test_it_chooses_its_clients(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened = []
    monkeypatch.setattr(viewer, "run", lambda source, commands, start: opened.append((source.name, commands.address)))
    keys.make(tmp_path)
    open_viewer(FRAMES, None, None)
    open_viewer(FRAMES, None, tmp_path)
    open_viewer("tcp://127.0.0.1:9000", "deepsing", None, "tcp://127.0.0.1:9")
    assert opened == [(FRAMES, COMMANDS), (FRAMES, COMMANDS), ("shared memory deepsing", "tcp://127.0.0.1:9")]


def test_it_closes_them_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    def fail(source: object, commands: object, start: object) -> None:
        raise BridgeError("no window")

    monkeypatch.setattr(viewer, "run", fail)
    for kind in (viewer.Subscriber, viewer.Commands):
        close = kind.close
        monkeypatch.setattr(kind, "close", lambda client, close=close: closed.append(type(client)) or close(client))
    with pytest.raises(BridgeError, match="no window"):
        open_viewer(FRAMES, None, None)
    with pytest.raises(BridgeError, match="expected an address"):
        open_viewer(FRAMES, None, None, "nowhere")
    assert closed == [viewer.Commands, viewer.Subscriber, viewer.Subscriber]


@pytest.mark.parametrize(
    ("connect", "shm", "own", "complaint"),
    [
        ("127.0.0.1:7702", None, None, "expected an address such as"),
        (FRAMES, "a/b", None, "expected a name of at most 30"),
        (FRAMES, None, Path("nowhere"), "no such key"),
    ],
)
def test_what_cannot_be_is_one_sentence(connect: str, shm: str | None, own: Path | None, complaint: str) -> None:
    with pytest.raises(BridgeError, match=complaint):
        open_viewer(connect, shm, own)


def test_commands_go_to_the_port_after_the_frames() -> None:
    assert beside(FRAMES) == COMMANDS
    assert beside("tcp://[::1]:9000") == "tcp://[::1]:9001"
    assert beside(endless := "tcp://127.0.0.1:" + "9" * 5000) == endless
