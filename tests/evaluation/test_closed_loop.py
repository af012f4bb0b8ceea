"""The closed loop's arithmetic, and one whole round on a short song."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from deepsing_bridge.core.types import Frame, SentimentTrack
from deepsing_bridge.evaluation import closed_loop
from deepsing_bridge.evaluation.closed_loop import LOOKED_AT, Seen, interval, judged, look_at, measure
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard
from tests.sounds import music


def seen_in(board: Storyboard, valence: float, arousal: float) -> Seen:
    """What was asked times `valence` and `arousal`, the same from the scene's beginning to its end."""
    felt = np.array([[scene.sentiment.valence, scene.sentiment.arousal] for scene in board.scenes], np.float32)
    columns = (np.repeat(felt[:, [axis]] * by, len(LOOKED_AT), axis=1) for axis, by in ((0, valence), (1, arousal)))
    return Seen(*columns)


def test_seeing_what_was_asked_is_full_agreement_and_its_opposite_none() -> None:
    boards = [storyboard(5), storyboard(6, seed=1)]
    figures = judged(boards, [seen_in(board, 2, -1) for board in boards])
    for way in ("first", "middle", "mean"):
        assert figures[f"{way}.valence"] == pytest.approx(1)
        assert figures[f"{way}.arousal"] == pytest.approx(-1)
    assert (figures["mean.valence.low"], figures["mean.arousal.high"]) == pytest.approx((1, -1), abs=1e-5)


def test_a_scene_is_seen_as_it_begins_in_its_middle_and_as_a_whole() -> None:
    board = storyboard(6)
    true, rest = seen_in(board, 1, 1), np.random.default_rng(0).normal(size=(6, len(LOOKED_AT))).astype(np.float32)
    first = Seen(*(np.concatenate([axis[:, :1], rest[:, 1:]], axis=1) for axis in (true.valence, true.arousal)))
    figures = judged([board], [first])
    assert figures["first.valence"] == pytest.approx(1) and figures["first.arousal"] == pytest.approx(1)
    assert figures["middle.valence"] < 0.99 and figures["mean.valence"] < 0.99


def test_the_interval_is_that_of_many_draws_and_narrower_for_more_scenes() -> None:
    """Fisher's, for normal values of r 0.8: 0.69 to 0.87 with 80 of them."""
    chance = np.random.default_rng(2)
    asked, noise = chance.normal(size=(2, 4000)).astype(np.float32)
    seen = 0.8 * asked + 0.6 * noise
    few, many = interval(asked[:80], seen[:80]), interval(asked, seen)
    assert few[0] < 0.8 < few[1] and 0.1 < few[1] - few[0] < 0.3
    assert many == pytest.approx((0.79, 0.81), abs=0.02)
    assert interval(asked[:80], seen[:80]) == few


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Of a song of 21 s, frames as small as they may be."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    soundfile.write(path, np.concatenate([music(11, 80, level=0.1), music(10, 140, level=0.8, seed=1)]), 21_504)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closed_loop, "SIDE", 64)
        return measure([path], view=0, seed=0)


def test_every_translator_is_measured_by_every_judge(figures: dict[str, float]) -> None:
    assert {name.split(".")[0] for name in figures} == {"neural", "dictionary", "random"}
    assert figures["neural.scenes"] == 4
    for judge in ("paper", "blend"):
        neural, random = (
            sum(figures[f"{name}.{judge}.mean.{axis}"] for axis in ("valence", "arousal"))
            for name in ("neural", "random")
        )
        assert neural > random
    assert figures["neural.paper.mean.valence"] != figures["neural.blend.mean.valence"]


def test_a_scene_is_looked_at_from_its_first_frame_to_its_last() -> None:
    """The film's frames tell the time; who judges them reads it."""
    board = storyboard(3)
    board = replace(board, scenes=board.scenes[:3])

    class Clock:
        def __init__(self) -> None:
            self.board = board

        def frames_at(self, times: list[float]) -> list[Frame]:
            return [Frame(0, time, np.full((2, 2, 3), round(60 * time), np.uint8), 0) for time in times]

    class Reader:
        def estimate(self, pictures: torch.Tensor) -> SentimentTrack:
            read = (pictures.mean(dim=(1, 2, 3)) * 255 / 60).numpy()
            return SentimentTrack(read, -read, 0.0)

    seen = look_at(Clock(), {"reader": Reader()})["reader"]  # type: ignore[arg-type, dict-item]
    middles = [(scene.start_s + scene.end_s) / 2 for scene in board.scenes]
    assert seen.ways["first"].valence == pytest.approx([scene.start_s for scene in board.scenes], abs=0.02)
    assert seen.ways["middle"].arousal == pytest.approx([-middle for middle in middles], abs=0.02)
    assert seen.mean.valence == pytest.approx(middles, abs=0.03)
    assert seen.valence[:, -1] == pytest.approx([scene.end_s for scene in board.scenes], abs=0.03)
