"""TouchDesigner's scripts beside a running bridge, over ZeroMQ and over shared memory: what they showed, picture by picture.

    python -m bench.touchdesigner [--seconds 60]

The scripts run in a process of their own under the tests' fake TouchDesigner, 60 frames a second; without pyzmq for
shared memory. Halfway the bridge is killed with SIGKILL and started again in its place. Every picture shown is compared
with what the bridge published under its number. Exits with 1 if one differs, or a thread is left over.
"""

import argparse
import signal
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.plugins.touchdesigner.audience import Published, in_its_place, stage
from tests.process import Bridge, bridge

ARGUMENTS = ("examples/demo.ogg", "--no-midi", "--no-announce")
WAYS = {"ZeroMQ": (), "shared memory": ("zmq",)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of pictures, over each way")
    seconds = parser.parse_args().seconds
    print("| way | published | shown | differ | cooked without a new one | CPU of a core | back after | left over |")
    print("|---|---|---|---|---|---|---|---|")
    wrong = [measure(way, seconds) for way in WAYS]
    raise SystemExit(int(any(wrong)))


def measure(way: str, seconds: float) -> bool:
    """Prints a row of the table. Whether something was wrong."""
    with (
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
        bridge(Path(first), *ARGUMENTS) as running,
        closing(Published(running.frames)) as published,
        stage(running, forbidden=WAYS[way]) as shown,
    ):
        play(running)
        shown.shows(1)
        time.sleep(seconds / 2)
        running.stop(signal.SIGKILL)
        shown.says("no bridge")
        before = len(shown.pictures)
        with in_its_place(running, Path(second), *ARGUMENTS) as other:
            answers_s = time.monotonic()
            shown.until(lambda: len(shown.pictures) > before, "no picture of the second bridge")
            back_s = time.monotonic() - answers_s
            play(other)
            time.sleep(seconds / 2)
            end = shown.leave()
    differ = sum(not published.has(each["sequence"], each["digest"]) for each in shown.pictures)
    cells = (
        way,
        published.count,
        len(shown.pictures),
        differ,
        end["cooks"] - end["copies"],
        f"{100 * end['cpu_s'] / end['run_s']:.1f} %",
        f"{back_s:.1f} s",
        ", ".join(end["threads"]) or "nothing",
    )
    print("|", " | ".join(map(str, cells)), "|", flush=True)
    return bool(differ or end["threads"] or end["conflicts"])


def play(running: Bridge) -> None:
    running.wait_for("playing", 120)
    running.ask(command="loop", on=True)


if __name__ == "__main__":
    main()
