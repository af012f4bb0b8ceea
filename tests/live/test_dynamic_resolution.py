"""With how many pixels moving pictures are drawn: as many as there is time for, and steadily."""

import math

import pytest

from deepsing_bridge.live.dynamic_resolution import LEAST, MEASURED, DynamicResolution

PIXELS = 512 * 512
FRAME_S = 0.033


def noted(took_s: float, drawn: str = "lake") -> DynamicResolution:
    made = DynamicResolution()
    made.note(drawn, PIXELS, took_s)
    return made


def test_what_is_there_in_time_has_all_its_pixels() -> None:
    assert DynamicResolution().scale("lake", PIXELS, FRAME_S) == 1.0
    assert noted(0.01).scale("lake", PIXELS, FRAME_S) == 1.0
    assert noted(9.0).scale("lake", PIXELS, math.inf) == 1.0  # while it stands still


@pytest.mark.parametrize("took_s", [0.04, 0.06, 0.1, 0.13])
def test_what_takes_too_long_has_as_many_as_there_is_time_for(took_s: float) -> None:
    scale = noted(took_s).scale("lake", PIXELS, FRAME_S)
    assert LEAST <= scale < 1 and took_s * scale**2 <= FRAME_S
    assert took_s * (scale + 0.25) ** 2 > FRAME_S


def test_there_is_an_end_to_it() -> None:
    assert noted(30.0).scale("lake", PIXELS, FRAME_S) == LEAST


def test_small_pictures_stay_as_they_are() -> None:
    made = noted(30.0)
    assert made.scale("lake", 256 * 256, FRAME_S) == made.scale("lake", 64 * 64, FRAME_S) == 1.0
    assert made.scale("lake", 320 * 320, FRAME_S) == 0.8


def test_another_class_has_a_scale_of_its_own_and_is_like_the_others_at_first() -> None:
    made = noted(0.08)
    assert made.scale("fire", PIXELS, FRAME_S) == made.scale("lake", PIXELS, FRAME_S) < 1
    made.note("fire", PIXELS, 0.01)
    assert made.scale("fire", PIXELS, FRAME_S) == 1.0 > made.scale("lake", PIXELS, FRAME_S)


def test_one_picture_that_waits_changes_nothing() -> None:
    made = noted(0.02)
    for took_s in (0.02, 0.02, 0.5, 0.02):
        made.note("lake", PIXELS, took_s)
        assert made.scale("lake", PIXELS, FRAME_S) == 1.0


def test_it_does_not_waver_between_two_steps() -> None:
    """What takes now a little more and now a little less than fits stays where it was."""
    made, seen = noted(0.045), []
    for number in range(100):
        made.note("lake", PIXELS, 0.045 + 0.004 * (-1) ** (number // MEASURED))
        seen.append(made.scale("lake", PIXELS, FRAME_S))
    assert len(set(seen[MEASURED * 2 :])) == 1
