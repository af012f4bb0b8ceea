"""Table, channels and panel, in a fake TouchDesigner beside a real bridge."""

import socket
import time
from pathlib import Path

import pytest

from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc.codec import Incoming, to_request
from tests.plugins.touchdesigner.conftest import build, load, until
from tests.process import bridge, free_port

literal = load("vocabulary")
FRAME_S = 0.005
REFUSED = "cubist"


@pytest.fixture(scope="module")
def one_bridge(tmp_path_factory):
    with bridge(tmp_path_factory.mktemp("bridge"), "examples/demo.ogg", "--hold", "--no-midi", "--no-announce") as made:
        made.wait_for("stopped")
        yield made


@pytest.fixture
def running(one_bridge):
    """Everything at its default."""
    for knob in literal.KNOBS:
        assert one_bridge.ask(command=f"param/{knob.name}", value=knob.default)["ok"]
    return one_bridge


class Network:
    """What was built, and frames of it."""

    def __init__(self, host, running):
        build()
        self.host, self.comp = host, host.root.op("/project1/deepsing")
        places = {"Oscport": running.osc, "Framesport": running.frames, "Listenport": free_port(socket.SOCK_DGRAM)}
        for name, value in places.items():
            setattr(self.comp.par, name, value)
        self.until(lambda: self["alive"] == "1" and self["title"], "the bridge was never heard")

    def __getitem__(self, row):
        return self.comp.op("now")[row, 1].val

    @property
    def sent(self):
        return self.comp.op("osc_out")._sent

    def knob(self, name):
        return getattr(self.comp.par, literal.BY_NAME[name].par)

    def frames(self, seconds):
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._frame()

    def until(self, holds, what):
        until(holds, what, self._frame)

    def _frame(self):
        self.host.frame()
        time.sleep(FRAME_S)


@pytest.fixture
def network(either_host, running):
    made = Network(either_host, running)
    made.until(lambda: all(made.knob(knob.name).eval() == knob.default for knob in literal.KNOBS), "knobs never came")
    made.frames(0.2)
    yield made
    for address, values in (each for each in made.sent if REFUSED not in each[1]):
        to_request(vocabulary(), Incoming(address, tuple(values)), Path)  # raises what the bridge would complain of


def of_bridge(running, name):
    return running.ask(command="get", name=name)["value"]


def test_being_built_beside_a_show_changes_nothing_in_it(either_host, running):
    for name, value in (("noise", 0.6), ("style", "negative"), ("morph", 0.75), ("view", 2)):
        running.ask(command=f"param/{name}", value=value)
    made = Network(either_host, running)
    made.until(lambda: made.knob("noise").eval() == pytest.approx(0.6), "the panel never followed")
    made.frames(0.5)
    shown = (made.knob("style").eval(), made.knob("morph").eval(), made.knob("view").eval())
    assert shown == ("negative", 0.75, 2)
    assert {address for address, _ in made.sent} == {"/deepsing/subscribe"}
    assert of_bridge(running, "noise") == pytest.approx(0.6)


def test_scene_mood_time_and_sentiment_are_in_the_table_and_in_the_channels(network, running):
    running.ask(command="seek", time_s=7.0)
    network.until(lambda: network["time_s"] == "7", "time never came")
    network.frames(0.2)
    scene = running.ask(command="get", name="scene")
    assert network["scene"] == str(scene["index"]) and network["label"] == scene["label"]
    assert network["mood"] == scene["mood"]
    assert (network["feeling"], network["colour"]) == (scene["feeling"], scene["colour"])
    channels = network.comp.op("out_channels").channels()
    assert channels["mood_number"] == literal.MOODS[scene["mood"]]
    assert channels["feeling_number"] == literal.FEELINGS.index(scene["feeling"])
    shades = [round(255 * channels[name]) for name in ("red", "green", "blue")]
    assert "#{:02x}{:02x}{:02x}".format(*shades) == scene["colour"]
    assert channels["scene_valence"] == pytest.approx(scene["valence"], abs=1e-4)
    assert channels["scene_end_s"] == pytest.approx(scene["end_s"], abs=1e-3)
    for name in ("valence", "arousal"):
        assert channels[name] == pytest.approx(running.ask(command="get", name=name)[name], abs=1e-4)
    song = running.ask(command="get", name="song")
    assert channels["duration_s"] == pytest.approx(song["duration_s"], abs=1e-3)
    assert network.comp.par.Position.normMax == pytest.approx(song["duration_s"])
    assert (network["title"], channels["scenes"], channels["playing"]) == (song["title"], song["scenes"], 0)


def test_a_knob_that_is_turned_turns_the_bridge_and_is_sent_once(network, running):
    turns = {"noise": 0.42, "valence_offset": -1.5, "style": "positive", "view": 3, "freeze": True}
    for name, value in turns.items():
        before = len(network.sent)
        network.knob(name).val = value
        network.until(lambda n=name, v=value: of_bridge(running, n) == pytest.approx(v), f"{name} never arrived")
        network.frames(0.3)
        assert [address for address, _ in network.sent[before:]] == [f"/deepsing/param/{name}"]
        assert network.knob(name).eval() == pytest.approx(value)


def test_a_knob_turned_elsewhere_moves_here_and_nothing_is_sent_back(network, running):
    before = len(network.sent)
    for value in (0.9, 0.33, 1 / 3):
        running.ask(command="param/blend", value=value)
        network.until(lambda v=value: network.knob("blend").eval() == pytest.approx(v), "never followed")
    network.frames(0.3)
    assert network.sent[before:] == []


def test_a_knob_that_is_dragged_does_not_jump_back_to_what_it_was(network, running):
    values = [0.2 + 0.01 * step for step in range(40)]
    seen = []
    for value in values:
        network.knob("noise").val = value
        network._frame()
        seen.append(network.knob("noise").eval())
    assert seen == pytest.approx(values)
    network.frames(0.3)
    assert network.knob("noise").eval() == pytest.approx(values[-1])
    assert of_bridge(running, "noise") == pytest.approx(values[-1])


def test_a_value_that_the_bridge_refuses_is_complained_of_and_the_knob_goes_back(network):
    network.knob("style").val = REFUSED
    network.until(lambda: REFUSED in network["error"], "the complaint never came")
    network.until(lambda: network.knob("style").eval() == "auto", "the knob never went back")


def test_a_value_beyond_the_panel_is_shown_as_far_as_it_goes_and_not_sent_back(network):
    link = network.comp.op("link").module
    before = len(network.sent)
    link.follow(network.comp.par.View, "view", 9)
    network.frames(0.1)
    assert network.comp.par.View.eval() == 5
    assert network.sent[before:] == []


def test_a_knob_that_cannot_take_a_value_does_not_silence_the_others(network, running):
    class Broken:
        """As a menu whose entries somebody removed may be."""

        mode = type("Mode", (), {"name": "CONSTANT"})
        val = property(fset=lambda self, value: [].index(value))

    link = network.comp.op("link").module
    with pytest.raises(ValueError, match="not in list"):
        link.follow(Broken(), "view", 2)
    network.knob("noise").val = 0.77
    network.until(lambda: of_bridge(running, "noise") == pytest.approx(0.77), "no knob turns anything any more")


def test_a_knob_that_an_expression_moves_stays_with_it_and_moves_the_bridge(network, running):
    above, par = network.host.pane.owner, network.comp.par.Morph
    (level,) = above.appendCustomPage("Mine").appendFloat("Level")
    level.val = 0.25
    par.expr = "parent().par.Level"
    running.ask(command="param/morph", value=0.9)
    network.until(lambda: network.comp.op("link").module._known["morph"] == pytest.approx(0.9), "never told")
    assert par.expr and par.eval() == 0.25
    level.val = 0.5
    network.comp.op("panel").module.onValueChange(par, 0.25)  # the fake does not follow expressions, TouchDesigner does
    network.until(lambda: of_bridge(running, "morph") == pytest.approx(0.5), "never moved the bridge")
    network.frames(0.3)
    assert par.expr and par.eval() == 0.5


def test_buttons_move_the_song(network, running):
    network.comp.par.Position = 12.0
    network.comp.par.Seek.pulse()
    network.until(lambda: network["time_s"] == "12", "never went there")
    network.comp.par.Play.pulse()
    network.until(lambda: network["playing"] == "1" and float(network["time_s"]) > 12.2, "never played")
    network.comp.par.Pause.pulse()
    network.until(lambda: network["state"] == "paused", "never paused")
    network.comp.par.Stop.pulse()
    network.until(lambda: network["state"] == "stopped" and network["time_s"] == "0", "never stopped")


def test_cells_are_written_only_when_they_change(network):
    network.frames(1.2)
    before = network.comp.op("now")._writes
    network.frames(0.5)
    # A second of nothing new brings the frame rate at most: the song stands still.
    assert network.comp.op("now")._writes - before <= 2


def test_reconnect_and_another_listening_port_subscribe_again(network):
    network.comp.par.Listenport = free_port(socket.SOCK_DGRAM)
    network.until(lambda: network.sent[-1] == ("/deepsing/subscribe", [network.comp.par.Listenport.eval()]), "never")
    network.comp.op("now")["title", 1] = ""
    network.comp.par.Reconnect.pulse()
    network.until(lambda: network["title"] != "", "nothing was told again")


def test_a_bridge_that_is_gone_is_shown_and_asked_for_again(network, monkeypatch):
    link = network.comp.op("link").module
    monkeypatch.setattr(link, "ASK_S", 0.1)
    network.comp.par.Oscport = free_port(socket.SOCK_DGRAM)
    monkeypatch.setattr(link, "hear", lambda: None)
    network.until(lambda: network["alive"] == "0", "it was never missed")
    assert "OSC not answered" in network.comp.par.Status.eval()
    before = len(network.sent)
    network.frames(0.5)
    assert {address for address, _ in network.sent[before:]} == {"/deepsing/subscribe"}
    assert 3 <= len(network.sent[before:]) <= 6


def test_values_that_were_missed_are_asked_for_again_though_the_rest_is_heard(network, monkeypatch):
    """What listens may open its port only after the answer came."""
    link = network.comp.op("link").module
    monkeypatch.setattr(link, "ASK_S", 0.1)
    monkeypatch.setattr(link, "_asked_s", time.monotonic())
    link._known.clear()
    assert link.alive()
    before = len(network.sent)
    network.until(lambda: link._known, "never asked again")
    assert [address for address, _ in network.sent[before:]] == ["/deepsing/subscribe"]


def test_what_is_not_of_the_bridge_is_passed_over(network):
    callbacks, dat = network.comp.op("osc_callbacks").module, network.comp.op("osc_in")
    rows = {row: network[row] for row in (*literal.CHANNELS, *literal.TEXTS)}
    for address, args in (
        ("/elsewhere", [1]),
        ("/deepsing/scene", [1, 2]),
        ("/deepsing/curve/chunk", [0, 1, 0, 0.5, 1.0]),
        ("/deepsing/param/unknown", [1]),
        ("/deepsing/param/noise", []),
        ("/deepsing/", []),
    ):
        callbacks.onReceiveOSC(dat, 0, "", b"", 0.0, address, args, None)
    assert {row: network[row] for row in rows} == rows


def test_leaving_takes_the_subscription_back(network):
    network.comp.op("every_frame").module.onExit()
    assert network.sent[-1] == ("/deepsing/unsubscribe", [network.comp.par.Listenport.eval()])
