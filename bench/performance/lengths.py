"""What hearing a song takes as it gets longer: time, and the memory of a process that does nothing else. As a module with
a song's path, it is that process."""

import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.growth import long_song
from bench.performance.compare import Row
from bench.performance.processes import run
from deepsing_bridge.attributes import audio_models
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.core.device import Device
from deepsing_bridge.story.analysis import analyze

MINUTES = (1, 10, 60)


def lengths(device: Device) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        for minutes in MINUTES:
            song = long_song(Path(scratch) / f"{minutes}.flac", minutes)
            yield Row(f"hearing {minutes} min", None, {"default model": partial(run, "-m", __name__, song)}, once=True)


if __name__ == "__main__":
    analyze(file_to_song(Path(sys.argv[1])), audio_models.load(audio_models.CONTEXT))
