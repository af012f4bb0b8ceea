"""Where scenes begin and end."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import ArrayLike

from deepsing_bridge.core.types import Structure
from deepsing_bridge.core.units import frame_to_seconds, seconds_to_frame
from deepsing_bridge.story import cuts as module
from deepsing_bridge.story.settings import Settings

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001))
NOTHING = Structure()


def cut_times(duration_s: float, rate: Fraction, beats: np.ndarray) -> list[float]:
    """As the paper cuts."""
    return module.cut_times(Structure(beats=beats), duration_s, Settings(frame_rate=rate, cut="beats"))


def song(duration_s: float, beat_s: float = 0.5, accented: int = 2, sections: tuple[float, ...] = ()) -> Structure:
    """Four beats a bar from 0.2 s on; the first and every so manieth bar has an accent."""
    beats = np.arange(0.2, duration_s, beat_s)
    bars = beats[::4]
    strong = np.arange(len(bars)) % accented == 0
    return Structure(beats, bars, np.where(strong, 1.0, -1.0) * (accented > 1), np.array(sections))


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


def near(times: list[float], grid: np.ndarray) -> bool:
    return all(np.abs(grid - time).min() <= 0.5 / 24 + 1e-6 for time in times)


@pytest.mark.parametrize("beat_s", [0.31, 0.5, 0.83])
def test_scenes_begin_on_downbeats_and_last_about_five_seconds(beat_s: float) -> None:
    structure = song(90, beat_s)
    cuts = module.cut_times(structure, 90, Settings())
    assert near(cuts[1:-1], structure.bars)
    lengths = np.diff(cuts)
    assert 3.9 < np.median(lengths) < 7 and lengths.max() < 12


def test_strong_downbeats_are_preferred() -> None:
    structure = song(120, 0.6, accented=3)
    cuts = module.cut_times(structure, 120, Settings())
    assert near(cuts[1:-1], structure.bars[::3])


def test_a_section_begins_with_a_scene() -> None:
    structure = song(100, sections=(33.3, 61.0))  # the first on no downbeat
    for settings in (Settings(), Settings(every="4bars"), Settings(cut="sections")):
        cuts = module.cut_times(structure, 100, settings)
        assert near([33.3, 61.0], np.array(cuts))
    assert module.cut_times(structure, 100, Settings(cut="sections"))[1:-1] == pytest.approx([33.3, 61.0], abs=0.03)


@pytest.mark.parametrize(
    ("every", "cut", "length"), [("4bars", "bars", 8), ("8beats", "beats", 4), ("3s", "interval", 3)]
)
def test_a_period_is_as_long_as_is_said(every: str, cut: str, length: float) -> None:
    cuts = module.cut_times(song(100), 100, Settings(cut=cut, every=every))  # type: ignore[arg-type]
    assert np.diff(cuts)[1:-1] == pytest.approx(length, abs=0.09)


@pytest.mark.parametrize(("every", "length"), [("2bars", 4), ("6beats", 3), ("1beat", 0.5)])
def test_a_period_of_bars_or_beats_is_so_many_of_the_song_s(every: str, length: float) -> None:
    cuts = module.cut_times(song(40), 40, Settings(cut="interval", every=every))
    assert cuts[1:-1] == pytest.approx(np.arange(max(length, 1), 39.5, max(length, 1)), abs=0.03)


def test_two_beats_are_a_measure_and_one_is_none() -> None:
    settings = Settings(cut="interval", every="2beats")
    assert module.cut_times(Structure(beats=np.array([1.0, 2.5])), 10, settings) == [0, 3, 6, 9, 10]
    assert module.cut_times(Structure(beats=np.array([1.0])), 12, settings) == [0, 5, 10, 12]


def test_two_downbeats_are_bars_and_one_is_none() -> None:
    two = Structure(bars=np.array([4.0, 8.0]), accents=np.zeros(2))
    assert module.cut_times(two, 12, Settings()) == [0, 4, 8, 12]
    beats = np.arange(0.5, 20, 0.5)
    one = Structure(beats, np.array([7.0]), np.zeros(1))
    assert module.cut_times(one, 20, Settings()) == [0, 5, 10, 15, 20]


def test_beats_are_counted_however_far_they_are_apart() -> None:
    beats = np.array([0, 1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21, 24.0])
    assert module.cut_times(Structure(beats=beats), 30, Settings(cut="beats", every="4beats")) == [0, 4, 12, 24, 30]


def in_bars(bars: ArrayLike, accents: ArrayLike = 0.0, sections: ArrayLike = ()) -> Structure:
    times = np.asarray(bars, float)
    return Structure(bars=times, accents=np.zeros(len(times)) + accents, sections=np.asarray(sections, float))


def test_bars_are_counted_from_where_a_section_begins() -> None:
    two_by_two = Settings(every="2bars")
    structure = in_bars(np.arange(0, 20, 2.0), sections=[10.0])
    assert module.cut_times(structure, 20, two_by_two) == [0, 4, 8, 10, 14, 18, 20]


def test_a_section_with_one_downbeat_within_is_one_scene() -> None:
    structure = in_bars(np.arange(2, 12, 2.0), sections=[4.0])
    assert module.cut_times(structure, 12, Settings(every="2s")) == [0, 4, 6, 8, 10, 12]


def test_bars_that_last_longer_than_was_asked_for_are_scenes() -> None:
    assert module.cut_times(in_bars([6, 12, 18]), 24, Settings(every="2s")) == [0, 6, 12, 18, 24]


@pytest.mark.parametrize(("accent", "cuts"), [(0.38, [0, 4, 8, 12]), (0.44, [0, 6, 12])])
def test_an_accent_is_worth_what_lengths_are_off_in_octaves_squared(accent: float, cuts: list[float]) -> None:
    """Two scenes of 6 s where 4 s are wanted: 0.6 · 2 · log2(1.5)² = 0.41."""
    structure = in_bars([2, 4, 6, 8, 10], [0, 0, accent, 0, 0])
    assert module.cut_times(structure, 12, Settings(every="4s")) == cuts


def test_of_two_strong_downbeats_within_a_second_the_one_that_fits_is_taken() -> None:
    bars = np.arange(0.5, 8, 0.5)
    structure = in_bars(bars, np.where(bars == 3.5, 2.0, 0.0) + np.where(bars == 4, 3.0, 0.0))
    assert module.cut_times(structure, 8, Settings(every="2s")) == [0, 2, 4, 6, 8]


def test_a_scene_lasts_twice_what_was_asked_for_at_most_however_weak_its_downbeats() -> None:
    weak = in_bars(np.arange(2, 24, 2.0), -100.0)
    assert module.cut_times(weak, 24, Settings(every="2s")) == [0, 4, 8, 12, 16, 20, 24]


def test_where_downbeats_are_missing_a_scene_lasts_until_the_next() -> None:
    structure = in_bars([2, 4, 6, 30, 32])
    assert module.cut_times(structure, 34, Settings(every="2s")) == [0, 2, 4, 6, 30, 32, 34]


@pytest.mark.parametrize(("every", "length"), [("10s", 10.0), ("2.5s", 2.0), ("8beats", 4.0)])
def test_seconds_and_beats_are_made_whole_bars(every: str, length: float) -> None:
    cuts = module.cut_times(song(100, accented=1), 100, Settings(every=every))
    assert np.median(np.diff(cuts)) == pytest.approx(length, abs=0.1)


def on_beats(accents: dict[float, float], sections: ArrayLike = ()) -> Structure:
    """A beat every second, a bar every four, with these accents; other beats have some on average."""
    beats = np.arange(0, 24, 1.0)
    heard = np.array([accents.get(beat, 0.1) for beat in beats.tolist()])
    bars = beats[::4]
    return Structure(beats, bars, np.zeros(len(bars)), np.asarray(sections, float), beat_accents=heard)


@pytest.mark.parametrize(
    ("accents", "second"),
    [
        ({}, 4),
        ({5.0: 2.0}, 4),  # the downbeat is no weaker than others
        ({4.0: -0.5, 5.0: 0.25}, 4),  # another beat is hardly stronger
        ({4.0: -0.5, 5.0: 0.35}, 5),
        ({4.0: -0.5, 3.0: 0.5, 6.0: 0.7}, 6),
        ({4.0: -0.5, 7.0: 2.0}, 4),  # more than half a bar away
    ],
)
def test_beside_a_weak_downbeat_a_strong_beat_is_cut_on(accents: dict[float, float], second: float) -> None:
    cuts = module.cut_times(on_beats(accents), 24, Settings(every="4s"))
    assert cuts == [0, second, 8, 12, 16, 20, 24]


def test_no_cut_is_moved_to_less_than_a_second_before_a_section() -> None:
    weak = {8.0: -1.0, 10.0: 1.5, 9.0: 1.0}
    assert module.cut_times(on_beats(weak, [10.5]), 24, Settings(every="4s"))[:4] == [0, 4, 9, 10.5]


def test_who_asks_for_bars_gets_downbeats_however_weak() -> None:
    weak = on_beats({4.0: -1.0, 5.0: 2.0})
    assert module.cut_times(weak, 24, Settings(every="1bar"))[1] == 4


def test_without_a_beat_scenes_begin_where_something_changes() -> None:
    changes = np.array([4.0, 11.0, 13.2])
    assert module.cut_times(Structure(changes=changes), 20, Settings()) == [
        0,
        4.0,
        11.0,
        pytest.approx(13.2, abs=0.03),
        20,
    ]


def test_a_song_of_which_nothing_is_known_is_cut_every_five_seconds() -> None:
    assert module.cut_times(NOTHING, 17, Settings()) == [0, 5, 10, 15, 17]
    for every in ("3bars", "7beats"):
        assert module.cut_times(NOTHING, 17, Settings(every=every)) == [0, 5, 10, 15, 17]
    assert module.cut_times(NOTHING, 17, Settings(cut="sections")) == [0, 17]


def test_a_song_of_hours_is_cut_at_once() -> None:
    hours = 3 * 3600.0
    cuts = module.cut_times(song(hours), hours, Settings())
    assert len(cuts) > hours / 8
