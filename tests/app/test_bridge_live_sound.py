"""The real process hears another one through a real JACK server, records it, and is killed."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import soundfile

from deepsing_bridge.client import Subscriber
from deepsing_bridge.export.take_file import TakeFile
from tests.cli.test_cli import run
from tests.jack import jack_name, jackd, until
from tests.listening.test_listener import PLAYER, player
from tests.process import Bridge, bridge
from tests.sounds import music

pytest.importorskip("jack", reason="JACK-Client is not installed", exc_type=ImportError)
pytestmark = [pytest.mark.program("jackd"), pytest.mark.slow]


@contextmanager
def listening(folder: Path, *words: object, after: Bridge | None = None) -> Iterator[Bridge]:
    options = ("--no-midi", "--no-announce", "--size", "256x144", "--log-json")
    with bridge(folder, "--input", PLAYER, *options, *words, after=after) as running:
        running.wait_for("playing")
        yield running


def told(running: Bridge, kinds: dict[str, int], seconds: float = 60.0) -> dict[str, list[dict[str, Any]]]:
    """Events of these kinds, until there are so many of each."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    deadline = time.monotonic() + seconds
    with closing(Subscriber(f"tcp://127.0.0.1:{running.frames}")) as subscriber:
        while any(len(found[kind]) < count for kind, count in kinds.items()):
            assert time.monotonic() < deadline, {kind: len(events) for kind, events in found.items()}
            event = subscriber.receive(0.2)
            if isinstance(event, dict) and event["type"] in found:
                found[event["type"]].append(event)
    return found


def status(running: Bridge) -> dict[str, Any]:
    return running.ask(command="get", name="status")


def test_another_program_is_heard_told_and_recorded_and_what_was_recorded_outlives_a_kill(tmp_path: Path) -> None:
    take = tmp_path / "take"
    with (
        jack_name(),
        jackd("--realtime"),
        player(music(60, 120), tmp_path) as play,
        listening(tmp_path, "--record", take) as running,
    ):
        play()
        heard = told(running, {"beat": 8, "onset": 20, "scene": 3, "levels": 50})
        assert all(abs(beat["tempo"] - 120) < 8 for beat in heard["beat"])
        assert running.ask(command="get", name="song")["title"] == PLAYER
        refused = running.ask(command="seek", time_s=3.0, id="one")
        assert refused["ok"]
        until(lambda: "time runs with what is heard" in running.log)
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
    read = TakeFile.read(take)
    assert len(read.board.scenes) >= 2
    result = run("finish", take)
    assert result.returncode == 0, result.stderr
    samples, rate = soundfile.read(take / "media" / "song.wav")
    assert len(samples) / rate == pytest.approx(read.board.duration_s, abs=0.01)
    assert abs(samples[rate:-rate]).max() > 0.1


def test_a_player_that_goes_is_told_pictures_go_on_and_it_is_heard_again(tmp_path: Path) -> None:
    with jack_name(), jackd():
        first = player(music(4), tmp_path)
        first.__enter__()
        with listening(tmp_path) as running:
            until(lambda: status(running)["failing"] == "")
            first.__exit__(None, None, None)
            until(lambda: status(running)["failing"] == "live sound")
            assert "the device is gone" in running.log
            shown, since = status(running)["fps"], time.monotonic()
            until(lambda: time.monotonic() - since > 3)
            assert shown and status(running)["fps"] > 5 and status(running)["state"] == "playing"
            with player(music(20, 120), tmp_path) as play:
                until(lambda: status(running)["failing"] == "")
                play()
                assert told(running, {"onset": 5})
            assert running.stop()[0] == 0


def test_a_server_that_is_killed_and_started_again_is_heard_again(tmp_path: Path) -> None:
    with jack_name(), ExitStack() as show:
        with jackd() as server, player(music(4), tmp_path):
            running = show.enter_context(listening(tmp_path))
            until(lambda: status(running)["failing"] == "")
            server.kill()
            until(lambda: status(running)["failing"] == "live sound")
        with jackd(), player(music(20, 120), tmp_path) as play:
            until(lambda: status(running)["failing"] == "")
            play()
            assert told(running, {"onset": 5})
            assert status(running)["state"] == "playing"


def test_a_show_that_is_resumed_has_its_knobs_classes_and_cues_and_a_time_that_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    words = ("--resume", "--cues", tmp_path / "cues.toml")
    with jack_name(), jackd(), player(music(4), tmp_path):
        with listening(tmp_path, *words) as first:
            assert first.ask(command="param/blend", value=0.75)["ok"]
            assert first.ask(command="class", name="lake", weight=1)["ok"]
            assert first.ask(command="cue/save", name="drop")["ok"]
            state = tmp_path / "state" / "deepsing-bridge"
            until(lambda: any('"lake"' in path.read_text() for path in state.glob("show-*.json")))
            until((tmp_path / "cues.toml").exists)
            before_s = float(first.ask(command="get", name="time")["time_s"])  # type: ignore[arg-type]
            first.process.kill()
            first.process.wait()
        with listening(tmp_path, *words, after=first) as second:
            assert second.ask(command="get", name="blend")["value"] == 0.75
            assert second.ask(command="get", name="class/held")["classes"] == "lake 1"
            until(lambda: second.ask(command="get", name="cues")["names"] == "drop")
            assert float(second.ask(command="get", name="time")["time_s"]) < before_s + 1  # type: ignore[arg-type]
            assert second.ask(command="get", name="song")["title"] == PLAYER


def test_a_name_that_nothing_has_is_one_line(tmp_path: Path) -> None:
    with jack_name(), jackd():
        result = run("serve", "--input", "Traktor")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1 and "expected one of" in result.stderr
