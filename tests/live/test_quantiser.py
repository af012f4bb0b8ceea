"""What waits for a beat or a bar: of the song, of the performer's taps, or for nothing where there is neither."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.core.types import Structure
from deepsing_bridge.live.commands import Hold, NextScene, Pause, Play, Seek, SetParam, Tap
from deepsing_bridge.live.events import Beat, Echo, PendingAt, SceneStarted
from deepsing_bridge.live.live_set import UNHEARD
from deepsing_bridge.live.quantiser import Boundary, boundaries, next_boundary
from deepsing_bridge.story.analysis import SongAnalysis
from tests.live.players import Player, analysis


def with_beats(every_s: float = 0.5, first_s: float = 0.1, bars: bool = True) -> SongAnalysis:
    beats = np.arange(first_s, 20.0, every_s)
    starts = beats[::4] if bars else np.empty(0)
    return replace(analysis(), structure=Structure(beats=beats, bars=starts, accents=np.ones(len(starts))))


def playing(song: SongAnalysis | None, quantise: str) -> Player:
    player = Player(quantise=quantise)
    if song is not None:
        player.put_on(song)
        player.say(Play())
        player.run(1.25)
    player.events.take(0)
    return player


def changed_at(player: Player, name: str, seconds: float = 10.0) -> float | None:
    """When, in the song, a parameter is told to be another; runs up to `seconds`."""
    for _ in range(round(seconds * 240)):
        player.run(1 / 240)
        if player.events_of(Echo, lambda echo: echo.name == name):
            return player.hub.snapshot.time_s
    return None


@pytest.mark.parametrize(("quantise", "at_s"), [("beat", 1.6), ("bar", 2.1), ("4bars", 8.1)])
def test_a_view_waits_for_the_songs_next_beat_or_bar(quantise: str, at_s: float) -> None:
    player = playing(with_beats(), quantise)
    player.say(SetParam("view", 3))
    assert player.hub.snapshot.values["view"] == 0
    assert changed_at(player, "view") == pytest.approx(at_s, abs=0.006)


def test_without_quantising_and_for_other_knobs_nothing_waits() -> None:
    player = playing(with_beats(), "off")
    player.say(SetParam("view", 3))
    assert player.hub.snapshot.values["view"] == 3
    player.say(SetParam("quantise", "bar"), SetParam("blend", 0.7))
    assert player.hub.snapshot.values["blend"] == 0.7


def test_what_waits_is_told_and_that_nothing_does_any_more() -> None:
    player = playing(with_beats(), "bar")
    player.say(SetParam("view", 3), Hold((("dog", 1.0),)))
    (pending,) = player.events_of(PendingAt)
    assert pending == PendingAt("view, class", pytest.approx(0.85, abs=0.01))
    player.say(SetParam("view", 4))
    player.run(1.0)
    assert player.hub.snapshot.values["view"] == 4
    assert player.events_of(PendingAt) == [PendingAt("class, view", pytest.approx(0.84, abs=0.02)), PendingAt()]


def test_bars_are_four_beats_where_none_are_found() -> None:
    structure = with_beats(bars=False).structure
    assert boundaries(structure, "bar")[:3].tolist() == pytest.approx([0.1, 2.1, 4.1])
    assert boundaries(structure, "4bars")[:2].tolist() == pytest.approx([0.1, 8.1])


@pytest.mark.parametrize("in_bar", [3, 4])
def test_beats_that_are_heard_have_as_many_in_a_bar_as_are_counted(in_bar: int) -> None:
    beats = UNHEARD
    for number in range(20):
        beats = beats.heard(50 + 0.5 * number, number % in_bar + 1, number // in_bar + 1)
    state = replace(playing(None, "bar").engine.state, beats=beats)
    bar_s, now_s = 0.5 * in_bar, 50 + 0.5 * 19 + 0.1
    assert next_boundary(state, now_s) == Boundary(pytest.approx(50 + bar_s * (19 // in_bar + 1)), by_clock=True)
    state = replace(state, controls=state.controls.set("quantise", "4bars", now_s))
    assert next_boundary(state, now_s) == Boundary(
        pytest.approx(50 + 4 * bar_s * (19 // (4 * in_bar) + 1)), by_clock=True
    )
    state = replace(state, controls=state.controls.set("quantise", "beat", now_s))
    assert next_boundary(state, now_s) == Boundary(pytest.approx(60), by_clock=True)


def test_a_scene_begins_on_the_bar_to_the_frame() -> None:
    player = playing(with_beats(), "bar")
    player.say(NextScene())
    player.run(0.4)
    assert player.hub.snapshot.scene is not None and player.hub.snapshot.scene.index == 0
    frames = player.run(1.0)
    first = next(frame for frame in frames if frame.frame.scene_index == 1)
    assert 2.1 <= first.frame.time_s < 2.1 + 1 / 24
    assert [scene.start_s for scene in player.events_of(SceneStarted) if scene.index == 1] == [pytest.approx(2.1)]


def test_taps_count_where_the_song_has_no_beats_and_are_told_as_beats() -> None:
    player = playing(analysis(), "beat")
    for _ in range(4):
        player.say(Tap())
        player.run(0.6)
    beats = player.events_of(Beat)
    assert [(beat.number, beat.bar) for beat in beats[-3:]] == [(3, 1), (4, 1), (1, 2)]
    assert beats[-1].tempo == pytest.approx(100, abs=1)
    player.run(0.2)
    player.say(SetParam("view", 3))
    tapped = player.engine.state.taps.grid
    assert tapped is not None
    wait_s = tapped.next(player.clock.now()) - player.clock.now()
    asked_s = player.hub.snapshot.time_s
    assert changed_at(player, "view") == pytest.approx(asked_s + wait_s, abs=0.006)


def test_taps_do_nothing_in_a_song_that_has_beats() -> None:
    player = playing(with_beats(), "beat")
    player.say(Tap())
    player.run(0.23)
    player.say(Tap())
    player.events.take(0)
    player.say(SetParam("view", 3))
    assert changed_at(player, "view") == pytest.approx(1.6, abs=0.006)


def test_without_beats_and_taps_nothing_waits() -> None:
    player = playing(analysis(), "bar")
    player.say(SetParam("view", 3))
    assert player.hub.snapshot.values["view"] == 3


def test_after_the_last_bar_and_in_a_song_that_stands_nothing_waits() -> None:
    player = playing(with_beats(), "bar")
    player.say(Seek(18.5))
    player.say(SetParam("view", 3))
    assert player.hub.snapshot.values["view"] == 3
    player.say(Seek(5.0), Pause())
    player.say(SetParam("view", 4))
    assert player.hub.snapshot.values["view"] == 4


@pytest.mark.parametrize("command", [Pause(), Seek(12.0), Seek(0.5)], ids=str)
def test_where_the_song_stops_or_goes_elsewhere_what_waits_comes_at_once(command: Pause | Seek) -> None:
    player = playing(with_beats(), "4bars")
    player.say(SetParam("view", 3))
    player.say(command)
    assert player.hub.snapshot.values["view"] == 3
    assert player.events_of(PendingAt)[-1] == PendingAt()


def test_with_taps_and_no_song_a_class_waits_for_the_tapped_beat() -> None:
    player = playing(None, "beat")
    player.say(Tap())
    player.run(0.5)
    player.say(Tap())
    player.run(0.2)
    player.say(Hold((("dog", 1.0),)))
    assert player.engine.state.held == ()
    player.run(0.32)
    assert player.engine.state.held == ((2, 1.0),)
