"""A whole story of a minute by each generator, as somebody makes it: a process of its own, with all that it loads."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.growth import long_song
from bench.performance.baselines import random_biggan
from bench.performance.compare import Row
from bench.performance.processes import run
from deepsing_bridge import weights
from deepsing_bridge.core.device import Device
from deepsing_bridge.generators.biggan import BIGGAN_SIZES
from deepsing_bridge.generators.photos import EMBEDDED
from deepsing_bridge.generators.protocol import generator_file
from deepsing_bridge.generators.worlds import WORLDS
from deepsing_bridge.weights.model_sets import HOME

MINUTES = 1.0
BIGGAN = "biggan-deep-128"
CHOSEN = {WORLDS: (), EMBEDDED: (), BIGGAN: ("--translator", "dictionary")}
"""By generator, what is said besides; all else is the default."""


def stories(device: Device) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        song, sets = long_song(Path(scratch) / "song.flac", MINUTES), Path(scratch) / "models"
        save_random(BIGGAN, sets)
        for generator, words in CHOSEN.items():
            story = ("bridge.py", "story", song, "--out", Path(scratch) / generator, "--device", device.name)
            command = partial(run, *story, "--generator", generator, *words, environment={HOME: str(sets)})
            yield Row(f"a story of {60 * MINUTES:g} s, {generator}", None, {"512x512": command}, once=True)


def save_random(name: str, sets: Path) -> None:
    """BigGAN-deep `name` of random weights as a model set in the folder `sets`."""
    file = generator_file(name)
    (sets / name).mkdir(parents=True)
    about = {"what": "random", "licence": "none", "command": "none", "metrics": {}, "header": {}}
    weights.save(file, random_biggan(BIGGAN_SIZES[name]).state_dict(), models=sets / name, **about)
