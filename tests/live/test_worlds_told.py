"""How worlds are drawn is told at frame rate: both layers while a scene goes over, nothing while all is frozen."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.core.types import LEVEL_NAMES, LevelTrack
from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.live.commands import Pause, Play, Seek, SetParam
from deepsing_bridge.live.events import WorldAt
from deepsing_bridge.render.moving_painter import gamma_at
from tests.live.players import SONG_S, Player, analysis


class Numbers:
    """As much of a moving generator as is asked here."""

    def numbers(
        self, class_id: int, latent: np.ndarray, instant: Instant, truncation: float | None = None
    ) -> tuple[float, ...]:
        return float(class_id), instant.clock_s, float(truncation or 0)


@pytest.fixture
def player() -> Player:
    made = Player(worlds=Numbers(), morph=0.2)  # type: ignore[arg-type]
    made.put_on()
    made.say(Play())
    return made


def test_each_frame_tells_the_scene_s_world_and_its_clock(player: Player) -> None:
    frames = player.run(1.0)
    told = player.events_of(WorldAt)
    assert abs(len(told) - len(frames)) <= 2 and len(told) >= 22
    assert {(each.layer, each.label, each.share) for each in told} == {(0, "lake", 1.0)}  # type: ignore[attr-defined]
    clocks = [each.values[1] for each in told]  # type: ignore[attr-defined]
    assert clocks == sorted(clocks) and clocks[-1] - clocks[0] > 0.1


def test_the_light_is_told_that_the_bridge_s_own_frames_have(player: Player) -> None:
    begun = np.full((round(SONG_S * 100), len(LEVEL_NAMES)), 0.5, np.float32)
    player.put_on(replace(analysis(), levels=LevelTrack(begun, 0.01, begun[:, 0])))
    player.events.take(0)
    frames = player.run(1.0)
    told = [each.gamma for each in player.events_of(WorldAt)]  # type: ignore[attr-defined]
    assert told[-1] == pytest.approx(gamma_at(frames[-1].board, frames[-1].frame.time_s, 0.5))
    assert max(told) - min(told) > 0.1
    player.say(SetParam("react", 0.0))
    player.events.take(0)
    player.run(0.5)
    assert {each.gamma for each in player.events_of(WorldAt)} == {1.0}  # type: ignore[attr-defined]


def test_while_a_scene_goes_over_both_are_told(player: Player) -> None:
    player.say(Seek(4.3))
    player.events.take(0)
    player.run(0.5)
    told = [(each.layer, each.label, each.share) for each in player.events_of(WorldAt)]  # type: ignore[attr-defined]
    here = [share for layer, label, share in told if (layer, label) == (0, "lake")]
    there = [share for layer, label, share in told if (layer, label) == (1, "fire")]
    assert len(here) + len(there) == len(told) and len(there) >= 10
    assert there == sorted(there)
    assert [a + b for a, b in zip(here, there, strict=True)] == pytest.approx([1.0] * len(here))


def test_paused_the_same_is_told_and_frozen_nothing(player: Player) -> None:
    player.run(0.5)
    player.say(Pause())
    player.events.take(0)
    player.run(0.5)
    assert len({each.values for each in player.events_of(WorldAt)}) == 1  # type: ignore[attr-defined]
    player.say(SetParam("freeze", True))
    player.events.take(0)
    player.run(0.5)
    assert not player.events_of(WorldAt)


def test_a_generator_of_pictures_tells_nothing() -> None:
    player = Player()
    player.put_on()
    player.say(Play())
    player.run(0.5)
    assert not player.events_of(WorldAt)
