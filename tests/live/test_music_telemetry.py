"""Beats, onsets, sections and levels are told when the song comes to them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.core.types import LEVEL_NAMES, LevelTrack, Structure
from deepsing_bridge.live.commands import Pause, Play, Seek
from deepsing_bridge.live.events import Beat, Event, LevelsAt, Onset, SectionStarted
from deepsing_bridge.live.music_telemetry import beat_of, section_at
from deepsing_bridge.story.analysis import SongAnalysis
from tests.live.players import SONG_S, Player, analysis

BEATS = np.arange(0.5, SONG_S, 0.5)
STRUCTURE = Structure(BEATS, BEATS[2::4], np.zeros(len(BEATS[2::4])), np.array([8.0, 14.0]))
HOP_S = 0.0125


def levels() -> LevelTrack:
    """An onset at every whole second, each weaker than the last; the bass rises throughout."""
    values = np.zeros((round(SONG_S / HOP_S), len(LEVEL_NAMES)), np.float32)
    times = np.arange(len(values)) * HOP_S
    for second in range(1, int(SONG_S)):
        since = times - second
        pulse = (1 - second / 40) * np.exp(-np.maximum(since, 0) / 0.1) * (since >= -1e-9)
        values[:, 0] = np.maximum(values[:, 0], pulse)
    values[:, LEVEL_NAMES.index("bass")] = times / SONG_S
    return LevelTrack(values, HOP_S, values[:, 0])


def song() -> SongAnalysis:
    return replace(analysis(), structure=STRUCTURE, levels=levels())


@pytest.fixture
def player() -> Player:
    made = Player()
    made.put_on(song())
    made.events.take(0)
    return made


def timed(player: Player, seconds: float, kind: type) -> list[tuple[float, Any]]:
    """Events of one kind with the song's time at which each is told."""
    told: list[tuple[float, Any]] = []
    for _ in range(round(seconds * 240)):
        player.run(1 / 240)
        told += [(player.hub.snapshot.time_s, event) for event in player.events_of(kind)]
    return told


def test_every_beat_is_told_once_on_time_with_its_bar(player: Player) -> None:
    player.say(Play())
    told = timed(player, 6.0, Beat)
    assert [at for at, _ in told] == pytest.approx(BEATS[BEATS <= 6.0], abs=1 / 200)
    assert [(beat.bar, beat.number) for _, beat in told[:7]] == [(0, 0), (0, 0), (1, 1), (1, 2), (1, 3), (1, 4), (2, 1)]
    assert {round(beat.tempo) for _, beat in told} == {120}


def test_onsets_are_told_with_their_strength(player: Player) -> None:
    player.say(Play())
    told = timed(player, 4.5, Onset)
    assert [at for at, _ in told] == pytest.approx([1, 2, 3, 4], abs=0.02)
    assert [onset.strength for _, onset in told] == pytest.approx([1 - n / 40 for n in (1, 2, 3, 4)], abs=0.02)


def test_levels_are_told_as_often_as_frames(player: Player) -> None:
    player.say(Play())
    told = timed(player, 2.0, LevelsAt)
    assert len(told) in (48, 49)
    assert all(event.bass == pytest.approx(at / SONG_S, abs=0.01) for at, event in told)
    assert player.hub.snapshot.answer("levels") == told[-1][1]


def test_what_is_jumped_over_is_not_told(player: Player) -> None:
    player.say(Play())
    player.run(1.0)
    player.say(Seek(10.1))
    player.events.take(0)
    assert [at for at, _ in timed(player, 0.6, Beat)] == pytest.approx([10.5], abs=1 / 200)
    player.say(Seek(2.9))
    player.events.take(0)
    assert [at for at, _ in timed(player, 0.3, Beat)] == pytest.approx([3.0], abs=1 / 200)


def test_nothing_beats_while_it_stands(player: Player) -> None:
    player.say(Play())
    player.run(1.2)
    player.say(Pause())
    player.events.take(0)
    player.run(3.0)
    told = player.events.take(0)
    assert not [event for event in told if isinstance(event, Beat | Onset | SectionStarted)]


def test_sections_are_told_as_they_begin_and_after_a_jump(player: Player) -> None:
    assert player.hub.snapshot.answer("section") == SectionStarted(0, 0.0, 8.0)
    player.say(Seek(7.9), Play())
    assert [event for _, event in timed(player, 0.5, SectionStarted)] == [SectionStarted(1, 8.0, 14.0)]
    player.say(Seek(19.0))
    player.engine.step([])
    told: list[Event] = player.events_of(SectionStarted)
    assert told == [SectionStarted(2, 14.0, SONG_S)]


def test_the_engine_wakes_for_a_beat(player: Player) -> None:
    player.say(Play())
    player.clock.now_s += 0.49
    pause = player.engine.step([])
    assert pause <= 0.0101


def test_a_song_without_structure_has_one_section_and_no_beats() -> None:
    nothing = Player()
    nothing.put_on()
    nothing.say(Play())
    assert not timed(nothing, 2.0, Beat)
    assert section_at(Structure(), SONG_S, 3.0) == SectionStarted(0, 0.0, SONG_S)


def test_beats_without_bars_have_no_number() -> None:
    assert beat_of(Structure(beats=np.array([1.0, 2.0])), 0) == Beat(0, 0, 60.0)
    assert beat_of(Structure(beats=np.array([1.0])), 0).tempo == 0
