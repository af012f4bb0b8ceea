"""Commands by sockets of every kind, from this process and another."""

import json
import random
from contextlib import suppress

import zmq

from deepsing_bridge.core.allowed_folders import AllowedFolders
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from tests.adapters import running
from tests.protocols.live_frames import wait_for
from tests.protocols.zeromq.sockets import another_process, socket_to


def test_a_fault_of_ours_is_answered_and_logged_and_the_next_command_served(server, caplog):
    with running(server), socket_to(server, zmq.REQ) as client:
        client.send_json({"command": "load", "path": "cursed.ogg", "id": 7})
        answer = client.recv_json()
        assert (answer["ok"], answer["id"]) == (False, 7) and "log says why" in answer["error"]
        client.send_json({"command": "play"})
        assert client.recv_json() == {"ok": True}
    assert "a fault of ours" in caplog.text


def test_a_song_whose_links_go_round_is_refused(hub, tmp_path):
    (tmp_path / "round.ogg").symlink_to("round.ogg")
    server = CommandServer(hub, AllowedFolders.of([tmp_path]).find, port=0)
    with running(server), socket_to(server, zmq.REQ) as client:
        client.send_json({"command": "load", "path": "round.ogg"})
        assert "expected a song below" in client.recv_json()["error"]


def test_req_and_dealer_clients_are_answered(server):
    with running(server), socket_to(server, zmq.REQ) as req, socket_to(server, zmq.DEALER) as dealer:
        for _ in range(3):
            req.send_json({"command": "get", "name": "time"})
            assert req.recv_json() == {"ok": True, "type": "time", "time_s": 12.5}
        dealer.send_json({"command": "play", "id": "a"})
        dealer.send_multipart([b"", b'{"command":"play","id":"b"}'])
        assert dealer.recv_multipart() == [b'{"ok":true,"id":"a"}']
        assert dealer.recv_multipart() == [b"", b'{"ok":true,"id":"b"}']


def test_a_client_in_another_process_is_answered(server):
    script = """
import sys, zmq
socket = zmq.Context().socket(zmq.REQ)
socket.connect(f"tcp://127.0.0.1:{sys.argv[1]}")
socket.send_json({"command": "seek", "time_s": 12.0})
print(socket.recv_string(), flush=True)
"""
    with running(server), another_process(script, server.port) as client:
        assert client.stdout.readline() == '{"ok":true}\n'


def test_odd_envelopes_are_refused_and_the_next_command_is_served(server):
    with running(server), socket_to(server, zmq.DEALER) as dealer:
        for parts in ([b""], [b"a", b"b"], [b"", b"a", b"b"], [b"", b""], [b"x"] * 5000, [b"", *[b"x"] * 5000]):
            dealer.send_multipart(parts)
            assert json.loads(dealer.recv_multipart()[-1])["ok"] is False
        dealer.send(b'{"command":"play"}')
        assert dealer.recv() == b'{"ok":true}'
        assert server.refused == 6


def test_random_bytes_over_the_wire_stop_nothing(server):
    chance = random.Random(3)
    with running(server), socket_to(server, zmq.DEALER) as dealer:
        for _ in range(200):
            dealer.send_multipart([chance.randbytes(chance.randrange(200)) for _ in range(chance.randrange(1, 5))])
            assert json.loads(dealer.recv_multipart()[-1])["ok"] is False
        dealer.send(b'{"command":"play"}')
        assert dealer.recv() == b'{"ok":true}'


def test_far_too_long_a_message_costs_its_sender_the_connection_and_nobody_else(server):
    with running(server), socket_to(server, zmq.DEALER) as rude, socket_to(server, zmq.REQ) as req:
        rude.send(bytes(70_000))
        assert json.loads(rude.recv())["ok"] is False
        rude.send(bytes(10_000_000))
        req.send_json({"command": "play"})
        assert req.recv_json() == {"ok": True}
        assert server.refused == 1


def test_answers_that_nobody_takes_are_dropped_and_counted(server):
    with running(server), socket_to(server, zmq.DEALER, rcvhwm=1, rcvbuf=4096) as deaf:

        def ask_on():
            with suppress(zmq.Again):
                deaf.send(b'{"command":"vocabulary"}', zmq.NOBLOCK)
            return server.unanswered

        wait_for(ask_on, "an answer to be dropped")
        with socket_to(server, zmq.REQ) as req:
            req.send_json({"command": "play"})
            assert req.recv_json() == {"ok": True}


def test_a_sender_who_was_asked_to_wait_loses_no_command(hub, server):
    """A flood is slowed down: every command of it is answered, in order."""
    with running(server), socket_to(server, zmq.DEALER, sndhwm=0, rcvhwm=0) as flood:
        for number in range(5000):
            flood.send(b'{"command":"param/blend","value":0.5,"id":%d}' % number)
        answers = [json.loads(flood.recv()) for _ in range(5000)]
    assert [answer["id"] for answer in answers] == list(range(5000))
    assert all(answer["ok"] for answer in answers)
    assert hub.inbox.dropped == 0
