"""The real process and another program with nothing but mido, through a JACK server without sound."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest
import soundfile
from mido import Message

from deepsing_bridge.client import STATE, Subscriber
from tests.jack import Player, jack_server, until
from tests.process import ROOT, Bridge, bridge
from tests.protocols.midi.senders import quarter_frames
from tests.sounds import music

pytest.importorskip("rtmidi", reason="python-rtmidi is not installed")
pytestmark = pytest.mark.program("jackd")
RATE = Fraction(25)
TRIES = 5


@pytest.fixture(scope="module", autouse=True)
def jack() -> Iterator[None]:
    with jack_server():
        yield


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    made = Player()
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(player: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("midi")
    soundfile.write(folder / "song.wav", music(40), 21_504)
    words: tuple[object, ...] = (folder / "song.wav", "--hold", "--no-announce", "--midi-port", "nanoKONTROL2")
    words += ("--midi-map", ROOT / "examples" / "midi.toml")
    with bridge(folder, *words) as made:
        made.wait_for("stopped")
        yield made


NOISE = """
import random, sys, time
import rtmidi
chance = random.Random(20)
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="noise")
out.open_virtual_port("nanoKONTROL2 noise")
def send(*bytes):
    try:
        out.send_message(bytes)
    except ValueError:  # rtmidi itself refuses some
        pass
sys.stdin.readline()
for _ in range(1000):
    count = chance.randrange(1, 200)
    if chance.random() < 0.5:
        send(chance.randrange(0x80, 0x100), *chance.choices(range(256), k=chance.randrange(3)))
    else:
        send(0xF0, *chance.choices(range(256), k=count), *chance.choice([(), (0xF7,)]))
    time.sleep(0.001)
sys.stdin.readline()
"""


def value(running: Bridge, name: str) -> float:
    return float(str(running.ask(command="get", name=name)["value"]))


def turn(controller: int, *values: int) -> list[Message]:
    return [Message("control_change", control=controller, value=value) for value in values]


def test_a_knob_turns_blend_once_it_has_taken_hold_and_its_ring_hears_of_it(running: Bridge, player: Player) -> None:
    running.ask(command="param/blend", value=0.5)
    player.send(turn(21, 10, 20, 30))
    player.sent()
    assert value(running, "blend") == 0.5
    player.send(turn(21, 40, 50, 60, 70, 80, 90))
    player.sent()
    until(lambda: abs(value(running, "blend") - 90 / 127) < 0.01)
    running.ask(command="param/blend", value=0.25)
    ring = tuple(Message("control_change", control=21, value=32).bytes())
    until(lambda: ring in player.heard)


def test_a_knob_is_learned_and_turns_what_it_learned(player: Player, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "bridge.py"), "midi", "learn", "noise", "--map", str(tmp_path / "map.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ, cwd=ROOT) as learning:
        assert learning.stdout is not None
        while "Listening to" not in (line := learning.stdout.readline()) or "nothing" in line:
            assert line, "midi learn ended early"
        player.send(turn(77, *range(40, 80, 2)))
        said = learning.stdout.read()
        assert learning.wait(20) == 0
    assert "noise is turned by controller 77" in said
    assert "controller = 77" in (tmp_path / "map.toml").read_text()
    listed = subprocess.run(
        [*command[:3], "list", "--map", str(tmp_path / "map.toml")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    assert "noise" in listed and "nanoKONTROL2" in listed


def test_timecode_moves_the_song_and_jumps_are_followed(running: Bridge, player: Player) -> None:
    """Tried again where JACK lost some of it, as it does on a busy machine."""

    def stands_where_it_ended() -> bool:
        player.send(list(quarter_frames(5 * 25, RATE, 300)))
        player.sent()
        running.wait_for("paused")  # it stopped coming
        return value_of_time(running) == pytest.approx(5 + 300 / 100, abs=0.3)

    def jumps() -> bool:
        with closing(Subscriber(f"tcp://127.0.0.1:{running.frames}", topics=(STATE,), waiting=10_000)) as told:
            assert told.receive(20)
            player.send([*quarter_frames(20 * 25, RATE, 100), *quarter_frames(12 * 25, RATE, 100, start_s=1.0)])
            player.sent()
            return comes_by(told, 20, 12)

    assert any(stands_where_it_ended() for _ in range(TRIES))
    assert any(jumps() for _ in range(TRIES))


def value_of_time(running: Bridge) -> float:
    return float(str(running.ask(command="get", name="time")["time_s"]))


def comes_by(told: Subscriber, *places_s: float) -> bool:
    """Whether the song was told to be in the two seconds from each of these places, in their order."""
    left, until_s = list(places_s), time.monotonic() + 5
    while left and time.monotonic() < until_s:
        event = told.receive(1)
        if isinstance(event, dict) and event["type"] == "time" and 0 < event["time_s"] - left[0] < 2:
            del left[0]
    return not left


def test_a_thousand_malformed_messages_change_nothing_but_counters(running: Bridge, player: Player) -> None:
    """Other controllers may be hit by chance; the bridge answers, and the knobs go on working."""
    with subprocess.Popen([sys.executable, "-c", NOISE], stdin=subprocess.PIPE, text=True) as noise:
        assert noise.stdin is not None
        time.sleep(1.5)  # the bridge looks for devices twice a second
        noise.stdin.write("begin\n")
        noise.stdin.flush()
        until(lambda: running.ask(command="get", name="status")["ok"])
        noise.communicate("end\n", timeout=60)
        assert noise.returncode == 0
    assert "Traceback" not in running.log
    player.send(turn(22, *range(0, 128, 3)))
    player.sent()
    until(lambda: value(running, "truncation") > 0.9, lambda: player.send(turn(22, *range(0, 128, 3))))
    player.send(turn(22, *range(127, 0, -3)))
    player.sent()
    until(lambda: value(running, "truncation") < 0.2, lambda: player.send(turn(22, *range(127, 0, -3))))
    assert running.stop()[0] == 0
