"""Master brightness, in what goes out: over everything that is seen, and nothing of it has to be painted again."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.live.commands import Play, Seek, SetParam
from deepsing_bridge.live.events import Echo
from deepsing_bridge.live.hub import LiveFrame
from deepsing_bridge.live.interpolation import Keyframe
from deepsing_bridge.live.render_worker import RenderRequest
from tests.flashes import most_flashes
from tests.live.players import FlatRenderer, Player


@pytest.fixture
def playing() -> Player:
    player = Player(allow_flashing=True)
    player.put_on()
    player.say(Play(), Seek(10.0))
    player.run(0.5)
    return player


def red(frame: LiveFrame) -> int:
    return int(frame.frame.pixels[0, 0, 0])


def test_half_of_it_is_half_as_bright_and_all_of_it_what_was_painted(playing: Player) -> None:
    bright = red(playing.run(0.5)[-1])
    playing.say(SetParam("dim", 0.5))
    assert red(playing.run(0.5)[-1]) == pytest.approx(bright / 2, abs=5)
    playing.say(SetParam("dim", 1.0))
    assert red(playing.run(0.5)[-1]) > bright


def test_black_is_black_and_is_reached_smoothly_with_no_picture_painted_for_it(playing: Player) -> None:
    painted = len({request.look for request in playing.renderer.asked})
    playing.say(SetParam("dim", 0.0))
    frames = playing.run(0.5)
    assert not frames[-1].frame.pixels.any()
    assert any(0 < red(frame) < 90 for frame in frames)
    assert len({request.look for request in playing.renderer.asked}) == painted


def test_what_is_frozen_can_be_dimmed_and_comes_back_as_it_was(playing: Player) -> None:
    playing.say(SetParam("freeze", True))
    held = playing.run(0.2)[-1].frame.pixels
    playing.say(SetParam("dim", 0.0))
    assert not playing.run(0.5)[-1].frame.pixels.any()
    playing.say(SetParam("dim", 1.0))
    assert np.array_equal(playing.run(0.5)[-1].frame.pixels, held)


def test_it_is_told_like_every_knob(playing: Player) -> None:
    playing.events.take(0)
    playing.say(SetParam("dim", 0.25))
    assert playing.events_of(Echo) == [Echo("dim", 0.25)]
    assert playing.hub.snapshot.values["dim"] == 0.25


class White(FlatRenderer):
    def paint(self, request: RenderRequest) -> Keyframe:
        keyframe = super().paint(request)
        pixels = np.full_like(keyframe.plain, 255)
        return replace(keyframe, plain=pixels, painted=pixels)


@pytest.mark.parametrize("allow_flashing", [True, False])
def test_a_hand_on_the_fader_flashes_only_if_it_may(allow_flashing: bool) -> None:
    player = Player(allow_flashing=allow_flashing, renderer=White())
    player.put_on()
    player.say(Play())
    frames = player.run(0.5)
    for _ in range(8):
        for dim in (0.0, 1.0):
            player.say(SetParam("dim", dim))
            frames += player.run(0.08)
    assert (most_flashes([frame.frame.pixels for frame in frames]) > 3) == allow_flashing
