"""Paints the three style images that ship: `python examples/make_styles.py [FOLDER]`.

Brush strokes follow a field of flowing noise and are laid from coarse to fine over an under-painting; each
stroke takes its colour from a palette, by a second noise and the height in the picture. WCT takes palette and
brushwork from them, so they are made to be rich in both. The same seed gives the same picture.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SIDE = 512  # pixels
SCALE = 2  # painted at twice the size, then reduced: smooth edges
FOLDER = Path(__file__).parent.parent / "models" / "styles"
Field = NDArray[np.float64]


@dataclass(frozen=True)
class Painting:
    """`palette` from low to high tone; `layers` of (strokes, width, length) in pixels."""

    palette: str
    layers: tuple[tuple[int, float, float], ...]
    turn: float
    heading: float
    slope: float
    jitter: float
    seed: int


PAINTINGS = {
    "positive": Painting(
        palette="#d6246e #ef476f #ff7f51 #ffb703 #ffe08a #fff6d6 #9bdcf0 #3fb4e6 #1f86d1",
        layers=((500, 46, 150), (1500, 24, 100), (3500, 12, 60), (3000, 6, 34)),
        turn=1.6,
        heading=-0.3,
        slope=0.7,
        jitter=26,
        seed=8,
    ),
    "neutral": Painting(
        palette="#5f7583 #7f949e #a3afb4 #bfc0b8 #d3c9b8 #cfb8a2 #b89f92 #9d8f99 #80848f",
        layers=((400, 60, 220), (1100, 30, 170), (2200, 14, 110), (1200, 6, 70)),
        turn=0.9,
        heading=0.1,
        slope=0.6,
        jitter=10,
        seed=2,
    ),
    "negative": Painting(
        palette="#07090f #0e1622 #16263a #1f3a50 #34495a #4a5560 #2a1d1c #56211d #7b8690",
        layers=((500, 60, 170), (1300, 32, 130), (2200, 16, 80), (1800, 7, 46)),
        turn=1.7,
        heading=1.1,
        slope=0.3,
        jitter=12,
        seed=23,
    ),
}


def noise(random: np.random.Generator, cells: int) -> Field:
    """Smooth noise over the picture, about 0..1, with `cells` bumps a side and finer ones on top."""
    total = np.sum([0.5**octave * _bumps(random, cells * 2**octave) for octave in range(3)], axis=0)
    return (total - total.min()) / np.ptp(total)


def _bumps(random: np.random.Generator, count: int) -> Field:
    grid = Image.fromarray(random.random((count + 3, count + 3)).astype(np.float32))
    return np.asarray(grid.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.float64)


def paint(painting: Painting) -> Image.Image:
    random = np.random.default_rng(painting.seed)
    angles = painting.heading + painting.turn * np.pi * (noise(random, 2) - 0.5)
    tones = (1 - painting.slope) * noise(random, 3) + painting.slope * np.linspace(1, 0, SIDE)[:, None]
    palette = _colours(painting.palette)
    canvas = Image.fromarray(_tint(palette, tones).astype(np.uint8)).resize((SIDE * SCALE, SIDE * SCALE))
    for strokes, width, length in painting.layers:
        for _ in range(strokes):
            _stroke(canvas, random, painting, palette, angles, tones, width, length)
        canvas = canvas.filter(ImageFilter.GaussianBlur(width / 16))
    return _varnished(canvas, random)


def _colours(palette: str) -> Field:
    return np.array([[int(name[at : at + 2], 16) for at in (1, 3, 5)] for name in palette.split()], dtype=np.float64)


def _tint(palette: Field, tones: Field) -> Field:
    places = np.clip(tones, 0, 1) * (len(palette) - 1)
    return np.stack([np.interp(places, range(len(palette)), palette[:, band]) for band in range(3)], axis=-1)


def _stroke(
    canvas: Image.Image,
    random: np.random.Generator,
    painting: Painting,
    palette: Field,
    angles: Field,
    tones: Field,
    width: float,
    length: float,
) -> None:
    """One stroke along the flow: a bundle of bristles, each a little lighter or darker than its colour."""
    path = _walk(random.uniform(0, SIDE, 2), angles, length * random.uniform(0.6, 1.2))
    row, column = np.clip(path[0, ::-1], 0, SIDE - 1).astype(int)
    colour = _tint(palette, np.asarray(tones[row, column] + random.normal(0, 0.07))) + random.normal(0, painting.jitter)
    draw = ImageDraw.Draw(canvas)
    normals = _normals(path)
    bristles = max(3, round(width / 2.5))
    for offset in np.linspace(-0.5, 0.5, bristles):
        shade = np.clip(colour + random.normal(0, painting.jitter * 0.6) - 30 * offset, 0, 255).astype(int)
        first, last = sorted(random.integers(0, len(path) // 4 + 1, 2))
        points = (path + normals * offset * width)[first : len(path) - last] * SCALE
        draw.line([tuple(point) for point in points], tuple(shade), round(SCALE * width / bristles) + 1, "curve")


def _walk(start: Field, angles: Field, length: float, step: float = 5.0) -> Field:
    points = [start]
    for _ in range(max(3, round(length / step))):
        column, row = np.clip(points[-1], 0, SIDE - 1).astype(int)
        points.append(points[-1] + step * np.array([np.cos(angles[row, column]), np.sin(angles[row, column])]))
    return np.array(points)


def _normals(path: Field) -> Field:
    along = np.gradient(path, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return across / np.linalg.norm(across, axis=1, keepdims=True)


def _varnished(canvas: Image.Image, random: np.random.Generator) -> Image.Image:
    """Reduced to size, paint lit from above as if it had a thickness."""
    picture = np.asarray(canvas.resize((SIDE, SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    height = picture.mean(-1)
    relief = np.gradient(height, axis=0) + np.gradient(height, axis=1)
    grain = random.normal(0, 2, (SIDE, SIDE))
    return Image.fromarray(np.clip(picture + (0.35 * relief + grain)[..., None], 0, 255).astype(np.uint8))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, painting in PAINTINGS.items():
        paint(painting).save(folder / f"{name}.jpg", quality=80, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
