"""NDI for minutes, received by two processes that know nothing of the bridge; one stalls in the middle third.

    python -m bench.ndi --minutes 10                  # pictures with a number in them: order and tears
    python -m bench.ndi --minutes 10 --song song.wav  # the real bridge: does the engine keep its rate?

Prints a line for each third. Needs the extra `ndi`, and a system with SIGSTOP; mDNS is not needed.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.video.ndi import NdiSink
from deepsing_bridge.protocols.video.output import VideoOutput
from tests.adapters import running
from tests.process import bridge
from tests.protocols.video.test_ndi import LEVELS, RECEIVER, STEP, THIS_MACHINE, put, quarters

NAME, RATE, SETTLE_S = "deepsing bench", 24, 10.0


@contextmanager
def receiver(folder: Path, number: int, seconds: float) -> Iterator["tuple[subprocess.Popen[bytes], Path]"]:
    (folder / "ndi-config.v1.json").write_text(json.dumps(THIS_MACHINE))
    told = folder / f"receiver-{number}.jsonl"
    words = [sys.executable, str(RECEIVER), NAME, str(seconds)]
    with told.open("wb") as lines:
        process = subprocess.Popen(words, stdout=lines, env={**os.environ, "NDI_CONFIG_DIR": str(folder)})
    try:
        yield process, told
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def watched(folder: Path, third_s: float, look: Callable[[float], dict[str, Any]]) -> None:
    """`look` goes on for so many seconds and tells what it saw; the second receiver stalls in the second third."""
    with receiver(folder, 1, 4 * third_s) as (_, told), receiver(folder, 2, 4 * third_s) as (stalls, _):
        look(SETTLE_S)
        for part in ("both receive", "one stalls", "both again"):
            stalls.send_signal(signal.SIGSTOP if part == "one stalls" else signal.SIGCONT)
            before = len(told.read_text().splitlines())
            seen = look(third_s)
            frames = [json.loads(line) for line in told.read_text().splitlines()[before:-1]]
            print(f"{part:<14}", "  ".join(f"{name} {value}" for name, value in {**seen, **received(frames)}.items()))


def received(frames: list[dict[str, Any]]) -> dict[str, Any]:
    stamps = np.array([frame["stamp"] for frame in frames])
    if len(stamps) < 2:
        return {"received": len(stamps)}
    apart = np.diff(stamps)
    return {
        "received a second": f"{(len(stamps) - 1) / (stamps[-1] - stamps[0]):.2f}",
        "longest gap": f"{apart.max() * 1000:.0f} ms",
        "out of order": int((apart <= 0).sum()),
    } | pattern(frames)


def pattern(frames: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the numbered pictures: which came, and whether any was torn."""
    if frames[0]["size"] != [320, 180]:
        return {}
    numbers = [round((frame["quarters"][3][0] - 20) / STEP) for frame in frames]
    steps = [(after - before) % LEVELS for before, after in pairwise(numbers)]
    return {
        "torn": sum(frame["torn"] >= 4 for frame in frames),
        "twice": steps.count(0),
        "left out by the receiver": sum(step - 1 for step in steps if step > 1),
    }


def numbered(folder: Path, third_s: float) -> None:
    hub, pictures = Hub(vocabulary(), SystemClock()), [quarters(level * STEP + 20) for level in range(LEVELS)]
    with running(VideoOutput(hub, NdiSink(NAME))) as video:
        count = 0

        def look(seconds: float) -> dict[str, Any]:
            nonlocal count
            sent, missed, busy_s, begun_s = video.sent, video.missed, time.process_time(), time.monotonic()
            for number in range(round(seconds * RATE)):
                time.sleep(max(begun_s + number / RATE - time.monotonic(), 0))
                put(hub, count, pictures[count % LEVELS])
                count += 1
            took_s = time.monotonic() - begun_s
            return {
                "sent a second": f"{(video.sent - sent) / took_s:.2f}",
                "missed": video.missed - missed,
                "processor": f"{(time.process_time() - busy_s) / took_s:.1%}",
            }

        watched(folder, third_s, look)


def played(folder: Path, third_s: float, song: Path, size: str) -> None:
    with bridge(folder, song, "--loop", "--no-midi", "--size", size, "--ndi", NAME) as live:
        live.wait_for("playing")

        def look(seconds: float) -> dict[str, Any]:
            status, begun_s, rates = live.ask(command="get", name="status"), time.monotonic(), list[float]()
            while time.monotonic() - begun_s < seconds:
                time.sleep(1)
                rates.append(float(str(live.ask(command="get", name="status")["fps"])))
            dropped = int(str(live.ask(command="get", name="status")["dropped_frames"]))
            return {
                "engine's frames a second": f"{np.mean(rates):.2f}",
                "dropped": dropped - int(str(status["dropped_frames"])),
            }

        watched(folder, third_s, look)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--song", type=Path, help="the real bridge plays this")
    parser.add_argument("--size", default="640x360", help="of the real bridge's frames")
    given = parser.parse_args()
    with ExitStack() as cleaning:
        folder = Path(cleaning.enter_context(tempfile.TemporaryDirectory()))
        if given.song:
            played(folder, given.minutes * 20, given.song, given.size)
        else:
            numbered(folder, given.minutes * 20)


if __name__ == "__main__":
    main()
