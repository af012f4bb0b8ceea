"""What the viewer sees of the bridge's real servers; the clients' own tests are in tests/test_client.py."""

import json
import os
import time
import uuid
from contextlib import closing, contextmanager

import numpy as np
import pytest
import zmq

from deepsing_bridge.client import SharedFrames, Subscriber
from deepsing_bridge.core.types import Frame, Sentiment
from deepsing_bridge.live import events
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame, Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.shared_memory.frames import SharedMemoryWriter
from deepsing_bridge.protocols.zeromq.publisher import FramePublisher
from deepsing_bridge.viewer.sources import Source
from tests.adapters import running

PATIENCE_S = 20.0


@pytest.fixture
def hub():
    return Hub(vocabulary(), SystemClock())


def live(sequence):
    pixels = np.full((4, 6, 3), sequence, np.uint8)
    return LiveFrame(sequence, Frame(sequence, sequence / 24, pixels, 0), f"scene {sequence}")


def see(source, condition, meanwhile=lambda: None):
    """What is seen, once it is as wanted."""
    until = time.monotonic() + PATIENCE_S
    while not condition(seen := source.look()):
        meanwhile()
        assert time.monotonic() < until, f"never seen: {seen}"
        time.sleep(0.005)
    return seen


@contextmanager
def looking(client):
    with closing(client):
        yield Source(client)


def test_frames_and_sentiment_come_over_zeromq(hub):
    def tell():
        hub.frames.put(live(7))
        status = events.Status("song.wav", "ended", 1.0, 0, 0)
        for event in (status, events.TimeAt(12.5), events.ValenceAt(0.5), events.ArousalAt(-1.5)):
            hub.post(event)

    with running(FramePublisher(hub, port=0)) as publisher:
        address = f"tcp://127.0.0.1:{publisher.port}"
        with looking(Subscriber(address)) as source:
            assert source.name == address
            assert not source.look().alive
            seen = see(source, lambda seen: seen.pixels is not None and seen.sentiment.arousal, tell)
    assert seen.alive and seen.frames
    assert (seen.label, seen.time_s, seen.sentiment) == ("scene 7", 12.5, Sentiment(0.5, -1.5))
    assert seen.state == "ended"
    assert (seen.pixels == np.full((4, 6, 3), 7)).all()


def test_a_frame_that_cannot_be_read_is_passed_over():
    with zmq.Context() as context, context.socket(zmq.PUB) as rogue:
        rogue.setsockopt(zmq.LINGER, 0)
        port = rogue.bind_to_random_port("tcp://127.0.0.1")
        hello = [b"state", json.dumps({"type": "time", "time_s": 1.5}).encode()]
        with looking(Subscriber(f"tcp://127.0.0.1:{port}")) as source:
            see(source, lambda seen: seen.alive, lambda: rogue.send_multipart(hello))
            rogue.send_multipart([b"frame", b"{}", b""])
            see(source, lambda seen: seen.frames == 1)
            assert source.look().pixels is None
            assert source.look().time_s == 1.5


@pytest.mark.skipif(os.name == "nt", reason="as in the tests of shared memory")
def test_frames_and_sentiment_come_from_shared_memory_and_again_from_the_next_bridge(hub):
    name = f"test-{uuid.uuid4().hex[:16]}"
    hub.snapshot = Snapshot(time_s=12.5, valence=0.5, arousal=-1.5)
    with looking(SharedFrames(name)) as source:
        assert source.name == f"shared memory {name}"
        assert not source.look().alive
        for sequence in (3, 4):
            with running(SharedMemoryWriter(hub, name)):
                hub.frames.put(live(sequence))
                seen = see(source, lambda seen: seen.label == f"scene {sequence}" and seen.time_s)  # noqa: B023
                assert seen.alive
                assert (seen.frames, seen.time_s, seen.sentiment) == (sequence - 2, 12.5, Sentiment(0.5, -1.5))
                assert (seen.pixels == [sequence, sequence, sequence, 255]).all()
            assert not source.look().alive
