"""The client against the bridge's real servers, and alone, as somebody has it who copied the file."""

import ast
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import vermin
import zmq

from deepsing_bridge import client
from deepsing_bridge.client import Commands, Keys, Moment, SharedFrames, Subscriber, load_keys, read_frame
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame
from deepsing_bridge.live import events
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.commands import Pause, Play, Toggle
from deepsing_bridge.live.hub import Hub, LiveFrame, Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.shared_memory import block as sharedblock
from deepsing_bridge.protocols.shared_memory import owner
from deepsing_bridge.protocols.shared_memory.frames import SharedMemoryWriter, write
from deepsing_bridge.protocols.zeromq import keys
from deepsing_bridge.protocols.zeromq.codec import frame_parts
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from deepsing_bridge.protocols.zeromq.publisher import FramePublisher
from tests.adapters import running
from tests.process import free_port

FILE = Path(client.__file__)
PATIENCE_S = 20.0
posix = pytest.mark.skipif(os.name == "nt", reason="removes names: there Windows is different")


@pytest.fixture
def hub():
    return Hub(vocabulary(), SystemClock())


def live(sequence, pixels=None):
    picture = np.full((4, 6, 3), sequence, np.uint8) if pixels is None else pixels
    return LiveFrame(sequence, Frame(sequence + 100, sequence / 24, picture, 2), f"Straße {sequence}")


def until(holds, what, meanwhile=lambda: None):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        meanwhile()
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)
    return found


# ---- over ZeroMQ


def to(server, *args, **options):
    return closing(Subscriber(f"tcp://127.0.0.1:{server.port}", *args, **options))


@pytest.mark.parametrize("pixel_format", ["rgb", "rgba", "jpeg"])
def test_frames_come_with_all_that_is_known_of_them(hub, pixel_format):
    with running(FramePublisher(hub, port=0, pixel_format=pixel_format)) as publisher, to(publisher) as subscriber:
        frame = until(subscriber.newest, "a frame", lambda: hub.frames.put(live(7)))
    assert (frame.sequence, frame.index, frame.time_s, frame.scene_index) == (7, 107, 7 / 24, 2)
    assert frame.label == "Straße 7"
    assert frame.pixels.shape == (4, 6, 4 if pixel_format == "rgba" else 3)
    assert (frame.pixels[..., :3] == 7).all()


def test_the_moment_is_what_was_told_last_and_nothing_without_a_bridge(hub, monkeypatch):
    def tell():
        status = events.Status("song.wav", "ended", 1.0, 0, 0)
        for event in (
            status,
            events.TimeAt(12.5),
            events.ValenceAt(0.5),
            events.ArousalAt(-1.5),
            events.Echo("blend", 0.25),
        ):
            hub.post(event)

    publisher = FramePublisher(hub, port=0)
    with running(publisher), to(publisher) as subscriber:
        assert subscriber.now() is None
        until(lambda: subscriber.newest() or "param/blend" in subscriber.last, "events", tell)
        assert subscriber.now() == Moment(12.5, 0.5, -1.5, "ended")
        assert subscriber.last["status"]["song"] == "song.wav"
        assert subscriber.last["param/blend"]["value"] == 0.25
        publisher.stop()
        monkeypatch.setattr(client, "GONE_S", 0.3)
        until(lambda: subscriber.newest() or not subscriber.alive, "silence")
        assert subscriber.now() is None


def test_of_all_that_wait_the_newest_is_given_and_all_are_counted(hub):
    with running(FramePublisher(hub, port=0)) as publisher, to(publisher) as subscriber:
        until(subscriber.newest, "a frame", lambda: hub.frames.put(live(0)))
        until(lambda: not subscriber._socket.poll(50), "the rest", subscriber.newest)
        before = subscriber.frames
        for sequence in range(1, 6):
            published = publisher.published
            hub.frames.put(live(sequence))
            until(lambda: publisher.published > published, "a frame to go out")  # noqa: B023  # waited for here
        seen = [until(subscriber.newest, "a frame").sequence]
        while seen[-1] < 5:
            seen.append(until(subscriber.newest, "the newest").sequence)
        assert len(seen) < 5 and seen == sorted(seen)
        assert subscriber.frames == before + 5


def test_messages_come_one_by_one_in_order_too(hub):
    with running(FramePublisher(hub, port=0)) as publisher, to(publisher, waiting=1000) as subscriber:
        until(subscriber.receive, "anything", lambda: hub.post(events.TimeAt(0.0)))
        hub.post(events.Progressed("ready", 1.0))
        while subscriber.receive(PATIENCE_S)["type"] != "progress":
            pass
        for number in range(50):
            hub.post(events.TimeAt(float(number)))
        assert [subscriber.receive(PATIENCE_S)["time_s"] for _ in range(50)] == list(range(50))
        hub.frames.put(live(3))
        assert subscriber.receive(PATIENCE_S).sequence == 3
        assert subscriber.receive() is None


def test_only_the_topics_that_are_asked_for_come(hub):
    with running(FramePublisher(hub, port=0)) as publisher, to(publisher, topics=(client.STATE,)) as subscriber:
        until(subscriber.receive, "an event", lambda: hub.post(events.TimeAt(1.0)) or hub.frames.put(live(1)))
        assert subscriber.frames == publisher.published == 0


def test_it_waits_for_a_frame_no_longer_than_it_was_told_and_not_for_events(hub):
    over = Event()

    def tell_on():
        while not over.wait(0.01):
            hub.post(events.TimeAt(1.0))

    teller = Thread(target=tell_on)
    with running(FramePublisher(hub, port=0)) as publisher, to(publisher) as subscriber:
        teller.start()
        try:
            began_s = time.monotonic()
            assert subscriber.newest(0.3) is None
            assert 0.3 <= time.monotonic() - began_s < 3
            until(subscriber.newest, "a frame", lambda: hub.frames.put(live(1)))
            Thread(target=lambda: over.wait(0.3) or hub.frames.put(live(2))).start()
            assert subscriber.newest(PATIENCE_S).sequence in (1, 2)
        finally:
            over.set()
            teller.join()


def test_it_connects_again_when_the_bridge_comes_back(hub):
    first = FramePublisher(hub, port=0)
    with running(first), to(first) as subscriber:
        until(subscriber.newest, "a frame", lambda: hub.frames.put(live(1)))
        first.stop()
        with running(FramePublisher(hub, port=first.port)):
            until(lambda: (f := subscriber.newest()) and f.sequence == 2, "a frame", lambda: hub.frames.put(live(2)))


def test_it_connects_though_another_program_had_the_port_before(hub, monkeypatch):
    """After a refusal ZeroMQ itself would not try again."""
    monkeypatch.setattr(client, "RETRY_S", 0.2)
    port = free_port()
    with closing(Subscriber(f"tcp://127.0.0.1:{port}")) as subscriber:
        with zmq.Context() as context, context.socket(zmq.PULL) as other:  # speaks ZeroMQ, though not as a publisher
            other.bind(f"tcp://127.0.0.1:{port}")
            assert [subscriber.newest(0.1) for _ in range(3)] == [None] * 3
        with running(FramePublisher(hub, port=port)):
            until(subscriber.newest, "a frame", lambda: hub.frames.put(live(3)))


def test_it_connects_though_one_with_other_keys_was_there_before(hub, monkeypatch, tmp_path):
    monkeypatch.setattr(client, "RETRY_S", 0.3)
    keys.make(tmp_path)
    first = FramePublisher(hub, port=0)
    with running(first), to(first, load_keys(tmp_path)) as subscriber:
        assert subscriber.receive(0.5) is None
        first.stop()
        with running(FramePublisher(hub, port=first.port, keys=keys.load(tmp_path))):
            until(subscriber.receive, "an event", lambda: hub.post(events.TimeAt(2.0)))


def test_with_keys_it_sees_a_locked_bridge_and_without_nothing(hub, tmp_path):
    keys.make(tmp_path)
    publisher = FramePublisher(hub, port=0, keys=keys.load(tmp_path))
    with running(publisher), to(publisher, load_keys(tmp_path)) as subscriber, to(publisher) as stranger:
        until(subscriber.newest, "a frame", lambda: hub.frames.put(live(1)))
        assert stranger.newest() is None and not stranger.alive


def header(**changes):
    facts = {"sequence": 1, "index": 1, "time_s": 0.5, "width": 2, "height": 2, "format": "rgb"}
    facts = {**facts, "scene_index": 0, "label": "lake", **changes}
    return json.dumps({name: value for name, value in facts.items() if value is not ...}).encode()


BAD_FRAMES = [
    ([b"frame"], "1 parts"),
    ([b"frame", header()], "2 parts"),
    ([b"frame", header(), bytes(12), b""], "4 parts"),
    ([b"frame", b"{", bytes(12)], "header"),
    ([b"frame", b"\xff", bytes(12)], "header"),
    ([b"frame", b"[]", bytes(12)], "header"),
    ([b"frame", b"[" * 100_000, bytes(12)], "header"),
    ([b"frame", header(width=...), bytes(12)], "header"),
    ([b"frame", header(label=...), bytes(12)], "header"),
    ([b"frame", header(width="x"), bytes(12)], "header"),
    ([b"frame", header(width=1e400), bytes(12)], "header"),
    ([b"frame", header(time_s=float("nan")), bytes(12)], "header"),
    ([b"frame", header(format="yuv"), bytes(12)], "header"),
    ([b"frame", header(format=[]), bytes(12)], "header"),
    ([b"frame", header(width=0), b""], "0x2"),
    ([b"frame", header(width=-2, height=-2), bytes(12)], "-2x-2"),
    ([b"frame", header(width=10**6, height=10**6), bytes(12)], "1000000x1000000"),
    ([b"frame", header(), bytes(11)], "11 bytes"),
    ([b"frame", header(format="rgba"), bytes(12)], "12 bytes"),
    ([b"frame", header(format="jpeg"), b""], "no JPEG of 2x2"),
    ([b"frame", header(format="jpeg"), b"no picture"], "no JPEG of 2x2"),
    ([b"frame", header(format="jpeg"), frame_parts(live(1), "jpeg")[2]], "no JPEG of 2x2"),
    ([b"frame", header(format="jpeg", width=6, height=4), frame_parts(live(1), "jpeg")[2][:-60]], "no JPEG of 6x4"),
]
BAD_EVENTS = [
    [b"state"],
    [b"state", b"\xff"],
    [b"state", b"7"],
    [b"state", b"{}"],
    [b"state", b'{"type":["time"]}'],
    [b"state", b"[" * 100_000],
    [b"state", b'{"type":"time","time_s":NaN}'],
    [b"state", b'{"type":"time","time_s":1' + b"0" * 400 + b"}"],
    [b"state", b'{"type":"valence","valence":"high"}'],
]


@pytest.mark.parametrize(("parts", "complaint"), BAD_FRAMES)
def test_what_is_no_frame_is_refused_in_words(parts, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_frame(parts)


def test_what_cannot_be_read_is_counted_and_what_follows_comes():
    with zmq.Context() as context, context.socket(zmq.PUB) as rogue:
        rogue.setsockopt(zmq.LINGER, 0)
        port = rogue.bind_to_random_port("tcp://127.0.0.1")
        hello = [b"state", b'{"type":"time","time_s":1.5}']
        with closing(Subscriber(f"tcp://127.0.0.1:{port}")) as subscriber:
            until(lambda: subscriber.newest() or subscriber.alive, "a word", lambda: rogue.send_multipart(hello))
            for number, parts in enumerate(BAD_EVENTS, 1):
                rogue.send_multipart(parts)
                until(lambda: subscriber.newest() or subscriber.unreadable == number, "it")  # noqa: B023  # waited for
            for parts, complaint in BAD_FRAMES:
                rogue.send_multipart(parts)
                with pytest.raises(ValueError, match=complaint):
                    subscriber.newest(PATIENCE_S)
            rogue.send_multipart([b"state"])
            with pytest.raises(ValueError, match="an event that cannot be read"):
                subscriber.receive(PATIENCE_S)
            assert subscriber.unreadable == len(BAD_EVENTS) + len(BAD_FRAMES) + 1
            assert subscriber.now() == Moment(1.5, 0.0, 0.0)
            rogue.send_multipart(frame_parts(live(9), "rgb"))
            assert subscriber.newest(PATIENCE_S).sequence == 9


def test_events_without_end_are_not_kept():
    with closing(Subscriber("tcp://127.0.0.1:9")) as subscriber:
        for number in range(2 * client.MOST_TYPES):
            subscriber._event([b"state", json.dumps({"type": str(number)}).encode()])
        assert len(subscriber.last) == client.MOST_TYPES


def test_jpeg_without_a_reader_of_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(client, "JpegImagePlugin", None)
    monkeypatch.setattr(client, "cv2", None, raising=False)
    with pytest.raises(ValueError, match="start it without --pixels jpeg"):
        read_frame(frame_parts(live(1), "jpeg"))


def test_jpeg_is_read_by_cv2_where_there_is_no_pillow(monkeypatch):
    cv2 = pytest.importorskip("cv2")
    monkeypatch.setattr(client, "JpegImagePlugin", None)
    monkeypatch.setattr(client, "cv2", cv2, raising=False)
    smooth = np.full((48, 64, 3), (200, 40, 90), np.uint8)
    smooth[:24] = (20, 160, 60)
    pixels = read_frame(frame_parts(live(1, smooth), "jpeg")).pixels
    assert np.abs(pixels.astype(int) - smooth).mean() < 3
    for parts, complaint in BAD_FRAMES[-4:-1]:
        with pytest.raises(ValueError, match=complaint):
            read_frame(parts)


ADDRESSES = ["", "127.0.0.1:7702", "tcp://", "tcp://127.0.0.1", "nonsense://x", "tcp://127.0.0.1:-1"]


@pytest.mark.parametrize("kind", [Subscriber, Commands])
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_none_is_one_sentence(kind, address):
    with pytest.raises(ValueError, match="expected an address such as"):
        kind(address)


def test_ipv6_is_spoken_where_the_address_is_of_it(hub):
    publisher = FramePublisher(hub, "::1", 0)
    try:
        publisher.start()
    except BridgeError as error:
        pytest.skip(f"no IPv6 here: {error}")
    with closing(Subscriber(f"tcp://[::1]:{publisher.port}")) as subscriber:
        until(subscriber.newest, "a frame", lambda: hub.frames.put(live(1)))
    publisher.stop()


@pytest.mark.parametrize("kind", [Subscriber, Commands])
def test_without_pyzmq_it_says_so(monkeypatch, kind):
    monkeypatch.setattr(client, "zmq", None)
    with pytest.raises(ValueError, match="ZeroMQ needs pyzmq"):
        kind()


# ---- commands


@pytest.mark.parametrize("locked", [False, True])
def test_a_command_reaches_the_bridge_and_the_next_one_in_its_place(locked, tmp_path):
    keys.make(tmp_path)
    allowed, own = (keys.load(tmp_path), load_keys(tmp_path)) if locked else (None, None)
    port, hubs = free_port(), [Hub(vocabulary(), SystemClock()) for _ in range(2)]
    with closing(Commands(f"tcp://127.0.0.1:{port}", own, timeout_s=PATIENCE_S)) as commands:
        for hub in hubs:
            with running(CommandServer(hub, Path, port=port, keys=allowed)):  # what is sent as one goes is lost
                taken = until(lambda: commands.send("toggle") and hub.inbox.take(0.5), "a command")  # noqa: B023
                assert {type(command) for command in taken} == {Toggle}


def test_where_nobody_is_nothing_waits_for_the_next_bridge(hub):
    port = free_port()
    with closing(Commands(f"tcp://127.0.0.1:{port}", timeout_s=0.0)) as commands:
        assert not commands.send("play")
        with running(CommandServer(hub, Path, port=port)):
            until(lambda: commands.send("pause") or time.sleep(0.3), "the bridge")
            assert [type(command) for command in hub.inbox.take(PATIENCE_S)] == [Pause]


def test_questions_are_answered_each_with_its_own_answer(hub):
    hub.snapshot = Snapshot(values=hub.snapshot.values, time_s=12.5)
    with (
        running(CommandServer(hub, Path, port=0)) as server,
        closing(Commands(f"tcp://127.0.0.1:{server.port}")) as commands,
    ):
        for _ in range(3):
            assert commands.send("play")
            assert commands.ask("get", name="time") == {"ok": True, "type": "time", "time_s": 12.5}
        refused = commands.ask("param/blend", value=7)
        assert not refused["ok"] and "expected 0..1, got 7" in refused["error"]
        assert commands.ask("seek", time_s=3) == {"ok": True}


def test_threads_that_share_an_object_get_each_its_own_answers(hub):
    wrong = []
    with (
        running(CommandServer(hub, Path, port=0)) as server,
        closing(Commands(f"tcp://127.0.0.1:{server.port}", timeout_s=PATIENCE_S)) as commands,
    ):

        def ask(name):
            for _ in range(30):
                try:
                    answer = commands.ask("get", name=name)
                except Exception as error:
                    answer = {"type": repr(error)}
                if answer["type"] != f"param/{name}":
                    wrong.append(answer)

        asking = [Thread(target=ask, args=(name,), daemon=True) for name in ("blend", "noise", "fps")]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(PATIENCE_S)
    assert not wrong


def test_an_answer_that_never_comes_is_not_waited_for():
    port = free_port()
    with closing(Commands(f"tcp://127.0.0.1:{port}", timeout_s=0.2)) as commands:
        with pytest.raises(TimeoutError, match="nobody takes commands there"):
            commands.ask("play")
        with zmq.Context() as context, context.socket(zmq.ROUTER) as silent:
            silent.bind(f"tcp://127.0.0.1:{port}")
            until(lambda: commands.send("play"), "a connection")
            with pytest.raises(TimeoutError, match=r"no answer within 0\.2 s"):
                commands.ask("play")


def test_where_the_connection_is_lost_questions_are_asked_again_and_commands_are_not():
    port, heard, answered = free_port(), [], Event()

    def lose_two_and_answer():
        for _ in range(3):
            with zmq.Context() as context, context.socket(zmq.ROUTER) as server:
                server.bind(f"tcp://127.0.0.1:{port}")
                client_id, body = server.recv_multipart()
                heard.append(json.loads(body)["command"])
                if len(heard) == 3:
                    server.send_multipart([client_id, json.dumps({"ok": True, "id": json.loads(body)["id"]}).encode()])
                    answered.wait(PATIENCE_S)

    losing = Thread(target=lose_two_and_answer, daemon=True)
    losing.start()
    with closing(Commands(f"tcp://127.0.0.1:{port}", timeout_s=PATIENCE_S)) as commands:
        with pytest.raises(ConnectionError, match="lost before the answer to toggle came"):
            commands.ask("toggle")
        assert commands.ask("get", name="status") == {"ok": True}
    answered.set()
    losing.join(PATIENCE_S)
    assert heard == ["toggle", "get", "get"]


def test_what_was_sent_just_before_the_end_arrives(hub):
    with running(CommandServer(hub, Path, port=0)) as server:
        with closing(Commands(f"tcp://127.0.0.1:{server.port}")) as commands:
            assert commands.send("play")
        assert [type(command) for command in hub.inbox.take(PATIENCE_S)] == [Play]


def test_a_secret_is_not_shown():
    assert "secret" not in repr(Keys(b"server", b"public", b"secret"))


# ---- shared memory; what needs no reader is in tests/protocols/shared_memory


@pytest.fixture
def name():
    chosen = f"test-{uuid.uuid4().hex[:16]}"
    yield chosen
    sharedblock.unlink(chosen)


@pytest.fixture
def block(name):
    """One that a test writes to, in place of a bridge."""
    made = owner.claim(name)
    yield made
    owner.abandon(made, name)


@contextmanager
def beating(block, epoch_s=0.0):
    """As a writer does; `epoch_s` is how far its clock is from ours."""
    over = Event()

    def beat():
        while not over.wait(0.02):
            block.floats[client.HEARTBEAT] = time.monotonic() + epoch_s

    thread = Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def quietly(block):
    """Its heartbeat is old."""
    block.floats[client.HEARTBEAT] = time.monotonic() - 100


@posix
def test_a_frame_in_shared_memory_is_waited_for(hub, name):
    with running(SharedMemoryWriter(hub, name)), closing(SharedFrames(name)) as frames:
        assert frames.newest(0.1) is None
        Thread(target=lambda: time.sleep(0.2) or hub.frames.put(live(4))).start()
        assert frames.newest(PATIENCE_S).sequence == 4
        assert frames.frames == 1


@posix
@pytest.mark.parametrize("epoch_s", [-1000.0, 1000.0])
def test_a_writer_whose_clock_is_another_is_known_by_its_beats(block, name, epoch_s):
    """As on Windows: before Python 3.13, its monotonic clock is another than since."""
    block.floats[client.HEARTBEAT] = time.monotonic() + epoch_s
    write(block, live(1))
    with closing(SharedFrames(name)) as frames:
        assert frames.newest() is None
        with beating(block, epoch_s):
            assert frames.newest(PATIENCE_S).sequence == 1 and frames.alive


@posix
def test_what_a_killed_bridge_left_is_not_shown_until_another_takes_it_over(block, name):
    write(block, live(9))
    quietly(block)
    with closing(SharedFrames(name)) as frames:
        assert frames.newest(0.5) is None and not frames.alive
        with beating(block):
            assert frames.newest(PATIENCE_S).sequence == 9


@posix
def test_a_bridge_that_was_killed_is_gone_and_its_block_is_not_held(block, name, monkeypatch):
    monkeypatch.setattr(client, "GONE_S", 0.3)
    write(block, live(1))
    with closing(SharedFrames(name)) as frames:
        with beating(block):
            assert frames.newest(PATIENCE_S).sequence == 1
        until(lambda: frames.newest() is None and not frames.alive, "silence")
        until(lambda: frames.newest() is None and frames._block is None, "the block to be let go")


@posix
def test_a_bridge_that_left_is_gone_at_once(hub, name):
    with closing(SharedFrames(name)) as frames:
        with running(SharedMemoryWriter(hub, name)):
            hub.frames.put(live(1))
            assert frames.newest(PATIENCE_S).sequence == 1 and frames.alive
        assert frames.newest() is None and frames.now() is None and not frames.alive


@posix
def test_a_frame_that_is_being_overwritten_is_left(block, name):
    with beating(block), closing(SharedFrames(name)) as frames:
        write(block, live(1))
        assert frames.newest(PATIENCE_S).sequence == 1
        write(block, live(2))
        block.numbers[client.slot_start(2) // 8] = 2 * 5 - 1  # its slot is written to for frame 5
        assert frames.newest(0.05) is None
        write(block, live(3))
        assert frames.newest().sequence == 3


@posix
@pytest.mark.parametrize("size", [64, client.SIZE])
def test_a_block_of_another_program_is_left_alone(name, size):
    block = sharedblock.create(name, size)
    block.write(0, b"ELSE")
    assert client.find(name) is None
    block.close()


def test_a_python_that_cannot_open_shared_memory_says_so(monkeypatch):
    monkeypatch.setattr(client, "_posixshmem", None)
    monkeypatch.setattr(os, "name", "posix")
    with pytest.raises(ValueError, match="take frames by ZeroMQ"):
        SharedFrames()


# ---- alone

ALONE = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules["PIL"] = None
if sys.argv[3] == "without pyzmq":
    sys.modules["zmq"] = None
import client
frame = client.SharedFrames(sys.argv[2]).newest(20.0)
print(frame.sequence, frame.label.encode(), frame.pixels.tolist()[0][0])
from multiprocessing import resource_tracker
assert resource_tracker._resource_tracker._pid is None, "a helper process was started"
assert not [name for name in sys.modules if name.startswith("deepsing")]
"""


@posix
@pytest.mark.parametrize("how", ["with pyzmq", "without pyzmq"])
def test_a_copy_of_the_one_file_works_in_another_process(hub, name, tmp_path, how):
    """And starts no helper process, which in TouchDesigner would be a second one; nor does its end remove the block."""
    shutil.copy(FILE, tmp_path)
    with running(SharedMemoryWriter(hub, name)):
        hub.frames.put(live(5))
        command = [sys.executable, "-I", "-c", ALONE, str(tmp_path), name, how]
        alone = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert alone.stdout == f"5 {'Straße 5'.encode()} [5, 5, 5, 255]\n", alone.stderr
        client.attach(name).close()


def test_it_is_python_3_9_and_plain_ascii():
    source = FILE.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 9))
    _, least = vermin.detect(source)
    assert least <= (3, 9)
    assert source.isascii()


def test_it_needs_numpy_alone_and_imports_nothing_once_it_is_loaded():
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    optional = {"zmq", "PIL", "cv2", "_posixshmem"}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module]
        assert {each.partition(".")[0] for each in names} <= {*sys.stdlib_module_names, "numpy", *optional}
    inside = [node for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for node in ast.walk(each)]
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in inside)
