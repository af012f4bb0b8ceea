"""Where scenes begin and end."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from deepsing_bridge.core.units import frame_to_seconds, seconds_to_frame
from deepsing_bridge.story.cuts import cut_times

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001))


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("duration", [1.3, 5.4, 23.0, 71.07])
def test_cuts_lie_on_frames_and_cover_the_song_without_flicker(rate: Fraction, duration: float) -> None:
    beats = np.arange(0.21, duration, 0.47)
    cuts = cut_times(duration, rate, beats)
    assert cuts[0] == 0
    assert cuts[-1] == frame_to_seconds(seconds_to_frame(duration, rate), rate)
    assert all(frame_to_seconds(seconds_to_frame(cut, rate), rate) == cut for cut in cuts)
    assert len(cuts) == 2 or min(b - a for a, b in pairwise(cuts)) >= 1


def test_cuts_are_moved_to_the_nearest_beat() -> None:
    beats = np.arange(0.3, 60, 0.61)
    cuts = cut_times(60, Fraction(24), beats)[1:-1]
    for number, cut in enumerate(cuts, start=1):
        nearest = beats[np.abs(beats - 5 * number).argmin()]
        assert cut == pytest.approx(nearest, abs=0.5 / 24 + 1e-6)


def test_without_beats_cuts_come_every_five_seconds() -> None:
    assert cut_times(17, Fraction(25), np.empty(0)) == [0, 5, 10, 15, 17]


FILM = Fraction(24)


@pytest.mark.parametrize(
    ("beat", "cuts"),
    [
        (7.5, [0, 7.5, 15, 20]),  # half an interval from five seconds and from ten: both are moved, one is left out
        (7.625, [0, 5, 7.625, 15, 20]),
        (7.375, [0, 7.375, 10, 15, 20]),
    ],
)
def test_a_beat_draws_cuts_from_half_an_interval_and_no_further(beat: float, cuts: list[float]) -> None:
    assert cut_times(20, FILM, np.array([beat])) == cuts


@pytest.mark.parametrize(("second", "cuts"), [(8.25, [0, 7.25, 8.25, 13]), (8.125, [0, 7.25, 13])])
def test_a_scene_lasts_a_second_or_is_none(second: float, cuts: list[float]) -> None:
    assert cut_times(13, FILM, np.array([7.25, second])) == cuts


@pytest.mark.parametrize(
    ("duration", "cuts"),
    [
        (16.0, [0, 5, 10, 15, 16]),
        (15.5, [0, 5, 10, 15.5]),
        (10.0, [0, 5, 10]),
        (5.0, [0, 5]),
        (0.5, [0, 0.5]),
        (5.99, [0, 5, 6]),  # the end is the nearest frame's
    ],
)
def test_the_last_scene_lasts_a_second_or_joins_the_one_before(duration: float, cuts: list[float]) -> None:
    assert cut_times(duration, FILM, np.empty(0)) == cuts
