"""Parameters that are turned slowly: in a straight line, from where they are, unless a hand is on the knob."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.options import NOISE
from deepsing_bridge.live.commands import Command, FadeParam, Play, SetParam
from deepsing_bridge.live.events import Echo
from deepsing_bridge.live.fades import Fade, Fades
from deepsing_bridge.live.parsing import to_command
from deepsing_bridge.live.vocabulary import vocabulary
from tests.live.players import Player


@pytest.fixture
def playing() -> Player:
    player = Player()
    player.put_on()
    player.say(Play())
    player.run(0.5)
    player.events.take(0)
    return player


def values(player: Player, name: str) -> list[float]:
    return [float(echo.value) for echo in player.events_of(Echo, lambda echo: echo.name == name)]


def test_a_fade_goes_in_a_straight_line_and_arrives_in_time(playing: Player) -> None:
    playing.say(FadeParam("noise", 0.9, 4.0))
    playing.run(2.0)
    assert playing.hub.snapshot.values["noise"] == pytest.approx((NOISE.default + 0.9) / 2, abs=0.02)
    playing.run(2.05)
    told = values(playing, "noise")
    assert told == sorted(told) and told[-1] == 0.9
    assert 80 < len(told) < 120
    playing.run(1.0)
    assert not values(playing, "noise")


def test_black_comes_slowly_and_to_the_frame(playing: Player) -> None:
    playing.say(FadeParam("dim", 0.0, 1.0))
    assert playing.run(0.8)[-1].frame.pixels.any()
    assert not playing.run(0.4)[-1].frame.pixels.any()


def test_a_hand_on_the_knob_wins(playing: Player) -> None:
    playing.say(FadeParam("noise", 0.9, 2.0), FadeParam("dim", 0.0, 2.0))
    playing.run(1.0)
    playing.say(SetParam("noise", 0.2))
    playing.run(2.0)
    assert playing.hub.snapshot.values["noise"] == 0.2
    assert playing.hub.snapshot.values["dim"] == 0.0


def test_another_fade_goes_on_from_where_the_first_one_is(playing: Player) -> None:
    playing.say(FadeParam("noise", 0.9, 2.0))
    playing.run(1.0)
    playing.say(FadeParam("noise", 0.1, 1.0))
    playing.run(0.5)
    assert playing.hub.snapshot.values["noise"] == pytest.approx(0.3, abs=0.03)
    playing.run(0.6)
    assert playing.hub.snapshot.values["noise"] == 0.1


def test_no_time_is_at_once(playing: Player) -> None:
    playing.say(FadeParam("noise", 0.9, 0.0))
    assert playing.hub.snapshot.values["noise"] == 0.9


def test_it_is_told_when_there_is_something_to_do_again() -> None:
    fades = Fades()
    assert fades.due(5.0) == {} and fades.next_s() == float("inf")
    fades.begin("noise", Fade(0.0, 1.0, 5.0, 1.0))
    assert fades.next_s() == 5.0
    assert fades.due(5.0) == {"noise": 0.0}
    assert fades.due(5.01) == {} and 5.01 < fades.next_s() < 5.1
    fades.stop("noise")
    assert fades.due(6.0) == {} and fades.next_s() == float("inf")


def parsed(*values: object) -> Command:
    return to_command(vocabulary(), "fade", values, lambda text: Path(text), "me")


def test_what_is_asked_for_is_checked() -> None:
    assert parsed("dim", 0, 2) == FadeParam("dim", 0.0, 2.0, "me")
    for words, said in (
        (("style", 0, 2), "/deepsing/fade name: expected noise, blend,"),
        (("fps", 30, 2), "/deepsing/fade name: expected noise, blend,"),
        (("dim", 2, 2), "/deepsing/param/dim: expected 0..1, got 2"),
        (("dim", 1, -1), "/deepsing/fade fade_s: expected 0..3600, got -1"),
        (("dim", 1), "expected name value fade_s, got 2 values"),
    ):
        with pytest.raises(BridgeError, match=said.replace(".", r"\.")):
            parsed(*words)
