from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from deepsing_bridge.core.units import FRAME_RATES
from deepsing_bridge.footage.conform import in_point, picture_at, snapped, timeline_frames
from deepsing_bridge.footage.media import MediaFile, Subclip

RATES = tuple(map(Fraction, (*FRAME_RATES, "15", "12", "120000/1001")))


def film(rate: Fraction, frames: int) -> MediaFile:
    return MediaFile(Path("/a.mov"), "", rate, frames, 0, 64, 36)


def test_a_second_of_film_is_a_second_of_timeline() -> None:
    media = film(Fraction(50), 500)
    assert timeline_frames(media, Fraction(24)) == 240
    assert in_point(Subclip(media, 100), Fraction(24)) == 48
    assert [picture_at(media, frame, Fraction(24)) for frame in (0, 1, 2, 24, 239, 1000)] == [0, 2, 4, 50, 498, 499]


def test_what_has_fewer_pictures_than_the_timeline_repeats_them() -> None:
    media = film(Fraction(12), 120)
    assert [picture_at(media, frame, Fraction(24)) for frame in range(5)] == [0, 1, 1, 2, 2]


def test_a_photo_stays() -> None:
    photo = Subclip(film(Fraction(0), 0), 0)
    assert in_point(photo, Fraction(24)) == picture_at(photo.media, 99, Fraction(24)) == 0
    assert snapped(photo, 10**6, Fraction(24)) == photo


@given(some.sampled_from(RATES), some.sampled_from(RATES), some.integers(0, 10**5), some.data())
def test_a_snapped_part_begins_on_a_frame_of_both_and_is_all_there(
    own: Fraction, rate: Fraction, first: int, data: some.DataObject
) -> None:
    media = film(own, first + data.draw(some.integers(1, 10**4)))
    frames = data.draw(some.integers(0, timeline_frames(media, rate)))
    part = snapped(Subclip(media, first), frames, rate)
    begins = in_point(part, rate)
    assert picture_at(media, begins, rate) == part.first
    assert begins + frames <= timeline_frames(media, rate)
    assert snapped(part, frames, rate) == part
    if in_point(Subclip(media, first), rate) + frames <= timeline_frames(media, rate):
        assert abs(part.first - first) <= max(1, own / rate)


def test_a_film_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="25 frames wanted of 24"):
        snapped(Subclip(film(Fraction(25), 25), 0), 25, Fraction(24))
