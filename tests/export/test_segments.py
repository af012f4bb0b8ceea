"""A film whose segments are copied from an earlier one."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from deepsing_bridge.export.preview_film import write_preview
from deepsing_bridge.export.segments import lone_frames
from deepsing_bridge.export.video import read_frames
from tests.builders import pictures, write_song

SIZE = (256, 144)
RATES = [Fraction(24), Fraction(30000, 1001)]
LENGTHS = (24, 1, 37, 50)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_song(tmp_path / "song.wav", 4.0)


def starts(lengths: tuple[int, ...]) -> list[int]:
    return [sum(lengths[:index]) for index in range(len(lengths))]


@pytest.mark.parametrize("rate", RATES)
def test_copied_segments_are_the_bytes_that_encoded_ones_are(rate: Fraction, song: Path, tmp_path: Path) -> None:
    """The third is another one, and as long as before."""
    one, other, whole = (tmp_path / f"{name}.mp4" for name in ("one", "other", "whole"))
    write_preview(one, [pictures(scene, length) for scene, length in enumerate(LENGTHS)], SIZE, rate, song)
    places = [range(start, start + length) for start, length in zip(starts(LENGTHS), LENGTHS, strict=True)]
    changed = [places[0], places[1], pictures(5, LENGTHS[2]), places[3]]
    write_preview(other, changed, SIZE, rate, song, one)
    anew = [pictures(scene, length) for scene, length in zip((0, 1, 5, 3), LENGTHS, strict=True)]
    write_preview(whole, anew, SIZE, rate, song)
    assert other.read_bytes() == whole.read_bytes() != one.read_bytes()


def test_a_segment_may_move_and_be_left_out(song: Path, tmp_path: Path) -> None:
    rate = Fraction(24)
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    write_preview(one, [pictures(scene, length) for scene, length in enumerate(LENGTHS)], SIZE, rate, song)
    write_preview(other, [pictures(5, 10), range(25, 62)], SIZE, rate, song, one)
    before, after = (list(read_frames(film)) for film in (one, other))
    assert len(after) == 47
    assert all(np.array_equal(a, b) for a, b in zip(before[25:62], after[10:], strict=True))
    with av.open(other) as film:
        assert film.streams.video[0].duration * film.streams.video[0].time_base == Fraction(47, 24)


@pytest.mark.parametrize("rate", RATES)
def test_segments_can_begin_where_they_were_encoded_alone(rate: Fraction, song: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    write_preview(film, [pictures(scene, length) for scene, length in enumerate(LENGTHS)], SIZE, rate, song)
    found = lone_frames(film, rate)
    assert {0, 24, 25, 62, 112} <= found
    assert not found & {1, 2, 23, 26, 60, 63, 111}


def test_pictures_are_read_from_any_one_on(song: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    write_preview(film, [pictures(0, 30), pictures(1, 30)], SIZE, RATES[1], song)
    every = list(read_frames(film))
    for first in (0, 1, 17, 30, 59):
        assert np.array_equal(next(read_frames(film, first)), every[first])
    assert next(read_frames(film, 60), None) is None
