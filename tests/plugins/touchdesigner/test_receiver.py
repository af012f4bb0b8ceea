"""The thread and its slot, with a client that a test can steer; then both ways of frames, with the bridge's own."""

import os
import threading
import uuid
from queue import Empty, Queue
from types import SimpleNamespace

import numpy as np
import pytest

from deepsing_bridge import client
from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.shared_memory.frames import SharedMemoryWriter
from deepsing_bridge.protocols.zeromq.publisher import FramePublisher
from tests.adapters import running
from tests.plugins.touchdesigner.conftest import load, until

DARK = np.zeros((1, 1, 3), np.uint8)


class Frames:
    """Gives what a test puts into `waiting`; an exception is raised."""

    alive = True

    def __init__(self, address):
        self.waiting, self.closed = Queue(), False

    def newest(self, timeout_s):
        try:
            frame = self.waiting.get(timeout=0.01)
        except Empty:
            return None
        if isinstance(frame, Exception):
            raise frame
        return frame

    def close(self):
        self.closed = True


class Studio:
    """A receiver module, and the frames that it asked its client for."""

    def __init__(self, module):
        self.module, self.made = module, []
        self.client = SimpleNamespace(zmq=True, Subscriber=self._subscriber)

    def keep(self, **settings):
        return self.module.keep(self.module.Settings(**settings), self.client)

    def put(self, sequence, pixels=DARK):
        self.made[0].waiting.put(SimpleNamespace(sequence=sequence, pixels=pixels))

    def _subscriber(self, address):
        self.made.append(Frames(address))
        return self.made[-1]


PLACE = "ZeroMQ, tcp://127.0.0.1:7702"


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "deepsing frames"]


@pytest.fixture
def studio():
    made = Studio(load("receiver"))
    yield made
    made.module.stop()
    until(lambda: not threads(), "a thread is left")


def shown(studio, sequence):
    until(lambda: (seen := studio.module.newest()) and seen.sequence == sequence, f"frame {sequence} was never seen")
    return studio.module.newest()


def test_there_is_nothing_before_the_first_frame(studio):
    assert studio.module.newest() is None
    assert studio.keep() == f"no bridge: {PLACE}"
    until(lambda: studio.keep() == f"frames by {PLACE}", "it never came to life")
    assert studio.module.newest() is None


def test_a_frame_has_one_number_however_often_one_looks_and_another_than_the_next(studio):
    studio.keep()
    studio.put(0)
    first = shown(studio, 0)
    assert studio.module.newest() is first
    studio.put(1)
    assert shown(studio, 1).number != first.number


def test_a_bridge_that_counts_from_zero_again_gives_other_numbers(studio):
    studio.keep()
    numbers = set()
    for sequence in (0, 1, 0, 1):
        studio.put(sequence)
        numbers.add(shown(studio, sequence).number)
    assert len(numbers) == 4


def test_the_thread_goes_on_while_it_is_wanted_and_ends_when_it_is_not(studio, monkeypatch):
    monkeypatch.setattr(studio.module, "LEASE_S", 0.2)
    studio.keep()
    (thread,) = threads()
    still = threading.Event()
    for _ in range(10):
        studio.keep()
        still.wait(0.05)
    assert thread.is_alive() and len(studio.made) == 1
    until(lambda: not thread.is_alive(), "nobody asked any more, but it went on")
    assert studio.made[0].closed
    studio.keep()
    assert len(studio.made) == 2 and len(threads()) == 1


def test_other_settings_take_another_source_and_the_same_ones_do_not(studio):
    studio.keep(port=1)
    studio.keep(port=1)
    assert len(studio.made) == 1
    studio.keep(port=2)
    until(lambda: studio.made[0].closed, "the first source is still there")
    assert len(studio.made) == 2


def test_stop_ends_it_and_keep_begins_anew(studio):
    studio.keep()
    studio.module.stop()
    until(lambda: not threads() and studio.made[0].closed, "still there")
    assert studio.module.newest() is None
    studio.keep()
    assert len(studio.made) == 2


def test_compiled_anew_it_is_another_module_and_the_thread_before_ends(studio, monkeypatch):
    monkeypatch.setattr(studio.module, "LEASE_S", 0.2)
    studio.keep()
    again = Studio(load("receiver"))
    again.keep()
    until(lambda: studio.made[0].closed, "the thread of the module before is still there", again.keep)
    assert len(threads()) == 1
    again.module.stop()


def test_a_frame_that_cannot_be_read_is_told_until_one_can(studio):
    studio.keep()
    studio.made[0].waiting.put(ValueError("no such frame"))
    until(lambda: studio.keep() == "no such frame", "never told")
    studio.put(3)
    shown(studio, 3)
    assert studio.keep() == f"frames by {PLACE}"


def test_settings_that_cannot_work_are_told_without_a_thread_and_without_trying_again(studio):
    tried = []

    def refuse(address):
        tried.append(address)
        raise ValueError("cannot work")

    studio.client.Subscriber = refuse
    for _ in range(3):
        assert studio.keep() == "cannot work"
    assert len(tried) == 1 and not threads()


def test_a_silent_source_is_told(studio, monkeypatch):
    studio.keep()
    until(lambda: studio.keep() == f"frames by {PLACE}", "it never came to life")
    monkeypatch.setattr(Frames, "alive", False)
    until(lambda: studio.keep() == f"no bridge: {PLACE}", "never told")


# ---- the bridge's own client


def picture(seed, height=6, width=10):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def is_turned(pixels, original):
    """Upside down, opaque, without gaps."""
    assert pixels.flags.c_contiguous and pixels.dtype == np.uint8
    assert np.array_equal(pixels[::-1, :, :3], original)
    assert (pixels[..., 3] == 255).all()
    return True


@pytest.fixture
def hub():
    return Hub(vocabulary(), SystemClock())


@pytest.fixture
def receiver():
    module = load("receiver")
    yield module
    module.stop()
    until(lambda: not threads(), "a thread is left")


def over_zeromq(hub, pixel_format="rgb"):
    publisher = FramePublisher(hub, port=0, pixel_format=pixel_format)
    return publisher, lambda: {"way": "zeromq", "port": publisher.port}


def over_shared_memory(hub):
    name = f"test-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return SharedMemoryWriter(hub, name), lambda: {"way": "sharedmemory", "memory": name}


@pytest.mark.parametrize("way", [over_zeromq, lambda hub: over_zeromq(hub, "rgba"), over_shared_memory])
def test_a_frame_arrives_upside_down_and_opaque_with_its_number(hub, receiver, way):
    server, settings = way(hub)
    with running(server):
        wanted = receiver.Settings(**settings())

        def show():
            receiver.keep(wanted, client)
            hub.frames.put(LiveFrame(7, Frame(7, 0.5, picture(7), 0), "lake"))

        until(receiver.newest, "no frame came", show)
        assert receiver.keep(wanted, client).startswith("frames by ")
        assert receiver.newest().sequence == 7 and is_turned(receiver.newest().pixels, picture(7))


def test_zeromq_is_taken_where_pyzmq_is_and_shared_memory_where_not(receiver, monkeypatch):
    place, frames = receiver.opened(receiver.Settings(), client)
    frames.close()
    assert place == PLACE
    monkeypatch.setattr(client, "zmq", None)
    assert receiver.opened(receiver.Settings(memory="mine"), client)[0] == "shared memory, mine"


def test_an_ipv6_address_is_written_as_zeromq_wants_it(receiver):
    place, frames = receiver.opened(receiver.Settings("zeromq", "::1", 9), client)
    frames.close()
    assert place == "ZeroMQ, tcp://[::1]:9"


@pytest.mark.parametrize(
    ("settings", "pyzmq", "complaint"),
    [
        (("zeromq",), False, "ZeroMQ needs pyzmq"),
        (("auto", "192.168.0.5"), False, "does not reach 192.168.0.5: install pyzmq"),
        (("zeromq", "not an address"), True, "expected an address"),
        (("zeromq", "127.0.0.1", -1), True, "expected an address"),
        (("sharedmemory", "127.0.0.1", 7702, ""), True, "expected a name"),
    ],
)
def test_settings_that_cannot_work_are_told_in_words(receiver, monkeypatch, settings, pyzmq, complaint):
    if not pyzmq:
        monkeypatch.setattr(client, "zmq", None)
    assert complaint in receiver.keep(receiver.Settings(*settings), client)
