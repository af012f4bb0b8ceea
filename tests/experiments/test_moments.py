"""What is said of curves at joints, on curves that one can see through."""

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import HOP_S
from experiments import moments
from experiments.moments import Joint, joined_songs, measure_joint
from tests.sounds import music

JOINT_S = 30.0
WINDOWS = 120
TIMES_S = (np.arange(WINDOWS) + 0.5) * HOP_S
EXAMPLE = Path(__file__).parents[2] / "examples/demo.ogg"


def test_a_step_is_measured_where_it_is() -> None:
    curve = np.where(TIMES_S > JOINT_S + 2, 1.5, -0.5)
    joint = measure_joint("paper", 0.5, "valence", curve, JOINT_S, sign=1)
    assert (joint.step, joint.lag_s) == (pytest.approx(2), pytest.approx(2, abs=HOP_S))
    assert joint.right and joint.in_time
    assert joint.r > 0.85


def test_a_step_the_other_way_is_wrong_and_one_that_is_late_is_not_in_time() -> None:
    down = np.where(TIMES_S > JOINT_S, -1.0, 1.0)
    wrong = measure_joint("paper", 0.5, "valence", down, JOINT_S, sign=1)
    assert not wrong.right and not wrong.in_time and wrong.r == pytest.approx(-1)
    assert measure_joint("paper", 0.5, "valence", down, JOINT_S, sign=-1).in_time
    late = measure_joint("paper", 0.5, "valence", np.where(TIMES_S > JOINT_S + 9, 1.0, 0.0), JOINT_S, sign=1)
    assert late.right and not late.in_time


def test_songs_are_joined_of_opposite_quadrants_that_nobody_heard(tmp_path: Path) -> None:
    table = []
    for number in range(8):
        soundfile.write(tmp_path / f"{number}.wav", music(2 + number, seed=number), SAMPLE_RATE)
        table.append({"clip": f"{number}.wav", "quadrant": f"Q{1 + number % 4}"})
    unheard = np.arange(4, 8)  # of 6, 7, 8 and 9 s: Q1 to Q4
    lasting = {"Q1": 6, "Q2": 7, "Q3": 8, "Q4": 9}
    for number, (song, at_s, sign) in enumerate(joined_songs(table, tmp_path, 0, unheard, 6)):
        high, low = moments.PAIRS[number % 2]
        first = low if sign > 0 else high  # valence rises from the low one to the high one
        assert at_s == pytest.approx(lasting[first], abs=0.01)
        assert song.duration_s == pytest.approx(lasting[high] + lasting[low], abs=0.01)


def test_arousal_turns_with_valence_between_happy_and_sad_and_against_it_between_calm_and_tense() -> None:
    assert [moments.arousal_sign(number, 1) for number in range(3)] == [1, -1, 1]


def test_loudness_over_five_seconds_is_that_of_their_power(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", np.concatenate([music(5) / 10, music(5)]), SAMPLE_RATE)
    cues = moments.five_seconds(file_to_song(tmp_path / "song.wav"))
    assert cues.keys() == set(moments.CUES)
    assert np.diff(cues["loudness"]) == pytest.approx([20], abs=0.5)


def test_the_page_says_how_many_were_right_and_in_time(tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "demo.ogg").symlink_to(EXAMPLE)
    within = moments.within_songs(tmp_path / "songs")
    joints = [
        Joint(model, window_s, axis, step, lag_s, 0.5)
        for model, windows in moments.WINDOWS_S.items()
        for window_s in windows
        for axis in ("valence", "arousal")
        for step, lag_s in ((1, 0.0), (1, 9.0), (-1, 0.0), (1, 1.0))
    ]
    moments.write(tmp_path, joints, within, [("context", "arousal", "2", 0.25), ("context", "arousal", "3", 0.75)])
    page = (tmp_path / "moments.md").read_text(encoding="utf-8")
    assert "| context | 10 | arousal | 75% | 50% | +1.0 | 0.50 |" in page
    assert "| demo | context |" in page and "| context | arousal | 0.50 |" in page
    with (tmp_path / "moments.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(joints)
