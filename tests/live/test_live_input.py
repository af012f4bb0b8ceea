"""Live sound through the engine: what a listener makes of samples that come as time goes by, under a clock by hand."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.listening.hearing import Cut
from deepsing_bridge.listening.levels import HeardOnset
from deepsing_bridge.live.commands import (
    Chase,
    Command,
    FollowBeats,
    Load,
    Loop,
    NextScene,
    NextSong,
    Pause,
    Play,
    PreviousSong,
    Seek,
    SetParam,
    Stop,
    Tap,
    Toggle,
)
from deepsing_bridge.live.events import (
    ArousalAt,
    Beat,
    Echo,
    LevelsAt,
    Onset,
    PendingAt,
    Problem,
    SceneStarted,
    SectionStarted,
    SongLoaded,
    ValenceAt,
)
from deepsing_bridge.live.live_input import BACK, GONE, REFUSED, telling
from deepsing_bridge.live.live_set import WHOLE, grown
from deepsing_bridge.live.taps import BeatGrid
from tests.builders import storyboard
from tests.live.ears import Ears
from tests.live.players import Player
from tests.sounds import music

STEP_S = 1 / 100


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * 21_504), np.float32)


def hearing(samples: np.ndarray, **changed: object) -> tuple[Player, Ears]:
    ears = Ears(samples)
    player = Player(ears=ears, **changed)  # type: ignore[arg-type]
    ears.begin(player.clock, telling(player.hub))
    return player, ears


@pytest.fixture
def quiet() -> tuple[Player, Ears]:
    return hearing(silence(0))


def test_music_is_told_as_a_song_s_is_and_scenes_begin_where_it_is_cut() -> None:
    player, _ = hearing(music(26, 120))
    frames = player.run(26, STEP_S)
    events = player.events.take(0)
    beats = [event for event in events if isinstance(event, Beat)]
    assert len(beats) > 25
    assert all(abs(beat.tempo - 120) < 6 for beat in beats)
    assert len([event for event in events if isinstance(event, Onset)]) > 35
    levels = [event.energy for event in events if isinstance(event, LevelsAt)]
    assert max(levels) - min(levels[100:]) > 0.05
    assert [event.title for event in events if isinstance(event, SongLoaded)] == ["Mixxx"]
    assert not [event for event in events if isinstance(event, SectionStarted)]
    scenes = [event for event in events if isinstance(event, SceneStarted)]
    assert [scene.index for scene in scenes] == list(range(len(scenes)))
    lengths = [after.start_s - before.start_s for before, after in pairwise(scenes)]
    assert len(scenes) >= 4
    assert all(2 <= length <= 7.6 for length in lengths)
    assert {frame.label for frame in frames} == {scene.label for scene in scenes}


def test_time_is_that_of_the_sound(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    frames = player.run(10, STEP_S)
    assert player.hub.snapshot.status.state == "playing"
    assert player.hub.snapshot.time_s == pytest.approx(10, abs=0.02)
    steps = np.diff([frame.frame.time_s for frame in frames])
    assert len(frames) == pytest.approx(240, abs=3)
    assert np.all(np.abs(steps - 1 / 24) < 0.004)


def test_silence_has_no_beat_and_no_onset_and_pictures_go_on(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    frames = player.run(29, STEP_S)
    events = player.events.take(0)
    assert not [event for event in events if isinstance(event, Beat | Onset)]
    assert len([event for event in events if isinstance(event, SceneStarted)]) == 4  # each 7.5 s
    assert len(frames) == pytest.approx(29 * 24, abs=3)


def test_what_is_felt_is_told_with_the_knobs_offset_and_is_what_the_next_scene_is_of(
    quiet: tuple[Player, Ears],
) -> None:
    player, ears = quiet
    player.run(2, STEP_S)
    ears.told = [Sentiment(1.0, -0.5)]
    player.say(SetParam("valence_offset", 0.25))
    player.run(1, STEP_S)
    assert player.events_of(ValenceAt)[-1] == ValenceAt(pytest.approx(1.25))
    player.run(0.1, STEP_S)
    assert player.events_of(ArousalAt)[-1] == ArousalAt(pytest.approx(-0.5))
    player.say(NextScene())
    player.run(0.5, STEP_S)
    scene = player.hub.snapshot.scene
    assert scene is not None
    assert (scene.index, scene.valence, scene.arousal) == (1, pytest.approx(1.25), pytest.approx(-0.5))


def test_a_knob_plans_the_scene_that_is_on_anew_and_no_other(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    player.run(9, STEP_S)
    before = player.engine.state.board
    player.say(SetParam("view", 2))
    player.run(0.1, STEP_S)
    after = player.engine.state.board
    assert before is not None and after is not None
    assert after.scenes[0] == before.scenes[0]
    assert [scene.class_id for scene in before.scenes] == [0, 1]
    assert [scene.class_id for scene in after.scenes] == [0, 3]


def test_a_scene_by_hand_begins_at_once_and_the_next_a_period_later(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    player.run(6, STEP_S)
    player.say(NextScene())
    player.run(12, STEP_S)
    starts = [event.start_s for event in player.events_of(SceneStarted)]
    assert starts == [0.0, pytest.approx(6.0, abs=0.05), pytest.approx(13.5, abs=0.05)]


@pytest.mark.parametrize(
    "command",
    [Seek(3.0, "me"), Loop(True, sender="me"), Load(Path("song.wav"), "me"), NextSong("me"), PreviousSong("me")],
    ids=lambda command: type(command).__name__,
)
def test_what_moves_a_song_is_refused_in_a_sentence(command: Command, quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    player.run(1, STEP_S)
    player.say(command)
    assert player.events_of(Problem) == [Problem(REFUSED, "me")]
    assert player.hub.snapshot.time_s == pytest.approx(1.0, abs=0.02)


def test_time_code_is_refused_once(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    for _ in range(50):
        player.say(Chase(30.0, player.clock.now_s, sender="me"))
        player.run(STEP_S, STEP_S)
    assert player.events_of(Problem) == [Problem(REFUSED, "me")]
    assert player.hub.snapshot.time_s < 1


@pytest.mark.parametrize(
    ("said", "frozen"),
    [([Pause()], [True]), ([Stop(), Play()], [True, False]), ([Toggle(), Toggle()], [True, False])],
    ids=str,
)
def test_a_pause_freezes_the_picture_and_time_goes_on(
    said: list[Command], frozen: list[bool], quiet: tuple[Player, Ears]
) -> None:
    player, _ = quiet
    player.run(1, STEP_S)
    player.say(*said)
    player.run(1, STEP_S)
    assert [event.value for event in player.events_of(Echo) if event.name == "freeze"] == frozen  # type: ignore[attr-defined]
    assert player.hub.snapshot.time_s == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize("every", ["beat", "bar"])
def test_what_is_asked_for_waits_for_the_beat_that_is_heard(every: str) -> None:
    player, _ = hearing(music(24, 120), quantise=every)
    player.run(14, STEP_S)
    player.events.take(0)
    player.run(0.2, STEP_S)
    player.say(SetParam("view", 2))
    assert player.events_of(PendingAt)
    told: list[tuple[float, object]] = []
    for _ in range(400):
        player.run(STEP_S, STEP_S)
        told += [(player.clock.now_s, event) for event in player.events.take(0)]
    at_s = next(at for at, event in told if event == Echo("view", 2))
    beats = [at for at, event in told if isinstance(event, Beat)]
    assert min(abs(beat - at_s) for beat in beats) < 0.05
    waited_s = at_s - told[0][0]
    assert waited_s < (0.6 if every == "beat" else 2.1)


def test_an_onset_is_told_by_whoever_hears_it_and_the_engine_is_woken(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    player.events.take(0)
    telling(player.hub)([HeardOnset(1.0, 0.5), Cut(1.0)])
    assert player.events.take(0) == [Onset(0.5)]
    assert player.hub.inbox.take(5.0) == []  # without a command, and at once


def test_while_others_keep_the_beat_theirs_alone_are_told() -> None:
    player, _ = hearing(music(20, 120))
    player.run(10, STEP_S)
    player.events.take(0)
    player.say(FollowBeats(BeatGrid(player.clock.now_s + 0.1, 60 / 97)))
    player.run(8, STEP_S)
    beats = player.events_of(Beat)
    assert len(beats) == 13
    assert {round(beat.tempo) for beat in beats} == {97}  # type: ignore[attr-defined]


def test_what_is_tapped_counts_while_nothing_is_heard(quiet: tuple[Player, Ears]) -> None:
    player, _ = quiet
    player.run(2, STEP_S)
    for _ in range(4):
        player.say(Tap())
        player.run(0.5, STEP_S)
    player.events.take(0)
    player.run(2, STEP_S)
    assert [round(beat.tempo) for beat in player.events_of(Beat)] == [120] * 4  # type: ignore[attr-defined]


def test_a_device_that_is_gone_is_told_once_and_pictures_go_on(quiet: tuple[Player, Ears]) -> None:
    player, ears = quiet
    player.run(1, STEP_S)
    assert player.hub.snapshot.status.failing == ""
    ears.connected = False
    frames = player.run(4, STEP_S)
    assert player.events_of(Problem) == [Problem(GONE)]
    assert player.hub.snapshot.status.failing == "live sound"
    assert len(frames) == pytest.approx(96, abs=2)
    ears.connected = True
    player.run(1, STEP_S)
    assert player.events_of(Problem) == [Problem(BACK)]
    assert player.hub.snapshot.status.failing == ""


def test_a_night_s_story_keeps_little_of_what_is_over() -> None:
    whole = storyboard(scenes=2)
    board = None
    for number in range(40):
        like = whole.scenes[number % 2]
        scene = replace(like, start_s=5.0 * number, end_s=5.0 * number + 5, towards=like.latent)
        board = grown(board, replace(whole, scenes=(scene,)))
        board = grown(board, replace(whole, scenes=(scene,)))  # a knob was turned
    assert board is not None
    assert [scene.start_s for scene in board.scenes] == [5.0 * number for number in range(40)]
    assert [bool(scene.latent) for scene in board.scenes] == [True] + [False] * (39 - WHOLE) + [True] * WHOLE
    assert [scene.towards for scene in board.scenes] == [scene.latent for scene in board.scenes]
    assert board.scene_at(math.inf) == 39
