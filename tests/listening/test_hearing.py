"""A set as it is heard: events in order, what is kept of it, and no more than that."""

import numpy as np

from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.listening import hearing
from deepsing_bridge.listening.beats import HeardBeat
from deepsing_bridge.listening.hearing import Cut, Hearing, Windows
from deepsing_bridge.listening.levels import HeardOnset
from deepsing_bridge.listening.sentiment import WINDOW
from tests.listening.blocks import blocks
from tests.sounds import music


def test_a_set_so_far_has_all_that_was_told() -> None:
    heard = Hearing()
    told = [event for block in blocks(music(24)) for event in heard.hear(block)]
    for value in range(48):
        heard.felt(Sentiment(value / 48, -value / 48))
    so_far = heard.so_far()
    beats = [event.time_s for event in told if isinstance(event, HeardBeat)]
    assert len(beats) > 20
    np.testing.assert_array_equal(so_far.structure.beats, beats)
    assert so_far.cuts == tuple(event.time_s for event in told if isinstance(event, Cut))
    assert 3 <= len(so_far.cuts) <= 6
    assert sum(isinstance(event, HeardOnset) for event in told) > 30
    assert so_far.sentiment.at(47) == Sentiment(np.float32(47 / 48), -np.float32(47 / 48))
    assert abs(len(so_far.levels.values) * so_far.levels.hop_s - 24) < 0.1 and so_far.sounding


def test_only_the_newest_is_kept(monkeypatch: object) -> None:
    hearing.MEMORY_S, before = 5.0, hearing.MEMORY_S
    try:
        heard = Hearing()
    finally:
        hearing.MEMORY_S = before
    for block in blocks(music(12)):
        heard.hear(block)
    for _ in range(24):
        heard.felt(Sentiment(0.0, 0.0))
    so_far = heard.so_far()
    assert len(so_far.sentiment) == 10 and len(so_far.levels.values) == 420


def test_a_set_of_which_nothing_was_heard_yet_can_be_asked_for() -> None:
    so_far = Hearing().so_far()
    assert so_far.heard_s == 0 and len(so_far.sentiment) == 0 and not so_far.sounding


def test_windows_are_whole_and_lose_nothing() -> None:
    samples, windows = music(3), Windows()
    found = [window for block in blocks(samples) for window in windows.add(block)]
    assert [len(window) for window in found] == [WINDOW] * (len(samples) // WINDOW)
    np.testing.assert_array_equal(np.concatenate(found), samples[: len(found) * WINDOW])
    assert len(samples) == 3 * SAMPLE_RATE
