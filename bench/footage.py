"""How fast somebody's films are split into shots and judged, and in how much memory.

    python -m bench.footage /tmp/films --data ../shared/data

Makes films of 1920×1080 once, each of `--seconds`: as a camera makes them, one take with a key frame a second; as an
editor exports them, cut every few seconds, with key frames up to 250 pictures apart; and as a phone does, at 59.94
frames a second. Grain is in all of them, so that they are as large as real ones. Then it indexes each alone, and all
together: seconds of film in a second, and in one of processor time, which other work on the machine says less about;
the most memory that all processes had; the load of the machine before; and how long it takes when all is known.
"""

import argparse
import os
import resource
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np
import psutil

from bench.footage_folder import Pixels, moved_over, spread_pictures
from deepsing_bridge.footage.index import index
from tests.footage.films import write_film

SIZE = (1920, 1080)
GRAIN = 6.0  # of 255, the standard deviation
EVERY_S = 0.2
CORES = 2
KINDS = ("camera", "edited", "phone")


def make(folder: Path, sources: Iterator[Path], seconds: int, kinds: Sequence[str] = KINDS) -> list[Path]:
    """Films of these `kinds` in `folder`, each of so many seconds, of the photos that `sources` gives."""
    folder.mkdir(parents=True, exist_ok=True)
    films = {
        "camera": (Fraction(25), [seconds], 25),
        "edited": (Fraction(25), [4] * (seconds // 4), 250),
        "phone": (Fraction(60000, 1001), [seconds], 60),
    }
    paths = []
    for name in kinds:
        rate, lengths, gop = films[name]
        paths.append(folder / f"{name}.mp4")
        if not paths[-1].exists():
            pictures = _grainy(_takes(list(islice(sources, len(lengths))), lengths, rate))
            draft = folder / f".{name}.mp4"
            write_film(draft, pictures, rate, gop=gop, options={"preset": "veryfast", "crf": "23"})
            draft.replace(paths[-1])
    return paths


def _takes(sources: Sequence[Path], lengths: Sequence[int], rate: Fraction) -> Iterator[Pixels]:
    for source, length_s in zip(sources, lengths, strict=True):
        yield from moved_over(source, round(length_s * rate), SIZE)


def _grainy(pictures: Iterator[Pixels]) -> Iterator[Pixels]:
    rng = np.random.default_rng(0)
    grains = cycle([rng.normal(0, GRAIN, (SIZE[1], SIZE[0], 1)).astype(np.int16) for _ in range(7)])
    for picture, grain in zip(pictures, grains, strict=False):
        yield (picture + grain).clip(0, 255).astype(np.uint8)


class Memory:
    """The most that this process and its children had, in MB; a context manager."""

    def __enter__(self) -> "Memory":
        self.most, self._end = 0.0, Event()
        self._watcher = Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._end.set()
        self._watcher.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._end.wait(EVERY_S):
            total = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.most = max(self.most, total / 1e6)


def measure(paths: Sequence[Path]) -> None:
    with TemporaryDirectory() as scratch, Memory() as memory:
        store = Path(scratch) / "footage.sqlite"
        load, started, worked_s = os.getloadavg()[0], time.perf_counter(), _worked_s()
        footage = index(paths, store=store)
        took_s, worked_s = time.perf_counter() - started, _worked_s() - worked_s
        length_s = sum(facts.duration_s for facts in footage.files)
        started = time.perf_counter()
        index(paths, store=store)
        again_s = time.perf_counter() - started
    name = paths[0].name if len(paths) == 1 else f"{len(paths)} films"
    size = sum(path.stat().st_size for path in paths)
    print(
        f"{name}: {length_s:.0f} s of {8 * size / length_s / 1e6:.1f} Mbit/s, {len(footage.shots)} shots in {took_s:.1f} s: "
        f"{length_s / took_s:.1f} times real time; {worked_s:.1f} s of processor time, which would be {CORES * length_s / worked_s:.1f} times "
        f"real time on {CORES} idle cores; {memory.most:.0f} MB; again in {again_s:.2f} s; load before {load:.1f}"
    )


def _worked_s() -> float:
    """Of the processor, of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seconds", type=int, default=120)
    arguments = parser.parse_args()
    paths = make(arguments.folder, spread_pictures(arguments.data / "oasis"), arguments.seconds)
    for path in paths:
        measure([path])
    measure(paths)


if __name__ == "__main__":
    main()
