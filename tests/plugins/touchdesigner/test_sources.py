"""The two ways of frames, each against the bridge's own adapter."""

import json
import os
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from threading import Event, Thread

import numpy as np
import pytest
import zmq

from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.shared_memory import block as sharedblock
from deepsing_bridge.protocols.shared_memory import owner
from deepsing_bridge.protocols.shared_memory.frames import SharedMemoryWriter, write
from deepsing_bridge.protocols.zeromq.codec import frame_parts
from deepsing_bridge.protocols.zeromq.servers import FramePublisher
from tests.plugins.touchdesigner.conftest import load, until
from tests.process import ROOT, free_port

sources, receiver = load("sources"), load("receiver")


def picture(seed, height=6, width=10):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def live(sequence, pixels=None):
    return LiveFrame(sequence, Frame(sequence, sequence / 24, picture(sequence) if pixels is None else pixels, 0), "é")


def is_turned(pixels, original):
    """Upside down, opaque, without gaps."""
    assert pixels.flags.c_contiguous and pixels.dtype == np.uint8
    assert np.array_equal(pixels[::-1, :, :3], original)
    assert (pixels[..., 3] == 255).all()
    return True


def next_of(source, meanwhile=lambda: None):
    found = []
    until(lambda: (frame := source.next()) and not found.append(frame), "no frame came", meanwhile)
    return found[0]


@contextmanager
def running(adapter):
    adapter.start()
    try:
        yield adapter
    finally:
        adapter.stop()


# ---- frames over ZeroMQ


@pytest.fixture
def hub():
    return Hub(vocabulary(), SystemClock())


@pytest.mark.parametrize("pixel_format", ["rgb", "rgba"])
def test_a_published_frame_arrives_upside_down_and_opaque(hub, pixel_format):
    with (
        running(FramePublisher(hub, port=0, pixel_format=pixel_format)) as publisher,
        closing(sources.ZeroMQFrames("127.0.0.1", publisher.port)) as source,
    ):
        sequence, pixels = next_of(source, lambda: hub.frames.put(live(7)))
        assert sequence == 7 and is_turned(pixels, picture(7))
        assert source.alive


def test_of_all_that_wait_only_the_newest_is_given(hub):
    with (
        running(FramePublisher(hub, port=0)) as publisher,
        closing(sources.ZeroMQFrames("localhost", publisher.port)) as source,
    ):
        next_of(source, lambda: hub.frames.put(live(0)))
        for sequence in range(1, 6):
            published = publisher.published
            hub.frames.put(live(sequence))
            until(lambda before=published: publisher.published > before, "never published")
        got = [next_of(source)[0]]
        until(lambda: got[-1] == 5, "the newest never came", lambda: got.extend(f[0] for f in [source.next()] if f))
        assert len(got) < 5 and got == sorted(got)


def test_state_is_a_sign_of_life_though_no_frame_comes(hub):
    from deepsing_bridge.live.messages import TimeAt

    with (
        running(FramePublisher(hub, port=0)) as publisher,
        closing(sources.ZeroMQFrames("127.0.0.1", publisher.port)) as source,
    ):
        assert not source.alive
        until(lambda: source.next() is None and source.alive, "never alive", lambda: hub.post(TimeAt(1.0)))


def test_it_connects_anew_after_silence_for_another_program_may_have_had_the_port(monkeypatch, hub):
    monkeypatch.setattr(sources, "RETRY_S", 0.2)
    port = free_port()
    with closing(sources.ZeroMQFrames("127.0.0.1", port)) as source:
        with zmq.Context() as context, context.socket(zmq.PULL) as other:  # speaks ZeroMQ, though not as a publisher
            other.bind(f"tcp://127.0.0.1:{port}")
            assert [source.next() for _ in range(3)] == [None] * 3
        with running(FramePublisher(hub, port=port)):
            assert next_of(source, lambda: hub.frames.put(live(3)))[0] == 3


def header(**changes):
    facts = {"schema": 1, "sequence": 1, "width": 2, "height": 2, "format": "rgb", **changes}
    return json.dumps({name: value for name, value in facts.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ([b"frame", header()], "2 parts"),
        ([b"frame", header(), bytes(12), b""], "4 parts"),
        ([b"frame", b"{", bytes(12)], "header"),
        ([b"frame", b"\xff", bytes(12)], "header"),
        ([b"frame", b"[]", bytes(12)], "header"),
        ([b"frame", b"[" * 100_000, bytes(12)], "header"),
        ([b"frame", header(width=...), bytes(12)], "header"),
        ([b"frame", header(width="x"), bytes(12)], "header"),
        ([b"frame", header(width=1e400), bytes(12)], "header"),
        ([b"frame", header(format="yuv"), bytes(12)], "header"),
        ([b"frame", header(format=[]), bytes(12)], "header"),
        ([b"frame", header(width=0), b""], "0x2"),
        ([b"frame", header(width=-2, height=-2), bytes(12)], "-2x-2"),
        ([b"frame", header(width=10**6, height=10**6), bytes(12)], "1000000x1000000"),
        ([b"frame", header(), bytes(11)], "11 bytes"),
        ([b"frame", header(format="rgba"), bytes(12)], "12 bytes"),
    ],
)
def test_what_is_no_frame_is_refused_in_words(parts, complaint):
    with pytest.raises(ValueError, match=complaint):
        sources.unpack(parts)


def test_jpeg_without_cv2_says_what_to_do(monkeypatch):
    monkeypatch.setattr(sources, "cv2", None)
    with pytest.raises(ValueError, match="start it without --pixels jpeg"):
        sources.unpack(frame_parts(live(1), "jpeg"))


def test_jpeg_is_read_by_cv2_which_touchdesigner_has():
    pytest.importorskip("cv2")
    smooth = np.full((48, 64, 3), (200, 40, 90), np.uint8)
    smooth[:24] = (20, 160, 60)
    _, pixels = sources.unpack(frame_parts(live(1, smooth), "jpeg"))
    assert np.abs(pixels[::-1, :, :3].astype(int) - smooth).mean() < 3
    for body in (b"", b"no picture", frame_parts(live(1), "jpeg")[2]):
        with pytest.raises(ValueError, match="no JPEG"):
            sources.unpack([b"frame", header(format="jpeg", width=64, height=48), body])


# ---- shared memory


@pytest.fixture
def name():
    return f"deepsing-test-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def test_a_frame_in_shared_memory_arrives_upside_down_and_once(hub, name):
    with running(SharedMemoryWriter(hub, name)) as writer, closing(sources.SharedFrames(name)) as source:
        hub.frames.put(live(4))
        sequence, pixels = next_of(source)
        assert sequence == 4 and is_turned(pixels, picture(4))
        assert [source.next() for _ in range(5)] == [None] * 5
        hub.frames.put(live(5, picture(5, 4, 1920)))
        until(lambda: writer.shown == 2, "never shown")
        assert is_turned(next_of(source)[1], picture(5, 4, 1920))


def test_there_need_be_no_block_yet(hub, name):
    with closing(sources.SharedFrames(name)) as source:
        assert source.next() is None and not source.alive
        with running(SharedMemoryWriter(hub, name)):
            hub.frames.put(live(1))
            assert next_of(source)[0] == 1


def test_a_bridge_that_left_is_gone_at_once_and_the_next_one_is_found(hub, name):
    with closing(sources.SharedFrames(name)) as source:
        with running(SharedMemoryWriter(hub, name)):
            hub.frames.put(live(1))
            next_of(source)
            assert source.alive
        assert source.next() is None and not source.alive
        with running(SharedMemoryWriter(Hub(vocabulary(), SystemClock()), name)) as other:
            other._hub.frames.put(live(2))
            assert next_of(source)[0] == 2


@pytest.fixture
def block(name):
    """One that a test writes to."""
    made = owner.claim(name)
    yield made
    owner.abandon(made, name)


@contextmanager
def beating(block):
    over = Event()

    def beat():
        while not over.wait(0.02):
            owner.beat(block)

    thread = Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_what_a_killed_bridge_left_behind_is_not_shown_until_another_takes_it_over(block, name):
    write(block, live(9))
    with closing(sources.SharedFrames(name)) as source:
        for _ in range(100):
            assert source.next() is None and not source.alive
        with beating(block):
            assert next_of(source)[0] == 9


def test_a_bridge_that_is_killed_is_gone_and_its_block_is_not_held(block, name, monkeypatch):
    monkeypatch.setattr(sources, "SILENT_S", 0.3)
    write(block, live(1))
    with closing(sources.SharedFrames(name)) as source:
        with beating(block):
            next_of(source)
        until(lambda: source.next() is None and not source.alive, "it lived on")
        assert source._block is None


def test_a_frame_that_is_being_overwritten_is_left(block, name):
    with beating(block), closing(sources.SharedFrames(name)) as source:
        write(block, live(1))
        next_of(source)
        write(block, live(2))
        start = owner.HEADER_SIZE + owner.STRIDE  # of frame 2
        block.numbers[start // 8] = 2 * 5 - 1  # its slot is written to for frame 5
        assert [source.next() for _ in range(3)] == [None] * 3
        write(block, live(3))
        assert next_of(source)[0] == 3


def test_a_frame_that_was_overwritten_while_it_was_copied_is_not_shown(block, name, monkeypatch):
    copy = sources.bottom_up

    def slowly(pixels):
        """Three frames come meanwhile: the last of them is put where this one is."""
        monkeypatch.setattr(sources, "bottom_up", copy)
        for sequence in (2, 3, 4):
            write(block, live(sequence))
        return copy(pixels)

    with beating(block), closing(sources.SharedFrames(name)) as source:
        write(block, live(1))
        monkeypatch.setattr(sources, "bottom_up", slowly)
        sequence, pixels = next_of(source)
        assert sequence == 4 and is_turned(pixels, picture(4))
        assert sources.bottom_up is copy


@pytest.mark.parametrize("size", [64, owner.SIZE])
def test_a_block_of_another_program_is_left_alone(name, size):
    block = sharedblock.create(name, size)
    try:
        block.view[:4] = b"ELSE"
        assert sources.find(name) is None
    finally:
        block.close()
        sharedblock.unlink(name)


def test_reading_starts_no_helper_process_and_leaves_the_block_in_place(block, name):
    """What multiprocessing.shared_memory does before Python 3.13: the helper would be a second TouchDesigner."""
    reads = (
        "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, 'plugins/touchdesigner'); import sources\n"
        f"block = sources.find({name!r}); assert block.numbers[4] == {os.getpid()}; block.close()\n"
        "from multiprocessing import resource_tracker\n"
        "assert resource_tracker._resource_tracker._pid is None"
    )
    subprocess.run([sys.executable, "-c", reads], cwd=ROOT, check=True, timeout=60)
    again = owner.find(name)
    assert again is not None
    again.close()


# ---- which way


def test_zeromq_is_taken_where_pyzmq_is_and_shared_memory_where_not(monkeypatch):
    with closing(sources.source_for(receiver.Settings())) as source:
        assert source.place == "ZeroMQ, tcp://127.0.0.1:7702"
    monkeypatch.setattr(sources, "zmq", None)
    with closing(sources.source_for(receiver.Settings(memory="mine"))) as source:
        assert source.place == "shared memory, mine"


def test_an_ipv6_address_is_written_as_zeromq_wants_it():
    with closing(sources.source_for(receiver.Settings("zeromq", "::1", 9))) as source:
        assert source.place == "ZeroMQ, tcp://[::1]:9"


@pytest.mark.parametrize(
    ("settings", "pyzmq", "complaint"),
    [
        (receiver.Settings("zeromq"), False, "ZeroMQ needs pyzmq"),
        (receiver.Settings("auto", "192.168.0.5"), False, "does not reach 192.168.0.5: install pyzmq"),
        (receiver.Settings("zeromq", "not an address"), True, "no such address"),
        (receiver.Settings("zeromq", "127.0.0.1", -1), True, "no such address"),
        (receiver.Settings("sharedmemory", memory=""), True, "no name"),
    ],
)
def test_settings_that_cannot_work_are_told_in_words(monkeypatch, settings, pyzmq, complaint):
    if not pyzmq:
        monkeypatch.setattr(sources, "zmq", None)
    with pytest.raises(ValueError, match=complaint):
        sources.source_for(settings)
