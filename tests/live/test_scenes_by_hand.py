"""Classes that are held, and scenes that begin when a performer says so."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.commands import Command, Hold, NextScene, Play, Seek, SetParam
from deepsing_bridge.live.events import HeldAt, Problem, SceneStarted
from deepsing_bridge.live.parsing import to_command
from deepsing_bridge.live.vocabulary import vocabulary
from tests.live.players import Player, analysis


@pytest.fixture
def playing() -> Player:
    player = Player()
    player.put_on()
    player.say(Play())
    player.run(1.0)
    player.events.take(0)
    return player


def scene(player: Player) -> SceneStarted:
    assert player.hub.snapshot.scene is not None
    return player.hub.snapshot.scene


def parsed(name: str, *values: object) -> Command:
    return to_command(vocabulary(), name, values, lambda text: Path(text), "me")


def test_a_class_is_held_at_once_until_it_is_released(playing: Player) -> None:
    playing.say(Hold((("Dog", 1.0),)))
    assert playing.events_of(HeldAt) == [HeldAt("dog 1")]
    assert playing.hub.snapshot.answer("class/held") == HeldAt("dog 1")
    assert playing.planner.asked[-1].parameters.held == ((2, 1.0),)
    assert scene(playing).label != "fire" and scene(playing).class_id == 2
    playing.run(5.0)
    assert scene(playing).class_id == 2
    playing.say(Hold())
    assert scene(playing).class_id == 1
    assert playing.events_of(HeldAt) == [HeldAt()]


def test_shares_are_those_of_the_weights(playing: Player) -> None:
    playing.say(Hold((("lake", 3.0), ("car, beach", 0.5))))
    assert playing.planner.asked[-1].parameters.held == ((0, 0.75), (4, 0.125), (5, 0.125))
    assert playing.events_of(HeldAt) == [HeldAt("lake 0.75, car 0.125, beach 0.125")]


def test_a_class_that_there_is_not_is_a_problem_and_the_held_one_stays(playing: Player) -> None:
    playing.say(Hold((("dog", 1.0),)))
    playing.say(Hold((("dgo", 1.0),), "me"))
    (problem,) = playing.events_of(Problem)
    assert problem == Problem(
        "/deepsing/class: class 'dgo': the toy generator does not have it; the nearest are dog", "me"
    )
    assert playing.hub.snapshot.held == HeldAt("dog 1")


def test_what_is_held_stays_with_the_next_song(playing: Player) -> None:
    playing.say(Hold((("dog", 1.0),)))
    playing.put_on(analysis(30.0, "other.wav"))
    playing.run(0.1)
    assert scene(playing).class_id == 2


@pytest.mark.parametrize(
    ("values", "hold"),
    [
        ((), Hold(sender="me")),
        (("",), Hold(sender="me")),
        (("lake",), Hold((("lake", 1.0),), "me")),
        (("lake", 0.7, "castle", 0.3), Hold((("lake", 0.7), ("castle", 0.3)), "me")),
        (("lake", 0.7, "castle"), Hold((("lake", 0.7), ("castle", 1.0)), "me")),
        (("lake", 0.7, "castle", 0), Hold((("lake", 0.7),), "me")),
    ],
    ids=str,
)
def test_a_class_is_said_with_or_without_its_weight(values: tuple[object, ...], hold: Hold) -> None:
    assert parsed("class", *values) == hold
    assert parsed("class/release") == Hold(sender="me")


@pytest.mark.parametrize("values", [("lake", 0), ("lake", -1), (3,), ("lake", "castle"), ("lake\n",)], ids=str)
def test_a_class_that_cannot_be_meant_is_refused(values: tuple[object, ...]) -> None:
    with pytest.raises(BridgeError, match="/deepsing/class"):
        parsed("class", *values)


def test_the_next_scene_begins_now_and_the_song_goes_on(playing: Player) -> None:
    playing.run(1.0)
    playing.say(NextScene())
    assert (scene(playing).index, scene(playing).start_s) == (1, pytest.approx(2.0))
    assert scene(playing).end_s == 10.0
    assert playing.run(0.3)[-1].frame.scene_index == 1
    assert playing.hub.snapshot.time_s == pytest.approx(2.3, abs=0.01)
    told = playing.events_of(SceneStarted)
    assert [event.index for event in told] == [1]


def test_a_scene_that_began_early_stays_so_whatever_is_turned_and_not_in_the_next_song(playing: Player) -> None:
    playing.run(1.0)
    playing.say(NextScene())
    playing.say(SetParam("noise", 0.9))
    assert scene(playing).start_s == pytest.approx(2.0)
    playing.say(Seek(1.0))
    assert (scene(playing).index, scene(playing).end_s) == (0, pytest.approx(2.0))
    playing.put_on(analysis(30.0, "other.wav"))
    playing.run(3.0)
    assert (scene(playing).index, scene(playing).end_s) == (0, 5.0)


def test_pressed_twice_it_is_two_scenes_on(playing: Player) -> None:
    playing.run(1.0)
    playing.say(NextScene())
    playing.run(0.5)
    playing.say(NextScene())
    assert (scene(playing).index, scene(playing).start_s) == (2, pytest.approx(2.5))


def test_after_the_last_scene_there_is_none(playing: Player) -> None:
    playing.say(Seek(17.0))
    playing.events.take(0)
    playing.say(NextScene(sender="me"))
    assert playing.events_of(Problem) == [Problem("/deepsing/scene/next: the last scene is on", "me")]


def test_without_a_song_there_is_no_next_scene() -> None:
    player = Player()
    player.say(NextScene(sender="me"))
    assert player.events_of(Problem) == [Problem("no song is loaded: load one first", "me")]
