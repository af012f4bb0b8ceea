"""The thread and its slot, with sources that a test can steer."""

import threading
from queue import Empty, Queue

import pytest

from tests.plugins.touchdesigner.conftest import load, until


class Source:
    """Gives what a test puts into `frames`; an exception is raised."""

    place, alive = "a test", True

    def __init__(self, settings):
        self.frames, self.closed = Queue(), False

    def next(self):
        try:
            frame = self.frames.get(timeout=0.01)
        except Empty:
            return None
        if isinstance(frame, Exception):
            raise frame
        return frame

    def close(self):
        self.closed = True


class Studio:
    """A receiver module, and the sources that it asked for."""

    def __init__(self, module):
        self.module, self.made = module, []

    def source_for(self, settings):
        self.made.append(Source(settings))
        return self.made[-1]

    def keep(self, **settings):
        return self.module.keep(self.module.Settings(**settings), self.source_for)


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
    assert studio.keep() == "frames by a test"
    assert studio.module.newest() is None


def test_a_frame_has_one_number_however_often_one_looks_and_another_than_the_next(studio):
    studio.keep()
    studio.made[0].frames.put((0, "pixels"))
    first = shown(studio, 0)
    assert studio.module.newest() is first and first.pixels == "pixels"
    studio.made[0].frames.put((1, "others"))
    assert shown(studio, 1).number != first.number


def test_a_bridge_that_counts_from_zero_again_gives_other_numbers(studio):
    studio.keep()
    numbers = set()
    for sequence in (0, 1, 0, 1):
        studio.made[0].frames.put((sequence, None))
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
    studio.made[0].frames.put(ValueError("no such frame"))
    until(lambda: studio.keep() == "no such frame", "never told")
    studio.made[0].frames.put((3, None))
    shown(studio, 3)
    assert studio.keep() == "frames by a test"


def test_settings_that_cannot_work_are_told_without_a_thread_and_without_trying_again(studio):
    tried = []

    def refuse(settings):
        tried.append(settings)
        raise ValueError("cannot work")

    for _ in range(3):
        assert studio.module.keep(studio.module.Settings(), refuse) == "cannot work"
    assert len(tried) == 1 and not threads()


def test_a_silent_source_is_told(studio, monkeypatch):
    monkeypatch.setattr(Source, "alive", False)
    assert studio.keep() == "no bridge: a test"
