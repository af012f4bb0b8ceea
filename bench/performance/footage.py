"""How long it takes until the shots of a film are known: workers started, models loaded, all looked at."""

import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path

from bench.footage import SIZE, make
from bench.performance.compare import Row
from deepsing_bridge.core.device import Device
from deepsing_bridge.footage.index import index
from deepsing_bridge.stylization.styles import DEFAULT_STYLES, style_images

SECONDS = 12
KINDS = ("camera", "edited")


def footage(device: Device) -> Iterator[Row]:
    """Each round with a store of its own: nothing is known before."""
    with tempfile.TemporaryDirectory() as scratch:
        films = make(Path(scratch), cycle(style_images(DEFAULT_STYLES)), SECONDS, KINDS)
        stores = (Path(scratch) / f"{number}.sqlite" for number in count())
        for kind, film in zip(KINDS, films, strict=True):
            ours = partial(_index, film, stores)
            yield Row(f"indexing {SECONDS} s of {SIZE[0]}x{SIZE[1]}, 25 a second", None, {kind: ours})


def _index(film: Path, stores: Iterator[Path]) -> None:
    index([film], store=next(stores))
