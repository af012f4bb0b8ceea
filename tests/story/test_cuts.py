"""Where scenes begin and end."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

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


@pytest.mark.parametrize(("every", "length"), [("10s", 10.0), ("2.5s", 2.0)])
def test_seconds_are_made_whole_bars(every: str, length: float) -> None:
    cuts = module.cut_times(song(100, accented=1), 100, Settings(every=every))
    assert np.median(np.diff(cuts)) == pytest.approx(length, abs=0.1)


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
