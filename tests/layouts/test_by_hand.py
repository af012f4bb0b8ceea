"""Cues, taps and classes in the real process, by programs that nobody here wrote: by the layouts in Pure Data and
SuperCollider, and by addresses as liblo's oscsend and npm's node-osc send them."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
import soundfile
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from deepsing_bridge.client import STATE, Subscriber
from deepsing_bridge.layouts import pure_data, supercollider
from deepsing_bridge.layouts.panel import BLACKOUT, Bridge, by_hand, cue_buttons, typed
from deepsing_bridge.live.vocabulary import vocabulary
from tests.layouts.program import PATIENCE_S, becomes, program, until
from tests.process import Bridge as Running
from tests.process import bridge, free_port
from tests.protocols.osc.node_osc import PACKAGE, Client

WORDS = vocabulary()
CUES = ("drop", "dark-1")
FILE = "[drop]\nblend = 0.75\n\n[dark-1]\nnoise = 0.5\n"
ADDRESSES = {one.name: one.address for one in (*by_hand(WORDS), *typed(WORDS), *cue_buttons(Bridge(cues=CUES)))}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A song without beats, so that taps are the beats."""
    folder = tmp_path_factory.mktemp("bridge")
    time_s = np.arange(30 * 21_504) / 21_504
    soundfile.write(folder / "song.wav", 0.3 * np.sin(2 * np.pi * 220 * time_s), 21_504)
    (folder / "cues.toml").write_text(FILE)
    words = (folder / "song.wav", "--hold", "--loop", "--no-midi", "--size", "64x64", "--fps", 5)
    with bridge(folder, *words, "--cues", folder / "cues.toml") as running:
        running.wait_for("stopped")
        yield running


class Hand(Protocol):
    """Presses buttons, and types into fields, by their names in every layout."""

    def press(self, name: str) -> None: ...
    def type(self, name: str, text: str) -> None: ...


class ByAddress:
    def press(self, name: str) -> None:
        self.say(ADDRESSES[name])

    def type(self, name: str, text: str) -> None:
        self.say(ADDRESSES[name], text)

    def say(self, *words: str) -> None:
        raise NotImplementedError


class Liblo(ByAddress):
    def __init__(self, port: int) -> None:
        self._port = port

    def say(self, *words: str) -> None:
        address, *values = words
        tags = ["s"] if values else []
        subprocess.run(["oscsend", "127.0.0.1", str(self._port), address, *tags, *values], check=True)


class NodeOsc(ByAddress):
    def __init__(self, client: Client) -> None:
        self._client = client

    def say(self, *words: str) -> None:
        self._client.do(message=list(words))


class Pd:
    def __init__(self, port: int) -> None:
        self._port = port

    def press(self, name: str) -> None:
        self._send(name, "bang")

    def type(self, name: str, text: str) -> None:
        self._send(name, f"symbol {text}")

    def number(self, name: str, *numbers: float) -> None:
        """As a patch of one's own sends it, which has nothing else."""
        self._send(name, " ".join(map(str, numbers)), "")

    def _send(self, name: str, message: str, end: str = "-set") -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
            here.sendto(f"deepsing-{name}{end} {message};\n".encode(), ("127.0.0.1", self._port))


class Sclang:
    def __init__(self, port: int) -> None:
        self._to = SimpleUDPClient("127.0.0.1", port)

    def press(self, name: str) -> None:
        self._to.send_message("/hand", [name])

    def type(self, name: str, text: str) -> None:
        self._to.send_message("/hand", [name, text])


PROBE = """#N canvas 0 0 400 300 12;
#X obj 10 10 netreceive -u PORT;
#X obj 10 40 t a a;
#X obj 110 70 list split 1;
#X obj 110 100 symbol;
#X obj 10 70 list split 1;
#X obj 10 100 list trim;
#X obj 10 130 send;
#X connect 0 0 1 0;
#X connect 1 1 2 0;
#X connect 2 0 3 0;
#X connect 3 0 6 1;
#X connect 1 0 4 0;
#X connect 4 1 5 0;
#X connect 5 0 6 0;
"""
"""Another patch, which hands on what comes: whom to, and what."""

SCRIPT = """
"LAYOUT".load;
thisProcess.openUDPPort(PORT);
OSCdef(\\hand, { |message|
	{
		var control = ~deepsing[\\controls][message[1]];
		(message.size > 2).if { control.string = message[2].asString };
		control.isKindOf(CheckBox).if { control.value = control.value.not };
		control.doAction;
	}.defer;
}, "/hand", recvPort: PORT);
"""
"""A performer's own code, which uses the window's controls."""


@contextmanager
def pd(osc_port: int, folder: Path) -> Iterator[Hand]:
    port, panel, probe = free_port(socket.SOCK_DGRAM), folder / "deepsing.pd", folder / "probe.pd"
    panel.write_bytes(pure_data.layout(WORDS, Bridge(port=osc_port, cues=CUES)))
    probe.write_text(PROBE.replace("PORT", str(port)))
    with program(["pd", "-nogui", "-noaudio", "-nomidi", "-stderr", "-open", str(panel), "-open", str(probe)]):
        yield Pd(port)


@contextmanager
def sclang(osc_port: int, folder: Path) -> Iterator[Hand]:
    port, layout, script = free_port(socket.SOCK_DGRAM), folder / "deepsing.scd", folder / "hand.scd"
    layout.write_bytes(supercollider.layout(WORDS, Bridge(port=osc_port, cues=CUES)))
    script.write_text(SCRIPT.replace("LAYOUT", str(layout)).replace("PORT", str(port)))
    screenless = {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1", "HOME": str(folder)}
    with program(["sclang", str(script)], **screenless):
        yield Sclang(port)


@contextmanager
def node_osc(osc_port: int, folder: Path) -> Iterator[Hand]:
    if not PACKAGE.is_dir():
        pytest.skip("node-osc: not there, .ci/programs fetches it")
    with closing(Client(osc_port)) as client:
        yield NodeOsc(client)


@contextmanager
def liblo(osc_port: int, folder: Path) -> Iterator[Hand]:
    yield Liblo(osc_port)


Opened = Callable[[int, Path], AbstractContextManager[Hand]]
HANDS = [
    pytest.param(pd, marks=pytest.mark.program("pd")),
    pytest.param(sclang, marks=[pytest.mark.program("sclang"), pytest.mark.slow]),
    pytest.param(node_osc, marks=pytest.mark.program("node")),
    pytest.param(liblo, marks=pytest.mark.program("oscsend")),
]


@pytest.fixture(params=HANDS)
def hand(request: pytest.FixtureRequest, running: Running, tmp_path: Path) -> Iterator[Hand]:
    """When the song plays from its start, and everything is at its default."""
    for name in ("blend", "noise", "dim"):
        assert running.ask(command=f"param/{name}", value=WORDS.parameters[name].default)["ok"]
    assert running.ask(command="seek", time_s=1.0)["ok"] and running.ask(command="play")["ok"]
    with request.param(running.osc, tmp_path) as hand:
        yield hand
    running.ask(command="class/release")


def told(running: Running, name: str, field: str) -> object:
    return running.ask(command="get", name=name).get(field)


def test_cues_classes_scenes_and_taps_by_hand(hand: Hand, running: Running) -> None:
    until(lambda: told(running, "blend", "value") == 0.75, lambda: hand.press("cue_drop"))
    hand.type("cue", "dark-1")
    becomes(running, "noise", 0.5)
    hand.type("cue_save", f"of-{type(hand).__name__}")
    until(lambda: f"of-{type(hand).__name__}" in str(told(running, "cues", "names")))
    hand.type("class", "lake")
    until(lambda: told(running, "class/held", "classes") == "lake 1")
    hand.press("class_release")
    until(lambda: told(running, "class/held", "classes") == "")
    before = told(running, "scene", "start_s")
    hand.press("scene_next")
    until(lambda: told(running, "scene", "start_s") != before)
    with closing(Subscriber(f"tcp://127.0.0.1:{running.frames}", topics=(STATE,), waiting=10_000)) as heard:
        until(lambda: beat_of(heard), lambda: hand.press("tap"))


def beat_of(heard: Subscriber) -> bool:
    """Whether one is told, within half a second."""
    until_s = time.monotonic() + 0.5
    while time.monotonic() < until_s:
        event = heard.receive(0.1)
        if isinstance(event, dict) and event["type"] == "beat":
            return True
    return False


@pytest.mark.parametrize("hand", HANDS[:2], indirect=True)
def test_blackout_is_a_switch_over_dim(hand: Hand, running: Running) -> None:
    until(lambda: told(running, "blend", "value") == 0.75, lambda: hand.press("cue_drop"))
    hand.press(BLACKOUT)
    becomes(running, "dim", 0.0)
    hand.press(BLACKOUT)
    becomes(running, "dim", 1.0)


@pytest.mark.parametrize("opened", HANDS[:2])
def test_a_layout_subscribes_again_where_the_bridge_falls_silent(opened: Opened, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.settimeout(PATIENCE_S)
        with opened(silent.getsockname()[1], tmp_path):
            first, sender = silent.recvfrom(1024)
            silent.sendto(OscMessageBuilder("/deepsing/status").build().dgram, sender)
            later = [silent.recv(1024) for _ in range(4)]
    assert all(packet.startswith(b"/deepsing/subscribe") for packet in (first, *later))


@pytest.mark.program("pd")
def test_pds_numbers_do_for_sizes_styles_and_views_and_of_too_many_the_first_counts(
    running: Running, tmp_path: Path
) -> None:
    with pd(running.osc, tmp_path) as hand:
        assert isinstance(hand, Pd)
        until(lambda: told(running, "size", "value") == "96x96", lambda: hand.number("size", 96))
        hand.number("style", 2)
        hand.number("view", 3)
        hand.number("blend", 0.25, 0.75)
        becomes(running, "style", "calm")
        becomes(running, "view", 3)
        becomes(running, "blend", 0.25)
    running.ask("param/size", value="64x64")
