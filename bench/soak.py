"""A show with everything that can go wrong in it: the result in docs/soak.md.

    python -m bench.soak --minutes 100 --out runs/soak

Lives of ten minutes, each of which ends with SIGKILL, for the first 60 % of the time; then a long one without. In each, the real process records, plays, is given another song every minute, and half a minute after that one of TROUBLES
happens, by turns. Clients come and go all the while; one OSC subscriber and one to every frame stay from the first
life to the last. Up to three hours; with --change and --life, the same in a shorter time.

--out has soak.jsonl, a line for every row and every life, and soak.md, written anew once a minute: whatever ends this
early, figures are left.
"""

import argparse
import itertools
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread
from typing import NamedTuple, TextIO

import psutil
import soundfile

from bench import takes, troubles
from bench.controllers import Controllers, controllers
from bench.soak_report import report
from bench.visitors import Visitors, is_killed
from bench.watch import Frames, Position, Row, Sampler, row
from tests.process import ROOT, Bridge, bridge
from tests.sounds import music

SEED = 20
LONGEST_MINUTES = 180.0
LONG_SHARE = 0.4  # of the time
TROUBLE_AT = 0.45  # of the time between two songs
QUIET_EVERY = 5  # songs
QUIET_S = 12.0  # without visitors, so that those who vanished are forgotten
LOADED_S = 300.0  # at most, for a song, on a busy machine
PARAMETERS = {
    **{"noise": 0.03, "blend": 0.1, "truncation": 1.0, "morph": 0.25, "valence_offset": 0.0, "arousal_offset": 0.0},
    **{"style": "auto", "view": 0, "freeze": False, "fps": 24.0, "size": "256x256"},
}


@dataclass
class Life:
    """From the bridge's first answer to its end, after `seconds`. `quiet`: rows with nobody there but who stays."""

    number: int
    planned_s: float
    rows: list[Row] = field(default_factory=list)
    quiet: list[Row] = field(default_factory=list)
    start_s: float = 0.0
    seconds: float = 0.0
    ended: str = "it goes on"
    left_over: list[str] = field(default_factory=list)
    take: takes.Found | None = None


@dataclass
class Soak:
    """All that was seen so far."""

    minutes: float
    change_s: float
    midi: bool
    lives: list[Life] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    songs: int = 0
    doing: str = ""
    code_off_s: list[float] = field(default_factory=list)

    def fail(self, text: str) -> None:
        """Note what did not go as it should, and what went on at the time."""
        self.failed.append(
            f"{time.strftime('%H:%M:%S')} life {len(self.lives)}, {self.doing or 'nothing else'}: {text}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help=f"at most {LONGEST_MINUTES:g}")
    parser.add_argument("--life", type=float, default=10.0, help="minutes until SIGKILL")
    parser.add_argument("--long", type=float, help="minutes of the last life, 40 %% of all if not given")
    parser.add_argument("--change", type=float, default=60.0, help="seconds between two songs")
    parser.add_argument("--out", type=Path, default=Path("runs/soak"))
    options = parser.parse_args()
    if not 0 < options.minutes <= LONGEST_MINUTES:
        parser.error(f"--minutes: expected at most {LONGEST_MINUTES:g}")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # which ends what was started
    options.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        (options.out / "soak.jsonl").open("w") as rows,
        controllers() as devices,
    ):
        lives_s = lengths_s(
            60 * options.minutes, 60 * options.life, 60 * (options.long or LONG_SHARE * options.minutes)
        )
        show = Show(
            Soak(options.minutes, options.change, devices is not None), Path(folder), devices, options.out, rows
        )
        show.run(lives_s)
    print((options.out / "soak.md").read_text())


def lengths_s(total_s: float, life_s: float, long_s: float) -> list[float]:
    """Those of the lives: one that is killed at least, and the long one last."""
    killed = max(1, round((total_s - long_s) / life_s))
    return [*[(total_s - long_s) / killed] * killed, long_s]


class Finishing(NamedTuple):
    """`bridge.py finish` beside the show, and who waits for it."""

    thread: Thread
    process: "subprocess.Popen[str]"


class Show:
    def __init__(self, seen: Soak, folder: Path, devices: Controllers | None, out: Path, rows: TextIO) -> None:
        self.seen, self.folder, self.devices, self.out, self.rows = seen, folder, devices, out, rows
        self.chance = random.Random(SEED)
        self.songs = itertools.cycle(list(make_songs(folder / "songs")))
        self.troubles = itertools.cycle(TROUBLES if devices else TROUBLES_WITHOUT_MIDI)
        self.position: Position | None = None
        self.frames: Frames | None = None
        self.finishing: list[Finishing] = []

    def run(self, lives_s: list[float]) -> None:
        before: Bridge | None = None
        try:
            for number, seconds in enumerate(lives_s, start=1):
                try:
                    before = self.live(Life(number, seconds), before, number == len(lives_s))
                except RuntimeError as error:  # it did not start
                    self.note(f"{error!r:.300}")
        except BaseException:
            for finishing in self.finishing:
                finishing.process.terminate()
            raise
        finally:
            for stayed in (self.position, self.frames):
                if stayed:
                    stayed.__exit__()
            self.tell()
            for finishing in self.finishing:
                finishing.thread.join()
            self.tell()

    def live(self, life: Life, before: Bridge | None, last: bool) -> Bridge:
        self.seen.lives.append(life)
        take = self.folder / f"take-{life.number}"
        words: list[object] = [next(self.songs), "--loop", "--songs", self.folder / "songs", "--record", take]
        words += ["--midi-port", "nanoKONTROL2"] if self.devices else ["--no-midi"]
        asked_s = time.monotonic()
        with bridge(self.folder, *words, after=before) as running:
            life.start_s, began_s = time.monotonic() - asked_s, time.monotonic()
            self.stay(running)
            try:
                with Sampler(running, life.number, life.rows, self.rows):
                    self.play(running, life, began_s)
            except Exception as error:
                self.note(f"cut short: {error!r:.300}")
            assert self.position
            self.position.lost()
            life.seconds = time.monotonic() - began_s
            self.end(running, life, take, last)
        shutil.copy(running.log_file, self.out / f"serve-{life.number}.log")
        self.rows.write(
            json.dumps({"life": life.number, **{k: v for k, v in asdict(life).items() if k != "rows"}}) + "\n"
        )
        self.rows.flush()
        self.tell()
        return running

    def stay(self, running: Bridge) -> None:
        """Those who stay; at the first bridge they come."""
        if self.position is None or self.frames is None:
            self.position, self.frames = Position(running.osc).__enter__(), Frames(running.frames).__enter__()
        self.frames.restarted()

    def play(self, running: Bridge, life: Life, began_s: float) -> None:
        running.wait_for("playing", LOADED_S)
        self.measure(running)
        if self.devices:
            self.attempt("knob", lambda: self.devices.turn(running))  # type: ignore[union-attr]
        end_s = began_s + life.planned_s
        with Visitors(running, self.seen, SEED + life.number) as visitors:
            for minute in itertools.count(1):
                at_s = began_s + minute * self.seen.change_s
                if not self.wait_until(min(at_s - (1 - TROUBLE_AT) * self.seen.change_s, end_s), end_s, running):
                    break
                name, trouble = next(self.troubles)
                self.attempt(name, lambda trouble=trouble: trouble(self, running))  # type: ignore[misc]
                if minute % QUIET_EVERY == 0:
                    self.look_quietly(running, life, visitors, began_s)
                if not self.wait_until(min(at_s, end_s), end_s, running):
                    break
                self.attempt("song change", lambda: self.change_song(running))
                self.tell()
            self.look_quietly(running, life, visitors, began_s)

    def wait_until(self, at_s: float, end_s: float, running: Bridge) -> bool:
        """False when the life is over, or nearly: the last look takes its time."""
        while (now_s := time.monotonic()) < at_s:
            if running.process.poll() is not None:
                raise RuntimeError(f"the bridge died by itself, code {running.process.returncode}")
            time.sleep(min(at_s - now_s, 0.5))
        return at_s < end_s - QUIET_S

    def look_quietly(self, running: Bridge, life: Life, visitors: Visitors, began_s: float) -> None:
        with visitors.kept_out():
            time.sleep(QUIET_S)
            life.quiet.append(row(running, time.monotonic() - began_s))

    def change_song(self, running: Bridge) -> None:
        assert self.position
        self.position.lost()
        song = next(self.songs)
        running.send("/deepsing/load", song.name)
        until_s = time.monotonic() + LOADED_S
        while running.ask(command="get", name="status")["song"] != song.name:
            if time.monotonic() > until_s:
                raise TimeoutError(f"{song.name} was not there within {LOADED_S:g} s")
            time.sleep(0.2)
        running.wait_for("playing", LOADED_S)
        self.seen.songs += 1
        self.measure(running)

    def restore(self, running: Bridge) -> None:
        """All as it was, after messages that may have turned or moved anything."""
        for name, value in PARAMETERS.items():
            running.ask(command=f"param/{name}", value=value)
        running.ask(command="loop", on=True)
        running.ask(command="play")
        running.wait_for("playing", LOADED_S)
        self.measure(running)

    def measure(self, running: Bridge) -> None:
        """It plays before it has a plan, and is told with the first one."""
        assert self.position
        until_s = time.monotonic() + LOADED_S
        while not (song := running.ask(command="get", name="song")).get("ok"):
            if time.monotonic() > until_s:
                raise TimeoutError(f"the song had no plan within {LOADED_S:g} s")
            time.sleep(0.2)
        self.position.stands(float(str(song["duration_s"])))

    def attempt(self, name: str, trouble: Callable[[], object]) -> None:
        """A trouble that could not be made is told, and the show goes on."""
        self.seen.happened[name] += 1
        self.seen.doing = name
        try:
            trouble()
        except Exception as error:
            self.note(f"{error!r:.300}")
        self.seen.doing = ""

    def note(self, text: str) -> None:
        self.seen.fail(text)
        print(self.seen.failed[-1], file=sys.stderr, flush=True)

    def end(self, running: Bridge, life: Life, folder: Path, last: bool) -> None:
        if running.process.poll() is not None:
            life.ended = f"died by itself, code {running.process.returncode}"
            return
        children = psutil.Process(running.process.pid).children(recursive=True)
        recording = takes.Recording.before_the_end(folder)
        code, took_s = running.stop(signal.SIGTERM if last else signal.SIGKILL)
        life.ended = f"{'SIGTERM' if last else 'SIGKILL'}, code {code}, after {took_s:.2f} s"
        _, alive = psutil.wait_procs(children, timeout=30)
        life.left_over = [f"process {child.pid}" for child in alive] + left_over(running, last)
        life.take = recording.examine()
        if last:
            return
        process = takes.finishing(folder)
        thread = Thread(target=self.finish, args=(life.take, folder, process), name="finish")
        self.finishing.append(Finishing(thread, process))
        thread.start()

    def finish(self, found: takes.Found, folder: Path, process: "subprocess.Popen[str]") -> None:
        """A folder whose take was finished is not needed any more; another is kept."""
        try:
            found.finished = takes.finished(folder, found.frames, process)
        except Exception as error:
            found.finished = repr(error)
        if found.finished == f"{found.frames} of {found.frames} frames":
            shutil.rmtree(folder)
        else:
            shutil.move(folder, self.out / folder.name)

    def tell(self) -> None:
        text = report(self.seen, self.position, self.frames, self.devices)
        (self.out / "soak.md").write_text(text)


Trouble = Callable[[Show, Bridge], None]


def _moves(trouble: Trouble) -> Trouble:
    """One that may turn any knob, or move the song."""

    def made(show: Show, running: Bridge) -> None:
        assert show.position
        show.position.lost()
        try:
            trouble(show, running)
        finally:
            show.restore(running)

    return made


def _pull(show: Show, running: Bridge) -> None:
    assert show.devices
    show.devices.replug(running)


def _kill_jack(show: Show, running: Bridge) -> None:
    assert show.devices
    show.devices.restart(running, signal.SIGKILL)


def _end_jack(show: Show, running: Bridge) -> None:
    assert show.devices
    show.devices.restart(running, signal.SIGTERM)


def _time_code(show: Show, running: Bridge) -> None:
    assert show.devices
    show.seen.code_off_s.append(show.devices.time_code(running))


def _midi_noise(show: Show, running: Bridge) -> None:
    assert show.devices
    show.devices.noise(troubles.MALFORMED, show.chance.randrange(2**31))


def _kill_subscriber(show: Show, running: Bridge) -> None:
    is_killed(running, show.chance)


TROUBLES: tuple[tuple[str, Trouble], ...] = (
    ("malformed OSC", _moves(lambda show, running: troubles.malformed_osc(running, show.chance))),
    ("MIDI device pulled", _pull),
    ("malformed ZeroMQ", lambda show, running: troubles.malformed_zeromq(running, show.chance)),
    ("JACK killed", _kill_jack),
    ("OSC flood", lambda show, running: troubles.flood(running, min(troubles.FLOOD_S, show.seen.change_s / 3))),
    ("malformed MIDI", _moves(_midi_noise)),
    ("malformed HTTP", lambda show, running: troubles.malformed_http(running, show.chance)),
    ("time code", _moves(_time_code)),
    ("JSON without sense", _moves(lambda show, running: troubles.malformed_json(running, show.chance))),
    ("JACK ended", _end_jack),
)
TROUBLES_WITHOUT_MIDI = tuple((n, t) for n, t in TROUBLES if not {"MIDI", "JACK", "code"} & set(n.split()))


def make_songs(folder: Path) -> Iterator[Path]:
    """Six of a minute and more: the demo song, and others in the formats that people have."""
    folder.mkdir()
    shutil.copy(ROOT / "examples" / "demo.ogg", folder / "demo song.ogg")
    yield folder / "demo song.ogg"
    for number, name in enumerate(("slow.flac", "fast.wav", "Bach: no prelude.flac", "ünïcode.ogg", "loud.wav")):
        soundfile.write(folder / name, music(66 + 7 * number, 70 + 25 * number, seed=number), 21_504)
        yield folder / name


def left_over(running: Bridge, orderly: bool) -> list[str]:
    """What the process left behind: sockets on its ports, and after an orderly end shared memory of its name."""
    memory = Path("/dev/shm") / running.memory
    ports = {running.osc, running.http, running.frames, running.commands}
    held = [
        connection
        for connection in psutil.net_connections()
        if connection.laddr and connection.laddr.port in ports and connection.status in ("LISTEN", "NONE")
    ]
    return [str(memory)] * (orderly and memory.exists()) + [f"port {connection.laddr.port}" for connection in held]


if __name__ == "__main__":
    main()
