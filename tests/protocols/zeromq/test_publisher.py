"""Frames and events by sockets, to readers in this process and another, quick and deaf ones."""

import itertools
import json
import threading

import psutil
import zmq

from deepsing_bridge.client import read_frame
from deepsing_bridge.live import events
from deepsing_bridge.protocols.zeromq import codec
from deepsing_bridge.protocols.zeromq.publisher import EVENTS_AT_ONCE, WAITING, FramePublisher
from tests.adapters import running
from tests.protocols.live_frames import PATIENCE_S, live, wait_for
from tests.protocols.zeromq.sockets import another_process, socket_to

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
