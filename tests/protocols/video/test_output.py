"""What every way out has in common, with a sink that does as it is told."""

import threading
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.events import Problem
from deepsing_bridge.live.hub import Hub, LiveFrame
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.video import output
from deepsing_bridge.protocols.video.output import VideoOutput
from deepsing_bridge.protocols.video.sink import Pixels, Rgba
from tests.adapters import running

Opened = tuple[int, int, Fraction]


class Sink:
    """Notes what it is given. `trouble` is raised at the next picture, `gate` holds it up."""

    what, name = "toy", "deepsing"

    def __init__(self, repeat_s: float = 1e9) -> None:
        self.repeat_s = repeat_s
        self.opened: list[Opened] = []
        self.got: list[int] = []
        self.threads: set[int] = set()
        self.closed = 0
        self.trouble: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def open(self, width: int, height: int, rate: Fraction) -> None:
        self._note()
        self.opened.append((width, height, rate))

    def send(self, pixels: Pixels) -> None:
        self._note()
        self.gate.wait(10)
        if self.trouble:
            raise self.trouble
        assert pixels.shape == (*reversed(self.opened[-1][:2]), 3)
        self.got.append(int(pixels[0, 0, 0]))

    def close(self) -> None:
        self._note()
        self.closed += 1

    def _note(self) -> None:
        self.threads.add(threading.get_ident())


@pytest.fixture
def hub() -> Hub:
    return Hub(vocabulary(), SystemClock())


def put(hub: Hub, number: int, size: tuple[int, int] = (48, 64)) -> None:
    hub.frames.put(LiveFrame(number, Frame(number, number / 24, np.full((*size, 3), number, np.uint8), 0), "lake"))


def until(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.002)


def test_it_is_opened_for_what_comes_and_again_for_another_size_and_closed_by_the_thread_that_opened_it(
    hub: Hub,
) -> None:
    sink = Sink()
    with running(VideoOutput(hub, sink)) as video:
        put(hub, 1)
        until(lambda: sink.got == [1])
        put(hub, 2, (36, 64))
        until(lambda: sink.got == [1, 2])
    assert [opened[:2] for opened in sink.opened] == [(64, 48), (64, 36)]
    assert sink.opened[0][2] == Fraction(float(hub.snapshot.values["fps"]))
    assert sink.closed >= 2
    assert len(sink.threads) == 1
    assert threading.get_ident() not in sink.threads
    assert (video.sent, video.missed) == (2, 0)


def test_a_sink_that_stands_still_holds_up_nobody_and_what_it_missed_is_counted(hub: Hub) -> None:
    sink = Sink()
    with running(VideoOutput(hub, sink)) as video:
        put(hub, 1)
        until(lambda: video.sent == 1)
        sink.gate.clear()
        put(hub, 2)
        time.sleep(0.1)
        begun_s = time.monotonic()
        for number in range(3, 103):
            put(hub, number)
        assert time.monotonic() - begun_s < 0.5
        sink.gate.set()
        until(lambda: video.sent == 3)
        assert sink.got == [1, 2, 102]
        assert video.missed == 99
        until(lambda: hub.losses.lost == 99)


def test_one_that_fails_is_told_once_and_tried_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "AGAIN_S", 0.05)
    sink, heard = Sink(), hub.subscribe()
    sink.trouble = RuntimeError("no such device")
    with running(VideoOutput(hub, sink)):
        put(hub, 1)
        until(lambda: len(sink.opened) >= 3)
        until(lambda: hub.losses.failing == "toy")
        assert heard.take(0) == [Problem("toy: deepsing: no such device")]
        sink.trouble = None
        until(lambda: sink.got)
        assert sink.got[0] == 1  # the picture that stood meanwhile
        put(hub, 2)
        until(lambda: sink.got[-1] == 2)
        until(lambda: hub.losses.failing == "")
        assert heard.take(0) == []


def test_a_picture_that_stands_is_sent_again_where_that_is_wanted(hub: Hub) -> None:
    sink = Sink(repeat_s=0.02)
    with running(VideoOutput(hub, sink)) as video:
        put(hub, 7)
        until(lambda: len(sink.got) > 3)
        assert set(sink.got) == {7}
        assert video.sent == 1


def test_pictures_become_opaque() -> None:
    rgba = Rgba(2, 1).of(np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8))
    assert rgba.tolist() == [[[1, 2, 3, 255], [4, 5, 6, 255]]]
    assert rgba.flags.c_contiguous
