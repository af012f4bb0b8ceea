"""How long it takes until something is seen: help, and the live bridge's first frame."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from bench.clients import Watcher
from bench.performance.compare import Row, Taken
from bench.performance.live import SHOWN
from bench.performance.processes import run
from deepsing_bridge.client import Frame
from deepsing_bridge.core.device import Device
from tests.process import ROOT, bridge

LONGEST_S = 60.0
SEEN: dict[str, Callable[[Frame], bool]] = {
    "the first frame": lambda frame: True,
    "the song's first frame": lambda frame: frame.time_s > 0,
}
"""The first is of silence, while the song is heard; as the song plays at once, time goes on in its own."""


def start(device: Device) -> Iterator[Row]:
    yield Row("bridge.py --help", None, {"ours": partial(run, "bridge.py", "--help")})
    for generator, size in SHOWN.items():
        words = ("--generator", generator, "--size", size, "--device", device.name, "--no-midi", "--no-announce")
        for what, is_it in SEEN.items():
            yield Row(f"serve, {generator}, {size}: {what}", None, {"ours": partial(until_seen, is_it, words)})


def until_seen(is_it: Callable[[Frame], bool], words: tuple[str, ...]) -> Taken:
    """From the command to the first such frame that a client gets who comes when the bridge says that it is there."""
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.perf_counter()
        with (
            bridge(Path(folder), ROOT / "examples/demo.ogg", *words) as running,
            closing(Watcher(running.frames)) as watcher,
        ):
            while (shown := watcher.next(LONGEST_S)) is not None:
                if is_it(shown.frame):
                    return Taken(shown.arrived_s - began_s)
            raise AssertionError(running.log)
