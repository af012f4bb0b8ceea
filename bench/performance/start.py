"""How long it takes until something is seen: help, and the live bridge's first frame."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from bench.clients import Watcher
from bench.performance.compare import Row, Taken
from bench.performance.live import SHOWN
from bench.performance.processes import run
from deepsing_bridge.core.device import Device
from tests.process import ROOT, bridge

LONGEST_S = 60.0


def start(device: Device) -> Iterator[Row]:
    yield Row("bridge.py --help", None, {"ours": partial(run, "bridge.py", "--help")})
    for generator, size in SHOWN.items():
        words = ("--generator", generator, "--size", size, "--device", device.name, "--no-midi", "--no-announce")
        yield Row(f"serve, {generator}, {size}: the song's first frame", None, {"ours": partial(first_frame, words)})


def first_frame(words: tuple[str, ...]) -> Taken:
    """From the command to the first frame that a client gets who comes when the bridge says that it is there."""
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.perf_counter()
        with (
            bridge(Path(folder), ROOT / "examples/demo.ogg", *words) as running,
            closing(Watcher(running.frames)) as watcher,
        ):
            shown = watcher.next(LONGEST_S)
            assert shown is not None, running.log
            return Taken(shown.arrived_s - began_s)
