"""The engine under a clock turned by hand: no threads, no models, no waiting."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.core.fields import Value
from deepsing_bridge.live.commands import Chase, Command, Load, Loop, Pause, Play, Seek, SetParam, Stop, Toggle
from deepsing_bridge.live.engine import Engine
from deepsing_bridge.live.events import (
    ArousalAt,
    Echo,
    LoopAt,
    Problem,
    SceneStarted,
    SongLoaded,
    Status,
    TimeAt,
    TransportAt,
    ValenceAt,
)
from deepsing_bridge.live.hub import LiveFrame
from deepsing_bridge.live.idle import silence
from deepsing_bridge.live.interpolation import Keyframe
from deepsing_bridge.live.picture_source import PictureSource
from deepsing_bridge.live.render_worker import RenderRequest
from deepsing_bridge.render.camera import HandheldCamera
from tests.flashes import most_flashes
from tests.live.players import SONG_S, FlatRenderer, Player, analysis


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
    assert player.events_of(Problem) == [Problem("no song is loaded: load one first", "me")]


def test_play_is_remembered_while_a_song_is_analysed(player: Player) -> None:
    player.say(Load(Path("song.wav")), Play())
    assert player.analyzer.asked == [Load(Path("song.wav"))]
    player.run(1.0)
    player.put_on()
    player.run(1.0)
    assert player.hub.snapshot.status.state == "playing"
    assert player.hub.snapshot.time_s == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([Pause()], "stopped"),
        ([Stop()], "stopped"),
        ([Toggle()], "stopped"),
        ([Pause(), Play()], "playing"),
        ([Toggle(), Toggle()], "playing"),
        ([Seek(SONG_S)], "playing"),  # the last one ends meanwhile
        ([Chase(3.0, 50.0, moving=False)], "stopped"),
        ([Pause(), Load(Path("third.wav"))], "stopped"),
    ],
    ids=str,
)
def test_a_song_that_follows_another_plays_unless_it_was_told_not_to(
    said: list[Command], state: str, playing: Player
) -> None:
    playing.say(Load(Path("other.wav")))
    playing.run(0.1)
    playing.say(*said)
    playing.run(0.1)
    playing.put_on(analysis(30.0, "other.wav"))
    assert (playing.hub.snapshot.song.title, state) == ("other.wav", playing.hub.snapshot.status.state)  # type: ignore[union-attr]


def test_before_the_first_song_is_there_nobody_can_go_anywhere_in_it_but_play_stays_remembered(player: Player) -> None:
    player.say(Load(Path("song.wav")), Play())
    said = "the song is still being analysed: wait until it is there"
    player.say(Seek(12.0, "me"), Loop(True, sender="you"))
    assert player.events_of(Problem) == [Problem(said, "me"), Problem(said, "you")]
    player.put_on()
    assert player.hub.snapshot.status.state == "playing"


def test_time_code_that_stood_still_before_a_song_was_asked_for_does_not_start_it(player: Player) -> None:
    player.say(Chase(0.0, player.clock.now(), moving=False))
    player.put_on()
    assert player.hub.snapshot.status.state == "stopped"


def test_of_two_songs_the_one_that_was_asked_for_last_is_put_on_and_plays_on(playing: Player) -> None:
    """Also where the first one is there in the very step in which the second one is asked for."""
    playing.say(Load(Path("other.wav")))
    playing.analyzed(analysis(30.0, "other.wav"))
    playing.say(Load(Path("third.wav")))
    assert playing.hub.snapshot.song.title == "song.wav"  # type: ignore[union-attr]
    playing.put_on(analysis(30.0, "third.wav"))
    assert playing.hub.snapshot.song.title == "third.wav"  # type: ignore[union-attr]
    assert playing.hub.snapshot.status.state == "playing"


def test_a_song_that_cannot_be_analysed_takes_nothing_from_the_next_one(player: Player) -> None:
    player.say(Load(Path("bad.wav")), Play())
    player.analyzed(None)
    player.say(Load(Path("song.wav")))
    player.say(Play())
    assert player.events_of(Problem) == []
    player.put_on()
    assert player.hub.snapshot.status.state == "playing"


def test_a_song_that_cannot_be_analysed_leaves_everything_as_it_was(playing: Player) -> None:
    playing.say(Load(Path("bad.wav")))
    playing.analyzed(None)
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
    assert playing.engine.scheduler.counts.dropped == 0


def test_another_rate_is_kept_too(playing: Player) -> None:
    playing.say(SetParam("fps", 10.0))
    playing.run(0.05)
    assert len(playing.run(2.0)) == 20


def test_frames_that_could_not_be_made_in_time_are_dropped_and_counted(playing: Player) -> None:
    playing.clock.now_s += 1.0  # the machine was busy elsewhere
    frames = playing.run(0.5)
    assert playing.engine.scheduler.counts.dropped in (23, 24)
    assert frames[0].frame.time_s == pytest.approx(1.5, abs=1 / 24)


def test_a_painter_that_is_slow_holds_up_no_frame(playing: Player) -> None:
    playing.renderer.busy = True
    playing.run(2.0)
    assert playing.engine.scheduler.counts.dropped == 0
    assert playing.hub.snapshot.time_s == pytest.approx(2.5, abs=0.01)


def test_pictures_are_asked_for_ahead_of_the_song_while_it_plays(playing: Player) -> None:
    playing.renderer.took_s = 0.2
    playing.run(0.5)
    position = playing.hub.snapshot.time_s
    assert position + 0.3 < playing.renderer.asked[-1].time_s < position + 0.6


def test_a_picture_is_asked_for_once_for_each_frame_and_is_that_frame_s(playing: Player) -> None:
    playing.renderer.asked.clear()
    frames = playing.run(2.0)
    asked = [request.time_s for request in playing.renderer.asked]
    assert 46 <= len(asked) <= 50 and np.diff(asked) == pytest.approx(1 / 24)
    shown = [frame.frame.time_s for frame in frames]
    assert len(shown) == 48 and all(min(abs(time_s - one) for one in asked) < 1e-6 for time_s in shown[6:])


def test_a_picture_must_be_there_within_a_frame_while_it_plays_and_not_when_it_stands(playing: Player) -> None:
    playing.run(0.5)
    assert 0 < playing.renderer.asked[-1].within_s < 1 / 24
    playing.say(Pause())
    playing.run(0.5)
    assert playing.renderer.asked[-1].within_s == math.inf


def test_a_picture_that_does_not_change_is_sent_again_once_a_second(playing: Player) -> None:
    playing.say(Pause())
    playing.run(0.5)
    again = playing.run(4.0)
    assert len(again) == 4
    assert len({f.frame.pixels.tobytes() for f in again}) == 1


def test_blend_reaches_the_picture_within_two_frames_though_the_painter_is_slow(playing: Player) -> None:
    playing.say(Pause())
    before = colour(playing.run(1.5)[-1])
    playing.renderer.busy = True
    playing.say(SetParam("blend", 0.15))
    after = playing.run(2 / 24)
    assert colour(after[-1])[1] > before[1] + 5


class Curved(FlatRenderer):
    """Stylized pictures are on no line: what is made of one for another blend is some way off."""

    def paint(self, request: RenderRequest) -> Keyframe:
        keyframe = super().paint(request)
        keyframe.painted[..., 1] = round(request.look.blend**2 * 250)
        return keyframe


def test_a_fader_on_blend_makes_no_stairs() -> None:
    """Up in two seconds, where a picture takes a fifth of one."""
    renderer = Curved(took_s=0.2)
    player = Player(renderer=renderer, blend=0.1)
    player.put_on()
    player.run(0.5)
    greens = []
    for step in range(120):
        renderer.busy = step % 12 != 0
        player.say(SetParam("blend", 0.1 + 0.8 * step / 120))
        greens += [colour(frame)[1] for frame in player.run(1 / 60)]
    greens += [colour(frame)[1] for frame in player.run(1 / 24)]
    steps = np.diff(greens)
    assert steps.max() < 14 and steps.min() >= 0
    assert greens[-1] > 180


@pytest.mark.parametrize("painted_s", [0.001, 0.02, 0.04])
def test_most_of_a_picture_with_other_noise_is_in_the_next_frame_whenever_it_was_painted(
    painted_s: float, playing: Player
) -> None:
    playing.say(Pause())
    assert colour(playing.run(1.5)[-1])[2] == 8  # of 250: the noise there is by default
    playing.run(playing.engine.scheduler.pace.next_s() - playing.clock.now_s, 1 / 2400)
    playing.renderer.busy = True
    playing.say(SetParam("noise", 1.0))
    playing.run(painted_s, 1 / 2400)
    playing.renderer.busy = False
    fading = [colour(frame)[2] for frame in playing.run(2 / 24, 1 / 2400)]
    assert 8 + 0.6 * 242 < fading[0] < fading[1] == 250


def test_in_a_pause_a_picture_is_shown_as_soon_as_it_is_painted_and_the_rate_is_kept(playing: Player) -> None:
    playing.say(Pause())
    playing.run(1.5)
    frames = []
    for step in range(20):
        playing.renderer.busy = True
        playing.say(SetParam("noise", 0.3 + 0.6 * (step % 2)))
        frames += playing.run(0.23, 1 / 2400)
        playing.renderer.busy = False
        first = playing.run(1 / 2400, 1 / 2400)
        assert [frame.clock_s for frame in first] == [playing.clock.now_s]
        frames += first
    apart = np.diff([frame.clock_s for frame in frames])
    assert apart.min() > 1 / 24 - 1e-6
    assert playing.hub.snapshot.status.dropped_frames == 0


def test_a_knob_does_not_zip(playing: Player) -> None:
    playing.say(Pause())
    playing.run(0.5)
    playing.say(SetParam("blend", 1.0))
    greens = [colour(frame)[1] for frame in playing.run(1.0)]
    assert greens[-1] == 250
    assert len(set(greens)) > 3
    assert greens == sorted(greens)


@pytest.mark.parametrize(("name", "value"), [("morph", 0.9), ("blend", 0.9)])
def test_on_its_way_to_where_it_was_set_a_knob_asks_for_one_other_look_only(
    name: str, value: float, playing: Player
) -> None:
    before = playing.renderer.asked[-1].look
    playing.say(SetParam(name, value))
    playing.run(1.0)
    looks = list(dict.fromkeys(request.look for request in playing.renderer.asked))
    assert looks[looks.index(before) :] == [before, replace(before, **{name: value})]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"), [("noise", 0.9), ("valence_offset", 0.9), ("arousal_offset", -1), ("view", 2)]
)
def test_a_knob_that_matters_to_the_plan_asks_for_one_other_plan_only(name: str, value: float, playing: Player) -> None:
    """A plan of the whole song takes long where that is long."""
    *_, before = asked = playing.planner.asked.copy()
    playing.say(SetParam(name, value))
    playing.run(1.0)
    (after,) = playing.planner.asked[len(asked) :]
    assert after.analysis is before.analysis
    assert after.parameters == replace(before.parameters, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["blend", "morph", "truncation"])
def test_a_knob_that_the_plan_does_not_depend_on_asks_for_none(name: str, playing: Player) -> None:
    asked = len(playing.planner.asked)
    playing.say(SetParam(name, 0.7))
    playing.run(0.5)
    assert len(playing.planner.asked) == asked


def test_scenes_are_told_though_no_picture_was_ever_painted(player: Player) -> None:
    player.renderer.busy = True
    player.put_on()
    player.say(Play())
    player.run(SONG_S - 0.5)
    told: list[Any] = player.events_of(SceneStarted)
    assert [scene.index for scene in told if scene.end_s <= SONG_S][-4:] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "value"), [("valence_offset", 1.5), ("arousal_offset", -1.5), ("view", 1), ("style", "threshold")]
)
def test_a_scene_is_told_anew_when_a_knob_makes_another_of_it(name: str, value: Value, playing: Player) -> None:
    before: Any = playing.hub.snapshot.scene
    playing.say(SetParam(name, value))
    playing.run(0.5)
    (told,) = playing.events_of(SceneStarted)
    assert told == playing.hub.snapshot.scene != before
    assert told.index == before.index  # type: ignore[attr-defined]


def test_a_scene_is_not_told_anew_by_a_knob_that_leaves_it_as_it_is(playing: Player) -> None:
    playing.say(SetParam("noise", 0.9), SetParam("blend", 0.9))
    playing.run(0.5)
    assert playing.events_of(SceneStarted) == []


def test_a_story_that_could_not_be_planned_is_told_and_the_one_before_stays(playing: Player) -> None:
    board = playing.engine.state.board
    playing.planner.trouble.append(Problem("no plan"))
    playing.run(0.1)
    assert playing.events_of(Problem) == [Problem("no plan")]
    assert playing.engine.state.board is board


def test_everybody_hears_a_change_whoever_made_it(playing: Player) -> None:
    playing.say(SetParam("blend", 0.7, "me"), SetParam("view", 2, "you"))
    assert playing.events_of(Echo) == [Echo("blend", 0.7), Echo("view", 2)]
    assert playing.hub.snapshot.values["blend"] == 0.7


def test_freeze_holds_the_picture_while_time_goes_on(playing: Player) -> None:
    playing.say(SetParam("freeze", True))
    held = playing.run(2.5)
    assert len({colour(f)[0] for f in held}) == 1
    assert held[-1].frame.time_s - held[0].frame.time_s > 1
    assert playing.hub.snapshot.time_s == pytest.approx(3.0, abs=0.01)
    playing.say(SetParam("freeze", False))
    assert abs(colour(playing.run(0.5)[-1])[0] - 35) <= 1


def test_a_camera_moves_what_stands_still_at_frame_rate_but_not_what_is_frozen_or_paused() -> None:
    player = Player(renderer=StripedRenderer(), camera=HandheldCamera(), size="96x64", react=1.0)
    player.put_on()
    player.say(Play())
    player.run(1.0)
    playing = player.run(1.0)
    assert {live.frame.pixels.shape for live in playing} == {(64, 96, 3)}
    assert len({live.frame.pixels.tobytes() for live in playing}) >= 23
    player.say(SetParam("freeze", True))
    assert len({live.frame.pixels.tobytes() for live in player.run(2.5)}) == 1
    player.say(SetParam("freeze", False), Pause())
    player.run(0.5)
    assert len({live.frame.pixels.tobytes() for live in player.run(2.5)}) == 1


class StripedRenderer(FlatRenderer):
    """Always the same picture, as large as a camera wants it."""

    def paint(self, request: RenderRequest) -> Keyframe:
        keyframe = super().paint(request)
        width, height = HandheldCamera().canvas(request.look.width, request.look.height)
        stripes = np.zeros((height, width, 3), np.uint8)
        stripes[::8], stripes[:, ::8] = 200, 100
        return replace(keyframe, plain=stripes, painted=stripes)


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
    assert (playing.hub.snapshot.status.state, playing.hub.snapshot.time_s) == ("ended", SONG_S)
    assert colour(last)[0] >= 198


def test_a_change_of_state_or_loop_is_told_at_once_and_once(playing: Player) -> None:
    """Not with the next status, up to a second later; and the end, where nobody says anything, as it comes."""
    for command, told in ((Pause(), "paused"), (Play(), "playing"), (Stop(), "stopped"), (Toggle(), "playing")):
        playing.say(command)
        events = playing.events.take(0)
        assert [event.state for event in events if isinstance(event, TransportAt)] == [told]
        assert [event.state for event in events if isinstance(event, Status)][-1] == told
        playing.say(command if told != "playing" else Play())
        assert playing.events_of(TransportAt) == []
    playing.say(Loop(True, 2.0, 3.0))
    assert playing.events_of(LoopAt) == [LoopAt(True, 2.0, 3.0)]
    playing.say(Loop(True, 2.0, 3.0))
    playing.run(0.5)
    assert playing.events_of(LoopAt) == []
    assert playing.hub.snapshot.answer("loop") == LoopAt(True, 2.0, 3.0)
    playing.say(Loop(False))
    assert playing.events_of(LoopAt) == [LoopAt()]
    playing.say(Seek(SONG_S - 0.1))
    playing.run(0.2)
    assert playing.events_of(TransportAt) == [TransportAt("ended", SONG_S)]
    assert playing.hub.snapshot.answer("transport") == TransportAt("ended", SONG_S)


def test_from_the_end_it_goes_back_or_begins_again(playing: Player) -> None:
    playing.say(Seek(SONG_S - 0.1))
    playing.run(0.5)
    playing.say(Seek(3.0))
    playing.run(0.1)
    assert (playing.hub.snapshot.status.state, playing.hub.snapshot.time_s) == ("stopped", 3.0)
    playing.say(Play(), Seek(SONG_S - 0.1))
    playing.run(0.5)
    playing.say(Toggle())
    playing.run(0.5)
    assert (playing.hub.snapshot.status.state, playing.hub.snapshot.time_s) == ("playing", pytest.approx(0.5, abs=0.1))


def test_songs_that_repeat_do_so_one_after_the_other_until_somebody_ends_the_loop() -> None:
    player = Player(repeats=True)
    player.put_on()
    player.say(Play(), Seek(SONG_S))
    player.run(1.0)
    assert (player.hub.snapshot.status.state, player.hub.snapshot.time_s) == ("playing", pytest.approx(1.0, abs=0.1))
    player.say(Loop(True, 2.0, 4.0))
    player.put_on(analysis(10.0, "next.wav"))
    player.say(Seek(9.5))
    player.run(1.0)
    assert player.hub.snapshot.time_s == pytest.approx(0.5, abs=0.1), "the part was of the song before"
    player.say(Loop(False))
    player.put_on()
    player.say(Seek(SONG_S - 0.1))
    player.run(0.5)
    assert player.hub.snapshot.status.state == "ended"


def test_all_of_a_song_repeated_goes_for_the_next_one_too_but_a_part_does_not(playing: Player) -> None:
    for loop, state in ((Loop(True, 2.0, 4.0), "ended"), (Loop(True), "playing")):
        playing.say(Play(), loop)
        playing.put_on()
        playing.say(Seek(SONG_S - 0.1))
        playing.run(0.5)
        assert playing.hub.snapshot.status.state == state


def test_a_loop_comes_round(playing: Player) -> None:
    playing.say(Loop(True, 2.0, 4.0), Seek(3.5))
    playing.run(1.0)
    assert playing.hub.snapshot.time_s == pytest.approx(2.5, abs=0.01)


@pytest.mark.parametrize("morph", [0.0, 0.25])
def test_where_a_loop_comes_round_the_picture_switches_on_time(morph: float) -> None:
    """Though the next one was painted ahead, while the song was still before the loop's end."""
    player = Player(morph=morph)
    player.renderer.took_s = 0.3
    player.put_on()
    player.say(Play(), Loop(True, 3.0, 9.0))
    player.run(5.0)
    for frame in player.run(8.0):
        assert abs(colour(frame)[0] - 10 * frame.frame.time_s) <= 4, frame.frame.time_s
    assert player.hub.snapshot.time_s == pytest.approx(13.0 - 6.0, abs=0.01)


@pytest.mark.parametrize(
    "loop", [Loop(True, 500.0), Loop(True, SONG_S - 0.05), Loop(True, SONG_S - 0.05, 99.0)], ids=str
)
def test_a_loop_with_too_little_song_in_it_is_a_problem_and_the_last_one_stays(loop: Loop, playing: Player) -> None:
    playing.say(Loop(True, 2.0, 4.0))
    playing.say(replace(loop, sender="me"))
    said = "/deepsing/loop start_s: expected at most 19.9 s, 0.1 s before the song's end, got"
    assert playing.events_of(Problem) == [Problem(f"{said} {loop.start_s:g} s", "me")]
    playing.say(Seek(3.5))
    playing.run(1.0)
    assert playing.hub.snapshot.time_s == pytest.approx(2.5, abs=0.01)


def test_a_loop_is_let_go_whatever_its_ends_are_said_to_be(playing: Player) -> None:
    playing.say(Loop(True, 2.0, 4.0), Loop(False, 500.0, 0.0), Seek(3.5))
    playing.run(1.0)
    assert playing.hub.snapshot.time_s == pytest.approx(4.5, abs=0.01)


def test_every_scene_is_told_once_when_it_begins(playing: Player) -> None:
    playing.events.take(0)
    playing.say(Seek(4.0))
    playing.run(12.0)
    told: list[Any] = playing.events_of(SceneStarted)
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
    playing.renderer.busy = True
    playing.put_on(analysis(30.0, "other.wav"))
    playing.run(0.3)
    assert playing.hub.snapshot.status.state == "playing"
    newest = playing.hub.frames.newest()
    assert newest.board.song_digest == old.board.song_digest  # type: ignore[union-attr]
    assert newest.song_path == Path("other.wav")  # type: ignore[union-attr]
    assert [event.title for event in playing.events_of(SongLoaded)] == ["other.wav"]  # type: ignore[attr-defined]
    playing.renderer.busy = False
    shown = playing.run(0.5)[-1]
    assert shown.board is not None and shown.board.song_digest == "other.wav"


def test_a_picture_that_could_not_be_painted_is_told_to_everybody(playing: Player) -> None:
    playing.renderer.trouble.append(Problem("no paint"))
    playing.run(0.1)
    assert playing.events_of(Problem) == [Problem("no paint")]


def test_a_painter_that_fails_now_and_then_is_asked_again(playing: Player) -> None:
    asked = len(playing.renderer.asked)
    playing.renderer.busy = True
    playing.run(1.0)
    assert len(playing.renderer.asked) > asked + 10


def test_frames_are_not_written_to_again(playing: Player) -> None:
    frames = playing.run(1.0)
    copies = [f.frame.pixels.copy() for f in frames]
    playing.run(1.0)
    assert all(np.array_equal(f.frame.pixels, copy) for f, copy in zip(frames, copies, strict=True))


class Strobe(FlatRenderer):
    """Black and white by turns, six times a second."""

    def paint(self, request: RenderRequest) -> Keyframe:
        keyframe = super().paint(request)
        pixels = np.full_like(keyframe.plain, 255 * (int(request.time_s * 12) % 2))
        return replace(keyframe, plain=pixels, painted=pixels)


@pytest.mark.parametrize("allow_flashing", [False, True])
def test_frames_flash_only_if_they_may(allow_flashing: bool) -> None:
    player = Player(allow_flashing=allow_flashing, renderer=Strobe(took_s=0.001), blend=0.0)
    player.put_on()
    player.say(Play())
    shown = [live.frame.pixels for live in player.run(4.0)]
    assert (most_flashes(shown) > 3) == allow_flashing


def test_a_picture_that_was_slowed_down_arrives_though_it_rests() -> None:
    player = Player(renderer=Strobe(took_s=0.001), blend=0.0)
    player.put_on()
    player.say(Play())
    player.run(2.0)
    player.say(Pause())
    shown = player.run(2.0)
    assert set(np.unique(shown[-1].frame.pixels)) in ({0}, {255})


def test_each_song_is_seen_in_a_view_of_its_own_until_somebody_turns_it() -> None:
    player = Player()
    source = PictureSource(default_views=(0, 1, 3, 5))
    parts = player.hub, player.analyzer, player.planner, player.renderer
    player.engine = own = Engine(*parts, silence(), source=source)
    seen = set()
    for number in range(12):
        player.put_on(analysis(name=f"song {number}.wav"))
        seen.add(player.hub.snapshot.values["view"])
        assert player.planner.asked[-1].parameters.view == player.hub.snapshot.values["view"]
    assert len(seen) > 2 and seen <= {0, 1, 3, 5}
    player.say(SetParam("view", 4))
    player.put_on(analysis(name="another.wav"))
    assert player.hub.snapshot.values["view"] == 4 and player.engine is own


def test_a_view_that_was_asked_for_stays() -> None:
    player = Player(view=2)
    for number in range(4):
        player.put_on(analysis(name=f"song {number}.wav"))
        assert player.hub.snapshot.values["view"] == 2


def clocks(player: Player, seconds: float) -> list[float]:
    """What the clock of the pictures reads as the song plays on, if it goes with the song."""
    read = []
    for _ in range(round(seconds * 50)):
        player.run(1 / 50, 1 / 100)
        time_s = player.hub.snapshot.time_s
        read.append(player.engine.state.look.speed.drive(lambda start, end: end - start, 0.0, time_s))
    return read


def test_speed_changes_how_fast_pictures_move_without_a_jump_and_the_song_goes_on(playing: Player) -> None:
    read = clocks(playing, 1.0)
    for speed in (2.0, 0.0, 0.5):
        playing.say(SetParam("speed", speed))
        read += clocks(playing, 1.0)
    steps = np.diff(read)
    assert steps.min() >= 0 and steps.max() < 0.05
    assert read[-1] - read[0] == pytest.approx(1.0 + 2.0 + 0.0 + 0.5, abs=0.1)
    assert playing.hub.snapshot.time_s == pytest.approx(4.5, abs=0.1)


def test_where_the_song_goes_back_the_newest_speed_counts_all_over_it(playing: Player) -> None:
    playing.run(4.0)
    playing.say(SetParam("speed", 2.0))
    playing.run(1.0)
    playing.say(Seek(1.0))
    playing.run(0.5)
    assert playing.renderer.asked[-1].look.speed.turns == ((0.0, 2.0),)
    assert playing.renderer.asked[-1].look.speed.drive(lambda start, end: end - start, 0.0, 3.0) == 6.0
