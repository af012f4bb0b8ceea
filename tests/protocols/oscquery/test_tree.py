"""The vocabulary as an OSCQuery tree, without a socket."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.live.events import CuesAt, SceneStarted, SongLoaded, Status
from deepsing_bridge.live.hub import Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.oscquery.tree import Here, find, respond, tree

VOCABULARY = vocabulary()
CURVE = SentimentTrack(np.zeros(4, np.float32), np.zeros(4, np.float32), 0.5)
SNAPSHOT = Snapshot(
    values=VOCABULARY.defaults() | {"blend": 0.5, "freeze": True},
    time_s=12.5,
    valence=np.float32(0.25),
    status=Status("a.wav", "playing", 24.0, 1, 2),
    song=SongLoaded("a.wav", 150.5, 30, CURVE),
    scene=SceneStarted(3, 417, "balloon", 0.625, "positive", 1.25, -0.75, 12.5, 17.5),
)


def at(target: str, snapshot: Snapshot = SNAPSHOT) -> tuple[int, Any]:
    """As a client gets it: through JSON and back."""
    status, node = respond(VOCABULARY, snapshot, target, Here("127.0.0.1", 7700, 7701))
    return status, json.loads(json.dumps(node, allow_nan=False))


@pytest.mark.parametrize("name", VOCABULARY.parameters)
def test_every_parameter_is_there_with_type_range_and_value(name: str) -> None:
    field = VOCABULARY.parameters[name].field
    status, node = at(f"/deepsing/param/{name}")
    assert status == 200
    assert node["FULL_PATH"] == VOCABULARY.parameters[name].address
    assert node["ACCESS"] == 3
    assert node["TYPE"] in "fiTs"
    assert node["DESCRIPTION"] == field.meaning
    assert node["VALUE"] == [SNAPSHOT.values[name]]
    if field.kind in ("float", "int"):
        assert node["RANGE"] == [{"MIN": field.low, "MAX": field.high}]
    if field.kind == "choice":
        assert node["RANGE"] == [{"VALS": list(field.choices)}]
    if field.kind in ("text", "size", "bool"):
        assert "RANGE" not in node  # Chataigne takes a string with any range for a choice


@pytest.mark.parametrize("name", VOCABULARY.messages)
def test_every_message_is_there(name: str) -> None:
    message = VOCABULARY.messages[name]
    _, node = at(message.address)
    assert node["ACCESS"] == {"in": 2, "out": 1, "both": 3}[message.direction]
    assert len(node["TYPE"]) == max(len(message.fields), 1)
    assert node["DESCRIPTION"].startswith(message.meaning)
    assert not (message.direction == "in" and "VALUE" in node)


def test_events_have_their_last_value() -> None:
    assert at("/deepsing/scene?VALUE")[1]["VALUE"] == [
        *(3, 417, "balloon", 0.625, "positive", 1.25, -0.75, 12.5, 17.5),
        *("calm", "#4caf50", ""),
    ]
    assert at("/deepsing/status?VALUE")[1]["VALUE"] == ["a.wav", "playing", 24.0, 1, 2, 0, ""]
    assert at("/deepsing/time?VALUE")[1]["VALUE"] == [12.5]
    assert at("/deepsing/valence?VALUE")[1]["VALUE"] == [0.25]
    assert at("/deepsing/song?VALUE", Snapshot(VOCABULARY.defaults())) == (204, None)


def test_triggers_switches_and_units() -> None:
    assert at("/deepsing/play?TYPE")[1] == {"TYPE": "I"}
    assert at("/deepsing/loop?TYPE")[1] == {"TYPE": "Tff"}
    assert at("/deepsing/param/freeze")[1]["TYPE"] == "T"
    assert at("/deepsing/seek?UNIT")[1] == {"UNIT": ["time.second"]}
    assert at("/deepsing/param/blend?UNIT") == (204, None)
    assert at("/deepsing/seek?RANGE")[1] == {"RANGE": [{"MIN": 0.0}]}
    assert at("/deepsing/loop?RANGE")[1] == {"RANGE": [None, {"MIN": 0.0}, {"MIN": 0.0}]}


def test_paths_lead_to_themselves() -> None:
    def check(node: dict[str, Any]) -> int:
        for name, child in node.get("CONTENTS", {}).items():
            assert child["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"
        return 1 + sum(map(check, node.get("CONTENTS", {}).values()))

    root = tree(VOCABULARY, SNAPSHOT)
    assert check(root) == 1 + len(VOCABULARY.parameters) + len(VOCABULARY.messages) + 2  # /, /deepsing, /deepsing/param
    assert find(root, "/deepsing/param/") == find(root, "/deepsing/param")


@pytest.mark.parametrize("attribute", ["FULL_PATH", "DESCRIPTION", "TYPE", "ACCESS", "VALUE", "RANGE"])
def test_single_attributes(attribute: str) -> None:
    status, node = at(f"/deepsing/param/blend?{attribute}")
    assert status == 200
    assert node == {attribute: at("/deepsing/param/blend")[1][attribute]}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/deepsing/param/glow", 404),
        ("/deepsing/param/blend/more", 404),
        ("/deepsing/param/blend?COLOUR", 400),
        ("/deepsing/param/blend?LISTEN", 400),
        ("/deepsing/play?VALUE", 204),
        ("/deepsing?VALUE", 204),
        ("/%64eepsing/param", 200),
        ("/?CONTENTS", 200),
        ("", 200),
    ],
)
def test_status(target: str, status: int) -> None:
    assert at(target)[0] == status


def test_host_info_is_honest() -> None:
    info = at("/?HOST_INFO")[1]
    assert (info["OSC_IP"], info["OSC_PORT"], info["OSC_TRANSPORT"]) == ("127.0.0.1", 7700, "UDP")
    assert (info["WS_IP"], info["WS_PORT"]) == ("127.0.0.1", 7701)
    offered = {name for name, there in info["EXTENSIONS"].items() if there}
    told = {"PATH_ADDED", "PATH_REMOVED"}
    assert offered == {"ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TYPE", "UNIT", "LISTEN", *told}


def test_cues_are_in_the_tree_as_they_are() -> None:
    found = tree(VOCABULARY, replace(SNAPSHOT, cues=CuesAt("drop, intro")))
    cues = found["CONTENTS"]["deepsing"]["CONTENTS"]["cue"]["CONTENTS"]
    assert cues["drop"] == {
        "FULL_PATH": "/deepsing/cue/drop",
        "DESCRIPTION": "call this cue",
        "ACCESS": 2,
        "TYPE": "I",
    }
    assert {"drop", "intro", "save", "saved", "fired"} == set(cues)
    assert found["CONTENTS"]["deepsing"]["CONTENTS"]["cues"]["VALUE"] == ["drop, intro"]


def test_but_for_cues_no_path_ever_changes() -> None:
    """Whatever is played, only values differ."""

    def without_values(node: dict[str, Any]) -> dict[str, Any]:
        contents = {name: without_values(child) for name, child in node.get("CONTENTS", {}).items()}
        return {name: thing for name, thing in node.items() if name != "VALUE"} | {"CONTENTS": contents}

    before, after = (without_values(tree(VOCABULARY, snapshot)) for snapshot in (Snapshot(), SNAPSHOT))
    assert before == after
    assert not at("/?HOST_INFO")[1]["EXTENSIONS"]["PATH_CHANGED"]
