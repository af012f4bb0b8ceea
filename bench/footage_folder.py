"""A folder as an editor might have it: some seventy shots of every kind, each with another feeling.

    python -m bench.footage_folder /tmp/footage --data ../shared/data

Photos, and films of photos that a camera moves over and of worlds: at 23.976, 24, 25, 29.97, 30, 50 and 59.94 frames a
second and at no even rate; with start timecodes; portrait, rotated by a flag, anamorphic, interlaced, of high dynamic
range; some of several shots. What is there already is not made again.
"""

import argparse
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Levels
from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.generators.worlds import WorldsGenerator
from tests.footage.films import write_film

NTSC = Fraction(30000, 1001)
PHOTOS = 24
LEFT_OUT = re.compile(
    "animal_c|angry_p|bdsm|bloody|car_a|child_l|cockr|dead|dog_a|feces|garbage|gun|injury|kkk|knife|neonazi|nude|plane_c"
    "|police|severed|shot|skinhead|soldiers|surgery|tumor|toilet|torture|war|weapon"
)
FAST = {"preset": "ultrafast", "crf": "20"}

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Kind:
    """How a clip is made: `lengths_s` of its shots, and what `write_film` is told."""

    name: str
    rate: Fraction
    lengths_s: tuple[float, ...]
    size: tuple[int, int] = (640, 360)
    uneven: bool = False
    told: dict[str, Any] = field(default_factory=dict)


KINDS = (
    Kind("cinema_{}.mov", Fraction(24), (11.0,), (960, 540), told={"timecode": "01:00:00:00"}),
    Kind("film_{}.mp4", Fraction(24000, 1001), (9.0,)),
    Kind("pal_{}.mov", Fraction(25), (10.0,), told={"timecode": "10:20:30:05"}),
    Kind("ntsc_{}.mov", NTSC, (12.0,), told={"timecode": "01:00:00;00"}),
    Kind("phone_{}.mp4", Fraction(30), (9.0,), uneven=True),
    Kind("portrait_{}.mp4", Fraction(30), (8.0,), (360, 640)),
    Kind("turned_{}.mp4", NTSC, (8.0,), (360, 640), told={"rotation": -90}),
    Kind("action_{}.mp4", Fraction(50), (8.0,)),
    Kind("action_ntsc_{}.mov", 2 * NTSC, (8.0,), told={"timecode": "00:59:50:00"}),
    Kind("edited_{}.mkv", Fraction(25), (6.0, 7.0, 5.0, 8.0)),
)
ODD = (
    Kind("dv_{}.mp4", Fraction(25), (9.0,), (512, 288), told={"aspect": Fraction(5, 4)}),
    Kind(
        "fields_{}.mpg",
        Fraction(25),
        (9.0,),
        told={"codec": "mpeg2video", "interlaced": True, "options": {"field_order": "tt", "b": "6000000"}},
    ),
    Kind(
        "hlg_{}.mov",
        Fraction(25),
        (8.0,),
        told={
            "codec": "libx265",
            "pixel_format": "yuv420p10le",
            "colour": (9, 18, 9),
            "options": {"preset": "ultrafast", "x265-params": "log-level=error"},
        },
    ),
)


def make(folder: Path, data: Path, rounds: int = 3) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pictures = spread_pictures(data / "oasis")
    for number in range(PHOTOS):
        _photo(folder, next(pictures), number)
    for number in range(rounds):
        for kind in KINDS + (ODD if number == 0 else ()):
            path = folder / kind.name.format(number + 1)
            sources = [next(pictures) for _ in kind.lengths_s]
            if not path.exists():
                _film(path, kind, sources, seed=number)
    _worlds(folder)


def spread_pictures(oasis: Path) -> Iterator[Path]:
    """OASIS's photos in an order in which any run of them has every feeling: by quadrant in turn, the strongest first,
    without those that nobody wants to meet unasked."""
    rows = list(csv.DictReader((oasis / "ratings.csv").read_text().splitlines()))
    rows = [row for row in rows if not LEFT_OUT.match(row["image"].lower())]
    points = np.array([[float(row["valence_mean"]), float(row["arousal_mean"])] for row in rows])
    points = (points - points.mean(0)) / points.std(0)
    strength = np.hypot(*points.T)
    order, quadrant_of = np.argsort(-strength), (points > 0) @ [1, 2]
    quadrants = [[index for index in order if quadrant_of[index] == number] for number in range(4)]
    for turn in range(max(map(len, quadrants))):
        for quadrant in quadrants:
            if turn < len(quadrant):
                yield oasis / "images" / rows[quadrant[turn]]["image"]


def _photo(folder: Path, source: Path, number: int) -> None:
    path = folder / f"photo_{source.stem.lower().replace(' ', '_')}.jpg"
    if path.exists():
        return
    exif = Image.Exif()
    picture = Image.open(source).convert("RGB")
    if number % 8 == 0:  # held upright, which a flag tells
        exif[0x0112] = 6
        picture = ImageOps.fit(picture, (320, 400)).transpose(Image.Transpose.ROTATE_90)
    picture.save(path, exif=exif, quality=92)


def _film(path: Path, kind: Kind, sources: list[Path], seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = [round(length_s * kind.rate) for length_s in kind.lengths_s]
    pictures = (
        picture
        for source, count in zip(sources, counts, strict=True)
        for picture in _stored(moved_over(source, count, kind.size, float(rng.uniform(0.2, 1.0))), kind)
    )
    times = None
    if kind.uneven:
        steps = rng.uniform(0.026, 0.0406, sum(counts) - 1)
        times = [0.0, *np.cumsum(steps).tolist()]
    draft = path.with_stem(f".{path.stem}")
    write_film(draft, pictures, kind.rate, times_s=times, gop=round(kind.rate), **({"options": FAST} | kind.told))
    draft.replace(path)


def _stored(pictures: Iterator[Pixels], kind: Kind) -> Iterator[Pixels]:
    """Laid on the side that a flag turns up again."""
    turns = -kind.told.get("rotation", 0) // 90
    return (np.ascontiguousarray(np.rot90(picture, turns)) for picture in pictures)


def moved_over(source: Path, count: int, size: tuple[int, int], reach: float = 0.6) -> Iterator[Pixels]:
    """`count` pictures of a camera that moves over a photo, the further the larger `reach` (0..1) is."""
    photo = ImageOps.fit(Image.open(source).convert("RGB"), (size[0] * 2, size[1] * 2), Image.Resampling.BICUBIC)
    for index in range(count):
        share = index / max(count - 1, 1)
        zoom = 1.0 - 0.35 * reach * share
        width, height = photo.width * zoom, photo.height * zoom
        left, top = (photo.width - width) * share, (photo.height - height) * (1 - share)
        box = (left, top, left + width, top + height)
        yield np.asarray(photo.resize(size, Image.Resampling.BILINEAR, box=box))


def _worlds(folder: Path) -> None:
    try:
        generator = WorldsGenerator.load()
    except BridgeError as error:
        print(error)
        return
    latents = generator.sample_latents(len(generator.classes), 3).numpy()
    for class_id in range(0, len(generator.classes), 4):
        path = folder / f"world_{generator.classes[class_id].replace(' ', '_')}.mp4"
        if not path.exists():
            pictures = (
                generator.draw(class_id, latents[class_id], Instant(1.0 + index / 24, Levels()), 320, 180)
                for index in range(24 * 8)
            )
            write_film(path, pictures, Fraction(24), gop=24, options=FAST)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments = parser.parse_args()
    make(arguments.folder, arguments.data)


if __name__ == "__main__":
    main()
