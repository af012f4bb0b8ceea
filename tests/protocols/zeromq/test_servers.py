"""What both servers have in common: ports that are taken, what is left of them, and who is let in."""

import threading
from contextlib import suppress

import psutil
import pytest
import zmq

from deepsing_bridge.client import Keys, load_keys, read_frame
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live import commands
from deepsing_bridge.protocols.zeromq import keys
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from deepsing_bridge.protocols.zeromq.publisher import FramePublisher
from tests.adapters import running
from tests.protocols.live_frames import live, wait_for
from tests.protocols.zeromq.sockets import allowed, socket_to


def test_a_port_that_is_taken_is_one_sentence(hub):
    with running(FramePublisher(hub, port=0)) as first:
        for adapter in (FramePublisher(hub, port=first.port), CommandServer(hub, allowed, port=first.port)):
            with pytest.raises(BridgeError, match=f"tcp port {first.port} of 127.0.0.1 is taken"):
                adapter.start()
            adapter.stop()
    with pytest.raises(BridgeError, match="pixel format yuv"):
        FramePublisher(hub, pixel_format="yuv")


def test_nothing_is_left_after_stop(hub):
    before, files = threading.active_count(), psutil.Process().num_fds()
    for adapter in (FramePublisher(hub, port=0), CommandServer(hub, allowed, port=0)):
        adapter.stop()  # before start, and twice: no harm
        adapter.start()
        assert str(adapter.port) in adapter.describe()
        adapter.stop()
        adapter.stop()
    assert threading.active_count() == before
    assert psutil.Process().num_fds() == files
    assert hub._outboxes == ()


@pytest.fixture
def folder(tmp_path):
    keys.make(tmp_path / "keys")
    return tmp_path / "keys"


def test_with_a_key_that_is_let_in_both_sockets_work(hub, folder):
    allowed_keys, key = keys.load(folder), load_keys(folder)
    server = CommandServer(hub, allowed, port=0, keys=allowed_keys)
    with running(server), socket_to(server, zmq.REQ, key) as req:
        req.send_json({"command": "play"})
        assert req.recv_json() == {"ok": True}
    assert "CURVE" in server.describe()
    publisher = FramePublisher(hub, port=0, keys=allowed_keys)
    with running(publisher), socket_to(publisher, zmq.SUB, key) as sub:
        sub.subscribe("")
        wait_for(lambda: hub.frames.put(live(5)) or sub.poll(20), "a frame")
        assert read_frame(sub.recv_multipart()).sequence == 5


def test_with_a_wrong_key_or_none_nothing_is_heard(hub, folder, tmp_path):
    keys.make(tmp_path / "others")
    allowed_keys, good, stranger = keys.load(folder), load_keys(folder), load_keys(tmp_path / "others")
    wrong_client = Keys(good.server, stranger.public, stranger.secret)
    wrong_server = Keys(stranger.server, good.public, good.secret)
    server = CommandServer(hub, allowed, port=0, keys=allowed_keys)
    publisher = FramePublisher(hub, port=0, keys=allowed_keys)
    with running(server), running(publisher):
        for key in (None, wrong_client, wrong_server):
            with socket_to(server, zmq.DEALER, key) as dealer, socket_to(publisher, zmq.SUB, key) as sub:
                with suppress(zmq.Again):  # it may have been turned away already
                    dealer.send_json({"command": "play"}, zmq.NOBLOCK)
                sub.subscribe("")
                with socket_to(server, zmq.REQ, good) as req:  # somebody with a key is served in the meantime
                    req.send_json({"command": "pause"})
                    assert req.recv_json() == {"ok": True}
                hub.frames.put(live(1))
                if key is wrong_client:
                    wait_for(lambda: server.denied and publisher.denied, "the strangers to be turned away")
                assert not dealer.poll(100)
                assert not sub.poll(100)
        assert publisher.published == 0
        assert {type(command) for command in hub.inbox.take(0)} == {commands.Pause}
