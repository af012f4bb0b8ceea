"""Samples cross from one thread to another in order, and whoever is late loses them, counted."""

from threading import Thread

import numpy as np

from deepsing_bridge.listening.ring import SampleRing


def ramp(start: int, count: int, channels: int = 2) -> np.ndarray:
    return np.arange(start, start + count, dtype=np.float32)[:, None].repeat(channels, axis=1)


def test_what_is_written_is_read_once_and_in_order() -> None:
    ring = SampleRing(100)
    for start in range(0, 700, 70):
        ring.write(ramp(start, 70))
        np.testing.assert_array_equal(ring.read(), ramp(start, 70))
    assert len(ring.read()) == 0 and ring.written == 700


def test_mono_is_heard_on_both_sides_and_of_many_channels_the_first_two() -> None:
    ring = SampleRing(10)
    ring.write(ramp(3, 2, channels=1))
    ring.write(np.tile(np.arange(6, dtype=np.float32), (2, 1)))
    np.testing.assert_array_equal(ring.read(), [[3, 3], [4, 4], [0, 1], [0, 1]])


def test_a_late_reader_loses_what_does_not_fit() -> None:
    ring = SampleRing(100)
    ring.write(ramp(0, 80))
    ring.write(ramp(80, 30))
    assert ring.lost == 30
    np.testing.assert_array_equal(ring.read(), ramp(0, 80))
    ring.write(ramp(110, 90))
    np.testing.assert_array_equal(ring.read(), ramp(110, 90))


def test_what_never_came_counts_as_lost_too() -> None:
    ring = SampleRing(100)
    ring.write(ramp(0, 80))
    ring.lose(7)
    ring.write(ramp(80, 30))
    assert (ring.lost, ring.written) == (37, 80)


def test_two_threads_at_once_lose_and_double_nothing() -> None:
    ring, read = SampleRing(4096), []

    def write() -> None:
        for start in range(0, 400_000, 100):
            while 4096 - (ring.written - sum(map(len, read))) < 100:
                pass
            ring.write(ramp(start, 100))

    writer = Thread(target=write)
    writer.start()
    while sum(map(len, read)) < 400_000:
        if len(part := ring.read()):
            read.append(part)
    writer.join()
    np.testing.assert_array_equal(np.concatenate(read)[:, 0], np.arange(400_000, dtype=np.float32))
