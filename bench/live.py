"""How fast the live bridge answers, and what it costs: the figures of docs/live.md.

    python -m bench.live [--threads N] [--generator worlds] [--size 512x512]

Starts the real process with the demo song and measures from outside, over OSC and ZeroMQ.
"""

import argparse
import random
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil

from bench.clients import Fader, Watcher
from tests.process import ROOT, Bridge, bridge

TRIALS = 40
CHANGED = 2.0  # mean difference of pixels, 0..255: more than a picture that stands still ever has
RATE_S = 10.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--generator", default="embedded")
    options.add_argument("--size", default="256x256")
    given = options.parse_args()
    chosen = ("--threads", given.threads, "--generator", given.generator, "--size", given.size)
    arguments = (ROOT / "examples" / "demo.ogg", "--no-midi", "--no-announce", *chosen)
    with tempfile.TemporaryDirectory() as folder, bridge(Path(folder), *arguments) as running:
        running.wait_for("playing", 120)
        running.ask(command="loop", on=True)
        print(f"torch threads: {given.threads}; cores: {psutil.cpu_count()}; {given.generator}, {given.size}\n")
        fader, other = Fader(running.osc), Fader(running.osc)
        with closing(fader), closing(other), closing(Watcher(running.frames)) as watcher:
            other.send("/deepsing/subscribe")
            _rates(running, watcher)
            _answers(running, fader, watcher)
            _round_trip(fader, other)
        _subscribers(running)


def _rates(running: Bridge, watcher: Watcher) -> None:
    for blend in (0.0, 0.1, 0.5):
        running.ask(command="param/blend", value=blend)
        _drain(watcher)
        before, started, frames = _dropped(running), time.perf_counter(), 0
        while time.perf_counter() - started < RATE_S:
            frames += watcher.next() is not None
        rate = frames / (time.perf_counter() - started)
        print(
            f"frames a second at blend {blend:g}: {rate:.1f}; dropped {_dropped(running) - before} of {RATE_S * 24:.0f}"
        )


def _drain(watcher: Watcher) -> None:
    """What waited is no measurement; a second on, all settled."""
    until = time.perf_counter() + 1.0
    while time.perf_counter() < until:
        watcher.next(0.05)


def _dropped(running: Bridge) -> int:
    return int(str(running.ask(command="get", name="status")["dropped_frames"]))


def _answers(running: Bridge, fader: Fader, watcher: Watcher) -> None:
    """From sending a command to the arrival of the first frame that shows it, the song standing still."""
    running.ask(command="pause")
    for what, blend, name, low, high in (
        ("blend, 0.1 to 0.15 and back", 0.1, "blend", 0.1, 0.15),
        ("blend, 0 to 0.5 and back", 0.0, "blend", 0.0, 0.5),
        ("noise, at blend 0", 0.0, "noise", 0.1, 0.8),
        ("noise, at blend 0.1", 0.1, "noise", 0.1, 0.8),
        ("size", 0.1, "size", "256x256", "320x320"),
    ):
        running.ask(command="param/blend", value=blend)
        took = [answer(fader, watcher, name, value) for _ in range(TRIALS // 2) for value in (high, low)]
        _tell(f"command to changed frame: {what}", took)
        running.ask(command="param/noise", value=0.1)
    running.ask(command="play")


def answer(fader: Fader, watcher: Watcher, name: str, value: object) -> float:
    """Seconds from setting the parameter `name` to the arrival of the first frame that shows it; the song stands."""
    before = watcher.settle()
    time.sleep(random.random() / 24)  # anywhere between two frames
    sent = fader.send(f"/deepsing/param/{name}", value)
    while True:
        shown = watcher.next()
        assert shown is not None, f"{name} {value} was never seen"
        if shown.frame.pixels.shape != before.frame.pixels.shape:
            return shown.arrived_s - sent
        if np.abs(shown.frame.pixels.astype(int) - before.frame.pixels).mean() > _threshold(name):
            return shown.arrived_s - sent


def _threshold(name: str) -> float:
    return 0.3 if name == "blend" else CHANGED


def _round_trip(fader: Fader, other: Fader) -> None:
    took = []
    for trial in range(200):
        other.drain()
        sent = fader.send("/deepsing/param/morph", 0.2 + 0.001 * trial)
        took.append(other.hear("/deepsing/param/morph")[0] - sent)
        time.sleep(0.02)
    _tell("OSC, a parameter and its echo at another client, while it plays", took)


def _subscribers(running: Bridge) -> None:
    """What share of one core the process uses with so many subscribers to frames."""
    process = psutil.Process(running.process.pid)
    for count in (0, 1, 4, 8):
        watchers = [Watcher(running.frames) for _ in range(count)]
        process.cpu_percent()
        started, frames = time.perf_counter(), 0
        while time.perf_counter() - started < RATE_S:
            frames += sum(watcher.next(0.01) is not None for watcher in watchers)
            time.sleep(0.005)
        share = process.cpu_percent()
        print(f"{count} subscribers: {share:.0f} % of a core, {frames / RATE_S:.0f} frames a second in all")
        for watcher in watchers:
            watcher.close()


def _tell(what: str, took_s: list[float]) -> None:
    median, late = (1000 * float(np.percentile(took_s, q)) for q in (50, 95))
    print(f"{what}: median {median:.1f} ms, p95 {late:.1f} ms ({len(took_s)} trials)")


if __name__ == "__main__":
    main()
