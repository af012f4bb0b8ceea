"""The closed loop's arithmetic, and one whole round on a short song."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from deepsing_bridge.core.types import Frame, SentimentTrack
from deepsing_bridge.evaluation.closed_loop import agreement, measure, see_scenes
from tests.builders import storyboard
from tests.sounds import music


def test_seeing_what_was_asked_is_full_agreement_and_its_opposite_none() -> None:
    boards = [storyboard(5), storyboard(6, seed=1)]
    tracks = []
    for board in boards:
        valence = np.array([scene.sentiment.valence for scene in board.scenes], np.float32)
        arousal = np.array([scene.sentiment.arousal for scene in board.scenes], np.float32)
        tracks.append(SentimentTrack(2 * valence + 1, -arousal, 0.0))
    figures = agreement(boards, tracks)
    assert figures["valence"] == pytest.approx(1)
    assert figures["arousal"] == pytest.approx(-1)
    assert figures["scenes"] == 11


def test_classes_are_counted_once() -> None:
    board = storyboard(4)
    same = replace(board, scenes=tuple(replace(scene, class_id=2) for scene in board.scenes))
    seen = SentimentTrack(np.arange(4, dtype=np.float32), np.arange(4, dtype=np.float32), 0.0)
    assert agreement([same], [seen])["classes"] == 1


def test_every_translator_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, np.concatenate([music(11, 80, level=0.1), music(10, 140, level=0.8, seed=1)]), 21_504)
    figures = measure([path])
    assert {name.split(".")[0] for name in figures} == {"neural", "dictionary", "random"}
    assert figures["neural.scenes"] == 3
    assert figures["neural.valence"] + figures["neural.arousal"] > figures["random.valence"] + figures["random.arousal"]


def test_other_eyes_see_the_same_story_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, np.concatenate([music(11, 80, level=0.1), music(10, 140, level=0.8, seed=1)]), 21_504)
    paper, blend = (measure([path], image_model=image_model) for image_model in ("paper", "blend"))
    assert paper["neural.classes"] == blend["neural.classes"]
    assert paper["neural.valence"] != blend["neural.valence"]


def test_a_scene_is_seen_from_its_beginning_to_its_end() -> None:
    """The film's frames tell the time; who judges them reads it."""
    board = storyboard(3)

    class Clock:
        def __init__(self) -> None:
            self.board = board

        def frames_at(self, times: list[float]) -> list[Frame]:
            return [Frame(0, time, np.full((2, 2, 3), round(20 * time), np.uint8), 0) for time in times]

    class Reader:
        def estimate(self, pictures: torch.Tensor) -> SentimentTrack:
            read = (pictures.mean(dim=(1, 2, 3)) * 255 / 20).numpy()
            return SentimentTrack(read, -read, 0.0)

    seen = see_scenes(Clock(), Reader())  # type: ignore[arg-type]
    middles = [(scene.start_s + scene.end_s) / 2 for scene in board.scenes]
    assert seen.valence == pytest.approx(middles, abs=0.03)
    assert seen.arousal == pytest.approx([-middle for middle in middles], abs=0.03)
