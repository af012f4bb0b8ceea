"""Beats that others keep: what waits for them, and how they are told."""

from dataclasses import replace

import pytest

from deepsing_bridge.live.commands import FollowBeats, RecallCue, SetCues, SetParam, Tap
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.events import Beat, CueFired, PendingAt, Tapped
from deepsing_bridge.live.taps import BeatGrid
from tests.live.players import Player
from tests.live.test_quantiser import playing, with_beats

GRID = BeatGrid(first_s=50.3, period_s=0.6)  # the player's clock begins at 50


def joined(quantise: str = "bar", grid: BeatGrid = GRID) -> Player:
    """A song with beats of its own, 0.5 s apart, plays; the clock is at 51.25."""
    player = playing(with_beats(), quantise)
    player.say(FollowBeats(grid))
    player.events.take(0)
    return player


def fired_at(player: Player, seconds: float = 4.0) -> float | None:
    """When, on the clock, a cue is told to be called, to a frame of 1/24 s or better."""
    for _ in range(round(seconds * 240)):
        player.run(1 / 240)
        if player.events_of(CueFired):
            return player.clock.now_s
    return None


def test_a_cue_between_bars_comes_on_the_sessions_bar_to_the_frame() -> None:
    player = joined()
    player.say(SetCues((Cue("drop", {"blend": 0.9}),)), RecallCue("drop"))
    assert player.events_of(CueFired) == []
    assert fired_at(player) == pytest.approx(50.3 + 4 * 0.6, abs=1 / 240 + 1e-6)


@pytest.mark.parametrize(("quantise", "beats"), [("beat", 2), ("bar", 4), ("4bars", 16)])
def test_a_view_waits_for_the_sessions_beats_and_not_for_the_songs(quantise: str, beats: int) -> None:
    player = joined(quantise)
    player.say(SetParam("view", 3))
    at_s = 50.3 + beats * 0.6
    player.run(at_s - player.clock.now_s - 0.01)
    assert player.hub.snapshot.values["view"] == 0
    player.run(0.02)
    assert player.hub.snapshot.values["view"] == 3


def test_what_waits_goes_with_the_tempo() -> None:
    """The bar that was 1.15 s away is 0.575 s away when the session goes twice as fast from now on."""
    player = joined()
    player.say(SetParam("view", 3))
    place, now_s = GRID.place(player.clock.now_s), player.clock.now_s
    player.say(FollowBeats(BeatGrid(now_s - place * 0.3, 0.3)))
    assert player.events_of(PendingAt)[-1].what == "view"
    player.run((4 - place) * 0.3 - 0.01)
    assert player.hub.snapshot.values["view"] == 0
    player.run(0.02)
    assert player.hub.snapshot.values["view"] == 3


def test_nothing_is_lost_when_the_session_ends_while_it_waits() -> None:
    player = joined()
    player.say(SetParam("view", 3))
    player.say(FollowBeats(None))
    player.run(50.3 + 4 * 0.6 - player.clock.now_s + 0.01)
    assert player.hub.snapshot.values["view"] == 3
    player.say(SetParam("view", 4))  # the song's own bars again
    player.run(2.1)
    assert player.hub.snapshot.values["view"] == 4


def test_the_sessions_beats_are_told_and_the_songs_are_not() -> None:
    player = joined()
    player.run(2.4)
    beats = player.events_of(Beat)
    assert [(beat.number, beat.bar) for beat in beats] == [(3, 1), (4, 1), (1, 2), (2, 2)]
    assert {round(beat.tempo, 6) for beat in beats} == {100}


def test_a_session_counts_without_a_song_too() -> None:
    player = Player(quantise="bar")
    player.say(FollowBeats(GRID))
    player.say(SetParam("view", 3))
    player.run(0.29)
    assert player.hub.snapshot.values["view"] == 0
    player.run(0.02)
    assert player.hub.snapshot.values["view"] == 3


def test_taps_are_told_with_their_tempo() -> None:
    player = Player()
    for _ in range(3):
        player.say(Tap())
        player.run(0.5)
    assert player.events_of(Tapped) == [Tapped(1, 0.0), Tapped(2, pytest.approx(120)), Tapped(3, pytest.approx(120))]


def test_only_the_newest_beats_wait_to_be_followed() -> None:
    player = Player()
    for period_s in (0.5, 0.6, 0.7):
        player.hub.inbox.put(FollowBeats(replace(GRID, period_s=period_s)))
    assert player.hub.inbox.take(0) == [FollowBeats(replace(GRID, period_s=0.7))]


@pytest.mark.parametrize("ahead", [-4000, -9, -1, 0, 3, 77])
def test_numbers_go_on_in_whole_bars_however_others_count(ahead: int) -> None:
    other = BeatGrid(GRID.first_s - (4 * ahead + 0.25) * 0.6, 0.6)  # a quarter of a beat behind
    found = other.numbered_after(GRID, 60.0)
    assert found.place(60.0) == pytest.approx(GRID.place(60.0) + 0.25)
    assert 0 <= other.numbered_after(None, 60.0).place(60.0) < 4
