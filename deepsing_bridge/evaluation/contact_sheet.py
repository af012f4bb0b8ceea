"""A contact sheet of a generator: every class, from the picture that feels worst to the one that feels best."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch.nn import functional as F

from ..core.files import appearing
from ..generators.load import load_generator
from ..generators.protocol import Generator, Instant, MovingGenerator
from ..render.fit import fit_pixels, to_pixels
from ..translation.attribute_view import SampleTable, load_samples

PICTURES = 3  # of a class: at the lowest, the middle and the highest valence of its samples
HEIGHT = 108  # pixels of a picture in the sheet
COLUMNS = 3  # classes side by side
CAPTION, GAP = 18, 8
QUALITY = 88

Pixels = NDArray[np.uint8]


def write_contact_sheet(path: Path, name: str) -> None:
    """Write a JPEG with PICTURES pictures of every class of the generator called `name`, and the class's name.

    Raises BridgeError where the generator, or its samples, are not there.
    """
    generator, samples = load_generator(name), load_samples(name)
    strips = [np.hstack(list(_pictures(generator, samples, class_id))) for class_id in range(len(generator.classes))]
    rows = -(-len(strips) // COLUMNS)
    width, height = strips[0].shape[1] + 2 * GAP, HEIGHT + CAPTION + GAP
    sheet = Image.new("RGB", (COLUMNS * width, rows * height + GAP), "#12141a")
    for number, (label, strip) in enumerate(zip(generator.classes, strips, strict=True)):
        left, top = (number % COLUMNS) * width + GAP, (number // COLUMNS) * height + GAP
        sheet.paste(Image.fromarray(strip), (left, top + CAPTION))
        ImageDraw.Draw(sheet).text((left, top), label, "#f2efe9", ImageFont.load_default(13))
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as part:
        sheet.save(part, "JPEG", quality=QUALITY)


def _pictures(generator: Generator, samples: SampleTable, class_id: int) -> Iterator[Pixels]:
    """(HEIGHT, W, 3) each: wide ones of a generator that draws any size, square ones of another."""
    rows = np.flatnonzero(samples.class_ids == class_id)
    by_valence = rows[np.argsort(samples.valence[rows])]
    for row in by_valence[np.linspace(0, len(by_valence) - 1, PICTURES).round().astype(int)].tolist():
        latent = samples.latents[row]
        if isinstance(generator, MovingGenerator):
            wide = generator.draw(class_id, latent, Instant(), 32 * HEIGHT // 9, 2 * HEIGHT)
            yield fit_pixels(wide, 16 * HEIGHT // 9, HEIGHT)
        else:
            vector = F.one_hot(torch.tensor([class_id]), len(generator.classes)).float()
            picture = to_pixels(generator.generate(vector, torch.from_numpy(latent)[None]))[0]
            yield fit_pixels(picture, HEIGHT, HEIGHT)
