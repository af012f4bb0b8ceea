"""Sound as it is heard: events in order, and levels that grow."""

import numpy as np

from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.audio.features import WINDOW
from deepsing_bridge.listening.beats import HeardBeat
from deepsing_bridge.listening.hearing import Cut, Hearing, Windows
from deepsing_bridge.listening.levels import HeardOnset
from tests.listening.blocks import blocks
from tests.sounds import music


def test_music_has_onsets_beats_cuts_and_levels() -> None:
    heard = Hearing()
    told = [event for block in blocks(music(24)) for event in heard.hear(block)]
    assert sum(isinstance(event, HeardBeat) for event in told) > 20
    assert sum(isinstance(event, HeardOnset) for event in told) > 30
    cuts = [event.time_s for event in told if isinstance(event, Cut)]
    assert 3 <= len(cuts) <= 6
    assert heard.sounding
    assert heard.levels.begun(24.0) > heard.levels.begun(12.0) > 0.1
    assert heard.sound.at(23.0).spectrum.max() > 0.5


def test_the_next_scene_is_a_period_from_one_that_somebody_else_let_begin() -> None:
    heard, cuts = Hearing(), []
    for block in blocks(np.zeros(24 * SAMPLE_RATE, np.float32)):
        cuts += [event.time_s for event in heard.hear(block) if isinstance(event, Cut)]
        if cuts and len(cuts) == 1 and heard.heard_s >= 10:
            heard.begin_scene(heard.heard_s)
            cuts.append(heard.heard_s)
    assert np.round(cuts, 1).tolist() == [7.5, 10.0, 17.5]


def test_windows_are_whole_and_lose_nothing() -> None:
    samples, windows = music(3), Windows()
    found = [window for block in blocks(samples) for window in windows.add(block)]
    assert [len(window) for window in found] == [WINDOW] * (len(samples) // WINDOW)
    np.testing.assert_array_equal(np.concatenate(found), samples[: len(found) * WINDOW])
    assert len(samples) == 3 * SAMPLE_RATE
