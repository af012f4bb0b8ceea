"""Where the song is, under a clock turned by hand."""

import pytest

from deepsing_bridge.live.transport import END_S, JUMP_S, Transport, loaded

SONG_S = 60.0


@pytest.fixture
def song() -> Transport:
    return loaded(SONG_S, 100.0)


def test_a_loaded_song_waits_at_its_start(song: Transport) -> None:
    assert song == Transport("stopped", 0.0, 100.0, SONG_S, None)
    assert song.position(500.0) == 0.0
    assert Transport() == Transport("idle", 0.0, 0.0, 0.0, None)


def test_a_song_that_repeats_is_a_loop_of_all_of_it_and_never_ends() -> None:
    playing = loaded(SONG_S, 100.0, repeats=True).play(100)
    assert playing.loop == (0.0, SONG_S)
    assert not playing.ended(160)
    assert [playing.position(now_s) for now_s in (159, 160, 165, 225)] == [59, 0, 5, 5]


def test_each_command_is_anchored_where_it_was_given(song: Transport) -> None:
    playing = song.play(100)
    assert playing == Transport("playing", 0.0, 100.0, SONG_S)
    assert playing.pause(110) == Transport("paused", 10.0, 110.0, SONG_S)
    assert playing.stop(110) == Transport("stopped", 0.0, 110.0, SONG_S)
    assert playing.finish(110) == Transport("ended", SONG_S, 110.0, SONG_S)
    assert playing.seek(30, 110) == Transport("playing", 30.0, 110.0, SONG_S)
    assert playing.looping((1.0, 2.0), 100.5) == Transport("playing", 0.5, 100.5, SONG_S, (1.0, 2.0))


def test_a_clock_that_reads_less_than_at_the_start_is_still_within_the_song(song: Transport) -> None:
    assert song.play(100).position(99.0) == 0.0


def test_it_plays_in_time_and_does_not_drift_over_three_hours() -> None:
    playing = loaded(4 * 3600.0, 7.3).play(7.3)
    assert playing.position(7.3 + 3 * 3600) == pytest.approx(3 * 3600, abs=1e-9)


def test_pause_stays_and_play_goes_on_from_there(song: Transport) -> None:
    paused = song.play(100).pause(110)
    assert paused.position(200) == 10
    assert paused.play(200).position(205) == 15
    assert paused.play(200).play(205).position(206) == 16


def test_seek_while_paused_stays_paused(song: Transport) -> None:
    there = song.play(100).pause(110).seek(30, 120)
    assert there.state == "paused"
    assert there.position(130) == 30


@pytest.mark.parametrize(("asked", "got"), [(-5.0, 0.0), (61.0, SONG_S), (12.5, 12.5)])
def test_seek_lands_within_the_song(song: Transport, asked: float, got: float) -> None:
    assert song.seek(asked, 100).position(100) == got


def test_stop_goes_back_to_the_start(song: Transport) -> None:
    stopped = song.play(100).stop(130)
    assert (stopped.state, stopped.position(140)) == ("stopped", 0.0)


def test_the_end_is_the_end_and_play_begins_again(song: Transport) -> None:
    playing = song.play(100)
    assert not playing.ended(159.9)
    assert playing.ended(160.0)
    over = playing.finish(160.0)
    assert (over.state, over.position(999)) == ("ended", SONG_S)
    assert over.play(200).position(201) == 1.0


def test_nobody_hears_the_last_microsecond(song: Transport) -> None:
    nearly = song.seek(SONG_S - 1e-7, 100)
    assert nearly.play(100).position(101) == 1.0
    assert not song.ended(500.0)  # it does not play
    assert song.seek(SONG_S - 0.25, 100).play(100).position(100) == SONG_S - 0.25
    last = SONG_S - END_S
    assert song.seek(last, 100).play(100).position(100) == 0.0
    assert song.play(100).seek(last, 100).ended(100)
    assert not song.play(100).seek(last - END_S, 100).ended(100)


def test_a_seek_after_the_end_waits_there(song: Transport) -> None:
    there = song.play(100).finish(160).seek(30, 170)
    assert (there.state, there.position(180)) == ("stopped", 30.0)


def test_a_loop_comes_round_as_often_as_it_takes(song: Transport) -> None:
    looping = song.looping((10.0, 14.0), 100).play(100)
    assert looping.position(109) == 9
    assert looping.position(113.5) == 13.5
    assert looping.position(114) == 10
    assert looping.position(100 + 14 + 4 * 1000 + 1) == pytest.approx(11)
    odd = song.looping((10.0, 13.0), 100).play(100)
    assert [odd.position(100 + reached) for reached in (12, 13, 14, 17)] == [12, 10, 11, 11]


def test_a_seek_to_the_very_end_of_a_loop_comes_round(song: Transport) -> None:
    looping = song.looping((10.0, 14.0), 100)
    assert looping.seek(14.0, 100).play(100).position(101) == 11.0
    assert looping.seek(14.0, 100).position(101) == 14.0  # it does not play


def test_a_loop_changes_neither_state_nor_place(song: Transport) -> None:
    paused = song.play(100).pause(112).looping((10.0, 14.0), 120)
    assert (paused.state, paused.position(130)) == ("paused", 12.0)


def test_leaving_a_loop_goes_on_from_where_it_is(song: Transport) -> None:
    looping = song.looping((10.0, 14.0), 100).play(100)
    free = looping.looping(None, 117)
    assert free.position(117) == 13
    assert free.position(119) == 15


def test_a_position_beyond_the_loop_is_not_pulled_back(song: Transport) -> None:
    assert song.looping((10.0, 14.0), 100).seek(20, 100).play(100).position(105) == 25


def test_a_chased_time_starts_the_song_there(song: Transport) -> None:
    chased = song.chase(20.0, clock_s=100.0, moving=True, now_s=100.02)
    assert chased.playing
    assert chased.position(100.02) == pytest.approx(20.02)


def test_jitter_is_smoothed_and_taken_back_little_by_little(song: Transport) -> None:
    chased = song.chase(20.0, 100.0, True, 100.0)
    nudged = chased.chase(21.05, 101.0, True, 101.0)
    assert 21.0 < nudged.position(101.0) < 21.05 / 2 + 21.0 / 2
    for n in range(40):
        nudged = nudged.chase(21.05 + n * 0.1, 101.0 + n * 0.1, True, 101.0 + n * 0.1)
    assert nudged.position(105.0) == pytest.approx(25.05, abs=0.005)


def test_a_real_jump_is_followed_at_once(song: Transport) -> None:
    chased = song.chase(20.0, 100.0, True, 100.0).chase(40.0, 100.5, True, 100.5)
    assert chased.position(100.5) == pytest.approx(40.0)
    assert JUMP_S < 20


def test_time_that_stands_still_pauses_there(song: Transport) -> None:
    chased = song.chase(20.0, 100.0, True, 100.0).chase(23.0, 103.0, False, 103.0)
    assert (chased.state, chased.position(200)) == ("paused", 23.0)


@pytest.mark.parametrize(("time_s", "held_at"), [(-3.0, 0.0), (90.0, SONG_S)])
def test_time_beyond_the_song_holds_at_its_end(song: Transport, time_s: float, held_at: float) -> None:
    chased = song.play(100).chase(time_s, 101.0, True, 101.0)
    assert not chased.playing
    assert chased.position(102.0) == held_at


@pytest.mark.parametrize("moving", [True, False])
def test_time_beyond_a_song_that_repeats_holds_at_its_end(song: Transport, moving: bool) -> None:
    repeated = song.looping((0.0, song.duration_s), 100).play(100)
    held = repeated.chase(song.duration_s, 101.0, moving, 101.0)
    assert (held.state, held.position(101)) == ("paused", song.duration_s)


@pytest.mark.parametrize(("time_s", "state"), [(0.0, "playing"), (SONG_S - 1e-3, "playing"), (SONG_S, "paused")])
def test_a_chased_time_plays_from_the_first_moment_and_not_at_the_last(
    song: Transport, time_s: float, state: str
) -> None:
    assert song.chase(time_s, 100.0, True, 100.0).state == state


def test_a_chased_time_is_where_it_was_at_its_own_moment(song: Transport) -> None:
    """It took a while to arrive: the song has gone on, unless it stands."""
    assert song.chase(20.0, 99.0, True, 100.0) == Transport("playing", 21.0, 100.0, SONG_S)
    assert song.chase(20.0, 99.0, False, 100.0) == Transport("paused", 20.0, 100.0, SONG_S)
    assert song.play(100).chase(61.0, 99.0, True, 100.0) == Transport("paused", SONG_S, 100.0, SONG_S)


def test_a_fifth_of_what_is_no_jump_is_taken_back() -> None:
    here = loaded(SONG_S, 0.0).play(0.0)
    assert here.chase(JUMP_S, 0.0, True, 0.0).position(0.0) == pytest.approx(JUMP_S / 5)
    assert here.chase(0.05, 0.0, True, 0.0).position(0.0) == pytest.approx(0.01)
    assert here.chase(0.125, 0.0, True, 0.0).position(0.0) == 0.125
    later = loaded(SONG_S, 0.0).seek(30, 0.0).play(0.0)
    assert later.chase(29.95, 0.0, True, 0.0).position(0.0) == pytest.approx(29.99)
    assert later.chase(29.5, 0.0, True, 0.0).position(0.0) == 29.5


def test_a_chased_time_starts_what_stands_however_near_it_is(song: Transport) -> None:
    assert song.chase(0.0625, 100.0, True, 100.0) == Transport("playing", 0.0625, 100.0, SONG_S)
