"""What commands are answered, without a socket."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsing_bridge.live import commands
from deepsing_bridge.live.hub import Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.zeromq import codec
from deepsing_bridge.protocols.zeromq.command_server import CommandServer
from tests.protocols.zeromq.sockets import allowed, make_hub


def ask(server, **command):
    return json.loads(server.answer(json.dumps(command).encode()))


COMMANDS = {
    "play": ({}, commands.Play),
    "pause": ({}, commands.Pause),
    "stop": ({}, commands.Stop),
    "toggle": ({}, commands.Toggle),
    "seek": ({"time_s": 12}, commands.Seek),
    "load": ({"path": "a.ogg"}, commands.Load),
    "loop": ({"on": True, "start_s": 1.0, "end_s": 2.0}, commands.Loop),
}


def test_every_command_of_the_vocabulary_is_answered(hub, server):
    for name in hub.vocabulary.commands:
        answer = ask(server, command=name, id=name, **COMMANDS.get(name, ({},))[0])
        assert answer["id"] == name
        assert isinstance(answer["ok"], bool)
    for name, parameter in hub.vocabulary.parameters.items():
        assert ask(server, command=f"param/{name}", value=parameter.default) == {"ok": True}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_reaches_the_engine_with_its_sender(hub, server, name):
    fields, kind = COMMANDS[name]
    assert ask(server, command=name, id=5, **fields) == {"ok": True, "id": 5}
    (command,) = hub.inbox.take(0)
    assert isinstance(command, kind)
    assert command.sender == codec.Requester(5)


def test_a_parameter_is_set_and_asked_for(hub, server):
    assert ask(server, command="param/blend", value=0.3) == {"ok": True}
    assert hub.inbox.take(0) == [commands.SetParam("blend", 0.3, codec.Requester())]
    assert ask(server, command="get", name="blend") == {"ok": True, "type": "param/blend", "value": 0.1}


def test_what_is_asked_for_is_answered_as_state_tells_it(server):
    assert ask(server, command="get", name="time") == {"ok": True, "type": "time", "time_s": 12.5}
    assert ask(server, command="get", name="scene")["label"] == "lake"
    assert ask(server, command="get", name="song")["title"] == "a.ogg"
    assert ask(server, command="get", name="status")["state"] == "idle"
    assert ask(server, command="get", name="valence")["valence"] == 0.25
    assert "one of status, transport, loop, song" in ask(server, command="get", name="weather")["error"]


def test_the_curve_comes_whole(hub, server):
    assert ask(server, command="curve") == {
        "ok": True,
        "type": "curve",
        "hop_s": 0.5,
        "valence": [0.5, -1.25],
        "arousal": [1.0, 2.0],
    }
    hub.snapshot = Snapshot()
    assert ask(server, command="curve") == {"ok": False, "error": "no song is loaded: load one first"}


def test_the_vocabulary_names_everything_that_can_be_said(hub, server):
    answer = ask(server, command="vocabulary")
    assert answer["type"] == "vocabulary"
    assert {row["name"] for row in answer["parameters"]} == set(hub.vocabulary.parameters)
    assert {row["name"] for row in answer["messages"]} == set(hub.vocabulary.messages)
    blend = next(row for row in answer["parameters"] if row["name"] == "blend")
    assert (blend["kind"], blend["low"], blend["high"], blend["default"]) == ("float", 0, 1, 0.1)


def test_a_full_inbox_is_an_error_to_the_sender():
    server = CommandServer(make_hub(capacity=1), allowed, port=0)
    assert ask(server, command="play")["ok"]
    assert "too many commands wait" in ask(server, command="pause")["error"]


WRONG = {
    b"": "expected JSON",
    b"\xff\xfe": "expected JSON",
    b"play": "expected JSON",
    b"[]": "expected one JSON object",
    b"7": "expected one JSON object",
    b"{}": "expected {",
    b"[" * 30000: "expected JSON",
    b'{"command":' + b"[" * 900 + b"]" * 900 + b"}": "got a list or an object",
    b'{"command":["play"]}': "got a list or an object",
    b'{"command":7}': "expected {",
    b'{"command":"dance"}': "not known",
    b'{"command":"' + b"x" * 50000 + b'"}': "not known",
    b'{"command":"\\ud800"}': "not known",
    b'{"command":"play","now":1}': "expected no fields",
    b'{"command":"seek"}': "expected time_s",
    b'{"command":"seek","time_s":"soon"}': "expected a number from 0",
    b'{"command":"seek","time_s":null}': "expected a number from 0",
    b'{"command":"seek","time_s":true}': "expected a number from 0",
    b'{"command":"seek","time_s":-1}': "expected a number from 0",
    b'{"command":"seek","time_s":NaN}': "NaN is not a number",
    b'{"command":"seek","time_s":-Infinity}': "-Infinity is not a number",
    b'{"command":"seek","time_s":1e999}': "expected a number from 0",
    b'{"command":"seek","time_s":' + b"9" * 5000 + b"}": "5000 digits is too large",
    b'{"command":"param/blend","value":3}': "expected 0..1, got 3",
    b'{"command":"param/blend"}': "expected one value",
    b'{"command":"param/weather","value":3}': "no such parameter",
    b'{"command":"play","id":[1]}': "got a list or an object",
    b'{"command":"play","id":1.5}': "id: expected",
    b'{"command":"play","id":"' + b"x" * 65 + b'"}': "id: expected",
    b'{"command":"load","path":"/secret.ogg"}': "not below a --songs folder",
    b'{"command":"subscribe"}': "SUB socket",
    b'{"command":"time","time_s":1}': "not known",
    b'{"command":"play"}' + b" " * 65536: "at most 65536 bytes",
}


@pytest.mark.parametrize("body", WRONG, ids=lambda body: body[:40])
def test_what_is_wrong_is_answered_with_a_sentence_and_counted(hub, server, body):
    answer = json.loads(server.answer(body))
    assert not answer["ok"]
    assert WRONG[body] in answer["error"]
    assert len(answer["error"]) < 400
    assert server.refused == 1
    assert hub.inbox.take(0) == []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = [*vocabulary().messages, *(f"param/{name}" for name in vocabulary().parameters), "vocabulary"]
FIELDS = ["time_s", "on", "start_s", "end_s", "path", "name", "value", "id", "port"]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(json.dumps)
    | st.builds(
        lambda name, fields: json.dumps({"command": name, **fields}),
        st.sampled_from(NAMES) | st.text(),
        st.dictionaries(st.sampled_from(FIELDS) | st.text(), SCALARS, max_size=4),
    )
)
def test_whatever_comes_is_answered_in_json(body):
    server = CommandServer(make_hub(), allowed, port=0)
    answer = json.loads(server.answer(body if isinstance(body, bytes) else body.encode()))
    assert answer["ok"] or answer["error"]
