"""Shared memory, with readers and writers in other processes; the layout is read by struct alone, as others would."""

import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from deepsing_bridge import client
from deepsing_bridge.client import Moment, SharedFrames, attach
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame, Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.shared_memory import block as sharedblock
from deepsing_bridge.protocols.shared_memory import frames as sharedmemory
from deepsing_bridge.protocols.shared_memory import owner as sharedowner
from deepsing_bridge.protocols.shared_memory.frames import SharedMemoryWriter
from tests.adapters import running
from tests.protocols.live_frames import PATIENCE_S, live, wait_for

ROOT = Path(__file__).parents[3]  # where processes find this module

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills processes, removes names: there Windows is different")


@pytest.fixture
def name():
    chosen = f"test-{uuid.uuid4().hex[:16]}"
    yield chosen
    sharedblock.unlink(chosen)


@pytest.fixture(params=[client.FileBlock, client.MappedBlock])
def block_kind(request, monkeypatch):
    """As Linux has blocks, and as other systems do."""
    monkeypatch.setattr(client, "BY_FILE", request.param is client.FileBlock)
    return request.param


@pytest.fixture
def hub():
    made = Hub(vocabulary(), SystemClock())
    made.snapshot = Snapshot(values=made.snapshot.values, time_s=3.5, valence=0.5, arousal=-1.5)
    return made


@contextmanager
def reading(name):
    frames = SharedFrames(name)
    try:
        yield frames
    finally:
        frames.close()


def show(hub, writer, frame):
    before = writer.shown
    hub.frames.put(frame)
    wait_for(lambda: writer.shown > before, "a frame to be shown")


@contextmanager
def another_process(script, *args):
    """Lines of `script` as they are printed; it ends with the block, at the latest."""
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, args)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


WRITER = """
    import sys
    from tests.protocols.shared_memory.test_frames import *
    hub = Hub(vocabulary(), SystemClock())
    SharedMemoryWriter(hub, sys.argv[1]).start()
    sequence = 0
    print("ready", flush=True)
    while True:
        sequence += 1
        hub.frames.put(live(sequence, (256, 256)))
        time.sleep(0.001)
"""


def test_a_frame_comes_back_as_it_was_shown(hub, name, block_kind):
    shade = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        assert frames.newest() is None
        assert frames.alive
        show(hub, writer, LiveFrame(7, Frame(9, 1.5, shade, 3), "Straße"))
        assert type(frames._block) is block_kind
        got = frames.newest()
        assert (got.pixels[..., :3] == shade).all()
        assert (got.pixels[..., 3] == 255).all()
        assert (got.sequence, got.index, got.time_s, got.scene_index, got.label) == (7, 9, 1.5, 3, "Straße")
        assert frames.newest() is None


def test_sentiment_goes_on_without_new_frames(hub, name):
    with running(SharedMemoryWriter(hub, name)), reading(name) as frames:
        for valence in (0.25, -2.0):
            hub.snapshot = Snapshot(time_s=12.5, valence=valence, arousal=1.5)
            expected = Moment(12.5, valence, 1.5)
            wait_for(lambda: frames.now() == expected, "the moment")  # noqa: B023  # waited for here
    assert frames.now() is None


def test_the_block_is_as_documented(hub, name):
    with running(SharedMemoryWriter(hub, name)) as writer:
        for sequence in range(5):
            show(hub, writer, live(sequence, (2, 3)))
        block = attach(name)
        data = block.read(0, len(block))
        block.close()
    head = struct.unpack_from("=4sIIIQQQdQddd", data)
    magic, version, header, slots, stride, before, owner, heartbeat, written, time_s, valence, arousal = head
    assert (magic, version, header, slots, before, written) == (b"DSB1", 1, 256, 3, 128, 5)
    assert owner == os.getpid()
    assert (time_s, valence, arousal) == (3.5, 0.5, -1.5)
    assert 0 <= time.monotonic() - heartbeat < PATIENCE_S
    start = header + (written - 1) % slots * stride
    assert struct.unpack_from("=QQQdIIIII", data, start) == (10, 4, 104, 4 / 24, 3, 2, 1, 2, 4)
    assert data[start + 52 : start + 56] == b"lake"
    assert data[start + before : start + before + 24] == bytes([4, 4, 4, 255]) * 6
    assert len(data) == header + slots * stride


def test_only_the_newest_frame_is_kept_and_a_long_label_is_cut_between_characters(hub, name):
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        for sequence in range(10):
            show(hub, writer, live(sequence, label="ä" * 40 if sequence % 2 else "x" + "ä" * 40))
        assert (frames.newest().sequence, frames.newest()) == (9, None)
        show(hub, writer, live(10, label="x" + "ä" * 40))
        assert frames.newest().label == "x" + "ä" * 29


def test_a_frame_that_does_not_fit_is_refused_and_told_once(hub, name):
    events = hub.subscribe()
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        show(hub, writer, live(1, (1080, 1920)))
        for number in (1, 2):
            hub.frames.put(live(2, (1082, 1920)))
            wait_for(lambda: writer.too_large == number, "a refusal")  # noqa: B023  # waited for here
        assert frames.newest().sequence == 1
        show(hub, writer, live(3))
        assert frames.newest().sequence == 3
    (problem,) = events.take(0)
    assert "1920x1082 is more" in problem.text


def test_a_reader_in_another_process_never_sees_a_torn_frame(hub, name):
    script = """
        import sys
        from tests.protocols.shared_memory.test_frames import *
        frames, seen, last = SharedFrames(sys.argv[1]), 0, -1
        while seen < 500:
            frame = frames.newest()
            if frame is None:
                continue
            assert (frame.pixels[..., :3] == frame.sequence % 251).all(), "torn"
            assert frame.pixels.shape == (8 + frame.sequence % 120, 160, 4)
            assert frame.sequence > last, f"{frame.sequence} after {last}"
            seen, last = seen + 1, frame.sequence
        print("done", last)
    """
    stop = threading.Event()

    def write():
        block, sequence = sharedowner.claim(name), 0
        while not stop.is_set():  # without waiting for anything: faster than any engine
            sequence += 1
            sharedmemory.write(block, live(sequence, (8 + sequence % 120, 160)))
            sharedowner.beat(block)
        sharedowner.abandon(block, name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with another_process(script, name) as reader:
            out, errors = reader.communicate(timeout=100)
    finally:
        stop.set()
        writer.join()
    assert out.startswith("done"), errors


@contextmanager
def at_pixels(block, monkeypatch, method, then):
    """Once, in place of reading or writing the pixels of a frame in `block`: `then`."""
    whole, kind = getattr(block, method), type(block)

    def otherwise(self, start, content):
        if (start - client.HEADER_SIZE) % client.STRIDE != client.SLOT_HEADER_SIZE:
            return whole(start, content)
        patched.undo()
        return then(whole, start, content)

    with monkeypatch.context() as patched:
        patched.setattr(kind, method, otherwise)
        yield


def test_a_copy_during_which_the_slot_was_overwritten_is_thrown_away(name, monkeypatch, block_kind):
    block = sharedowner.claim(name)
    sharedmemory.write(block, live(1))

    def slowly(read, start, size):
        for sequence in (2, 3, 4):
            sharedmemory.write(block, live(sequence))
        return read(start, size)

    with at_pixels(block, monkeypatch, "read", slowly):
        assert client.read_slot(block) is None
    written, frame = client.read_slot(block)
    assert (written, frame.sequence) == (4, 4)
    sharedowner.abandon(block, name)


def test_a_reader_that_began_before_a_slot_is_written_to_throws_its_copy_away(name, monkeypatch, block_kind):
    """The writer, which must have marked the slot first, is stopped half-way through it."""
    block = sharedowner.claim(name)
    sharedmemory.write(block, live(1))

    class Stopped(Exception):
        pass

    def half(write, start, data):
        write(start, data[: len(data) // 2])
        raise Stopped

    def slowly(read, start, size):
        sharedmemory.write(block, live(2))
        sharedmemory.write(block, live(3))
        with at_pixels(block, monkeypatch, "write", half), pytest.raises(Stopped):
            sharedmemory.write(block, live(4))
        return read(start, size)

    with at_pixels(block, monkeypatch, "read", slowly):
        assert client.read_slot(block) is None
    assert client.read_slot(block)[0] == 3
    sharedowner.abandon(block, name)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="only Linux shows blocks as files")
@pytest.mark.parametrize("stranger", ["mode", "owner"])
def test_a_block_that_others_made_or_may_open_is_not_taken_over(hub, name, stranger, monkeypatch):
    sharedowner.claim(name).close()
    path = Path("/dev/shm") / name
    if stranger == "mode":
        path.chmod(0o666)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(BridgeError, match="belongs to another user"):
        SharedMemoryWriter(hub, name).start()
    assert client.find(name) is None


@pytest.mark.parametrize("place", [0, 4, client.OWNER * 8, client.WRITTEN * 8])
def test_a_header_that_somebody_wrote_over_is_survived(hub, name, place):
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        show(hub, writer, live(1))
        block = attach(name, writable=True)
        block.write(place, b"\xff" * 8)
        if place == client.OWNER * 8:
            block.floats[client.HEARTBEAT] = -1e9
        block.close()
        number = 1

        def shows():
            nonlocal number
            number += 1
            hub.frames.put(live(number))
            time.sleep(0.02)
            frame = frames.newest()
            return frame is not None and frame.sequence > 1

        wait_for(shows, "frames again")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="only Linux shows blocks as files")
@pytest.mark.parametrize("size", [0, 100, 4096])
def test_a_block_cut_short_is_made_anew(hub, name, size):
    events = hub.subscribe()
    with running(SharedMemoryWriter(hub, name)) as writer:
        show(hub, writer, live(1))
        os.truncate(f"/dev/shm/{name}", size)
        wait_for(lambda: (event := events.take(0.1)) and "cut it short" in event[0].text, "the loss to be told")
        wait_for(lambda: hub.losses.failing == "shared memory", "it to be told in status")
        wait_for(lambda: hub.frames.put(live(2)) or writer.renewed, "a new block")
        wait_for(lambda: hub.losses.failing == "" and hub.losses.lost == writer.missed > 0, "its return")
        with reading(name) as frames:
            show(hub, writer, live(3))
            wait_for(frames.newest, "a frame")


CUTTER = """
    import os, sys
    from deepsing_bridge.client import SIZE
    writer = os.getppid()
    print("ready", flush=True)
    while os.getppid() == writer:
        try:
            for size in (0, 100, 4096, SIZE):
                os.truncate(f"/dev/shm/{sys.argv[1]}", size)
        except FileNotFoundError:
            pass
"""
CUT = """
    import sys
    from tests.protocols.shared_memory.test_frames import *
    hub, frames = Hub(vocabulary(), SystemClock()), SharedFrames(sys.argv[1])
    writer = SharedMemoryWriter(hub, sys.argv[1])
    sharedmemory.LOOK_S = 0.01
    with running(writer):
        with another_process(CUTTER, sys.argv[1]) as cutter:
            assert cutter.stdout.readline() == "ready\\n"
            for sequence in range(300):
                hub.frames.put(live(sequence, (480, 640)))
                frame = frames.newest(0.002)
                assert frame is None or (frame.pixels[..., :3] == frame.sequence % 251).all(), "torn"
                frames.now()
        assert writer.renewed, "it was never cut"
        wait_for(lambda: hub.frames.put(live(301)) or frames.newest(0.1), "frames again")
    print("done")
"""


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="only Linux shows blocks as files")
def test_neither_writer_nor_reader_dies_of_a_block_that_is_cut_short_again_and_again(name):
    """In whatever moment: a mapping would kill them with SIGBUS."""
    with another_process(CUT, name) as cut:
        out, errors = cut.communicate(timeout=300)
    assert (out, cut.returncode) == ("done\n", 0), errors


def test_what_a_killed_writer_left_is_taken_over_and_its_readers_go_on(hub, name):
    with another_process(WRITER, name) as killed, reading(name) as frames:
        assert killed.stdout.readline() == "ready\n"
        wait_for(lambda: frames.newest(), "a frame of the first writer")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert not frames.alive
        assert frames.newest() is None
        with running(SharedMemoryWriter(hub, name)) as writer:
            show(hub, writer, live(77))
            wait_for(lambda: (frame := frames.newest()) and frame.sequence == 77, "a frame of the second")
            assert frames.alive
            assert writer.renewed == 0


def test_a_slot_that_a_killed_writer_left_half_written_is_never_read(hub, name):
    block = sharedowner.claim(name)
    sharedmemory.write(block, live(1))
    block.numbers[client.slot_start(2) // 8] = 3  # the lock of frame 2's slot
    block.numbers[client.OWNER] = _dead_process()
    block.close()
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        assert frames.newest().sequence == 1
        show(hub, writer, live(2))
        assert frames.newest().sequence == 2


def _dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("left", ["nothing", "zeros", "another version"])
def test_what_was_left_half_made_is_made_anew(hub, name, left):
    if left == "nothing":
        os.close(sharedblock._posixshmem.shm_open(f"/{name}", os.O_CREAT | os.O_RDWR, mode=0o600))
    else:
        block = sharedblock.create(name, 512)
        if left == "another version":
            block.write(0, struct.pack("=4sI", b"DSB1", 99))
            block.numbers[client.OWNER] = _dead_process()
        block.close()
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        show(hub, writer, live(5))
        assert frames.newest().sequence == 5


def test_a_block_whose_owner_lives_is_refused_in_a_sentence(hub, name):
    with another_process(WRITER, name) as other:
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(BridgeError, match=f"shared memory {name}: process {other.pid} has it"):
            SharedMemoryWriter(hub, name).start()
        with reading(name) as frames:
            wait_for(frames.newest, "the first writer's frames, still")


def test_another_program_s_block_is_left_alone(hub, name):
    block = sharedblock.create(name, 4096)
    block.write(0, b"PNG!")
    with pytest.raises(BridgeError, match="belongs to another program"):
        SharedMemoryWriter(hub, name).start()
    assert block.read(0, 4) == b"PNG!"
    block.close()


def test_a_process_that_hung_and_lost_its_block_stops_writing(hub, name):
    events = hub.subscribe()
    with running(SharedMemoryWriter(hub, name)) as writer:
        show(hub, writer, live(1))
        block = attach(name, writable=True)
        block.numbers[client.OWNER] = os.getppid()
        wait_for(lambda: (event := events.take(0.1)) and "taken it over" in event[0].text, "the loss to be noticed")
        written = block.numbers[client.WRITTEN]
        hub.frames.put(live(2))
    assert block.numbers[client.WRITTEN] == written
    assert block.numbers[client.OWNER] == os.getppid()
    block.close()
    attach(name).close()  # the name is still there


def test_a_reader_s_end_does_not_destroy_the_block(hub, name):
    script = """
        import sys
        from tests.protocols.shared_memory.test_frames import *
        frames = SharedFrames(sys.argv[1])
        print(frames.newest().sequence)
    """
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        show(hub, writer, live(1))
        with another_process(script, name) as reader:
            out, errors = reader.communicate(timeout=PATIENCE_S)
        assert (out, errors) == ("1\n", "")
        assert frames.newest().sequence == 1
        attach(name).close()


STANDARD_LIBRARY_READER = """
    import struct, sys
    from multiprocessing import resource_tracker
    from multiprocessing.shared_memory import SharedMemory
    block = SharedMemory(sys.argv[1])
    if sys.argv[2] == "polite":
        resource_tracker.unregister("/" + sys.argv[1], "shared_memory")
    (written,) = struct.unpack_from("=Q", block.buf, 48)
    slot = 256 + (written - 1) % 3 * struct.unpack_from("=Q", block.buf, 16)[0]
    lock, sequence = struct.unpack_from("=QQ", block.buf, slot)
    print(lock == 2 * written, sequence)
    block.close()
"""


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="no need to unregister any more")
def test_a_reader_with_nothing_but_the_standard_library_reads_as_documented(hub, name):
    with running(SharedMemoryWriter(hub, name)) as writer:
        show(hub, writer, live(6))
        with another_process(STANDARD_LIBRARY_READER, name, "polite") as reader:
            out, errors = reader.communicate(timeout=PATIENCE_S)
        assert (out, errors) == ("True 6\n", "")
        attach(name).close()


def test_a_name_that_a_careless_reader_removed_is_made_again(hub, name):
    with running(SharedMemoryWriter(hub, name)) as writer, reading(name) as frames:
        show(hub, writer, live(1))
        assert frames.newest().sequence == 1
        sharedblock.unlink(name)  # what Python's tracker does when such a reader ends
        wait_for(lambda: writer.renewed == 1, "a new block")
        show(hub, writer, live(2))
        wait_for(lambda: (frame := frames.newest()) and frame.sequence == 2, "the reader to find it")


def test_the_name_is_gone_after_stop_and_a_reader_waits_for_the_next_writer(hub, name):
    with reading(name) as frames:
        for sequence in (1, 2):
            with running(SharedMemoryWriter(hub, name)) as writer:
                show(hub, writer, live(sequence))
                wait_for(lambda: (f := frames.newest()) and f.sequence == sequence)  # noqa: B023  # waited for here
            assert not frames.alive
            with pytest.raises(FileNotFoundError):
                attach(name)


def test_nothing_is_left_after_stop(hub, name):
    threads, files = threading.active_count(), psutil.Process().num_fds()
    writer = SharedMemoryWriter(hub, name)
    writer.stop()  # before start, and twice: no harm
    writer.start()
    assert name in writer.describe()
    writer.stop()
    writer.stop()
    assert (threading.active_count(), psutil.Process().num_fds()) == (threads, files)


@pytest.mark.parametrize("bad", ["", "a/b", "..", "x" * 31, "ä"])
def test_a_name_that_not_every_system_takes_is_refused(hub, bad):
    with pytest.raises(BridgeError, match="expected a name"):
        SharedMemoryWriter(hub, bad)
    with pytest.raises(ValueError, match="expected a name"):
        SharedFrames(bad)
