"""Plain names and values ↔ commands and events."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.live.commands import Load, Loop, Pause, Play, Seek, SetParam, Stop, Toggle
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.events import (
    ArousalAt,
    Beat,
    CueFired,
    CuesAt,
    CueSaved,
    Event,
    HeldAt,
    LevelsAt,
    LinkAt,
    LoopAt,
    Onset,
    PendingAt,
    Problem,
    Progressed,
    SceneStarted,
    SectionStarted,
    SongLoaded,
    Status,
    Tapped,
    TimeAt,
    TransportAt,
    ValenceAt,
    WorldAt,
    to_message,
)
from deepsing_bridge.live.parsing import to_command
from deepsing_bridge.live.vocabulary import vocabulary

WORDS = vocabulary()
CURVE = SentimentTrack(np.zeros(3, np.float32), np.ones(3, np.float32), 0.5)


def allowed(text: str) -> Path:
    return Path("songs") / text


@pytest.mark.parametrize(
    ("name", "values", "command"),
    [
        ("play", [], Play("me")),
        ("pause", [], Pause("me")),
        ("stop", [], Stop("me")),
        ("toggle", [], Toggle("me")),
        ("seek", [12], Seek(12.0, "me")),
        ("load", ["a.ogg"], Load(Path("songs/a.ogg"), "me")),
        ("loop", [1], Loop(True, sender="me")),
        ("loop", [1, 2.0, 4.5], Loop(True, 2.0, 4.5, "me")),
        ("loop", [0, 0.0, 0.0], Loop(False, 0.0, 0.0, "me")),
        ("param/blend", [0.25], SetParam("blend", 0.25, "me")),
        ("param/size", ["640x360"], SetParam("size", "640x360", "me")),
        ("load", ["夜\u3000空 👩\u200d🎤.wav"], Load(Path("songs/夜\u3000空 👩\u200d🎤.wav"), "me")),
    ],
)
def test_a_command_by_name(name: str, values: list[object], command: object) -> None:
    assert to_command(WORDS, name, values, allowed, "me") == command


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("play", [1], "/deepsing/play: expected no values, got 1"),
        ("seek", [], "/deepsing/seek: expected time_s, got 0"),
        ("seek", [-1.0], "/deepsing/seek time_s: expected a number from 0, got -1"),
        ("seek", ["12"], "got '12'"),
        ("loop", [1, 4.0, 2.0], "at least 0.1 s after start_s, got -2 s after it"),
        ("loop", [1, 4.0, 4.09999999999], "at least 0.1 s after start_s, got 0.09999999999"),
        ("loop", [1, 2, 3, 4], "expected on [start_s] [end_s]"),
        ("load", ["a\x00b"], r"path: expected text of at most 1024 printable characters, got '\x00' in it"),
        ("load", ["a\ud800b"], r"got '\ud800' in it"),
        ("load", ["a" * 5000], "expected text of at most 1024 printable characters, got 5000 characters"),
        ("param/blond", [1], "no such parameter; there are noise, blend"),
        ("param/blend", [], "expected one value, got 0"),
        ("dance", [], "/deepsing/dance: not known"),
        ("status", [], "not known"),
        ("curve", [], "answered where it arrives"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(name: str, values: list[object], said: str) -> None:
    with pytest.raises(BridgeError) as refused:
        to_command(WORDS, name, values, allowed)
    assert said in str(refused.value)


EVENTS: list[Event] = [
    TimeAt(1.5),
    ValenceAt(0.5),
    ArousalAt(-0.5),
    SceneStarted(3, 7, "lake", 0.8, "neutral", 0.1, 0.2, 15.0, 20.0),
    WorldAt(0, "lake", 0.5, 1.5, ()),
    Beat(1, 4, 120.0),
    Onset(0.5),
    LevelsAt(0.1, 0.2, 0.3, 0.4, 0.5),
    SectionStarted(1, 10.0, 20.0),
    Status("a.ogg", "playing", 24.0, 1, 2),
    SongLoaded("a.ogg", 60.0, 12, CURVE),
    TransportAt("playing", 12.5),
    LoopAt(True, 2.0, 3.0),
    HeldAt("lake 0.7, castle 0.3"),
    PendingAt("view", 1.5),
    Tapped(4, 120.0),
    LinkAt(2, 97.0, True),
    CuesAt("intro, drop"),
    CueFired("drop", 2.0),
    CueSaved("drop", Cue("drop")),
    Progressed("listening", 0.5),
    Problem("no", "me"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_an_event_says_what_the_table_says_it_does_in_that_order(event: Event) -> None:
    name, said = to_message(event)
    message = WORDS.events[name]
    assert list(said) == [field.name for field in message.fields]
    for field in message.fields:
        assert field.check(said[field.name], name) == said[field.name]


@pytest.mark.parametrize(
    ("valence", "arousal", "feeling", "colour"),
    [(1, 1, "happy", "#f4c20d"), (-0.6, 0.6, "tense", "#f0569a"), (0.1, 0.1, "neutral", "#9a86c4")],
)
def test_a_scene_tells_its_feeling_and_colour_beside_its_mood(
    valence: float, arousal: float, feeling: str, colour: str
) -> None:
    """As the log and timelines call it: what is tense has a neutral mean, and so a neutral mood."""
    scene = SceneStarted(3, 7, "lake", 0.8, "neutral", valence, arousal, 15.0, 20.0)
    said = to_message(scene)[1]
    assert (said["mood"], said["feeling"], said["colour"]) == ("neutral", feeling, colour)


def test_every_event_of_the_table_but_the_chunks_has_a_class() -> None:
    assert {to_message(event)[0] for event in EVENTS} == set(WORDS.events) - {"curve/chunk"}
    assert all(hasattr(event, field.name) for event in EVENTS for field in fields(event))
