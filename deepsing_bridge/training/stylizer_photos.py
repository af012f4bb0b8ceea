"""The photos that the stylizer learns from: which are held out, and what is drawn of the others in each step."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ..core.errors import BridgeError
from ..stylization.networks import LEVELS

BATCH = 4
SIDE = 128  # of the random crops, in pixels
METRIC_SIDE = 256  # of the squares that the metrics are measured on, in pixels
LEVEL_SHARES = (0.1, 0.2, 0.3, 0.4)  # how often each decoder is trained
HELD_OUT_EVERY = 150  # of so many photos, one is held out for validation and the metrics


def photos(data: Path) -> tuple[list[Path], list[Path]]:
    """The photos to train on, and those that are held out for validation and the metrics."""
    found = sorted([*data.glob("photos/*/*.jpg"), *data.glob("oasis/images/*.jpg")])
    if not found:
        raise BridgeError(f"{data}: no photos; expected JPEG files in photos/*/ and oasis/images/")
    held_out = found[::HELD_OUT_EVERY]
    return sorted(set(found) - set(held_out)), held_out


def _pixels(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def _tensor(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)


def crop(path: Path, size: int, random: np.random.Generator) -> torch.Tensor:
    """A random square of a photo, (3, size, size), mirrored or not, after a random reduction."""
    image = _pixels(path)
    reduction = max(size / min(image.size), random.uniform(0.6, 1))
    width, height = (max(size, round(side * reduction)) for side in image.size)
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = int(random.integers(width - size + 1)), int(random.integers(height - size + 1))
    pixels = np.asarray(image.crop((left, top, left + size, top + size)))
    return _tensor(pixels[:, :: random.choice((-1, 1))].copy())


def spread(paths: list[Path], count: int) -> list[Path]:
    """`count` of `paths`, or all if there are fewer, from beginning to end."""
    return paths[:: max(1, len(paths) // count)][:count]


def squares(paths: list[Path]) -> torch.Tensor:
    """(n, 3, METRIC_SIDE, METRIC_SIDE), 0..1: the middle of each."""
    middles = [ImageOps.fit(_pixels(path), (METRIC_SIDE, METRIC_SIDE)) for path in paths]
    return torch.stack([_tensor(np.asarray(middle)) for middle in middles])


def validation_pictures(paths: list[Path]) -> torch.Tensor:
    """The same, as small as what is trained on."""
    return F.interpolate(squares(paths), (SIDE, SIDE), mode="area")


@dataclass(frozen=True)
class TrainingBatch:
    """What one step learns from, drawn from (seed, step)."""

    level: int
    blend: float
    pictures: torch.Tensor

    @staticmethod
    def draw(paths: list[Path], seed: int, step: int) -> "TrainingBatch":
        random = np.random.default_rng((seed, step))
        chosen = random.choice(len(paths), BATCH, replace=len(paths) < BATCH)
        pictures = torch.stack([crop(paths[index], SIDE, random) for index in chosen])
        level = int(random.choice(LEVELS, p=LEVEL_SHARES))
        return TrainingBatch(level, random.uniform(), pictures.to(memory_format=torch.channels_last))
