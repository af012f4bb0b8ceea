"""The real process, and clients that nobody here wrote: liblo's tools, pyzmq in a process of its own, plain HTTP."""

import gc
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import psutil
import pytest
import soundfile
import zmq
from pythonosc.osc_message_builder import OscMessageBuilder

from deepsing_bridge.app import adapters, process
from deepsing_bridge.app import bridge as daemon
from deepsing_bridge.app.config import BridgeConfig, Network, Ports
from deepsing_bridge.app.process import FORCED
from deepsing_bridge.client import SharedFrames
from deepsing_bridge.core.units import HANDLE_S
from deepsing_bridge.export.story_folder import clip_name
from deepsing_bridge.export.take_file import TakeFile
from deepsing_bridge.protocols.osc.server import OscServer
from deepsing_bridge.protocols.shared_memory.owner import abandon, claim
from tests.adapters import running as serving
from tests.cli.test_cli import run
from tests.process import ROOT, Bridge, bridge, free_port, insist
from tests.sounds import music

WAIT_S = 20.0


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("songs")
    soundfile.write(folder / "first.wav", music(22), 21_504)
    soundfile.write(folder / "second.wav", music(12, 140, seed=1), 21_504)
    (folder / "words.txt").write_text("no music here")
    return folder


@pytest.fixture(scope="module")
def running(songs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    words = (songs / "first.wav", "--hold", "--songs", songs, "--no-midi", "--no-announce", "--log-json")
    with bridge(tmp_path_factory.mktemp("bridge"), *words) as made:
        made.wait_for("stopped")
        yield made


def test_everybody_is_told_a_size_of_one_number_as_two() -> None:
    config = BridgeConfig(changed={"size": "64", "blend": 1})
    changed = daemon._checked(config, daemon._hub(config).vocabulary).changed
    assert changed == {"size": "64x64", "blend": 1.0}


@pytest.mark.parametrize("bundles", [False, True])
def test_osc_goes_out_in_bundles_where_they_are_asked_for(bundles: bool) -> None:
    ports = Ports(osc=0, oscquery=None, frames=None, commands=None)
    config = BridgeConfig(network=Network(ports=ports, osc_bundles=bundles), midi=None)
    (osc,) = adapters.intakes(config, daemon._hub(config))
    assert isinstance(osc, OscServer)
    with serving(osc), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.settimeout(WAIT_S)
        here.sendto(OscMessageBuilder("/deepsing/subscribe").build().dgram, ("127.0.0.1", osc.port))
        assert here.recv(65536).startswith(b"#bundle") is bundles


@pytest.fixture
def paused(running: Bridge) -> Bridge:
    """The first song, paused at 7 s, everything at its default."""
    for name, value in (("blend", 0.1), ("noise", 0.03), ("freeze", False), ("size", "256x256")):
        assert running.ask(command=f"param/{name}", value=value)["ok"]
    assert running.ask(command="play")["ok"]
    running.wait_for("playing")
    running.ask(command="pause")
    running.ask(command="seek", time_s=7.0)
    running.wait_for("paused")
    return running


def until(holds: object, what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Dump:
    """Debian's oscdump, listening on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self._file = folder / "oscdump.txt"
        with self._file.open("wb") as out:
            self._process = subprocess.Popen(["oscdump", "-L", str(self.port)], stdout=out)

    @property
    def lines(self) -> list[str]:
        return self._file.read_text().splitlines()

    def until(self, text: str) -> str:
        until(lambda: any(text in line for line in self.lines), f"oscdump never said {text!r}: {self.lines[-5:]}")
        return next(line for line in reversed(self.lines) if text in line)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(5)


@pytest.fixture
def dump(tmp_path: Path) -> Iterator[Dump]:
    made = Dump(tmp_path)
    yield made
    made.close()


def oscsend(running: Bridge, *words: object) -> None:
    subprocess.run(["oscsend", "127.0.0.1", str(running.osc), *map(str, words)], check=True)


@pytest.mark.program("oscsend", "oscdump")
def test_liblo_plays_seeks_turns_a_knob_and_hears_the_echo_and_the_scenes(paused: Bridge, dump: Dump) -> None:
    oscsend(paused, "/deepsing/subscribe", "i", dump.port)
    dump.until("/deepsing/param/noise")
    oscsend(paused, "/deepsing/param/blend", "f", 0.25)
    assert "0.25" in dump.until("/deepsing/param/blend f 0.25")
    oscsend(paused, "/deepsing/seek", "f", 4.0)
    oscsend(paused, "/deepsing/play")
    scene = dump.until("/deepsing/scene")
    assert "/deepsing/scene ii" in scene
    dump.until("playing")
    dump.until("/deepsing/valence")
    until(lambda: len([line for line in dump.lines if "/deepsing/scene" in line]) >= 2, "no second scene")
    oscsend(paused, "/deepsing/pause")
    assert "paused" in dump.until("paused")


SUBSCRIBER = """
import json, sys, zmq
port, count = int(sys.argv[1]), int(sys.argv[2])
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.SUBSCRIBE, b"frame")
socket.connect(f"tcp://127.0.0.1:{port}")
for _ in range(count):
    topic, header, pixels = socket.recv_multipart()
    facts = json.loads(header)
    facts["bytes"], facts["mean"], facts["topic"] = len(pixels), sum(pixels[::97]) / len(pixels[::97]), topic.decode()
    print(json.dumps(facts), flush=True)
"""


class Subscriber:
    """pyzmq in another process."""

    def __init__(self, port: int, count: int) -> None:
        command = [sys.executable, "-c", SUBSCRIBER, str(port), str(count)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def next(self) -> dict[str, object]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the subscriber ended early"
        facts: dict[str, object] = json.loads(line)
        return facts


def test_a_subscriber_in_another_process_gets_whole_frames_in_order_and_in_time(paused: Bridge) -> None:
    subscriber = Subscriber(paused.frames, 40)
    subscriber.next()
    paused.ask(command="play")
    frames = [subscriber.next() for _ in range(38)]
    paused.ask(command="pause")
    subscriber.process.kill()
    subscriber.process.wait()
    numbers = [int(str(frame["sequence"])) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert all(frame["bytes"] == 256 * 256 * 3 and frame["topic"] == "frame" for frame in frames)
    assert all((frame["width"], frame["height"], frame["format"]) == (256, 256, "rgb") for frame in frames)
    times = [float(str(frame["time_s"])) for frame in frames]
    assert times == sorted(times)


def test_pixels_change_with_blend_and_size(paused: Bridge) -> None:
    with zmq.Context() as context, context.socket(zmq.SUB) as socket_:
        socket_.setsockopt(zmq.SUBSCRIBE, b"frame")
        socket_.setsockopt(zmq.RCVTIMEO, int(1000 * WAIT_S))
        socket_.connect(f"tcp://127.0.0.1:{paused.frames}")

        def settled() -> np.ndarray:
            """What is shown once it stands still: when the same comes, once a second, and no first coat any more."""
            before, pixels, quiet_s = b"", b"", 0.0
            while quiet_s < 0.8 or pixels != before:
                before, waited = pixels, time.monotonic()
                pixels = socket_.recv_multipart()[2]
                quiet_s = time.monotonic() - waited
            return np.frombuffer(pixels, np.uint8).astype(int)

        def at_blend(blend: float) -> np.ndarray:
            paused.ask(command="param/blend", value=blend)
            return settled()

        def goes_there_and_back() -> bool:
            """Where painting takes longer than a second, a picture stands still before it is finished."""
            faint, strong, again = map(at_blend, (0.1, 0.6, 0.1))
            return bool(np.abs(strong - faint).mean() > 3 and np.abs(again - faint).mean() < 1)

        until(goes_there_and_back, "the picture did not change and come back")
        paused.ask(command="param/size", value="320x180")
        until(lambda: len(socket_.recv_multipart()[2]) == 320 * 180 * 3, "the size did not change")


def test_shared_memory_shows_the_same_frame(paused: Bridge) -> None:
    with closing(SharedFrames(paused.memory)) as memory, zmq.Context() as context, context.socket(zmq.SUB) as socket_:
        socket_.setsockopt(zmq.SUBSCRIBE, b"frame")
        socket_.setsockopt(zmq.RCVTIMEO, int(1000 * WAIT_S))
        socket_.connect(f"tcp://127.0.0.1:{paused.frames}")

        def agree() -> bool:
            _, header, pixels = socket_.recv_multipart()
            frame = memory.newest()
            if frame is None or frame.sequence != json.loads(header)["sequence"]:
                return False
            return bool(np.array_equal(frame.pixels[..., :3].ravel(), np.frombuffer(pixels, np.uint8)))

        until(agree, "shared memory never showed the frame that ZeroMQ did")


def test_the_parameters_are_found_by_http(paused: Bridge) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{paused.http}/deepsing/param") as answer:
        found = json.load(answer)["CONTENTS"]
    blend = found["blend"]
    assert (blend["TYPE"], blend["FULL_PATH"], blend["VALUE"]) == ("f", "/deepsing/param/blend", [0.1])
    assert blend["RANGE"][0]["MIN"] == 0 and blend["RANGE"][0]["MAX"] == 1
    assert "neutral" in found["style"]["RANGE"][0]["VALS"]


def test_a_song_is_loaded_beside_the_show_and_only_from_where_it_may(paused: Bridge, songs: Path) -> None:
    refused = paused.ask(command="load", path=str(ROOT / "examples" / "demo.ogg"))
    assert not refused["ok"] and "expected a song below" in str(refused["error"])
    with zmq.Context() as context, context.socket(zmq.SUB) as socket_:
        socket_.setsockopt(zmq.SUBSCRIBE, b"state")
        socket_.setsockopt(zmq.RCVTIMEO, int(1000 * WAIT_S))
        socket_.connect(f"tcp://127.0.0.1:{paused.frames}")
        assert json.loads(socket_.recv_multipart()[1])["schema"] == 1

        def hear(kind: str) -> dict[str, object]:
            while True:
                event: dict[str, object] = json.loads(socket_.recv_multipart()[1])
                if event["type"] == kind:
                    return event

        assert paused.ask(command="load", path="words.txt")["ok"]
        assert "words.txt" in str(hear("error")["text"])
        assert paused.ask(command="load", path="second.wav")["ok"]
        assert hear("progress")["stage"] == "reading the song"
        assert hear("song")["title"] == "second.wav"
    assert paused.ask(command="load", path="first.wav")["ok"]
    until(lambda: paused.ask(command="get", name="song").get("title") == "first.wav", "the song did not come back")


def test_the_log_is_json_when_asked_for(paused: Bridge) -> None:
    lines = [json.loads(line) for line in paused.log.splitlines()]
    assert any(line.get("event") == "scene" and line["fields"]["label"] for line in lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_goes_within_two_seconds_and_leaves_nothing(number: int, songs: Path, tmp_path: Path) -> None:
    with bridge(tmp_path, songs / "first.wav", "--no-midi", "--no-announce") as made:
        made.wait_for("playing")
        assert (Path("/dev/shm") / made.memory).exists() or sys.platform != "linux"
        code, took_s = made.stop(number)
        assert code == 0
        assert took_s < 2, made.log
        assert not (Path("/dev/shm") / made.memory).exists()
        for kind, port in ((socket.SOCK_DGRAM, made.osc), (socket.SOCK_STREAM, made.commands)):
            with socket.socket(socket.AF_INET, kind) as again:
                again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                again.bind(("127.0.0.1", port))


def test_it_goes_while_it_analyses(songs: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", music(240), 21_504)
    with bridge(tmp_path, tmp_path / "long.wav", "--no-midi", "--no-announce") as made:
        code, took_s = made.stop()
        assert (code, took_s < 2) == (0, True), made.log


def test_what_was_played_is_recorded(songs: Path, tmp_path: Path) -> None:
    with bridge(tmp_path, songs / "first.wav", "--record", tmp_path / "take", "--no-midi", "--no-announce") as made:
        made.wait_for("playing")
        until(lambda: float(str(made.ask(command="get", name="time")["time_s"])) > 5.5, "it does not play")
        made.ask(command="param/blend", value=0.5)
        until(lambda: float(str(made.ask(command="get", name="time")["time_s"])) > 6.5, "it does not play")
        code, took_s = made.stop()
    assert (code, took_s < 2) == (0, True)
    take = TakeFile.read(tmp_path / "take")
    assert 5.5 < take.board.duration_s < 8
    assert len(take.board.scenes) >= 2
    assert '"name": "blend", "value": 0.5' in (tmp_path / "take" / "take.jsonl").read_text()


def test_a_second_ctrl_c_ends_it_at_once_and_nothing_half_written_counts(songs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "take"
    with bridge(tmp_path, songs / "first.wav", "--record", folder, "--no-midi", "--no-announce") as made:
        until(lambda: [*folder.glob("media/*.mov")] and [*folder.glob("media/*.part")], "no second scene came")
        assert insist(made.process) == FORCED, made.log
    take = TakeFile.read(folder)
    clips = {clip_name(i, scene.label): scene for i, scene in enumerate(take.board.scenes, 1)}
    assert {path.name for path in folder.glob("media/*") if path.suffix != ".part"} == clips.keys()
    for name, scene in clips.items():
        with av.open(folder / "media" / name) as film:
            shown_s = sum(1 for _ in film.decode(video=0)) / take.board.frame_rate
        assert shown_s == pytest.approx(scene.end_s - scene.start_s + HANDLE_S, abs=0.1)
    assert run("finish", folder).returncode == 0
    abandon(claim(made.memory), made.memory)  # as the next bridge of that name does
    assert not (Path("/dev/shm") / made.memory).exists()


def refused(*words: object) -> str:
    """The one line with which a start that cannot be completed ends."""
    ports = [f"--{name}-port={free_port()}" for name in ("osc", "oscquery", "frames", "commands")]
    command = [sys.executable, str(ROOT / "bridge.py"), "serve", "--no-midi", "--no-announce", *ports]
    result = subprocess.run([*command, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def test_a_second_bridge_is_told_of_the_first_and_how_to_run_beside_it(running: Bridge) -> None:
    taken = refused("--frames-port", running.frames, "--shm", running.memory)
    named = refused("--shm", running.memory)
    for sentence in (taken, named):
        assert f"another bridge is running (process {running.process.pid})" in sentence
        for option in ("--osc-port", "--oscquery-port", "--frames-port", "--commands-port", "--shm"):
            assert option in sentence
    assert str(running.frames) in taken and running.memory in named


def test_a_mistake_is_written_in_the_log_whoever_made_it(paused: Bridge) -> None:
    paused.send("/deepsing/plaay")
    assert not paused.ask(command="param/blend", value=7)["ok"]
    for protocol, sentence in (("OSC", "/deepsing/plaay: not known"), ("ZeroMQ", "expected 0..1, got 7")):
        until(
            lambda: any(protocol in line and sentence in line for line in paused.log.splitlines()),  # noqa: B023
            f"the log never said {sentence}",
        )


def test_the_end_of_a_song_is_told_and_a_loop_has_none(running: Bridge, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", music(4), 21_504)
    with bridge(tmp_path, tmp_path / "short.wav", "--no-midi", "--no-announce", "--loop") as made:
        made.wait_for("playing")
        made.ask(command="seek", time_s=3.8)
        until(lambda: float(str(made.ask(command="get", name="time")["time_s"])) < 3, "it did not come round")
        assert made.ask(command="get", name="status")["state"] == "playing"
        made.ask(command="loop", on=False)
        made.wait_for("ended")
        until(lambda: "short.wav has ended; /deepsing/play, or Space in the viewer" in made.log, made.log)


def test_a_start_that_cannot_be_completed_says_so_in_one_line(songs: Path, tmp_path: Path) -> None:
    assert "no such file" in refused(songs / "nothing.wav")
    assert "words.txt" in refused(songs / "words.txt")
    assert "nowhere" in refused("--songs", tmp_path / "nowhere")
    assert "--style: expected auto" in refused("--style", "baroque")
    assert "--listen 8.8.8.8: expected an address of this machine" in refused("--listen", "8.8.8.8")
    assert "HOST:PORT" in refused("--osc-send", "nobody")
    assert "HOST:PORT" in refused("--osc-send", "127.0.0.1:" + "9" * 5000)
    (tmp_path / "take").mkdir()
    (tmp_path / "take" / "mine.txt").write_text("mine")
    assert "new or empty" in refused("--record", tmp_path / "take")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("osc", socket.SOCK_DGRAM),
        ("frames", socket.SOCK_STREAM),
        ("commands", socket.SOCK_STREAM),
        ("oscquery", socket.SOCK_STREAM),
    ],
)
def test_a_taken_port_is_named(name: str, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        sentence = refused(f"--{name}-port={port}", "--shm", f"deepsing-none-{port}")
        assert f"port {port} of 127.0.0.1 is taken by another program; choose another with --{name}-port" in sentence


class _InterruptedEvent(threading.Event):
    """A signal comes while somebody waits, at the worst of all moments: while the event's own lock is held.

    A wait without a limit would not be woken by it on Windows.
    """

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        with self._cond:  # type: ignore[attr-defined]
            signal.raise_signal(signal.SIGINT)
        return super().wait(timeout)


def test_a_terminal_that_closes_is_no_second_signal_and_stays_ignored_below_nohup() -> None:
    with process.signals() as asked:
        for _ in range(3):
            signal.raise_signal(signal.SIGHUP)
    assert asked
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with process.signals() as asked:
            signal.raise_signal(signal.SIGHUP)
        assert not asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_limit_of_open_files_is_raised_as_far_as_it_goes() -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
        process.raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(process.OPEN_FILES, hard), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.skipif(sys.platform != "linux", reason="what glibc does")
def test_threads_share_one_heap(running: Bridge) -> None:
    """glibc's others each begin at a multiple of 64 MiB, as hardly anything else does."""
    regions = psutil.Process(running.process.pid).memory_maps(grouped=False)
    heaps = [r.addr for r in regions if r.path == "[anon]" and int(r.addr.split("-")[0], 16) % 2**26 == 0]
    assert len(heaps) < 4, heaps


def test_who_listens_to_the_network_is_told_what_keys_do_not_close() -> None:
    assert daemon.exposed("127.0.0.1", keys=True, token=False) is None
    assert daemon.exposed("0.0.0.0", keys=True, token=True) is None
    assert "OSC and OSCQuery stay open" in str(daemon.exposed("0.0.0.0", keys=True, token=False))
    assert "ZeroMQ stays open" in str(daemon.exposed("0.0.0.0", keys=False, token=True))
    assert "see the frames" in str(daemon.exposed("0.0.0.0", keys=False, token=False))


def test_a_signal_ends_it_at_whatever_moment_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert _interrupted(monkeypatch, lambda _: None) == 0
    assert signal.getsignal(signal.SIGINT) == before


def test_what_is_there_when_it_runs_is_not_looked_through_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    _interrupted(monkeypatch, lambda _: kept.append(gc.get_freeze_count()))
    assert kept[0] > 0


def test_it_says_that_it_is_there_and_ends_when_asked_though_what_hears_songs_is_still_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order, may_end, ended = list[str](), threading.Event(), threading.Event()

    def imports() -> None:
        order.append("imports")
        assert may_end.wait(WAIT_S)
        ended.set()

    try:
        assert _interrupted(monkeypatch, lambda _: order.append("there"), imports) == 0
        assert not ended.is_set()
    finally:
        may_end.set()
    assert ended.wait(WAIT_S) and order == ["there", "imports"]


def _interrupted(
    monkeypatch: pytest.MonkeyPatch, tell: Callable[[Sequence[str]], None], imports: Callable[[], None] = lambda: None
) -> int:
    """The exit code of a bridge without engine and ports that is asked to end while it waits."""
    monkeypatch.setattr(daemon, "_import_hearing", imports)
    monkeypatch.setattr(daemon, "Event", _InterruptedEvent)
    monkeypatch.setattr(daemon, "_start_engine", lambda *_: SimpleNamespace(failed=False))
    network = Network(ports=Ports(osc=None, oscquery=None, frames=None, commands=None), shared_memory=None)
    try:
        return daemon.serve(BridgeConfig(network=network, midi=None), tell)
    finally:
        gc.unfreeze()  # the tests' own process goes on
