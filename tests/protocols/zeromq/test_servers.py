"""Commands without a socket; then publisher and server for real, with clients in other processes."""

import itertools
import json
import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import numpy as np
import psutil
import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsing_bridge.client import Keys, load_keys, read_frame
from deepsing_bridge.core.allowed_folders import AllowedFolders
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame, SentimentTrack
from deepsing_bridge.live import commands, events
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame, Snapshot
from deepsing_bridge.live.mailbox import Inbox
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.zeromq import codec, keys
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from deepsing_bridge.protocols.zeromq.publisher import EVENTS_AT_ONCE, WAITING, FramePublisher
from tests.adapters import running

PATIENCE_S = 20.0
PATIENCE_MS = int(PATIENCE_S * 1000)
CURVE = SentimentTrack(np.array([0.5, -1.25], np.float32), np.array([1.0, 2.0], np.float32), 0.5)
SONG = events.SongLoaded("a.ogg", 1.0, 1, CURVE)
SCENE = events.SceneStarted(3, 7, "lake", 0.5, "neutral", 0.25, -0.5, 15.0, 20.0)


def make_hub(**changes):
    hub = Hub(vocabulary(), SystemClock(), Inbox(changes.pop("capacity", 256)))
    hub.snapshot = Snapshot(values=hub.snapshot.values, song=SONG, scene=SCENE, time_s=12.5, valence=0.25)
    return hub


def allowed(text):
    if "cursed" in text:
        raise RuntimeError("a fault of ours")
    if "secret" in text:
        raise BridgeError(f"{text}: not below a --songs folder")
    return text


def live(sequence, size=(48, 64), fill=None):
    """A frame of one colour that its sequence number decides."""
    pixels = np.full((*size, 3), sequence % 251 if fill is None else fill, np.uint8)
    return LiveFrame(sequence, Frame(sequence + 100, sequence / 24, pixels, 2), "lake")


def wait_for(condition, what="it"):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.002)


@contextmanager
def socket_to(adapter, kind, key=None, **options):
    context = zmq.Context()
    socket = context.socket(kind)
    for name, value in {"linger": 0, "rcvtimeo": PATIENCE_MS, "sndtimeo": PATIENCE_MS, **options}.items():
        setattr(socket, name, value)
    if key:
        socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = key.server, key.public, key.secret
    socket.connect(f"tcp://127.0.0.1:{adapter.port}")
    try:
        yield socket
    finally:
        context.destroy(linger=0)


@contextmanager
def another_process(script, *args):
    process = subprocess.Popen([sys.executable, "-c", script, *map(str, args)], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# ---- commands, without a socket


@pytest.fixture
def hub():
    return make_hub()


@pytest.fixture
def server(hub):
    return CommandServer(hub, allowed, port=0)


def ask(server, **command):
    return json.loads(server.answer(json.dumps(command).encode()))


COMMANDS = {
    "play": ({}, commands.Play),
    "pause": ({}, commands.Pause),
    "stop": ({}, commands.Stop),
    "toggle": ({}, commands.Toggle),
    "seek": ({"time_s": 12}, commands.Seek),
    "load": ({"path": "a.ogg"}, commands.Load),
    "loop": ({"on": True, "start_s": 1.0, "end_s": 2.0}, commands.Loop),
}


def test_every_command_of_the_vocabulary_is_answered(hub, server):
    for name in hub.vocabulary.commands:
        answer = ask(server, command=name, id=name, **COMMANDS.get(name, ({},))[0])
        assert answer["id"] == name
        assert isinstance(answer["ok"], bool)
    for name, parameter in hub.vocabulary.parameters.items():
        assert ask(server, command=f"param/{name}", value=parameter.default) == {"ok": True}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_reaches_the_engine_with_its_sender(hub, server, name):
    fields, kind = COMMANDS[name]
    assert ask(server, command=name, id=5, **fields) == {"ok": True, "id": 5}
    (command,) = hub.inbox.take(0)
    assert isinstance(command, kind)
    assert command.sender == codec.Requester(5)


def test_a_parameter_is_set_and_asked_for(hub, server):
    assert ask(server, command="param/blend", value=0.3) == {"ok": True}
    assert hub.inbox.take(0) == [commands.SetParam("blend", 0.3, codec.Requester())]
    assert ask(server, command="get", name="blend") == {"ok": True, "type": "param/blend", "value": 0.1}


def test_what_is_asked_for_is_answered_as_state_tells_it(server):
    assert ask(server, command="get", name="time") == {"ok": True, "type": "time", "time_s": 12.5}
    assert ask(server, command="get", name="scene")["label"] == "lake"
    assert ask(server, command="get", name="song")["title"] == "a.ogg"
    assert ask(server, command="get", name="status")["state"] == "idle"
    assert ask(server, command="get", name="valence")["valence"] == 0.25
    assert "one of status, transport, loop, song" in ask(server, command="get", name="weather")["error"]


def test_the_curve_comes_whole(hub, server):
    assert ask(server, command="curve") == {
        "ok": True,
        "type": "curve",
        "hop_s": 0.5,
        "valence": [0.5, -1.25],
        "arousal": [1.0, 2.0],
    }
    hub.snapshot = Snapshot()
    assert ask(server, command="curve") == {"ok": False, "error": "no song is loaded: load one first"}


def test_the_vocabulary_names_everything_that_can_be_said(hub, server):
    answer = ask(server, command="vocabulary")
    assert answer["type"] == "vocabulary"
    assert {row["name"] for row in answer["parameters"]} == set(hub.vocabulary.parameters)
    assert {row["name"] for row in answer["messages"]} == set(hub.vocabulary.messages)
    blend = next(row for row in answer["parameters"] if row["name"] == "blend")
    assert (blend["kind"], blend["low"], blend["high"], blend["default"]) == ("float", 0, 1, 0.1)


def test_a_full_inbox_is_an_error_to_the_sender():
    server = CommandServer(make_hub(capacity=1), allowed, port=0)
    assert ask(server, command="play")["ok"]
    assert "too many commands wait" in ask(server, command="pause")["error"]


WRONG = {
    b"": "expected JSON",
    b"\xff\xfe": "expected JSON",
    b"play": "expected JSON",
    b"[]": "expected one JSON object",
    b"7": "expected one JSON object",
    b"{}": "expected {",
    b"[" * 30000: "expected JSON",
    b'{"command":' + b"[" * 900 + b"]" * 900 + b"}": "got a list or an object",
    b'{"command":["play"]}': "got a list or an object",
    b'{"command":7}': "expected {",
    b'{"command":"dance"}': "not known",
    b'{"command":"' + b"x" * 50000 + b'"}': "not known",
    b'{"command":"\\ud800"}': "not known",
    b'{"command":"play","now":1}': "expected no fields",
    b'{"command":"seek"}': "expected time_s",
    b'{"command":"seek","time_s":"soon"}': "expected a number from 0",
    b'{"command":"seek","time_s":null}': "expected a number from 0",
    b'{"command":"seek","time_s":true}': "expected a number from 0",
    b'{"command":"seek","time_s":-1}': "expected a number from 0",
    b'{"command":"seek","time_s":NaN}': "NaN is not a number",
    b'{"command":"seek","time_s":-Infinity}': "-Infinity is not a number",
    b'{"command":"seek","time_s":1e999}': "expected a number from 0",
    b'{"command":"seek","time_s":' + b"9" * 5000 + b"}": "5000 digits is too large",
    b'{"command":"param/blend","value":3}': "expected 0..1, got 3",
    b'{"command":"param/blend"}': "expected one value",
    b'{"command":"param/weather","value":3}': "no such parameter",
    b'{"command":"play","id":[1]}': "got a list or an object",
    b'{"command":"play","id":1.5}': "id: expected",
    b'{"command":"play","id":"' + b"x" * 65 + b'"}': "id: expected",
    b'{"command":"load","path":"/secret.ogg"}': "not below a --songs folder",
    b'{"command":"subscribe"}': "SUB socket",
    b'{"command":"time","time_s":1}': "not known",
    b'{"command":"play"}' + b" " * 65536: "at most 65536 bytes",
}


@pytest.mark.parametrize("body", WRONG, ids=lambda body: body[:40])
def test_what_is_wrong_is_answered_with_a_sentence_and_counted(hub, server, body):
    answer = json.loads(server.answer(body))
    assert not answer["ok"]
    assert WRONG[body] in answer["error"]
    assert len(answer["error"]) < 400
    assert server.refused == 1
    assert hub.inbox.take(0) == []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = [*vocabulary().messages, *(f"param/{name}" for name in vocabulary().parameters), "vocabulary"]
FIELDS = ["time_s", "on", "start_s", "end_s", "path", "name", "value", "id", "port"]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(json.dumps)
    | st.builds(
        lambda name, fields: json.dumps({"command": name, **fields}),
        st.sampled_from(NAMES) | st.text(),
        st.dictionaries(st.sampled_from(FIELDS) | st.text(), SCALARS, max_size=4),
    )
)
def test_whatever_comes_is_answered_in_json(body):
    server = CommandServer(make_hub(), allowed, port=0)
    answer = json.loads(server.answer(body if isinstance(body, bytes) else body.encode()))
    assert answer["ok"] or answer["error"]


# ---- commands, for real


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


# ---- frames, for real

READER = """
import json, sys, zmq
port, wanted, topics = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
socket = zmq.Context().socket(zmq.SUB)
socket.linger = 0
for topic in topics:
    socket.subscribe(topic)
socket.connect(f"tcp://127.0.0.1:{port}")
frames = 0
while frames < wanted:
    topic, *parts = socket.recv_multipart()
    header = json.loads(parts[0])
    if topic == b"frame":
        frames += 1
        shades = set(parts[1])
        header["size"], header["torn"] = len(parts[1]), shades != {header["sequence"] % 251}
    print(json.dumps([topic.decode(), header]), flush=True)
"""


def heard(process):
    for line in process.stdout:
        yield json.loads(line)


def feed(hub, publisher, sequence, **frame):
    """Put a frame, and wait until it is on its way."""
    before = publisher.published
    hub.frames.put(live(sequence, **frame))
    wait_for(lambda: publisher.published > before, "a frame to be published")


def test_a_subscriber_in_another_process_gets_frames_in_order_and_none_torn(hub):
    with running(FramePublisher(hub, port=0)) as publisher, another_process(READER, publisher.port, 200, "") as reader:
        headers = []
        reading = threading.Thread(target=lambda: headers.extend(header for _, header in heard(reader)))
        reading.start()
        sequence = itertools.count()
        while reading.is_alive():
            hub.frames.put(live(next(sequence)))
            reading.join(0.002)
    sequences = [header["sequence"] for header in headers]
    assert len(sequences) == 200
    assert sequences == sorted(set(sequences))
    assert not any(header["torn"] for header in headers)
    first = headers[0]
    assert first.items() >= {"schema": 1, "width": 64, "height": 48, "format": "rgb", "label": "lake"}.items()
    assert (first["index"], first["scene_index"], first["size"]) == (first["sequence"] + 100, 2, 64 * 48 * 3)


def test_a_subscriber_to_state_hears_events_in_order_and_no_frames(hub):
    echoes = [events.Echo("blend", n / 200) for n in range(100)]
    with running(FramePublisher(hub, port=0)) as publisher, socket_to(publisher, zmq.SUB) as socket:
        socket.subscribe("state")
        wait_until_heard(hub, socket)
        for event in echoes:
            hub.post(event)
        hub.frames.put(live(1))
        got = [json.loads(socket.recv_multipart()[1]) for _ in echoes]
        assert [message["value"] for message in got] == [event.value for event in echoes]
        assert publisher.published == 0


def wait_until_heard(hub, socket):
    """Until a subscription has arrived: post events until one is heard, then read the rest of them."""
    hub.post(events.TimeAt(0.0))
    wait_for(lambda: socket.poll(20) or hub.post(events.TimeAt(0.0)), "a subscription to arrive")
    hub.post(events.Progressed("ready", 1.0))
    while json.loads(socket.recv_multipart()[1])["type"] != "progress":
        pass


def test_a_problem_is_published_if_it_is_nobody_s_or_came_from_zeromq(hub):
    with running(FramePublisher(hub, port=0)) as publisher, socket_to(publisher, zmq.SUB) as socket:
        socket.subscribe("state")
        wait_until_heard(hub, socket)
        hub.post(events.Problem("theirs", ("10.0.0.1", 9000)))
        hub.post(events.Problem("everybody's"))
        hub.post(events.Problem("ours", codec.Requester(4)))
        assert json.loads(socket.recv_multipart()[1])["text"] == "everybody's"
        assert json.loads(socket.recv_multipart()[1]) == {"schema": 1, "type": "error", "text": "ours", "id": 4}


def test_nothing_is_encoded_until_somebody_wants_frames(hub, monkeypatch):
    encoded = []
    frame_parts = codec.frame_parts
    monkeypatch.setattr(codec, "frame_parts", lambda *args: encoded.append(1) or frame_parts(*args))
    with running(FramePublisher(hub, port=0, pixel_format="jpeg")) as publisher, socket_to(publisher, zmq.SUB) as sub:
        sub.subscribe("state")
        wait_until_heard(hub, sub)
        hub.frames.put(live(1))
        wait_until_heard(hub, sub)
        assert not encoded
        sub.subscribe("fr")  # a topic is a prefix
        wait_for(lambda: hub.frames.put(live(2)) or encoded, "the subscription to arrive")
        sub.unsubscribe("fr")
        wait_for(lambda: hub.frames.put(live(3)) or not publisher._wanted, "it to end")


def test_one_who_never_reads_costs_the_others_nothing_and_little_memory(hub):
    """One stands still once it has subscribed; the other hears every frame; what waits for the first is bounded."""
    size, each = (256, 256), 256 * 256 * 3
    with running(FramePublisher(hub, port=0)) as publisher, socket_to(publisher, zmq.SUB, rcvhwm=1, rcvbuf=1) as deaf:
        deaf.subscribe("frame")
        feed_until_wanted(hub, publisher, size)
        with another_process(READER, publisher.port, 10_000, "frame") as reader:
            lines = heard(reader)
            sequence = feed_until(hub, publisher, lines, size)
            process = psutil.Process()
            before = process.memory_info().rss
            for number in range(sequence + 1, sequence + 299):
                hub.frames.put(live(number, size))
                assert next(lines)[1]["sequence"] == number
            grown = process.memory_info().rss - before
        assert publisher.skipped == 0
    assert grown < (WAITING + 8) * each, f"{grown / each:.0f} frames are kept"


def test_frames_that_come_while_one_is_encoded_are_skipped_and_counted(hub, monkeypatch):
    encoding, go_on = threading.Event(), threading.Event()
    frame_parts = codec.frame_parts

    def slowly(frame, *args):
        if frame.sequence == 1:
            encoding.set()
            assert go_on.wait(PATIENCE_S)
        return frame_parts(frame, *args)

    monkeypatch.setattr(codec, "frame_parts", slowly)
    with running(FramePublisher(hub, port=0)) as publisher, socket_to(publisher, zmq.SUB) as sub:
        sub.subscribe("frame")
        feed_until_wanted(hub, publisher, (48, 64))
        hub.frames.put(live(1))
        assert encoding.wait(PATIENCE_S)
        before = publisher.skipped
        for sequence in (2, 3, 4, 5):
            hub.frames.put(live(sequence))
        go_on.set()
        while read_frame(sub.recv_multipart()).sequence != 5:
            pass
        assert publisher.skipped - before == 3  # 2 to 4; the newest goes out
        hub.frames.put(live(6))
        assert read_frame(sub.recv_multipart()).sequence == 6
        assert publisher.skipped - before == 3


def feed_until_wanted(hub, publisher, size):
    wait_for(lambda: hub.frames.put(live(0, size)) or publisher.published, "a subscriber")


def feed_until(hub, publisher, lines, size):
    """Feed frames until the reader has told of one, and all that were fed have been told; the last one's number."""
    first: list[int] = []
    reading = threading.Thread(target=lambda: first.append(next(lines)[1]["sequence"]))
    reading.start()
    number = 1000
    while reading.is_alive():
        number += 1
        feed(hub, publisher, number, size=size)
        reading.join(0.01)
    for expected in range(first[0] + 1, number + 1):
        assert next(lines)[1]["sequence"] == expected
    return number


def test_a_burst_of_events_is_lost_to_nobody_who_reads(hub):
    assert EVENTS_AT_ONCE + 1 < WAITING
    with running(FramePublisher(hub, port=0)) as publisher, socket_to(publisher, zmq.SUB) as socket:
        socket.subscribe("state")
        wait_until_heard(hub, socket)
        for number in range(500):
            hub.post(events.TimeAt(float(number)))
        times = [json.loads(socket.recv_multipart()[1])["time_s"] for _ in range(500)]
        assert times == list(range(500))
        assert publisher.dropped_events == 0


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


# ---- CURVE


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
