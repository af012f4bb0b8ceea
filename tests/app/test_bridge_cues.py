"""Cues, classes and taps in the real process: by liblo, by ZeroMQ, by a file that somebody saves, and by MIDI through
JACK."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from mido import Message

from tests.jack import Player, jack_server, until
from tests.process import Bridge, bridge
from tests.sounds import music

pytest.importorskip("rtmidi", reason="python-rtmidi is not installed")
pytestmark = pytest.mark.program("jackd", "oscsend")

CUES = """\
[drop]  # the big one
blend = 0.75
view = 3

[dark]
fade_s = 0.5
dim = 0
"""
MAP = """\
[[button]]
cue = "drop"
note = 36

[[button]]
cue = "dark"
program = 5

[[button]]
action = "scene/next"
note = 38
"""


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    with jack_server():
        made = Player()
        yield made
        made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cues")
    soundfile.write(made / "song.wav", music(40), 21_504)
    (made / "cues.toml").write_text(CUES)
    (made / "map.toml").write_text(MAP)
    return made


@pytest.fixture(scope="module")
def running(player: Player, folder: Path) -> Iterator[Bridge]:
    words: tuple[object, ...] = (folder / "song.wav", "--hold", "--cues", folder / "cues.toml")
    words += ("--midi-port", "nanoKONTROL2", "--midi-map", folder / "map.toml", "--view", 0)
    with bridge(folder, *words) as made:
        made.wait_for("stopped")
        yield made


@pytest.fixture
def fresh(running: Bridge) -> Bridge:
    for name, value in (("blend", 0.1), ("view", 0), ("dim", 1.0), ("noise", 0.03)):
        assert running.ask(command=f"param/{name}", value=value)["ok"]
    assert running.ask(command="class/release")["ok"]
    until(lambda: got(running, "dim") == 1.0)
    return running


def got(running: Bridge, name: str, field: str = "value") -> object:
    return running.ask(command="get", name=name)[field]


def oscsend(running: Bridge, *words: object) -> None:
    subprocess.run(["oscsend", "127.0.0.1", str(running.osc), *map(str, words)], check=True)


def test_a_note_and_a_program_change_call_cues(fresh: Bridge, player: Player) -> None:
    player.send([Message("note_on", note=36, velocity=100), Message("note_off", note=36)])
    player.sent()
    until(lambda: got(fresh, "blend") == 0.75 and got(fresh, "view") == 3)
    player.send([Message("program_change", program=5)])
    player.sent()
    until(lambda: got(fresh, "dim") == 0.0)


def test_liblo_calls_a_cue_holds_a_class_and_fades(fresh: Bridge) -> None:
    oscsend(fresh, "/deepsing/cue/drop", "i", 0)
    oscsend(fresh, "/deepsing/fade", "sff", "noise", 0.5, 0.2)
    until(lambda: got(fresh, "noise") == 0.5)
    assert got(fresh, "blend") == 0.1
    oscsend(fresh, "/deepsing/cue/drop")
    until(lambda: got(fresh, "blend") == 0.75)
    oscsend(fresh, "/deepsing/class", "sfsf", "lake", 0.7, "galaxy", 0.3)
    until(lambda: got(fresh, "class/held", "classes"))
    said = got(fresh, "class/held", "classes")
    assert said == "lake 0.7, galaxy 0.3"
    until(lambda: got(fresh, "scene", "label") in ("lake", "galaxy"))  # once it is planned anew
    oscsend(fresh, "/deepsing/class")
    until(lambda: not got(fresh, "class/held", "classes"))


def test_what_is_saved_by_zeromq_is_in_the_file_and_what_is_saved_in_the_file_is_called(
    fresh: Bridge, folder: Path
) -> None:
    path = folder / "cues.toml"
    fresh.ask(command="param/blend", value=0.5)
    assert fresh.ask(command="cue/save", name="drop")["ok"]
    until(lambda: "blend = 0.5" in path.read_text())
    assert path.read_text() == CUES.replace("0.75", "0.5").replace("view = 3", "view = 0")
    path.write_text(CUES + "\n[late]\nnoise = 0.9\n")
    until(lambda: "late" in str(got(fresh, "cues", "names")))
    assert fresh.ask(command="cue", name="late")["ok"]
    until(lambda: got(fresh, "noise") == 0.9)
    path.write_text("[late]\nnoise = 9\n")
    until(lambda: "the cues of before stay" in fresh.log)
    assert got(fresh, "cues", "names") == "drop, dark, late"
    path.write_text(CUES)


def test_the_next_scene_begins_by_a_note_while_the_song_plays(fresh: Bridge, player: Player) -> None:
    assert fresh.ask(command="seek", time_s=1.0)["ok"]
    assert fresh.ask(command="play")["ok"]
    until(lambda: float(str(got(fresh, "time", "time_s"))) > 1.2)
    assert got(fresh, "scene", "index") == 0
    player.send([Message("note_on", note=38, velocity=100)])
    player.sent()
    until(lambda: got(fresh, "scene", "index") == 1)
    assert float(str(got(fresh, "scene", "start_s"))) < 4.0
    fresh.ask(command="pause")
