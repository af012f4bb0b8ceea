"""Songs that follow each other: called by hand or by themselves, analysed ahead, and cross-faded."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.live.commands import Load, NextSong, Pause, Play, PreviousSong, Seek, SetParam
from deepsing_bridge.live.crossfade import BAR_S, bar_s
from deepsing_bridge.live.events import PendingAt, Problem
from deepsing_bridge.live.playlist import NO_PLAYLIST, Playlist
from deepsing_bridge.live.taps import BeatGrid
from tests.live.players import Player, analysis
from tests.live.test_quantiser import with_beats

SONGS = tuple(Path(f"song {number}.wav") for number in (1, 2, 3))


def test_songs_follow_and_precede_each_other() -> None:
    songs = Playlist(SONGS)
    assert [songs.following(song) for song in SONGS] == [SONGS[1], SONGS[2], None]
    assert [songs.preceding(song) for song in SONGS] == [None, SONGS[0], SONGS[1]]
    assert songs.following(Path("elsewhere.wav")) == SONGS[0]
    assert songs.following(SONGS[0], but=(SONGS[1],)) == SONGS[2]
    assert songs.preceding(SONGS[2], but=(SONGS[1],)) == SONGS[0]
    assert NO_PLAYLIST.following(SONGS[0]) is NO_PLAYLIST.preceding(SONGS[0]) is None


@pytest.fixture
def playing() -> Player:
    player = Player(playlist=Playlist(SONGS))
    player.say(Load(SONGS[0]), Play())
    player.put_on(analysis(name=str(SONGS[0])))
    player.run(1.0)
    return player


def title(player: Player) -> str:
    assert player.hub.snapshot.song is not None
    return player.hub.snapshot.song.title


def ahead(player: Player, seconds: float = 20.0) -> None:
    """What is analysed ahead is there."""
    player.analyzed(analysis(seconds, str(player.analyzer.asked[-1].path)))
    player.run(0.1)


def test_the_next_song_is_analysed_ahead_and_is_there_at_once(playing: Player) -> None:
    assert [song.path for song in playing.analyzer.asked] == list(SONGS[:2])
    ahead(playing)
    assert title(playing) == "song 1.wav" and len(playing.analyzer.asked) == 2
    playing.say(NextSong())
    assert (title(playing), playing.hub.snapshot.status.state) == ("song 2.wav", "playing")
    playing.run(0.1)
    assert playing.analyzer.asked[-1].path == SONGS[2]


def test_a_song_that_is_being_analysed_ahead_is_not_begun_again(playing: Player) -> None:
    playing.say(NextSong())
    assert len(playing.analyzer.asked) == 2 and title(playing) == "song 1.wav"
    ahead(playing)
    assert title(playing) == "song 2.wav"


def test_who_asks_again_and_again_does_not_put_the_song_off(playing: Player) -> None:
    for _ in range(1000):
        playing.say(NextSong())
    playing.say(Load(SONGS[1], start_s=5.0))
    assert [song.path for song in playing.analyzer.asked] == list(SONGS[:2])
    ahead(playing)
    assert title(playing) == "song 2.wav" and playing.hub.snapshot.time_s >= 5.0
    playing.run(0.1)
    assert playing.analyzer.asked[-1].path == SONGS[2]


def test_another_song_goes_first_and_what_follows_it_is_analysed_after(playing: Player) -> None:
    playing.say(Load(Path("wish.wav")))
    playing.put_on(analysis(name="wish.wav"))
    assert title(playing) == "wish.wav"
    playing.run(0.1)
    assert playing.analyzer.asked[-1].path == SONGS[0]


def test_at_its_end_a_song_is_followed_and_the_last_one_stays(playing: Player) -> None:
    ahead(playing, 5.0)
    playing.say(Seek(19.5))
    playing.run(1.0)
    assert (title(playing), playing.hub.snapshot.status.state) == ("song 2.wav", "playing")
    ahead(playing, 5.0)
    playing.run(6.0)
    assert title(playing) == "song 3.wav"
    playing.run(6.0)
    assert playing.hub.snapshot.status.state == "ended"


def test_a_song_that_cannot_be_analysed_is_left_out(playing: Player) -> None:
    playing.analyzed(None)
    playing.run(0.1)
    assert playing.analyzer.asked[-1].path == SONGS[2]
    ahead(playing)
    playing.say(Seek(19.9))
    playing.run(1.0)
    assert title(playing) == "song 3.wav"


def gone(player: Player) -> None:
    """What the analyzer was asked for last is not there."""
    player.analyzed(None)
    player.run(0.1)


def test_songs_that_were_gone_for_a_while_can_be_called_again(playing: Player) -> None:
    gone(playing)
    gone(playing)
    asked = len(playing.analyzer.asked)
    playing.run(1.0)
    assert len(playing.analyzer.asked) == asked  # nothing is tried again and again
    playing.say(NextSong("me"))
    assert not playing.events_of(Problem) and playing.analyzer.asked[-1].path == SONGS[1]
    ahead(playing)
    assert title(playing) == "song 2.wav"


def test_at_the_end_of_a_song_those_that_were_gone_are_tried_once_more(playing: Player) -> None:
    gone(playing)
    gone(playing)
    playing.say(Seek(19.9))
    playing.run(1.0)
    assert playing.analyzer.asked[-1].path == SONGS[1]
    gone(playing)
    assert playing.analyzer.asked[-1].path == SONGS[2]
    gone(playing)
    asked = len(playing.analyzer.asked)
    playing.run(1.0)
    assert (len(playing.analyzer.asked), playing.hub.snapshot.status.state) == (asked, "ended")


def test_back_to_the_song_before_and_no_further(playing: Player) -> None:
    ahead(playing)
    playing.say(NextSong())
    playing.say(PreviousSong())
    playing.put_on(analysis(name=str(SONGS[0])))
    assert title(playing) == "song 1.wav"
    playing.events.take(0)
    playing.say(PreviousSong("me"))
    assert playing.events_of(Problem) == [Problem("/deepsing/previous: the playlist has no song before this one", "me")]


def test_without_a_playlist_there_is_no_next_song_and_nothing_is_analysed_ahead() -> None:
    player = Player()
    player.put_on()
    player.run(1.0)
    player.say(NextSong("me"))
    assert player.events_of(Problem) == [Problem("/deepsing/next: the playlist has no song after this one", "me")]
    assert len(player.analyzer.asked) == 1


def test_a_paused_song_is_followed_by_one_that_waits(playing: Player) -> None:
    ahead(playing)
    playing.say(Pause(), NextSong())
    assert (title(playing), playing.hub.snapshot.status.state) == ("song 2.wav", "stopped")


def test_another_song_waits_for_the_bar() -> None:
    player = Player(playlist=Playlist(SONGS), quantise="bar")
    player.say(Load(SONGS[0]), Play())
    player.put_on(with_beats())
    player.run(1.25)
    ahead(player)
    player.events.take(0)
    player.say(NextSong())
    (pending,) = player.events_of(PendingAt)
    assert pending == PendingAt("song", pytest.approx(0.75, abs=0.01))
    player.run(0.7)
    assert title(player) == "song.wav"
    player.run(0.1)
    assert (title(player), player.hub.snapshot.status.state) == ("song 2.wav", "playing")
    assert player.hub.snapshot.time_s == pytest.approx(0.05, abs=0.02)


def test_pictures_cross_over_from_the_old_song_to_the_new_one(playing: Player) -> None:
    ahead(playing)
    playing.say(Seek(19.0), SetParam("crossfade", 1))
    playing.run(0.5)
    playing.say(NextSong())
    red = [int(frame.frame.pixels[0, 0, 0]) for frame in playing.run(BAR_S + 0.3)]
    assert red[0] > 180 and red[-1] < 30
    assert max(abs(one - other) for one, other in pairwise(red)) < 12
    assert red[len(red) // 2] == pytest.approx(100, abs=25)


def test_without_a_crossfade_or_at_a_jump_pictures_change_at_once(playing: Player) -> None:
    ahead(playing)
    playing.say(Seek(19.0))
    playing.run(0.2)
    playing.say(NextSong())
    assert int(playing.run(0.2)[-1].frame.pixels[0, 0, 0]) < 20
    playing.say(SetParam("crossfade", 4))
    playing.say(Seek(15.0))
    assert int(playing.run(0.2)[-1].frame.pixels[0, 0, 0]) > 140


def test_a_song_can_begin_elsewhere(playing: Player) -> None:
    playing.say(Load(Path("wish.wav"), start_s=7.0))
    playing.put_on(analysis(name="wish.wav"))
    assert playing.hub.snapshot.time_s == pytest.approx(7.0, abs=0.01)


def test_how_long_a_bar_is() -> None:
    assert bar_s(with_beats().structure, None) == pytest.approx(2.0)
    assert bar_s(with_beats(0.4, bars=False).structure, None) == pytest.approx(1.6)
    empty = analysis().structure
    assert bar_s(empty, BeatGrid(0.0, 0.6)) == pytest.approx(2.4)
    assert bar_s(empty, None) == BAR_S
    assert np.isfinite(bar_s(empty, None))
