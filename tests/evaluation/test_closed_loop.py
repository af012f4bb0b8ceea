"""The closed loop's arithmetic, and one whole round on a short song."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.evaluation.closed_loop import agreement, measure
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
