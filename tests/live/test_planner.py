"""Plans on a thread of its own, with the real translators."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any, cast

import numpy as np
import pytest

from deepsing_bridge.core.options import AUTO, MOODS, NOISE, THRESHOLD
from deepsing_bridge.core.types import Sentiment, SentimentTrack
from deepsing_bridge.generators.photos import PhotoGenerator
from deepsing_bridge.live.controls import PlanParameters
from deepsing_bridge.live.events import Problem
from deepsing_bridge.live.planner import Planned, PlannerThread, PlanRequest
from deepsing_bridge.render.moving_painter import MovingPainter
from deepsing_bridge.story.plan import Begun, plan, with_styles
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.stylization.styles import Style, StyleBook
from deepsing_bridge.stylization.wct import StyleStatistics, Stylizer
from deepsing_bridge.translation.neural import NeuralTranslator
from deepsing_bridge.translation.protocol import Translation
from tests.live.players import analysis
from tests.render.test_seen_cuts import Known, Waves

SONG = analysis()
HERE = PlanParameters(view=0, noise=NOISE.default, valence_offset=0.0, arousal_offset=0.0, style=AUTO)
STYLES = StyleBook(
    [Style(name, Sentiment(place, -place), StyleStatistics(())) for name, place in zip(MOODS, (-1, 0, 1), strict=True)]
)
WAIT_S = 20.0


@pytest.fixture(scope="module")
def generator() -> PhotoGenerator:
    return PhotoGenerator.load()


@pytest.fixture
def woken() -> Event:
    return Event()


@pytest.fixture
def planner(generator: PhotoGenerator, woken: Event) -> PlannerThread:
    translators = [NeuralTranslator.load(view) for view in (0, 1)]
    return PlannerThread(generator, translators, STYLES, Settings(seed=3), {"x": "1"}, woken.set)


def test_it_is_the_plan_of_a_story_on_disk(planner: PlannerThread, generator: PhotoGenerator) -> None:
    board = planner.plan(PlanRequest(SONG, HERE))
    wanted = plan(SONG, generator, NeuralTranslator.load(0), Settings(seed=3), {})
    assert board.scenes == with_styles(wanted, STYLES.nearest).scenes
    assert board.weights == {"x": "1"}
    assert board.song_path == SONG.path


def test_a_scene_says_which_style_it_is_painted_with(planner: PlannerThread) -> None:
    by_rule = {
        AUTO: STYLES.nearest,
        THRESHOLD: STYLES.by_threshold,
        "positive": lambda sentiment: STYLES.named("positive"),
    }
    told = {choice: planner.plan(PlanRequest(SONG, replace(HERE, style=choice))).scenes for choice in by_rule}
    for choice, rule in by_rule.items():
        assert [scene.style for scene in told[choice]] == [rule(scene.sentiment).name for scene in told[choice]]
    assert len({scene.style for scene in told[AUTO]}) > 1


def test_of_live_sound_it_plans_the_scene_that_has_begun_as_it_is_felt_and_shifted(planner: PlannerThread) -> None:
    begun = Begun(6, 31.5, 5.0, (Sentiment(0.0, 0.0), Sentiment(1.0, -0.5)))
    shifted = replace(HERE, valence_offset=0.5)
    board = planner.plan(PlanRequest(SONG, shifted, begun))
    (scene,) = board.scenes
    assert (scene.start_s, scene.end_s) == (31.5, 36.5)
    assert scene.sentiment == Sentiment(1.5, -0.5)
    assert scene.style == STYLES.nearest(scene.sentiment).name
    assert scene == planner.plan(PlanRequest(SONG, shifted, begun)).scenes[0]
    (later,) = planner.plan(PlanRequest(SONG, shifted, replace(begun, number=7))).scenes
    assert later.latent != scene.latent and later.class_id == scene.class_id


def test_noise_moves_the_latents_as_it_does_on_disk(planner: PlannerThread, generator: PhotoGenerator) -> None:
    noisy = planner.plan(PlanRequest(SONG, replace(HERE, noise=0.8)))
    wanted = plan(SONG, generator, NeuralTranslator.load(0), Settings(seed=3, noise=0.8), {})
    assert [scene.latent for scene in noisy.scenes] == [scene.latent for scene in wanted.scenes]
    calm, still = (planner.plan(PlanRequest(SONG, replace(HERE, noise=noise))) for noise in (0.1, 0.0))
    far, near = (_apart(board, still) for board in (noisy, calm))
    assert far == pytest.approx(8 * near, rel=1e-3)


def _apart(one: Storyboard, other: Storyboard) -> float:
    pairs = zip(one.scenes, other.scenes, strict=True)
    return float(np.linalg.norm([np.subtract(a.latent, b.latent) for a, b in pairs]))


def test_offsets_move_the_scenes_and_views_are_other_palettes(
    planner: PlannerThread, generator: PhotoGenerator
) -> None:
    here = planner.plan(PlanRequest(SONG, HERE))
    moved = planner.plan(PlanRequest(SONG, replace(HERE, valence_offset=1.5)))
    for before, after in zip(here.scenes, moved.scenes, strict=True):
        assert after.sentiment.valence == pytest.approx(before.sentiment.valence + 1.5, abs=1e-5)
        assert after.sentiment.arousal == before.sentiment.arousal
    far = replace(SONG, sentiment=SONG.sentiment.shifted(3.5, -3.5))
    bounded = planner.plan(PlanRequest(far, replace(HERE, valence_offset=2, arousal_offset=-2)))
    assert {(scene.sentiment.valence, scene.sentiment.arousal) for scene in bounded.scenes} == {(4, -4)}
    assert bounded.sentiment.valence.max() == 4 and bounded.sentiment.arousal.min() == -4
    other = planner.plan(PlanRequest(SONG, replace(HERE, view=1)))
    allowed = {generator.classes[class_id] for class_id in NeuralTranslator.load(1).palette}
    assert {scene.label for scene in other.scenes} <= allowed


def test_the_newest_request_is_planned_and_the_engine_woken(planner: PlannerThread, woken: Event) -> None:
    for noise in (0.2, 0.4, 0.6):
        planner.request(PlanRequest(SONG, replace(HERE, noise=noise)))
    planner.start()
    assert woken.wait(WAIT_S)
    planner.stop()
    (done,) = planner.finished()
    assert isinstance(done, Planned)
    assert done.request.parameters.noise == done.board.settings.noise == 0.6


def test_a_translator_that_breaks_is_told_and_the_next_request_is_planned(
    planner: PlannerThread, woken: Event, caplog: pytest.LogCaptureFixture
) -> None:
    planner.start()
    for view, kind in ((99, Problem), (1, Planned)):
        planner.request(PlanRequest(SONG, replace(HERE, view=view)))
        assert woken.wait(WAIT_S)
        woken.clear()
        assert [type(done) for done in planner.finished()] == [kind]
    planner.stop()
    assert "could not be planned" in caplog.text


def test_a_plan_comes_at_once_and_after_it_the_one_whose_cuts_are_all_seen(woken: Event) -> None:
    planner = comparing(Waves(), woken.set)
    planner.start()
    planner.request(PlanRequest(SONG, replace(HERE, noise=0.0)))
    done: list[Planned | Problem] = []
    while len(done) < 2 and woken.wait(WAIT_S):
        woken.clear()
        done += planner.finished()
    planner.stop()
    first, second = (one.board for one in done if isinstance(one, Planned))
    assert {scene.latent[0] for scene in first.scenes} == {0.0}
    assert [scene.latent[0] for scene in second.scenes[:4]] == [0.0, 2.0, 0.0, 2.0]
    assert all(scene.style == STYLES.nearest(scene.sentiment).name for scene in second.scenes)


def test_pictures_are_not_compared_while_a_knob_turns(woken: Event) -> None:
    class Turning(Waves):
        """Somebody turns a knob while the first picture is drawn, and then no more."""

        def draw(self, *how: Any) -> Any:
            if not self.drawn:
                planner.request(PlanRequest(SONG, replace(HERE, noise=0.0, valence_offset=1.0)))
            return super().draw(*how)

    planner = comparing(Turning(), woken.set)
    planner.request(PlanRequest(SONG, replace(HERE, noise=0.0)))
    planner.start()
    done: list[Planned | Problem] = []
    while len(done) < 3 and woken.wait(WAIT_S):
        woken.clear()
        done += planner.finished()
    planner.stop()
    offsets = [one.request.parameters.valence_offset for one in done if isinstance(one, Planned)]
    assert offsets == [0.0, 1.0, 1.0]


def test_nothing_is_compared_before_knobs_rest() -> None:
    """What they ask for is drawn by the same OpenGL."""
    waves, compared_yet, rested = Waves(), list[int](), Event()

    def wake() -> None:
        compared_yet.append(waves.drawn)
        if len(compared_yet) < 4:
            planner.request(PlanRequest(SONG, replace(HERE, noise=0.1 * len(compared_yet))))
        else:
            rested.set()

    planner = comparing(waves, wake)
    planner.request(PlanRequest(SONG, replace(HERE, noise=0.0)))
    planner.start()
    assert rested.wait(WAIT_S)
    planner.stop()
    assert compared_yet[:4] == [0, 0, 0, 0]


def test_a_driver_that_fails_leaves_the_plan(woken: Event, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Waves):
        def draw(self, *how: Any) -> Any:
            raise RuntimeError("the driver is gone")

    planner = comparing(Broken(), woken.set)
    planned = Planned(request := PlanRequest(SONG, HERE), planner.plan(request))
    planner.request(request)
    assert planner.with_seen_cuts(planned) is planned.board
    assert "could not be compared" in caplog.text


class Monotonous(Known):
    """Answers everything with the same picture."""

    def translate(self, track: SentimentTrack) -> Translation:
        count, classes = len(track), len(Waves.classes)
        ids, odds = np.zeros(count, np.int64), np.full((count, classes), 1 / classes, np.float32)
        return Translation(ids, odds, np.zeros((count, Waves.latent_dim), np.float32))


def comparing(generator: Waves, wake: Callable[[], None]) -> PlannerThread:
    painter = MovingPainter(generator, cast(Stylizer, None), STYLES)
    translators = [Monotonous((0, 0.0), (0, 2.0))]
    return PlannerThread(generator, translators, STYLES, Settings(seed=3), {}, wake, painter)
