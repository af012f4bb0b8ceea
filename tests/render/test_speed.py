"""How far a clock goes at speeds that are turned on the way."""

import pytest

from deepsing_bridge.render.speed import MOST_TURNS, STEADY, SpeedTrack


def drive(start_s: float, end_s: float) -> float:
    """A clock that runs ever faster."""
    return end_s**2 - start_s**2


def test_at_speed_1_it_goes_as_far_as_it_is_driven() -> None:
    assert STEADY.drive(drive, 2.0, 5.0) == 21.0
    assert SpeedTrack.steady(1.0) == STEADY


def test_a_turn_counts_from_there_on() -> None:
    track = SpeedTrack.steady(0.5).turned(4.0, 2.0)
    assert track.drive(drive, 3.0, 5.0) == pytest.approx(0.5 * drive(3.0, 4.0) + 2.0 * drive(4.0, 5.0))
    assert track.drive(drive, 5.0, 3.0) == -track.drive(drive, 3.0, 5.0)
    assert track.drive(drive, 6.0, 7.0) == 2.0 * drive(6.0, 7.0)
    assert track.drive(drive, 1.0, 2.0) == 0.5 * drive(1.0, 2.0)


def test_it_stands_and_never_goes_back() -> None:
    track = STEADY.turned(2.0, 0.0).turned(6.0, 1.5)
    readings = [track.drive(drive, 0.0, time / 10) for time in range(100)]
    assert readings == sorted(readings)
    assert track.drive(drive, 2.0, 6.0) == 0.0


def test_two_turns_at_once_are_the_second() -> None:
    assert STEADY.turned(2.0, 0.0).turned(2.0, 1.5) == STEADY.turned(2.0, 1.5)


def test_not_more_is_remembered_than_is_allowed() -> None:
    track = STEADY
    for number in range(2 * MOST_TURNS):
        track = track.turned(number * 0.01, 1 + number % 2)
    assert len(track.turns) == MOST_TURNS
    assert track.last == ((2 * MOST_TURNS - 1) * 0.01, 2)
