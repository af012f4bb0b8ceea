"""Painting with the real models: first coats, giving up for a newer look, and the picture of a story."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from deepsing_bridge.app.story import load_painter
from deepsing_bridge.generators.generate import load_generator
from deepsing_bridge.live.controls import Controls
from deepsing_bridge.live.interpolation import Keyframe
from deepsing_bridge.live.messages import Problem
from deepsing_bridge.live.renderer import Models, Rendered, RenderRequest, RenderWorker
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.story.plan import Settings, compose
from deepsing_bridge.translation.translators import NeuralTranslator
from tests.live.players import heard

SONG = heard()
LOOK = Controls.defaults(vocabulary(), {"morph": 0.0, "blend": 0.3}).look
WAIT_S = 20.0


@pytest.fixture(scope="module")
def models() -> Models:
    painter = load_painter(load_generator("embedded"))
    return Models(painter, {view: NeuralTranslator.load(view) for view in (0, 1)}, Settings(), {"x": "1"})


def finished(models: Models, wanted: RenderRequest) -> Keyframe:
    shots = [shot for shot in models.paint(wanted) if shot is not None]
    assert len(shots) == 1
    return shots[0]


def test_the_picture_at_a_scene_s_start_is_the_story_s(models: Models) -> None:
    """The same storyboard and pixels as `plan` and `paint` make of this song, noise, blend and seed."""
    translator = NeuralTranslator.load(0)
    settings = Settings(width=256, height=256, noise=LOOK.noise, blend=LOOK.blend)
    board = compose(SONG, models.painter.generator, translator, settings, {})
    story = next(models.painter.paint(board, [5.0])).pixels
    live = finished(models, RenderRequest(SONG, LOOK, 5.0, 0))
    assert live.board.scenes == board.scenes
    assert np.abs(live.painted.astype(int) - story).max() <= 1  # a batch of one and a batch of many round differently


def test_offsets_move_the_scenes_and_views_are_other_palettes(models: Models) -> None:
    here = finished(models, RenderRequest(SONG, LOOK, 2.0, 0)).board
    moved = finished(models, RenderRequest(SONG, replace(LOOK, valence_offset=1.5), 2.0, 0)).board
    for before, after in zip(here.scenes, moved.scenes, strict=True):
        assert after.sentiment.valence == pytest.approx(before.sentiment.valence + 1.5, abs=1e-5)
        assert after.sentiment.arousal == before.sentiment.arousal
    other = finished(models, RenderRequest(SONG, replace(LOOK, view=1), 2.0, 0)).board
    allowed = {models.painter.generator.classes[class_id] for class_id in NeuralTranslator.load(1).palette}
    assert {scene.label for scene in other.scenes} <= allowed


def test_a_first_coat_comes_early_and_is_nearer_to_the_finished_picture_than_the_plain_one(models: Models) -> None:
    strong = replace(LOOK, blend=0.4)
    last = finished(models, RenderRequest(SONG, strong, 2.0, 0))
    strokes = list(models.paint(RenderRequest(SONG, replace(strong, noise=0.9), 2.0, 0), last))
    coat, done = strokes[0], strokes[-1]
    assert coat is not None and coat.coat
    assert done is not None and not done.coat
    assert strokes[1:-1] == [None] * 4
    off = np.abs(coat.painted.astype(int) - done.painted).mean()
    assert off < np.abs(coat.plain.astype(int) - done.painted).mean()


def test_without_stylization_the_picture_is_there_at_once(models: Models) -> None:
    (shot,) = models.paint(RenderRequest(SONG, replace(LOOK, blend=0.0), 2.0, 0))
    assert shot is not None and not shot.coat
    assert shot.painted is shot.plain


def test_the_thread_paints_the_newest_wish_and_wakes_the_engine(models: Models) -> None:
    woken = Event()
    studio = RenderWorker(models, woken.set)
    for noise in (0.2, 0.4, 0.6):
        studio.want(RenderRequest(SONG, replace(LOOK, noise=noise), 2.0, 0))
    studio.start()
    assert woken.wait(WAIT_S)
    studio.stop()
    assert [painted.wanted.look.noise for painted in studio.finished()] == [0.6]


def test_blend_turned_up_from_nothing_gets_a_first_coat_like_what_was_stylized_before(models: Models) -> None:
    woken = Event()
    studio = RenderWorker(models, woken.set)
    studio.start()
    painted = []
    for blend in (0.3, 0.0, 0.5):
        studio.want(RenderRequest(SONG, replace(LOOK, blend=blend), 2.0, 0))
        while not painted or painted[-1].wanted.look.blend != blend or painted[-1].shot.coat:
            assert woken.wait(WAIT_S)
            woken.clear()
            painted += studio.finished()
    studio.stop()
    assert [(one.wanted.look.blend, one.shot.coat) for one in painted] == [
        (0.3, False),
        (0.0, False),
        (0.5, True),
        (0.5, False),
    ]


class Endless:
    """Models that never finish unless they are given up."""

    def __init__(self) -> None:
        self.begun: list[RenderRequest] = []
        self.started = Event()

    def paint(self, wanted: RenderRequest, like: Keyframe | None = None):  # type: ignore[no-untyped-def]
        self.begun.append(wanted)
        self.started.set()
        if wanted.look.noise == 1.0:
            raise ValueError("a model broke")
        while True:
            yield None


def test_a_wish_is_given_up_for_another_look_and_on_stopping() -> None:
    models = Endless()
    studio = RenderWorker(models, lambda: None)  # type: ignore[arg-type]
    studio._finished_s = float("inf")  # as if a picture had just been finished
    studio.start()
    for noise in (0.1, 0.2):
        models.started.clear()
        studio.want(RenderRequest(SONG, replace(LOOK, noise=noise), 2.0, 0))
        assert models.started.wait(WAIT_S)
    studio.stop()
    assert [wanted.look.noise for wanted in models.begun] == [0.1, 0.2]
    assert studio.finished() == []


def test_a_model_that_breaks_is_logged_and_the_next_wish_is_painted(caplog: pytest.LogCaptureFixture) -> None:
    models = Endless()
    studio = RenderWorker(models, lambda: None)  # type: ignore[arg-type]
    studio.start()
    for noise in (1.0, 0.3):
        models.started.clear()
        studio.want(RenderRequest(SONG, replace(LOOK, noise=noise), 2.0, 0))
        assert models.started.wait(WAIT_S)
    studio.stop()
    assert "could not be painted" in caplog.text


def test_a_model_that_keeps_breaking_is_told_once_until_it_paints_again(
    models: Models, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    woken = Event()
    studio = RenderWorker(models, woken.set)

    def painted(*times_s: float) -> list[Rendered | Problem]:
        woken.clear()
        for time_s in times_s:
            studio._paint(RenderRequest(SONG, LOOK, time_s, 0), None)
        return studio.finished()

    def breaks(wanted: RenderRequest, like: Keyframe | None = None) -> Iterator[Keyframe | None]:
        raise ValueError("a model broke")

    for _ in range(2):
        with monkeypatch.context() as broken:
            broken.setattr(models, "paint", breaks)
            assert [type(done) for done in painted(1.0, 1.1, 1.2)] == [Problem]
            assert woken.is_set()
        assert [type(done) for done in painted(1.3)] == [Rendered]
    assert caplog.text.count("could not be painted") == 2


def test_songs_keep_their_path_for_the_take(models: Models) -> None:
    song = replace(SONG, path=Path("elsewhere.wav"))
    assert finished(models, RenderRequest(song, LOOK, 0.0, 0)).board.song_path == Path("elsewhere.wav")
