"""The live bridge as a client sees it: a process of its own, with the demo song, measured over OSC and ZeroMQ."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import cycle
from pathlib import Path

from bench.clients import Fader, Watcher
from bench.live import answer
from bench.performance.compare import Row, Taken
from deepsing_bridge.core.device import Device
from deepsing_bridge.generators.photos import EMBEDDED
from deepsing_bridge.generators.worlds import WORLDS
from tests.process import ROOT, bridge

FRAMES = 24  # a second of them, at the rate that is asked for
SHOWN = {EMBEDDED: "256x256", WORLDS: "512x512"}


def live(device: Device) -> Iterator[Row]:
    """24 frames take a second where none is late; a command, as long as until the first frame that shows it."""
    for generator, size in SHOWN.items():
        chosen = ("--generator", generator, "--size", size, "--device", device.name, "--no-midi", "--no-announce")
        with (
            tempfile.TemporaryDirectory() as folder,
            bridge(Path(folder), ROOT / "examples/demo.ogg", *chosen) as running,
        ):
            running.wait_for("playing", 300)
            running.ask(command="loop", on=True)
            with closing(Fader(running.osc)) as fader, closing(Watcher(running.frames)) as watcher:
                for blend in (0.0, 0.1, 0.5):
                    running.ask(command="param/blend", value=blend)
                    yield Row(
                        f"live, {generator}, {size}: {FRAMES} frames",
                        None,
                        {f"blend {blend:g}": partial(_watch, watcher)},
                    )
                running.ask(command="pause")
                turned = partial(_turn, fader, watcher, cycle((0.0, 0.5)))
                yield Row(f"live, {generator}, {size}: a command until it is seen", None, {"blend": turned})


def _watch(watcher: Watcher) -> None:
    for _ in range(FRAMES):
        assert watcher.next() is not None, "no frame came"


def _turn(fader: Fader, watcher: Watcher, blends: Iterator[float]) -> Taken:
    return Taken(answer(fader, watcher, "blend", next(blends)))
