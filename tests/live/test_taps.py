"""A tempo by hand: even beats out of taps that are not quite."""

import random
from itertools import accumulate

import pytest

from deepsing_bridge.live.taps import MOST_TAPS, UNTAPPED, BeatGrid, Taps


def tapped(*times: float) -> Taps:
    taps = UNTAPPED
    for time_s in times:
        taps = taps.heard(time_s)
    return taps


def grid(*times: float) -> BeatGrid:
    found = tapped(*times).grid
    assert found is not None
    return found


def test_two_taps_are_a_tempo_and_one_is_none() -> None:
    assert UNTAPPED.grid is None and tapped(10.0).grid is None
    assert grid(10.0, 10.5) == BeatGrid(10.0, 0.5)
    assert grid(10.0, 10.5).tempo == 120


def test_a_hand_that_is_not_even_is_evened_out() -> None:
    chance = random.Random(3)
    found = grid(*(20.0 + n * 0.48 + chance.gauss(0, 0.015) for n in range(12)))
    assert found.period_s == pytest.approx(0.48, abs=0.004)
    assert found.time_of(12) == pytest.approx(20.0 + 12 * 0.48, abs=0.03)


def test_the_first_tap_stays_the_first_of_a_bar_however_long_it_goes_on() -> None:
    found = grid(*(20.0 + n * 0.5 for n in range(3 * MOST_TAPS + 1)))
    assert found.first_s == pytest.approx(20.0)


def test_after_a_pause_it_begins_anew_and_a_bounce_is_no_tap() -> None:
    assert tapped(10.0, 10.5, 13.0).grid is None
    assert grid(10.0, 10.05, 10.5) == BeatGrid(10.0, 0.5)


def test_a_tempo_that_changes_is_followed() -> None:
    times = accumulate([10.0, *[0.5] * MOST_TAPS, *[0.4] * MOST_TAPS])
    assert grid(*times).period_s == pytest.approx(0.4, abs=0.01)


def test_the_next_beat_and_bar_come_after_now() -> None:
    beats = BeatGrid(10.0, 0.5)
    assert (beats.next(11.2), beats.next(11.2, 4), beats.next(12.0, 4)) == (11.5, 12.0, 14.0)
    assert list(beats.passed(10.9, 12.0)) == [2, 3, 4]
    assert list(beats.passed(12.0, 12.4)) == []
