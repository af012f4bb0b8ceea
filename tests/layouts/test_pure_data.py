"""The patch as it is written, and in Pure Data (Debian: puredata-core) with a bridge."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deepsing_bridge.layouts import pure_data
from deepsing_bridge.layouts.panel import TRANSPORT, Bridge, by_hand, cue_buttons, readouts, typed
from deepsing_bridge.live.parameters import Parameter
from deepsing_bridge.live.vocabulary import vocabulary
from tests.layouts.program import Program, becomes, program
from tests.process import Bridge as Running
from tests.process import free_port

WORDS = vocabulary()
CUES = ("drop", "dark-1")
LINES = pure_data.layout(WORDS, Bridge(cues=CUES)).decode().splitlines()
VANILLA = {
    *("bng", "tgl", "hsl", "vradio", "cnv", "r", "s", "oscformat", "oscparse", "netsend", "list", "route", "loadbang"),
    *("del", "t", "+", "int", "=="),
}


def objects() -> list[list[str]]:
    return [line.rstrip(";").split()[4:] for line in LINES if line.startswith("#X obj")]


def control(name: str) -> list[str]:
    """The words of what sends to `name`, from its kind on."""
    boxes = [line.rstrip(";").split() for line in LINES if re.match("#X (obj|symbolatom)", line)]
    (found,) = [words for words in boxes if name in words and f"{name}-set" in words]
    return found[4:] if found[1] == "obj" else found[1:]


def test_there_is_nothing_in_it_that_pd_does_not_have() -> None:
    assert {words[0] for words in objects()} <= VANILLA


def test_every_cord_ends_at_an_object() -> None:
    canvases = [0]  # how many objects each open canvas has
    for line in LINES:
        kind = line.split()[1].rstrip(";")
        if line.startswith("#N"):
            canvases.append(0)
        elif kind == "connect":
            source, _, target, _ = map(int, line.rstrip(";").split()[2:])
            assert source < canvases[-1] and target < canvases[-1]
        elif kind == "restore":
            canvases.pop()
            canvases[-1] += 1
        else:
            canvases[-1] += 1


@pytest.mark.parametrize("parameter", WORDS.parameters.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_is_there_with_its_range(parameter: Parameter) -> None:
    words = control(f"deepsing-{parameter.name}")
    match words[0]:
        case "hsl":
            assert [*map(float, words[3:5])] == [parameter.field.low, parameter.field.high]
        case "vradio":
            assert int(words[4]) == len(parameter.field.choices)
        case kind:
            assert kind == {"bool": "tgl", "size": "symbolatom"}[parameter.field.kind]
    assert ["oscformat", *parameter.address.strip("/").split("/")] in objects()


def test_the_transport_and_what_is_told_are_there() -> None:
    for name in (*TRANSPORT, "loop"):
        assert ["oscformat", *WORDS.commands[name].address.strip("/").split("/")] in objects()
    for button in (*by_hand(WORDS), *cue_buttons(Bridge(cues=CUES)), *typed(WORDS)):
        assert control(f"deepsing-{button.name}")[0] in ("bng", "symbolatom")
        assert ["oscformat", *button.address.strip("/").split("/")] in objects()
    for readout in readouts(WORDS):
        assert any(f"deepsing-{readout.name}-set" in line for line in LINES if "floatatom" in line or "cnv" in line)


PROBE = r"""#N canvas 0 0 400 300 12;
#X obj 10 10 netreceive -u PORT;
#X obj 10 40 route noise style view size play;
#X obj 10 70 s deepsing-noise-set;
#X obj 110 70 s deepsing-style-set;
#X obj 210 70 s deepsing-view-set;
#X obj 310 70 s deepsing-size-set;
#X obj 410 70 s deepsing-play-set;
#X obj 10 110 r deepsing-noise-set;
#X obj 10 140 print noise;
#X obj 110 110 r deepsing-style-set;
#X obj 110 140 print style;
#X obj 210 110 r deepsing-feeling-set;
#X obj 210 140 print feeling;
#X obj 310 110 r deepsing-transport-set;
#X obj 310 140 print transport;
#X obj 410 110 r deepsing-noise-shown;
#X obj 410 140 print shown;
#X connect 0 0 1 0;
#X connect 1 0 2 0;
#X connect 1 1 3 0;
#X connect 1 2 4 0;
#X connect 1 3 5 0;
#X connect 1 4 6 0;
#X connect 7 0 8 0;
#X connect 9 0 10 0;
#X connect 11 0 12 0;
#X connect 13 0 14 0;
#X connect 15 0 16 0;
"""
"""A performer's own patch: what it is sent moves the panel, and what moves there is printed."""


@pytest.fixture
def port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def pd(running: Running, port: int, tmp_path: Path) -> Iterator[Program]:
    panel, probe = tmp_path / "deepsing.pd", tmp_path / "probe.pd"
    panel.write_bytes(pure_data.layout(WORDS, Bridge(port=running.osc)))
    probe.write_text(PROBE.replace("PORT", str(port)))
    with program(["pd", "-nogui", "-noaudio", "-nomidi", "-stderr", "-open", str(panel), "-open", str(probe)]) as pd:
        yield pd


@pytest.fixture
def turn(port: int) -> Callable[[str], None]:
    def send(message: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
            here.sendto(f"{message};\n".encode(), ("127.0.0.1", port))

    return send


@pytest.mark.program("pd")
def test_pd_turns_the_bridge_and_is_turned(pd: Program, turn: Callable[[str], None], running: Running) -> None:
    pd.says("noise: set 0.03")  # from the subscription
    turn("noise 0.7")
    becomes(running, "noise", 0.7)
    running.send("/deepsing/param/noise", 0.25)
    pd.says("noise: set 0.25")
    pd.says("shown: 0.25")
    turn("style 2")
    becomes(running, "style", "calm")
    running.send("/deepsing/param/style", "threshold")
    pd.says("style: set 1")
    turn("view 3.4")  # a slider has no steps
    becomes(running, "view", 3)
    turn("size symbol 96x64")
    becomes(running, "size", "96x64")
    for name in ("noise", "style", "view", "size"):
        running.send(f"/deepsing/param/{name}", {"size": "64x64"}.get(name, WORDS.parameters[name].default))


@pytest.mark.program("pd")
def test_pd_shows_what_is_felt(pd: Program) -> None:
    pd.says("transport: label idle")
    pd.says("feeling: label neutral")
    pd.says("feeling: color #9a86c4")
