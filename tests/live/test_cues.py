"""Cues: called, they set what they hold, with their fade; saved, they hold what is seen."""

from pathlib import Path
from types import MappingProxyType

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.commands import Command, Hold, Play, RecallCue, SaveCue, SetCues, SetParam
from deepsing_bridge.live.cues import Cue, check_name, saved
from deepsing_bridge.live.events import CueFired, CuesAt, CueSaved, Problem
from deepsing_bridge.live.parsing import to_command
from deepsing_bridge.live.vocabulary import vocabulary
from tests.live.players import Player
from tests.live.test_quantiser import with_beats

DROP = Cue("drop", MappingProxyType({"blend": 0.9, "view": 3}), 2.0, (("dog", 1.0),))
DARK = Cue("dark", MappingProxyType({"dim": 0.0}))


@pytest.fixture
def playing() -> Player:
    player = Player()
    player.put_on(with_beats())
    player.say(Play(), SetCues((DROP, DARK)))
    player.run(1.25)
    player.events.take(0)
    return player


def parsed(name: str, *values: object) -> Command:
    return to_command(vocabulary(), name, values, lambda text: Path(text), "me")


def test_a_cue_fades_numbers_and_sets_the_rest_at_once(playing: Player) -> None:
    playing.say(RecallCue("drop"))
    values = playing.hub.snapshot.values
    assert (values["view"], playing.engine.state.held) == (3, ((2, 1.0),))
    assert values["blend"] == pytest.approx(0.1)
    playing.run(1.0)
    assert playing.hub.snapshot.values["blend"] == pytest.approx(0.5, abs=0.02)
    playing.run(1.1)
    assert playing.hub.snapshot.values["blend"] == 0.9
    assert playing.events_of(CueFired) == [CueFired("drop", 2.0)]


def test_what_a_cue_does_not_hold_stays_and_a_hand_wins(playing: Player) -> None:
    playing.say(SetParam("noise", 0.7))
    playing.say(RecallCue("drop"))
    playing.run(1.0)
    playing.say(SetParam("blend", 0.2))
    playing.run(2.0)
    values = playing.hub.snapshot.values
    assert (values["noise"], values["blend"], values["dim"]) == (0.7, 0.2, 1.0)


def test_another_fade_can_be_asked_for(playing: Player) -> None:
    playing.say(RecallCue("drop", 0.0))
    assert playing.hub.snapshot.values["blend"] == 0.9
    playing.say(RecallCue("dark", 1.0))
    assert playing.run(0.5)[-1].frame.pixels.any()
    assert not playing.run(0.8)[-1].frame.pixels.any()


def test_a_cue_that_there_is_not_is_told_with_those_that_there_are(playing: Player) -> None:
    playing.say(RecallCue("drip", sender="me"))
    assert playing.events_of(Problem) == [Problem("/deepsing/cue: there is no drip; there are drop, dark", "me")]


def test_a_cue_waits_for_the_bar_to_the_frame(playing: Player) -> None:
    playing.say(SetParam("quantise", "bar"))
    playing.say(RecallCue("dark"))
    frames = playing.run(1.2)
    bright = [frame.frame.time_s for frame in frames if frame.frame.pixels.any()]
    dark = [frame.frame.time_s for frame in frames if not frame.frame.pixels.any()]
    assert max(bright) < 2.1 <= min(dark) < 2.1 + 1 / 24


def test_a_saved_cue_holds_what_is_seen_and_is_told(playing: Player) -> None:
    playing.say(SetParam("noise", 0.7), Hold((("car", 1.0),)))
    playing.say(SaveCue("new"))
    (told,) = playing.events_of(CueSaved)
    assert isinstance(told, CueSaved) and told.cue.classes == (("car", 1.0),)
    assert told.cue.values["noise"] == 0.7
    assert not {"size", "fps", "quantise", "freeze"} & set(told.cue.values)
    assert playing.hub.snapshot.cues == CuesAt("drop, dark, new")
    playing.say(SetParam("noise", 0.1), Hold())
    playing.say(RecallCue("new"))
    assert playing.hub.snapshot.values["noise"] == 0.7
    assert playing.engine.state.held == ((4, 1.0),)


def test_a_cue_that_is_saved_again_stays_of_what_it_was_of() -> None:
    values = {"blend": 0.4, "view": 1, "noise": 0.2}
    again = saved("drop", DROP, values, (("lake", 1.0),))
    assert again == Cue("drop", MappingProxyType({"blend": 0.4, "view": 1}), 2.0, (("lake", 1.0),))
    assert saved("dark", DARK, {"dim": 0.5, "view": 1}, (("lake", 1.0),)).classes is None


def test_other_cues_are_told_and_too_many_refused(playing: Player) -> None:
    playing.say(SetCues(tuple(Cue(f"cue{number}") for number in range(256))))
    assert len(playing.events_of(CuesAt)) == 1
    playing.say(SaveCue("another", "me"))
    assert playing.events_of(Problem) == [Problem("/deepsing/cue/save: there are 256 cues already", "me")]
    playing.say(SaveCue("cue0"))
    assert playing.events_of(CueSaved)


def test_a_cue_is_called_by_its_address_or_its_name() -> None:
    assert parsed("cue/drop") == parsed("cue", "drop") == parsed("cue/drop", 1) == RecallCue("drop", None, "me")
    assert parsed("cue", "drop", 4) == RecallCue("drop", 4.0, "me")
    assert parsed("cue/save", "drop") == SaveCue("drop", "me")


@pytest.mark.parametrize("name", ["", "save", "fired", "the drop", "drop/2", "é", "x" * 41, "../drop", "drop*"])
def test_a_name_that_no_cue_can_have_is_refused(name: str) -> None:
    with pytest.raises(BridgeError, match=r"^here: expected up to 40 of A-Z"):
        check_name(name, "here")
    with pytest.raises(BridgeError, match="/deepsing/cue"):
        parsed("cue/save", name)
