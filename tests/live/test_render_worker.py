"""Rendering with the real models: previews, giving up for a newer look, and the picture of a story."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
import torch

from deepsing_bridge.app.bundle import load_painter
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.live.controls import Controls
from deepsing_bridge.live.events import Problem
from deepsing_bridge.live.interpolation import Keyframe
from deepsing_bridge.live.render_worker import Rendered, RenderRequest, RenderWorker, render
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.render.camera import FIXED
from deepsing_bridge.render.film import Film
from deepsing_bridge.render.fit import Pixels
from deepsing_bridge.render.look import Look
from deepsing_bridge.render.moment import Moment
from deepsing_bridge.render.painter import Painter
from deepsing_bridge.story.plan import plan
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.translation.neural import NeuralTranslator
from tests.live.players import analysis

LOOK = Controls.defaults(vocabulary(), {"morph": 0.0, "blend": 0.3}).look
WAIT_S = 20.0


@pytest.fixture(scope="module")
def painter() -> Painter:
    return load_painter(load_generator("embedded"))


@pytest.fixture(scope="module")
def board(painter: Painter) -> Storyboard:
    return planned(painter)


def planned(painter: Painter, **settings: object) -> Storyboard:
    return plan(analysis(), painter.generator, NeuralTranslator.load(0), Settings(**settings), {})  # type: ignore[arg-type]


def finished(painter: Painter, request: RenderRequest) -> Keyframe:
    (keyframe,) = (keyframe for keyframe in render(painter, request) if keyframe is not None)
    return keyframe


@pytest.mark.parametrize(("width", "height"), [(256, 256), (320, 180)])
@pytest.mark.parametrize("blend", [0.0, 0.3])
def test_what_is_played_is_what_a_story_on_disk_shows(width: int, height: int, blend: float, painter: Painter) -> None:
    """At every moment for which the story has a picture of its own, at the parameters' defaults."""
    board = planned(painter, width=width, height=height, blend=blend)
    film, look = Film(board, painter), replace(LOOK, width=width, height=height, blend=blend)
    for time_s in (5.0, 6.5, 12.0):
        live = finished(painter, RenderRequest(board, look, time_s, 0))
        seen = painter.camera.take(live.painted, painter.camera.pose(board, time_s, look), width, height)
        off = seen.astype(int) - film.picture(board.scene_at(time_s), time_s)
        assert np.abs(off).max() <= 1  # a batch of one and a batch of many round differently
        assert (off != 0).mean() < 0.01


def test_a_preview_comes_early_and_is_nearer_to_the_finished_picture_than_the_plain_one(
    painter: Painter, board: Storyboard
) -> None:
    strong = replace(LOOK, blend=0.4)
    last = finished(painter, RenderRequest(board, strong, 2.0, 0))
    steps = list(render(painter, RenderRequest(board, strong, 4.0, 0), last))
    preview, done = steps[0], steps[-1]
    assert preview is not None and preview.preview
    assert done is not None and not done.preview
    assert steps[1:-1] == [None] * 4
    off = np.abs(preview.painted.astype(int) - done.painted).mean()
    assert off < np.abs(preview.plain.astype(int) - done.painted).mean()


def test_without_stylization_the_picture_is_there_at_once(painter: Painter, board: Storyboard) -> None:
    (keyframe,) = render(painter, RenderRequest(board, replace(LOOK, blend=0.0), 2.0, 0))
    assert keyframe is not None and not keyframe.preview
    assert keyframe.painted is keyframe.plain


def test_the_thread_renders_the_newest_request_and_wakes_the_engine(painter: Painter, board: Storyboard) -> None:
    woken = Event()
    worker = RenderWorker(painter, woken.set)
    for time_s in (0.2, 0.4, 0.6):
        worker.request(RenderRequest(board, LOOK, time_s, 0))
    worker.start()
    assert woken.wait(WAIT_S)
    worker.stop()
    assert [done.request.time_s for done in worker.finished()] == [0.6]  # type: ignore[union-attr]


def kept(worker: RenderWorker, woken: Event, looks: Sequence[Look], board: Storyboard) -> list[Rendered]:
    """What the worker hands over for one look after the other, each waited for."""
    rendered: list[Rendered] = []
    worker.start()
    for look in looks:
        worker.request(RenderRequest(board, look, 2.0, 0))
        while not rendered or rendered[-1].request.look != look or rendered[-1].keyframe.preview:
            assert woken.wait(WAIT_S)
            woken.clear()
            rendered += worker.finished()  # type: ignore[arg-type]
    worker.stop()
    return rendered


def test_blend_turned_up_from_nothing_gets_a_preview_like_what_was_stylized_before(
    painter: Painter, board: Storyboard
) -> None:
    woken = Event()
    looks = [replace(LOOK, blend=blend) for blend in (0.3, 0.0, 0.5)]
    rendered = kept(RenderWorker(painter, woken.set), woken, looks, board)
    assert [(one.request.look.blend, one.keyframe.preview) for one in rendered] == [
        (0.3, False),
        (0.0, False),
        (0.5, True),
        (0.5, False),
    ]


def test_another_size_gets_no_preview_as_what_is_seen_is_fitted(painter: Painter, board: Storyboard) -> None:
    woken = Event()
    looks = [LOOK, replace(LOOK, width=320, height=180)]
    rendered = kept(RenderWorker(painter, woken.set), woken, looks, board)
    assert [(one.keyframe.painted.shape, one.keyframe.preview) for one in rendered] == [
        ((256, 256, 3), False),
        ((256, 320, 3), False),
    ]


def test_another_blend_gets_no_preview_as_it_is_made_of_what_is_seen(painter: Painter, board: Storyboard) -> None:
    """One that looks like a picture of hardly any blend would be a jump back."""
    woken = Event()
    looks = [replace(LOOK, blend=blend) for blend in (0.05, 0.5, 0.9)]
    rendered = kept(RenderWorker(painter, woken.set), woken, looks, board)
    assert [(one.request.look.blend, one.keyframe.preview) for one in rendered] == [
        (0.05, False),
        (0.5, False),
        (0.9, False),
    ]


class Prepared:
    """A painter of pictures that stand still, for which there is nothing to prepare."""

    moves = False

    def preparations(self) -> Iterator[Callable[[], None]]:
        return iter(())


class Gated(Prepared):
    """A painter that paints on when it is let."""

    def __init__(self) -> None:
        self.begun, self.go_on = Event(), Event()

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        self.begun.set()
        for shade in (0, 0, round(100 * look.blend)):
            yield lambda shade=shade: np.full((1, 8, 8, 3), shade, np.uint8)  # type: ignore[misc]
            assert self.go_on.wait(WAIT_S)


def test_a_picture_is_finished_though_a_fader_has_moved_its_blend_on(board: Storyboard) -> None:
    """Else nothing would be painted while it moves, and the picture stand still and jump."""
    painter, woken = Gated(), Event()
    worker = RenderWorker(painter, woken.set)  # type: ignore[arg-type]
    worker._finished_s = float("inf")  # as if a picture had just been finished
    worker.start()
    worker.request(RenderRequest(board, replace(LOOK, blend=0.3), 2.0, 0))
    assert painter.begun.wait(WAIT_S)
    worker.request(RenderRequest(board, replace(LOOK, blend=0.6), 2.0, 0))
    painter.go_on.set()
    blends: list[float] = []
    while blends[-1:] != [0.6]:
        assert woken.wait(WAIT_S)
        woken.clear()
        blends += [done.request.look.blend for done in worker.finished() if isinstance(done, Rendered)]
    worker.stop()
    assert blends == [0.3, 0.6]


class Endless(Prepared):
    """A painter that never finishes unless it is given up."""

    def __init__(self) -> None:
        self.begun: list[float] = []
        self.started = Event()

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        self.begun.append(look.morph)
        self.started.set()
        if look.morph == 1.0:
            raise ValueError("a model broke")
        while True:
            yield lambda: np.zeros((1, 8, 8, 3), np.uint8)


def test_a_request_is_given_up_for_another_look_and_on_stopping(board: Storyboard) -> None:
    painter = Endless()
    worker = RenderWorker(painter, lambda: None)  # type: ignore[arg-type]
    worker._finished_s = float("inf")  # as if a picture had just been finished
    worker.start()
    for morph in (0.1, 0.2):
        painter.started.clear()
        worker.request(RenderRequest(board, replace(LOOK, morph=morph), 2.0, 0))
        assert painter.started.wait(WAIT_S)
    worker.stop()
    assert painter.begun == [0.1, 0.2]
    assert worker.finished() == []


def test_a_request_is_given_up_for_another_plan(painter: Painter, board: Storyboard) -> None:
    endless = Endless()
    worker = RenderWorker(endless, lambda: None)  # type: ignore[arg-type]
    worker._finished_s = float("inf")
    worker.start()
    for one in (board, planned(painter, seed=1)):
        endless.started.clear()
        worker.request(RenderRequest(one, LOOK, 2.0, 0))
        assert endless.started.wait(WAIT_S)
    worker.stop()


def test_a_model_that_breaks_is_logged_and_the_next_request_is_rendered(
    board: Storyboard, caplog: pytest.LogCaptureFixture
) -> None:
    painter = Endless()
    worker = RenderWorker(painter, lambda: None)  # type: ignore[arg-type]
    worker.start()
    for morph in (1.0, 0.3):
        painter.started.clear()
        worker.request(RenderRequest(board, replace(LOOK, morph=morph), 2.0, 0))
        assert painter.started.wait(WAIT_S)
    worker.stop()
    assert "could not be painted" in caplog.text


def test_a_model_that_keeps_breaking_is_told_once_until_it_renders_again(
    painter: Painter, board: Storyboard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    woken = Event()
    worker = RenderWorker(painter, woken.set)

    def rendered(*times_s: float) -> list[Rendered | Problem]:
        woken.clear()
        for time_s in times_s:
            worker._render(RenderRequest(board, LOOK, time_s, 0), None)
        return worker.finished()

    def breaks(board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        raise ValueError("a model broke")

    for _ in range(2):
        with monkeypatch.context() as broken:
            broken.setattr(painter, "passes", breaks)
            assert [type(done) for done in rendered(1.0, 1.1, 1.2)] == [Problem]
            assert woken.is_set()
        assert [type(done) for done in rendered(1.3)] == [Rendered]
    assert caplog.text.count("could not be painted") == 2


def test_a_picture_that_there_is_no_memory_for_is_told(
    painter: Painter, board: Storyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = RenderWorker(painter, lambda: None)

    def runs_out(board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(painter, "passes", runs_out)
    worker._render(RenderRequest(board, LOOK, 1.0, 0), None)
    (problem,) = worker.finished()
    assert "not enough memory: a smaller --size" in str(problem)


def test_idle_moments_are_used_to_prepare_and_a_failure_there_is_nobodys(painter: Painter, board: Storyboard) -> None:
    done = Event()
    prepared: list[int] = []

    def failing() -> None:
        prepared.append(1)
        raise RuntimeError("a driver's")

    class Preparing:
        generator, styles, moves, passes, paint = (
            painter.generator,
            painter.styles,
            False,
            painter.passes,
            painter.paint,
        )

        def preparations(self) -> Iterator[Callable[[], None]]:
            return iter([failing, lambda: prepared.append(2), done.set])

    worker = RenderWorker(Preparing(), lambda: None)
    worker.start()
    try:
        assert not done.wait(0.5) and not prepared  # first a picture is wanted
        worker.request(RenderRequest(board, LOOK, 1.0, 0))
        assert done.wait(30)
        assert prepared == [1, 2]
    finally:
        worker.stop()


class Moving(Prepared):
    """A painter whose pictures move, and take a second for 1.3 million pixels on a clock of their own."""

    moves, camera = True, FIXED

    def __init__(self) -> None:
        self.now_s = 0.0
        self.sizes: list[tuple[int, int]] = []

    def passes(self, board: Storyboard, moments: Sequence[Moment], look: Look) -> Iterator[Callable[[], Pixels]]:
        yield lambda: self._painted(look.width, look.height)

    def _painted(self, width: int, height: int) -> Pixels:
        self.sizes.append((width, height))
        self.now_s += width * height / 1.3e6
        return np.full((1, height, width, 3), 7, np.uint8)


def test_moving_pictures_that_would_be_late_have_fewer_pixels_and_the_size_that_was_asked_for(
    board: Storyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter, woken = Moving(), Event()
    monkeypatch.setattr("deepsing_bridge.live.render_worker.time.perf_counter", lambda: painter.now_s)
    look = replace(LOOK, width=640, height=360, blend=0.0)
    worker = RenderWorker(painter, woken.set)  # type: ignore[arg-type]
    worker.start()
    shown: list[Rendered] = []
    for time_s, within_s in ((2.0, 0.1), (2.1, 0.1), (2.2, math.inf)):
        woken.clear()
        worker.request(RenderRequest(board, look, time_s, 0, within_s=within_s))
        assert woken.wait(WAIT_S)
        shown += worker.finished()  # type: ignore[arg-type]
    worker.stop()
    whole, fewer, standing = painter.sizes
    assert whole == standing == (640, 360)  # the first one tells what they cost
    assert fewer[0] * fewer[1] / 1.3e6 <= 0.1 and fewer[0] / fewer[1] == pytest.approx(16 / 9, rel=0.02)
    assert [one.keyframe.painted.shape for one in shown] == [(360, 640, 3)] * 3
    assert all((one.keyframe.painted == 7).all() for one in shown)


class Hanging(Moving):
    """Each picture takes four seconds of its clock, and waits to be let on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = Event(), Event()

    def _painted(self, width: int, height: int) -> Pixels:
        self.now_s += 4.0
        self.begun.set()
        assert self.go_on.wait(WAIT_S)
        return super()._painted(width, height)


def test_a_picture_that_hangs_is_told_once_while_it_is_waited_for_and_shown_when_it_is_there(
    board: Storyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter, woken = Hanging(), Event()
    monkeypatch.setattr("deepsing_bridge.live.render_worker.time.perf_counter", lambda: painter.now_s)
    worker = RenderWorker(painter, woken.set)  # type: ignore[arg-type]
    worker.start()
    worker.request(RenderRequest(board, replace(LOOK, blend=0.0), 0.1, 0))
    assert painter.begun.wait(WAIT_S)
    label = board.scenes[0].label
    assert worker.finished() == [Problem(f"{label}: takes more than 3 s to draw; until then the last picture stays")]
    assert worker.finished() == []
    painter.go_on.set()
    assert woken.wait(WAIT_S)
    assert [type(done) for done in worker.finished()] == [Rendered]
    worker.stop()
