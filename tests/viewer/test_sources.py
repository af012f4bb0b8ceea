"""A viewer's sources against the bridge's real adapters."""

import json
import os
import time
import uuid
from contextlib import closing, contextmanager

import numpy as np
import pytest
import zmq

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame, Sentiment
from deepsing_bridge.live import messages as said
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame, Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.shared_memory.frames import SharedMemoryWriter
from deepsing_bridge.protocols.zeromq import keys
from deepsing_bridge.protocols.zeromq.servers import FramePublisher
from deepsing_bridge.viewer import sources
from deepsing_bridge.viewer.sources import SharedMemorySource, ZeroMQSource

PATIENCE_S = 20.0


@pytest.fixture
def hub():
    return Hub(vocabulary(), SystemClock())


def live(sequence):
    pixels = np.full((4, 6, 3), sequence, np.uint8)
    return LiveFrame(sequence, Frame(sequence, sequence / 24, pixels, 0), f"scene {sequence}")


@contextmanager
def running(adapter):
    adapter.start()
    try:
        yield adapter
    finally:
        adapter.stop()


def see(source, condition, meanwhile=lambda: None):
    """What is seen, once it is as wanted."""
    until = time.monotonic() + PATIENCE_S
    while not condition(seen := source.look()):
        meanwhile()
        assert time.monotonic() < until, f"never seen: {seen}"
        time.sleep(0.005)
    return seen


def at(publisher, key=None):
    return closing(ZeroMQSource(f"tcp://127.0.0.1:{publisher.port}", key))


@pytest.mark.parametrize("pixel_format", ["rgb", "rgba", "jpeg"])
def test_frames_and_sentiment_come_over_zeromq(hub, pixel_format):
    def tell():
        hub.frames.put(live(7))
        status = said.Status("song.wav", "ended", 1.0, 0, 0)
        for event in (status, said.TimeAt(12.5), said.ValenceAt(0.5), said.ArousalAt(-1.5)):
            hub.post(event)

    with running(FramePublisher(hub, port=0, pixel_format=pixel_format)) as publisher, at(publisher) as source:
        assert not source.look().alive
        seen = see(source, lambda seen: seen.pixels is not None and seen.sentiment.arousal, tell)
    assert seen.alive
    assert (seen.label, seen.time_s, seen.sentiment) == ("scene 7", 12.5, Sentiment(0.5, -1.5))
    assert seen.state == "ended"
    assert seen.pixels.shape[:2] == (4, 6)
    assert (seen.pixels[..., :3] == 7).all()


def test_of_many_frames_the_newest_is_seen_and_all_are_counted(hub):
    with running(FramePublisher(hub, port=0)) as publisher, at(publisher) as source:
        see(source, lambda seen: seen.frames, lambda: hub.frames.put(live(1)))
        see(source, lambda seen: not source._socket.poll(50))
        before = source.look().frames
        for sequence in range(2, 6):
            published = publisher.published
            hub.frames.put(live(sequence))
            see(closing_look(source), lambda _: publisher.published > published)  # noqa: B023  # waited for here
        seen = see(source, lambda seen: seen.label == "scene 5")
        assert seen.frames == before + 4


def closing_look(source):
    """Something to wait with that leaves the frames where they are."""

    class Still:
        def look(self):
            return source._seen

    return Still()


def test_it_connects_again_when_the_bridge_comes_back(hub, monkeypatch):
    monkeypatch.setattr(sources, "SILENT_S", 0.3)
    first = FramePublisher(hub, port=0)
    with closing(ZeroMQSource("tcp://127.0.0.1:9")) as source:
        assert not source.look().alive
    with running(first), at(first) as source:
        see(source, lambda seen: seen.alive, lambda: hub.post(said.TimeAt(1.0)))
        first.stop()
        see(source, lambda seen: not seen.alive)
        with running(FramePublisher(hub, port=first.port)):
            see(source, lambda seen: seen.alive and seen.time_s == 2.0, lambda: hub.post(said.TimeAt(2.0)))


def test_it_connects_though_somebody_else_was_there_before(hub, monkeypatch, tmp_path):
    """After a refusal ZeroMQ itself would not try again."""
    monkeypatch.setattr(sources, "RETRY_S", 0.3)
    keys.make(tmp_path)
    unlocked = FramePublisher(hub, port=0)
    with running(unlocked), at(unlocked, keys.load_client(tmp_path)) as source:
        assert not source._socket.poll(500)
        source.look()
        unlocked.stop()
        with running(FramePublisher(hub, port=unlocked.port, lock=keys.load(tmp_path))):
            see(source, lambda seen: seen.alive, lambda: hub.post(said.TimeAt(2.0)))


def test_with_keys_it_sees_a_locked_bridge_and_without_nothing(hub, tmp_path):
    keys.make(tmp_path)
    publisher = FramePublisher(hub, port=0, lock=keys.load(tmp_path))
    with running(publisher), at(publisher, keys.load_client(tmp_path)) as source, at(publisher) as stranger:
        see(source, lambda seen: seen.frames, lambda: hub.frames.put(live(1)))
        assert not stranger.look().alive


BAD = [
    [b"frame"],
    [b"frame", b"{}", b""],
    [b"frame", b'{"width":0,"height":0,"format":"rgb","label":""}', b""],
    [b"frame", b'{"width":1,"height":1,"format":"rgb"}', b"123"],
    [b"state"],
    [b"state", b"\xff"],
    [b"state", b"7"],
    [b"state", b"{}"],
    [b"state", b"[" * 100_000],
    [b"state", b'{"type":"time","time_s":NaN}'],
    [b"state", b'{"type":"time","time_s":1' + b"0" * 400 + b"}"],
    [b"state", b'{"type":"valence","valence":"high"}'],
]


def test_what_cannot_be_read_is_counted_and_passed_over():
    with zmq.Context() as context, context.socket(zmq.PUB) as rogue:
        rogue.setsockopt(zmq.LINGER, 0)
        port = rogue.bind_to_random_port("tcp://127.0.0.1")
        hello = [b"state", json.dumps({"type": "time", "time_s": 1.5}).encode()]
        with closing(ZeroMQSource(f"tcp://127.0.0.1:{port}")) as source:
            see(source, lambda seen: seen.alive, lambda: rogue.send_multipart(hello))
            for number, parts in enumerate(BAD, 1):
                rogue.send_multipart(parts)
                see(source, lambda seen: source.unreadable == number)  # noqa: B023  # waited for here
            assert source.look().pixels is None
            assert source.look().time_s == 1.5


@pytest.mark.parametrize("endpoint", ["", "127.0.0.1:7702", "tcp://", "tcp://127.0.0.1", "nonsense://x"])
def test_an_address_that_is_none_is_one_sentence(endpoint):
    with pytest.raises(BridgeError, match="expected an address such as"):
        ZeroMQSource(endpoint)


@pytest.mark.skipif(os.name == "nt", reason="as in the tests of shared memory")
def test_frames_and_sentiment_come_from_shared_memory_and_again_from_the_next_bridge(hub):
    name = f"test-{uuid.uuid4().hex[:16]}"
    hub.snapshot = Snapshot(time_s=12.5, valence=0.5, arousal=-1.5)
    with closing(SharedMemorySource(name)) as source:
        assert not source.look().alive
        for sequence in (3, 4):
            with running(SharedMemoryWriter(hub, name)):
                hub.frames.put(live(sequence))
                seen = see(source, lambda seen: seen.label == f"scene {sequence}" and seen.time_s)  # noqa: B023
                assert seen.alive
                assert (seen.frames, seen.time_s, seen.sentiment) == (sequence - 2, 12.5, Sentiment(0.5, -1.5))
                assert (seen.pixels == [sequence, sequence, sequence, 255]).all()
            assert not source.look().alive
