"""Scenes begin on bars near the period, on beats without bars, on onsets without beats, or where the feeling moves."""

import numpy as np
import pytest

from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.listening.beats import HeardBeat
from deepsing_bridge.listening.cuts import LiveCuts


def played(cuts: LiveCuts, seconds: float, beat_s: float = 0.5, meter: int = 4, begin_s: float = 0.0) -> list[float]:
    """`meter` 0: beats without bars."""
    found = []
    for number in range(round(seconds / beat_s)):
        time_s = begin_s + number * beat_s
        place, bar = (number % meter + 1, number // meter + 1) if meter else (0, 0)
        begins = cuts.beat(HeardBeat(time_s, place, bar, 60 / beat_s, 0.5))
        found += [time_s] * (begins or cuts.tick(time_s))
    return found


@pytest.mark.parametrize(("beat_s", "scene_s"), [(0.5, 4.0), (0.4, 4.8), (0.6, 4.8), (0.75, 6.0)])
def test_on_the_bar_nearest_to_the_period(beat_s: float, scene_s: float) -> None:
    found = played(LiveCuts(5.0), 60, beat_s)
    np.testing.assert_allclose(np.diff(found), scene_s)


def test_on_the_beat_where_no_bars_are_known() -> None:
    np.testing.assert_allclose(np.diff(played(LiveCuts(5.0), 60, 0.65, meter=0)), 5.2)


def test_on_an_onset_where_no_beats_are_told() -> None:
    cuts = LiveCuts(5.0)
    assert [time_s for time_s in (1.0, 4.9, 6.1, 7.0, 11.3) if cuts.onset(time_s) or cuts.tick(time_s)] == [6.1, 11.3]


def test_where_nothing_begins_to_sound_it_does_not_wait_for_ever() -> None:
    cuts = LiveCuts(5.0)
    assert [step / 10 for step in range(200) if cuts.tick(step / 10)] == [7.5, 15.0]


def test_when_the_feeling_moves_far_the_next_beat_begins_a_scene() -> None:
    cuts = LiveCuts(8.0)
    assert played(cuts, 3.0) == []
    cuts.feel(Sentiment(1.4, 0.0))
    assert not cuts.beat(HeardBeat(3.0, 3, 1, 120, 0.5))
    cuts.feel(Sentiment(1.2, 1.2))
    assert cuts.beat(HeardBeat(3.5, 4, 1, 120, 0.5))
    assert not cuts.beat(HeardBeat(4.0, 1, 2, 120, 0.5))
    cuts.feel(Sentiment(-1.0, -1.0))
    assert not cuts.beat(HeardBeat(4.5, 2, 2, 120, 0.5))  # shorter than a scene may be
    assert cuts.beat(HeardBeat(5.5, 4, 2, 120, 0.5))
