"""How fast a card paints and where the time goes, in one command of under six minutes:

    python -m bench.gpu --device cuda [--json FILE]
    python -m bench.gpu --device cpu --generator biggan-deep-128 --seconds 1 --world 320x180    # a trial without a card

BigGAN's weights are random: time does not depend on them. Of each precision it tells frames a second of whole pictures,
one at a time; the time of each stage, waited for; a knob's way to its frame; the most memory; and what pictures differ
by from the processor's in float32.
"""

import argparse
import copy
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import torch

from bench.performance.__main__ import machine
from bench.performance.baselines import random_biggan
from deepsing_bridge.attributes import image_models
from deepsing_bridge.core.device import Device
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.generators.biggan import BIGGAN_SIZES, BigGANGenerator, biggan_classes
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.protocol import Generator
from deepsing_bridge.generators.worlds import WORLDS
from deepsing_bridge.live.render_worker import Rendered, RenderRequest, RenderWorker
from deepsing_bridge.render.camera import compose
from deepsing_bridge.render.fit import Pixels, begin_pixels
from deepsing_bridge.render.look import Look
from deepsing_bridge.render.moment import Moment, moment_at
from deepsing_bridge.render.painter import Painter, painter_for
from deepsing_bridge.render.still_painter import StillPainter
from deepsing_bridge.story.plan import plan
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.stylization.styles import DEFAULT_STYLES, StyleBook
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.translation.baseline import RandomTranslator
from tests.live.players import analysis

BLEND, FRAME_S, KNOBS, WAIT_S = 0.5, 1 / 24, 12, 60.0
Figures = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--device", default="cuda")
    options.add_argument("--generator", default="biggan-deep-512", choices=BIGGAN_SIZES)
    options.add_argument("--world", default="1920x1080", help="size of the worlds' frames")
    options.add_argument("--seconds", type=float, default=10.0, help="of each thing that is measured")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    place, size = Device.of(given.device), BIGGAN_SIZES[given.generator]
    found: Figures = {"machine": machine(torch.get_num_threads(), place.name)}
    package = random_biggan(size)
    wanted: Pixels | None = None
    for device in dict.fromkeys((Device(), place, replace(place, half=True))):
        generator = BigGANGenerator(given.generator, copy.deepcopy(package), biggan_classes(), device=device)
        painter, look = painter_on(device, generator), Look(size, size, "nearest", BLEND, grade=0.0)
        board, moments = planned(generator, look)
        first = painter.paint(board, moments[:1], look)
        wanted = first if wanted is None else wanted
        told: Figures = {"differs": f"{np.abs(first.astype(int) - wanted).mean():.2f} of 255"}
        if device.name == place.name:
            told |= measured(painter, board, moments, look, device, given.seconds)
        found[f"{given.generator} and WCT, {device.name}, {'bfloat16' if device.half else 'float32'}"] = told
        _tell(found)
    found[f"worlds, {given.world}, {place.name}"] = worlds(place, given.world, given.seconds)
    _tell(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


def painter_on(device: Device, generator: Generator) -> Painter:
    stylizer, judge = Stylizer.load(device=device), image_models.load(image_models.PAPER, device=device)
    return painter_for(generator, stylizer, StyleBook.load(DEFAULT_STYLES, stylizer, judge.estimate))


def planned(generator: Generator, look: Look) -> tuple[Storyboard, list[Moment]]:
    """A story of chance, and its moments frame by frame."""
    settings = Settings(width=look.width, height=look.height, style=look.style, blend=look.blend, grade=look.grade)
    chance = RandomTranslator(generator.classes, generator.sample_latents, 0)
    board = plan(analysis(), generator, chance, settings, {})
    return board, [moment_at(board, time_s, 0.0) for time_s in np.arange(0.0, analysis().duration_s - 1, FRAME_S)]


def measured(
    painter: Painter, board: Storyboard, moments: Sequence[Moment], look: Look, device: Device, seconds: float
) -> Figures:
    wait = partial(torch.cuda.synchronize, device.name) if device.name.startswith("cuda") else _nothing
    if device.name.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device.name)
    found: Figures = {"frames a second": frames_a_second(painter, board, moments, look, seconds)}
    found |= stages(painter, board, moments, look, wait, seconds)
    found["knob to frame, ms"] = knob_to_frame(painter, board, look)
    if device.name.startswith("cuda"):
        found["most memory, MB"] = torch.cuda.max_memory_allocated(device.name) // 2**20
        found["busiest kernels"] = kernels(painter, board, moments, look)
    return found


def frames_a_second(
    painter: Painter, board: Storyboard, moments: Sequence[Moment], look: Look, seconds: float
) -> float:
    """One at a time, each begun before the last one is waited for, as where frames are encoded meanwhile."""
    count, turns, waiting, began_s = 0, cycle(moments), None, time.perf_counter()
    while time.perf_counter() - began_s < seconds:
        begun = painter.begin(board, [next(turns)], look)
        if waiting is not None:
            waiting()
            count += 1
        waiting = begun
    assert waiting is not None
    waiting()
    return round((count + 1) / (time.perf_counter() - began_s), 2)


def stages(
    painter: Painter,
    board: Storyboard,
    moments: Sequence[Moment],
    look: Look,
    wait: Callable[[], None],
    seconds: float,
) -> Figures:
    """Milliseconds of each, the median; waiting for each costs something itself."""
    assert isinstance(painter, StillPainter)
    names = ["generating", *(f"stylizing, level {level}" for level in (4, 3, 2, 1)), "fitting, to bytes", "crossing"]
    took: dict[str, list[float]] = {name: [] for name in names}
    until_s, turns = time.perf_counter() + seconds, cycle(moments)
    while time.perf_counter() < until_s:
        for name, step_s in zip(names, _timed(_steps(painter, board, next(turns), look), wait), strict=True):
            took[name].append(1000 * step_s)
    return {f"{name}, ms": round(statistics.median(each), 2) for name, each in took.items() if each}


def _steps(painter: StillPainter, board: Storyboard, moment: Moment, look: Look) -> Iterator[None]:
    """One picture, a step at a time."""
    finished = torch.empty(0)
    for pictures in painter.pictures(board, [moment], look):
        finished = pictures
        yield
    begun = begin_pixels(compose(finished.contiguous(), look.width, look.height))
    yield
    begun()
    yield


def _timed(steps: Iterator[None], wait: Callable[[], None]) -> Iterator[float]:
    wait()
    began_s = time.perf_counter()
    for _ in steps:
        wait()
        now_s = time.perf_counter()
        yield now_s - began_s
        began_s = now_s


def knob_to_frame(painter: Painter, board: Storyboard, look: Look) -> float:
    """Milliseconds from another blend to its finished picture, by the thread that paints live: the median."""
    woken, took = Event(), []
    worker = RenderWorker(painter, woken.set)
    worker.start()
    for turn in range(KNOBS):
        request = RenderRequest(board, replace(look, blend=0.2 + 0.05 * turn), 1.0 + turn * FRAME_S, 0)
        began_s = time.perf_counter()
        worker.request(request)
        while not _has_come(worker, request):
            assert woken.wait(WAIT_S), "no picture came"
            woken.clear()
        took.append(1000 * (time.perf_counter() - began_s))
    worker.stop()
    return round(statistics.median(took[2:]), 2)


def _has_come(worker: RenderWorker, request: RenderRequest) -> bool:
    done = [each for each in worker.finished() if isinstance(each, Rendered)]
    return any(each.request == request and not each.keyframe.preview for each in done)


def kernels(painter: Painter, board: Storyboard, moments: Sequence[Moment], look: Look) -> list[str]:
    """The ten that take longest, over eight pictures: their share of the card's time."""
    both = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=both) as profile:
        for moment in moments[:8]:
            painter.paint(board, [moment], look)
    events = sorted(profile.key_averages(), key=lambda event: -event.self_device_time_total)
    total = sum(event.self_device_time_total for event in events) or 1
    return [f"{event.self_device_time_total / total:.0%} {event.key[:80]}" for event in events[:10]]


def worlds(device: Device, size: str, seconds: float) -> Figures:
    width, height = map(int, size.split("x"))
    try:
        generator = load_generator(WORLDS)
    except BridgeError as error:
        return {"not there": str(error)}
    look = Look(width, height, "nearest", 0.1, grade=0.0)
    painter = painter_on(device, generator)
    board, moments = planned(generator, look)
    painter.paint(board, moments[:2], look)
    drawn = {"frames a second, drawn": replace(look, blend=0.0), "frames a second, stylized": look}
    return {name: frames_a_second(painter, board, moments, each, seconds) for name, each in drawn.items()}


def _nothing() -> None:
    """What has no queue of its own is done when it says so."""


def _tell(found: Figures) -> None:
    print(json.dumps(dict([list(found.items())[-1]]), indent=1), flush=True)


if __name__ == "__main__":
    main()
