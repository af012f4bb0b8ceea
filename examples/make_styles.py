"""Paints the style images that ship: `python examples/make_styles.py [FOLDER]`.

Each is a picture of the shipped worlds, chosen for how it feels to the visual estimators, and painted over: brush
strokes run along the shapes that are there, and along flowing noise where there are none, laid from coarse to fine
where the painting differs most from its subject (Hertzmann 1998). WCT takes palette and brushwork from them, so they
are made to be rich in both. Thick paint alone feels calm to the estimators, whatever is painted: so the subject shows
through. The same seed gives the same painting of the same picture.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from scipy.ndimage import gaussian_filter, sobel

from deepsing_bridge.generators.protocol import Instant
from deepsing_bridge.generators.worlds import WorldsGenerator
from deepsing_bridge.translation.attribute_view import load_samples

SIDE = 512  # pixels
SCALE = 2  # painted at twice the size, then reduced: smooth edges
FOLDER = Path(__file__).parent.parent / "models" / "styles"
STEP = 5.0  # pixels of a stroke's path
LAYERS = ((300, 40, 120), (900, 22, 80), (2500, 11, 44), (5000, 5.5, 24))
Field = NDArray[np.float64]


@dataclass(frozen=True)
class Painting:
    """Its subject is sample number `sample` of `world`. `glaze`, 0..1, is how far the subject shows through the paint;
    `layers` of (strokes, width, length) in pixels; `colour` is what saturation is multiplied by, `jitter` by how much
    strokes differ in lightness, of 255."""

    world: str
    sample: int
    seed: int
    glaze: float = 0.5
    layers: tuple[tuple[int, float, float], ...] = LAYERS
    colour: float = 1.3
    jitter: float = 12


PAINTINGS = {
    "positive": Painting("fireworks", 95, seed=8, glaze=0.46),
    "tense": Painting("explosion", 40, seed=5, glaze=0.7),
    "negative": Painting("cracked earth", 76, seed=3, glaze=0.4),
    "calm": Painting("meadow", 45, seed=4, glaze=0.0),
    "neutral": Painting("clouds", 4, seed=2, glaze=0.68),
}


def subject(painting: Painting, worlds: WorldsGenerator) -> Image.Image:
    samples, class_id = load_samples(worlds.name), worlds.classes.index(painting.world)
    latent = samples.latents[samples.class_ids == class_id][painting.sample]
    drawn = Image.fromarray(worlds.draw(class_id, latent, Instant(), SIDE, SIDE))
    return ImageEnhance.Color(drawn).enhance(painting.colour)


def paint(painting: Painting, drawn: Image.Image) -> Image.Image:
    random = np.random.default_rng(painting.seed)
    pixels = np.asarray(drawn, dtype=np.float64)
    angles = _directions(pixels, random)
    canvas = Image.fromarray(_blurred(pixels, 20).astype(np.uint8)).resize((SIDE * SCALE, SIDE * SCALE))
    for strokes, width, length in painting.layers:
        wanted = _blurred(pixels, width / 4)
        for start in _starts(random, canvas, wanted, strokes):
            _stroke(
                canvas, random, painting.jitter, _walk(start, angles, length * random.uniform(0.6, 1.2)), wanted, width
            )
        canvas = canvas.filter(ImageFilter.GaussianBlur(width / 16))
    return Image.blend(_varnished(canvas, random), drawn, painting.glaze)


def _blurred(pixels: Field, sigma: float) -> Field:
    return np.asarray(gaussian_filter(pixels, (sigma, sigma, 0)))


def _directions(pixels: Field, random: np.random.Generator) -> Field:
    """(SIDE, SIDE) radians: along edges by the structure tensor, along flowing noise where there are none."""
    light = gaussian_filter(pixels.mean(axis=-1), 2)
    down, right = sobel(light, 0), sobel(light, 1)
    cosine, sine = (gaussian_filter(part, 9) for part in (down**2 - right**2, -2 * down * right))
    flow = 3 * np.pi * gaussian_filter(random.normal(0, 45, (SIDE, SIDE)), 60)
    weak = np.median(np.hypot(cosine, sine)) + 1.0
    return np.asarray(np.arctan2(sine + weak * np.sin(flow), cosine + weak * np.cos(flow)) / 2)


def _starts(random: np.random.Generator, canvas: Image.Image, wanted: Field, count: int) -> Field:
    """(count, 2) x and y, most where the canvas is not yet what is wanted."""
    painted = np.asarray(canvas.resize((SIDE, SIDE)), dtype=np.float64)
    missing = np.abs(painted - wanted).sum(axis=-1).ravel() + 4.0
    rows, columns = np.divmod(random.choice(SIDE * SIDE, count, p=missing / missing.sum()), SIDE)
    return np.stack([columns, rows], axis=1) + random.uniform(0, 1, (count, 2))


def _stroke(
    canvas: Image.Image, random: np.random.Generator, jitter: float, path: Field, wanted: Field, width: float
) -> None:
    """One stroke: a bundle of bristles, each a little lighter or darker than what is wanted at its middle."""
    colour = wanted[_place(path[len(path) // 2])] + random.normal(0, jitter)
    draw = ImageDraw.Draw(canvas)
    normals = _normals(path)
    bristles = max(2, round(width / 2.5))
    for offset in np.linspace(-0.5, 0.5, bristles):
        shade = np.clip(colour + random.normal(0, jitter * 0.6) - 1.5 * jitter * offset, 0, 255).astype(int)
        first, last = sorted(random.integers(0, len(path) // 4 + 1, 2))
        points = (path + normals * offset * width)[first : len(path) - last] * SCALE
        draw.line([tuple(point) for point in points], tuple(shade), round(SCALE * width / bristles) + 1, "curve")


def _walk(middle: Field, angles: Field, length: float) -> Field:
    """The path (points, 2) of about `length` pixels through `middle`."""
    steps = max(2, round(length / STEP / 2))
    start = angles[_place(middle)]
    back, on = (_half(middle, angles, turned, steps) for turned in (start + np.pi, start))
    return np.array([*back[::-1], middle, *on])


def _half(point: Field, angles: Field, angle: float, steps: int) -> list[Field]:
    points = []
    for _ in range(steps):
        point = point + STEP * np.array([np.cos(angle), np.sin(angle)])
        points.append(point)
        following = angles[_place(point)]
        angle = following if np.cos(following - angle) >= 0 else following + np.pi  # a direction has no sign
    return points


def _place(point: Field) -> tuple[int, int]:
    """Row and column."""
    column, row = np.clip(point, 0, SIDE - 1).astype(int)
    return int(row), int(column)


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
    worlds = WorldsGenerator.load()
    for name, painting in PAINTINGS.items():
        paint(painting, subject(painting, worlds)).save(folder / f"{name}.jpg", quality=80, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
