"""A made-up OASIS in its layout, where brighter is more pleasant and finer-grained is more exciting."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image


def picture(bright: int, grain: int, seed: int) -> Image.Image:
    """160 by 128, `bright` 0..7, `grain` 0..4."""
    cells = 3 * 2**grain
    noise = np.random.default_rng(seed).integers(0, 60, (cells, cells, 3))
    return Image.fromarray((noise + 25 * bright).astype(np.uint8)).resize((160, 128), Image.Resampling.NEAREST)


def write_oasis(folder: Path, photos: int, brightnesses: int = 8) -> Path:
    """`folder`, now with oasis/ratings.csv and oasis/images/."""
    (folder / "oasis" / "images").mkdir(parents=True)
    with (folder / "oasis" / "ratings.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", "theme", "valence_mean", "arousal_mean"])
        for i in range(photos):
            bright, grain = i % brightnesses, i // brightnesses
            picture(bright, grain, seed=i).save(folder / "oasis" / "images" / f"{i}.png")
            table.writerow([f"{i}.png", f"theme {i % 10}", 2 + bright / 2, 2 + grain / 2])
    return folder
