"""A contact sheet of the embedded generator: every class, as it comes from random latents."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..core.files import appearing
from ..generators.photos import PhotoGenerator
from ..training.generator import sample_pictures

PICTURES_PER_CLASS = 4
SIDE = 96  # pixels of a picture in the sheet
COLUMNS = 4  # classes side by side
CAPTION, GAP = 18, 8


def write_contact_sheet(path: Path, seed: int = 0) -> None:
    """Write a JPEG with PICTURES_PER_CLASS pictures of every class and the class's name."""
    generator = PhotoGenerator.load()
    pictures, class_ids = sample_pictures(generator, PICTURES_PER_CLASS, seed)
    pixels = pictures.permute(0, 2, 3, 1).numpy()
    rows = -(-len(generator.classes) // COLUMNS)
    width, height = PICTURES_PER_CLASS * SIDE + 2 * GAP, SIDE + CAPTION + GAP
    sheet = Image.new("RGB", (COLUMNS * width, rows * height + GAP), "#12141a")
    for class_id, label in enumerate(generator.classes):
        left, top = (class_id % COLUMNS) * width + GAP, (class_id // COLUMNS) * height + GAP
        sheet.paste(_strip(pixels[class_ids == class_id]), (left, top + CAPTION))
        ImageDraw.Draw(sheet).text((left, top), label, "#f2efe9", ImageFont.load_default(13))
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as part:
        sheet.save(part, "JPEG", quality=88)


def _strip(pixels: np.ndarray) -> Image.Image:
    strip = Image.new("RGB", (len(pixels) * SIDE, SIDE))
    for index, picture in enumerate(pixels):
        strip.paste(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS), (index * SIDE, 0))
    return strip
