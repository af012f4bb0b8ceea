"""The engine under a clock turned by hand: no threads, no models, no waiting."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.live.hub import LiveFrame
from deepsing_bridge.live.messages import (
    ArousalAt,
    Chase,
    Echo,
    Load,
    Loop,
    Pause,
    Play,
    Problem,
    SceneStarted,
    Seek,
    SetParam,
    SongLoaded,
    Status,
    Stop,
    TimeAt,
    Toggle,
    ValenceAt,
)
from tests.live.players import SONG_S, Player, heard


@pytest.fixture
def player() -> Player:
    return Player()


@pytest.fixture
def playing(player: Player) -> Player:
    player.put_on()
    player.say(Play())
    player.run(0.5)
    player.events.take(0)
    return player


def colour(frame: LiveFrame) -> list[int]:
    return [int(c) for c in frame.frame.pixels[0, 0]]


def test_without_a_song_there_is_a_picture_that_answers_to_the_knobs(player: Player) -> None:
    first = player.run(0.5)
    assert first
    player.say(SetParam("noise", 0.8))
    assert colour(player.run(0.5)[-1])[2] == 200
    assert player.hub.snapshot.status.state == "idle"


def test_play_without_a_song_is_a_problem_for_whoever_said_it(player: Player) -> None:
    player.say(Play("me"))
    assert player.heard(Problem) == [Problem("no song is loaded: load one first", "me")]


def test_play_is_remembered_while_a_song_is_analysed(player: Player) -> None:
    player.say(Load(Path("song.wav")), Play())
    assert player.analyst.asked == [Load(Path("song.wav"))]
    player.run(1.0)
    player.put_on()
    player.run(1.0)
    assert player.hub.snapshot.status.state == "playing"
    assert player.hub.snapshot.time_s == pytest.approx(1.0, abs=0.01)


def test_a_song_that_cannot_be_analysed_leaves_everything_as_it_was(playing: Player) -> None:
    playing.say(Load(Path("bad.wav")))
    playing.analyst.ready.append(None)
    playing.run(0.5)
    assert playing.hub.snapshot.song.title == "song.wav"  # type: ignore[union-attr]
    assert playing.hub.snapshot.time_s == pytest.approx(1.0, abs=0.01)


def test_frames_come_at_the_rate_in_order_and_in_time_with_the_song(playing: Player) -> None:
    frames = playing.run(2.0)
    assert len(frames) == 48
    assert [f.sequence for f in frames] == list(range(frames[0].sequence, frames[0].sequence + 48))
    for frame in frames:
        assert frame.frame.time_s == pytest.approx(frame.clock_s - frames[0].clock_s + frames[0].frame.time_s)
        assert abs(colour(frame)[0] - 10 * frame.frame.time_s) <= 1
    assert playing.engine.screen.dropped == 0


def test_another_rate_is_kept_too(playing: Player) -> None:
    playing.say(SetParam("fps", 10.0))
    playing.run(0.05)
    assert len(playing.run(2.0)) == 20


def test_frames_that_could_not_be_made_in_time_are_dropped_and_counted(playing: Player) -> None:
    playing.clock.now_s += 1.0  # the machine was busy elsewhere
    frames = playing.run(0.5)
    assert playing.engine.screen.dropped in (23, 24)
    assert frames[0].frame.time_s == pytest.approx(1.5, abs=1 / 24)


def test_a_painter_that_is_slow_holds_up_no_frame(playing: Player) -> None:
    playing.studio.busy = True
    playing.run(2.0)
    assert playing.engine.screen.dropped == 0
    assert playing.hub.snapshot.time_s == pytest.approx(2.5, abs=0.01)


def test_pictures_are_asked_for_ahead_of_the_song_while_it_plays(playing: Player) -> None:
    playing.studio.took_s = 0.2
    playing.run(0.5)
    position = playing.hub.snapshot.time_s
    assert position + 0.3 < playing.studio.wishes[-1].time_s < position + 0.6


def test_a_picture_that_does_not_change_is_sent_again_once_a_second(playing: Player) -> None:
    playing.say(Pause())
    playing.run(0.5)
    again = playing.run(4.0)
    assert len(again) == 4
    assert len({f.frame.pixels.tobytes() for f in again}) == 1


def test_blend_reaches_the_picture_within_two_frames_though_the_painter_is_slow(playing: Player) -> None:
    playing.say(Pause())
    before = colour(playing.run(1.5)[-1])
    playing.studio.busy = True
    playing.say(SetParam("blend", 0.15))
    after = playing.run(2 / 24)
    assert colour(after[-1])[1] > before[1] + 5


def test_noise_reaches_the_picture_within_two_frames_of_being_painted(playing: Player) -> None:
    playing.say(Pause())
    before = colour(playing.run(1.5)[-1])
    playing.say(SetParam("noise", 1.0))
    assert colour(playing.run(2 / 24)[-1])[2] > before[2] + 50
    assert colour(playing.run(0.5)[-1])[2] == 250


def test_a_knob_does_not_zip(playing: Player) -> None:
    playing.say(Pause())
    playing.run(0.5)
    playing.say(SetParam("blend", 1.0))
    greens = [colour(frame)[1] for frame in playing.run(1.0)]
    assert greens[-1] == 250
    assert len(set(greens)) > 3
    assert greens == sorted(greens)


def test_everybody_hears_a_change_whoever_made_it(playing: Player) -> None:
    playing.say(SetParam("blend", 0.7, "me"), SetParam("view", 2, "you"))
    assert playing.heard(Echo) == [Echo("blend", 0.7), Echo("view", 2)]
    assert playing.hub.snapshot.values["blend"] == 0.7


def test_freeze_holds_the_picture_while_time_goes_on(playing: Player) -> None:
    playing.say(SetParam("freeze", True))
    held = playing.run(2.5)
    assert len({colour(f)[0] for f in held}) == 1
    assert held[-1].frame.time_s - held[0].frame.time_s > 1
    assert playing.hub.snapshot.time_s == pytest.approx(3.0, abs=0.01)
    playing.say(SetParam("freeze", False))
    assert abs(colour(playing.run(0.5)[-1])[0] - 35) <= 1


def test_freeze_again_holds_the_same_picture(playing: Player) -> None:
    """A control surface that repeats its value, or lets go and presses within a frame."""
    playing.say(SetParam("freeze", True))
    held = playing.run(0.5)
    playing.say(SetParam("freeze", True))
    assert {colour(frame)[0] for frame in playing.run(1.5)} == {colour(held[-1])[0]}
    playing.say(SetParam("freeze", False))
    playing.say(SetParam("freeze", True))
    assert len({colour(frame)[0] for frame in playing.run(0.5)}) == 1


def test_another_size_is_there_with_the_next_frame(playing: Player) -> None:
    playing.say(SetParam("size", "128x72"))
    assert playing.run(2 / 24)[-1].frame.pixels.shape == (72, 128, 3)


def test_seek_shows_the_picture_from_there_and_pause_stays_pause(playing: Player) -> None:
    playing.say(Pause())
    playing.say(Seek(12.0))
    shown = playing.run(0.5)
    assert colour(shown[-1])[0] == 120
    assert playing.hub.snapshot.status.state == "paused"
    assert shown[-1].frame.scene_index == 2


def test_after_a_jump_nothing_from_before_it_is_mixed_in(playing: Player) -> None:
    playing.say(Seek(15.0))
    reds = [colour(f)[0] for f in playing.run(0.5)]
    assert all(red < 15 or red >= 150 for red in reds)


def test_toggle_stop_and_the_end(playing: Player) -> None:
    playing.say(Toggle())
    assert playing.hub.snapshot.status.state == "paused"
    playing.say(Toggle())
    playing.say(Stop())
    playing.run(0.1)
    assert (playing.hub.snapshot.status.state, playing.hub.snapshot.time_s) == ("stopped", 0.0)
    playing.say(Seek(SONG_S - 0.2), Play())
    last = playing.run(1.0)[-1]
    assert (playing.hub.snapshot.status.state, playing.hub.snapshot.time_s) == ("stopped", SONG_S)
    assert colour(last)[0] >= 198


def test_a_loop_comes_round(playing: Player) -> None:
    playing.say(Loop(True, 2.0, 4.0), Seek(3.5))
    playing.run(1.0)
    assert playing.hub.snapshot.time_s == pytest.approx(2.5, abs=0.01)


def test_every_scene_is_told_once_when_it_begins(playing: Player) -> None:
    playing.events.take(0)
    playing.say(Seek(4.0))
    playing.run(12.0)
    told: list[Any] = playing.heard(SceneStarted)
    assert [scene.index for scene in told] == [1, 2, 3]
    assert [scene.start_s for scene in told] == [5.0, 10.0, 15.0]


def test_time_valence_and_arousal_are_told_25_times_a_second_status_once(playing: Player) -> None:
    playing.run(2.0)
    events = playing.events.take(0)
    for kind, count in ((TimeAt, 50), (ValenceAt, 50), (ArousalAt, 50), (Status, 2)):
        assert abs(sum(isinstance(event, kind) for event in events) - count) <= 1
    assert [event.fps for event in events if isinstance(event, Status)][-1] == 24.0


def test_offsets_are_added_to_what_is_told(playing: Player) -> None:
    playing.say(Pause())
    before = playing.hub.snapshot
    playing.say(SetParam("valence_offset", 1.5), SetParam("arousal_offset", -0.5))
    playing.run(0.5)
    assert playing.hub.snapshot.valence == pytest.approx(before.valence + 1.5)
    assert playing.hub.snapshot.arousal == pytest.approx(before.arousal - 0.5)


def test_a_chased_time_is_followed_and_held(player: Player) -> None:
    player.put_on()
    for n in range(100):
        player.say(Chase(3.0 + n * 0.04, player.clock.now()))
        player.run(0.04, 1 / 250)
    assert player.hub.snapshot.status.state == "playing"
    assert player.hub.snapshot.time_s == pytest.approx(7.0, abs=0.02)
    player.say(Chase(9.0, player.clock.now(), moving=False))
    player.run(1.0)
    assert (player.hub.snapshot.status.state, player.hub.snapshot.time_s) == ("paused", 9.0)


def test_a_new_song_goes_on_playing_and_the_old_picture_stays_until_there_is_one(playing: Player) -> None:
    old = playing.run(0.2)[-1]
    playing.say(Load(Path("other.wav")))
    playing.run(1.0)
    playing.studio.busy = True
    playing.put_on(heard(30.0, "other.wav"))
    playing.run(0.3)
    assert playing.hub.snapshot.status.state == "playing"
    assert playing.hub.frames.newest().board.song_digest == old.board.song_digest  # type: ignore[union-attr]
    assert [event.title for event in playing.heard(SongLoaded)] == ["other.wav"]  # type: ignore[attr-defined]
    playing.studio.busy = False
    shown = playing.run(0.5)[-1]
    assert shown.board is not None and shown.board.song_digest == "other.wav"


def test_a_painter_that_fails_now_and_then_is_asked_again(playing: Player) -> None:
    asked = len(playing.studio.wishes)
    playing.studio.busy = True
    playing.run(1.0)
    assert len(playing.studio.wishes) > asked + 10


def test_frames_are_not_written_to_again(playing: Player) -> None:
    frames = playing.run(1.0)
    copies = [f.frame.pixels.copy() for f in frames]
    playing.run(1.0)
    assert all(np.array_equal(f.frame.pixels, copy) for f, copy in zip(frames, copies, strict=True))
