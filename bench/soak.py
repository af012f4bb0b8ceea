"""A show with everything that can go wrong in it: the result in docs/soak.md.

    python -m bench.soak [--minutes 10] [--out docs/soak.md]

Starts the real process, lets it play in a loop, and meanwhile: a subscriber that reads everything, one that reads a
frame a second, one that is killed; a flood of 10,000 OSC packets a second; 1,000 malformed packets of each protocol,
from a seed. Watches memory, threads, sockets and the song's position against the clock.
"""

import argparse
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import numpy as np
import psutil
import zmq

from bench.clients import Fader, Watcher
from tests.process import ROOT, Bridge, bridge

SEED = 20
MALFORMED = 1000
FLOOD_PER_S, FLOOD_S = 10_000, 20.0
SAMPLE_S = 5.0
SETTLED_SHARE = 0.1  # of the time: from then on memory is to be flat
FPS = 24.0


@dataclass
class Watch:
    """What was seen, a row every SAMPLE_S: seconds, resident bytes, threads, sockets, dropped frames."""

    rows: list[tuple[float, int, int, int, int]] = field(default_factory=list)
    drifts_s: list[float] = field(default_factory=list)
    gaps: int = 0
    frames: int = 0
    torn: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    arguments = (ROOT / "examples" / "demo.ogg", "--no-midi", "--no-announce")
    with tempfile.TemporaryDirectory() as folder, bridge(Path(folder), *arguments) as running:
        running.wait_for("playing", 120)
        running.ask(command="loop", on=True)
        watch = soak(running, 60 * options.minutes)
        status = running.ask(command="get", name="status")
        code, took_s = running.stop()
        text = report(watch, options.minutes, status, code, took_s, _left_over(running))
    print(text)
    if options.out:
        options.out.write_text(text)


def soak(running: Bridge, seconds: float) -> Watch:
    watch, over = Watch(), Event()
    doomed = _doomed_subscriber(running)
    threads = [
        Thread(target=_reads_all, args=(running, watch, over)),
        Thread(target=_reads_one_a_second, args=(running, over)),
        Thread(target=_follows_time, args=(running, watch, over)),
    ]
    for thread in threads:
        thread.start()
    trouble: list[tuple[float, Callable[[], None]]] = [
        (0.3, lambda: doomed.send_signal(signal.SIGKILL)),
        (0.4, lambda: _flood(running)),
        (0.6, lambda: _malformed_osc(running)),
        (0.65, lambda: _malformed_zeromq(running)),
        (0.7, lambda: _malformed_http(running)),
        (0.75, lambda: _malformed_json(running)),
    ]
    process, started = psutil.Process(running.process.pid), time.perf_counter()
    while (gone := time.perf_counter() - started) < seconds:
        if trouble and gone > trouble[0][0] * seconds:
            Thread(target=trouble.pop(0)[1]).start()
        watch.rows.append(_sample(running, process, gone))
        time.sleep(SAMPLE_S)
    over.set()
    for thread in threads:
        thread.join()
    return watch


def _sample(running: Bridge, process: psutil.Process, gone: float) -> tuple[float, int, int, int, int]:
    dropped = int(str(running.ask(command="get", name="status")["dropped_frames"]))
    return gone, process.memory_info().rss, process.num_threads(), len(process.net_connections()), dropped


def _doomed_subscriber(running: Bridge) -> "subprocess.Popen[bytes]":
    reads = f"from bench.clients import Watcher\nw = Watcher({running.frames})\nwhile True: w.next()"
    return subprocess.Popen([sys.executable, "-c", reads], cwd=ROOT)


def _reads_all(running: Bridge, watch: Watch, over: Event) -> None:
    watcher, last = Watcher(running.frames, most=100), None
    while not over.is_set():
        shown = watcher.next(1.0)
        if shown is None:
            continue
        watch.frames += 1
        watch.gaps += last is not None and shown.frame.sequence != last + 1
        last = shown.frame.sequence
    watch.torn = watcher.torn
    watcher.close()


def _reads_one_a_second(running: Bridge, over: Event) -> None:
    watcher = Watcher(running.frames, most=2)
    while not over.wait(1.0):
        watcher.next(0)
    watcher.close()


def _follows_time(running: Bridge, watch: Watch, over: Event) -> None:
    """How far the song's position is from where the clock says it should be, the loop's length taken off."""
    length_s = float(str(running.ask(command="get", name="song")["duration_s"]))
    with closing(Fader(running.osc)) as surface:
        surface.send("/deepsing/subscribe")
        anchor = None
        while not over.is_set():
            with suppress(TimeoutError):
                arrived, (time_s,) = surface.hear("/deepsing/time")
                anchor = arrived - float(str(time_s)) if anchor is None else anchor
                off = (arrived - anchor - float(str(time_s)) + length_s / 2) % length_s - length_s / 2
                watch.drifts_s.append(off)


def _flood(running: Bridge) -> None:
    """Parameters, commands and nonsense by turns."""
    with closing(Fader(running.osc)) as surface:
        started = time.perf_counter()
        for number in range(int(FLOOD_PER_S * FLOOD_S)):
            match number % 4:
                case 0:
                    surface.send("/deepsing/param/morph", (number % 1000) / 1000)
                case 1:
                    surface.send("/deepsing/get", "status")
                case 2:
                    surface.send("/deepsing/param/blend", 7.0)
                case _:
                    surface.send("/nowhere", number)
            ahead = number / FLOOD_PER_S - (time.perf_counter() - started)
            if ahead > 0.002:
                time.sleep(ahead)


def _noise(chance: random.Random) -> bytes:
    """Bytes that are nothing, or something with a few bytes changed."""
    whole = b"/deepsing/param/blend\0\0\0,f\0\0\x3f\0\0\0"
    if chance.random() < 0.5:
        return chance.randbytes(chance.randrange(2000))
    changed = bytearray(whole)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(1, len(changed) + 1)])


def _malformed_osc(running: Bridge) -> None:
    chance = random.Random(SEED)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(MALFORMED):
            sender.sendto(_noise(chance), ("127.0.0.1", running.osc))
            time.sleep(0.001)


def _malformed_zeromq(running: Bridge) -> None:
    """To the command socket, as messages of noise in one to four frames."""
    chance = random.Random(SEED)
    with zmq.Context() as context, context.socket(zmq.DEALER) as sender:
        sender.setsockopt(zmq.LINGER, 500)
        sender.connect(f"tcp://127.0.0.1:{running.commands}")
        for _ in range(MALFORMED):
            sender.send_multipart([_noise(chance) for _ in range(chance.randrange(1, 5))])
            time.sleep(0.001)


def _malformed_json(running: Bridge) -> None:
    """JSON that is well formed and means nothing."""
    chance = random.Random(SEED)
    values: list[object] = [None, [], {}, -1, 1e308, "x" * 3000, [[[[1]]]], {"a": {"b": {}}}, True, "\0", "../../etc"]
    names = ["command", "name", "value", "time_s", "path", "on", "id", "start_s"]
    commands = [
        "play",
        "seek",
        "load",
        "loop",
        "param/blend",
        "param/size",
        "get",
        "subscribe",
        "",
        "param/",
        "vocabulary",
    ]
    with zmq.Context() as context, context.socket(zmq.DEALER) as sender:
        sender.setsockopt(zmq.LINGER, 500)
        sender.connect(f"tcp://127.0.0.1:{running.commands}")
        for _ in range(MALFORMED):
            content = {chance.choice(names): chance.choice(values) for _ in range(chance.randrange(5))}
            if chance.random() < 0.7:
                content["command"] = chance.choice([name for name in commands if name not in ("play", "loop", "seek")])
            sender.send(json.dumps(content).encode())
            time.sleep(0.001)


def _malformed_http(running: Bridge) -> None:
    chance = random.Random(SEED)
    for _ in range(MALFORMED):
        with suppress(OSError), socket.create_connection(("127.0.0.1", running.http), 1.0) as sender:
            sender.sendall(chance.choice([b"", b"GET /", b"GET /deepsing?", b"POST / HTTP/1.1\r\n"]) + _noise(chance))


def _left_over(running: Bridge) -> list[str]:
    """What the process left behind: shared memory of its name, sockets on its ports."""
    memory = Path("/dev/shm") / running.memory
    ports = {running.osc, running.http, running.frames, running.commands}
    sockets = [c for c in psutil.net_connections() if c.laddr and c.laddr.port in ports and c.status != "TIME_WAIT"]
    return [str(memory)] * memory.exists() + [f"port {c.laddr.port}" for c in sockets]


def report(
    watch: Watch, minutes: float, status: dict[str, object], code: int, took_s: float, left_over: list[str]
) -> str:
    settled = [row for row in watch.rows if row[0] > SETTLED_SHARE * 60 * minutes]
    memory = np.array([row[1] for row in settled]) / 2**20
    third = max(len(memory) // 3, 1)
    first, last = memory[:third].mean(), memory[-third:].mean()
    drifts = np.array(watch.drifts_s)
    late = drifts - np.median(drifts[: (25 * 10)])
    asked = int(watch.rows[-1][0] * FPS)
    lines = [
        "# A show with everything that can go wrong in it",
        "",
        f"`python -m bench.soak --minutes {minutes:g}`: the real process plays in a loop on two cores, 256×256 at 24 frames a",
        "second, blend 0.1, with a subscriber that reads everything, one that reads a frame a second, one that is killed with",
        f"SIGKILL, a flood of {FLOOD_PER_S:,} OSC packets a second for {FLOOD_S:g} s, and {MALFORMED:,} malformed packets each of OSC, ZeroMQ",
        f"(raw, and JSON without sense) and HTTP (seed {SEED}).",
        "",
        "| what | measured |",
        "|---|---|",
        f"| resident memory, first third after the first minute against last third | {first:.1f} MiB, {last:.1f} MiB: {100 * (last / first - 1):+.2f} % |",
        f"| the same, lowest and highest | {memory.min():.1f}, {memory.max():.1f} MiB |",
        f"| threads, lowest and highest | {min(r[2] for r in settled)}, {max(r[2] for r in settled)} |",
        f"| sockets, lowest and highest | {min(r[3] for r in settled)}, {max(r[3] for r in settled)} |",
        f"| position against the clock, median of the last minute | {1000 * float(np.median(late[-25 * 60 :])):+.2f} ms (a frame is {1000 / FPS:.1f} ms) |",
        f"| the same, worst single message of {len(late):,} | {1000 * float(np.abs(late).max()):.1f} ms, on its way through two processes |",
        f"| frames that the subscriber got, of {asked:,} moments | {watch.frames:,}, {watch.torn} torn, {watch.gaps} gaps in the sequence |",
        f"| frames dropped by the engine, counted in its status | {status['dropped_frames']} |",
        f"| commands dropped, counted in its status | {status['dropped_commands']} |",
        f"| SIGTERM: exit code, and seconds until it was gone | {code}, {took_s:.2f} s |",
        f"| left over | {', '.join(left_over) or 'nothing'} |",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
