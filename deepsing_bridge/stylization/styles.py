"""Style images placed in the attribute space, and which one is for a sentiment (paper section 2.3, hyper-stylization).

Does not know who asks, when, or how a style's sentiment is estimated: that comes in as a callable.
"""

import difflib
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from ..core.errors import BridgeError, first_few
from ..core.files import read_bytes
from ..core.options import AUTO, MOODS, NEAREST, STYLE_RULES, THRESHOLD
from ..core.plain_text import is_plain
from ..core.types import Sentiment, SentimentTrack
from ..weights.files import MODELS
from .statistics_cache import statistics
from .wct import StyleStatistics, Stylizer

DEFAULT_STYLES = MODELS / "styles"
STYLE_SIDE = 512  # pixels; a style image's longer side is reduced to it
MOST_PIXELS = 50_000_000  # what a camera makes; 200 MB while it is read
FORMATS = ("JPEG", "PNG", "WEBP")  # whatever the file is called; other formats run programs, or are several pictures
STYLE_SUFFIXES = {".jpg", ".jpeg", ".png"}

Estimate = Callable[[torch.Tensor], SentimentTrack]
"""Pictures (n, 3, H, W) in 0..1 to the sentiment that each induces, n values."""


def mood(sentiment: Sentiment, threshold: float = 0.5) -> str:
    """One of MOODS: the mean of valence and arousal against ±threshold (paper section 3.2)."""
    if sentiment.mean > threshold:
        return "positive"
    return "negative" if sentiment.mean < -threshold else "neutral"


@dataclass(frozen=True)
class Style:
    """A style image: its file's `name` without suffix, the `sentiment` it induces, and its statistics."""

    name: str
    sentiment: Sentiment
    statistics: StyleStatistics


class StyleBook:
    """Style images, placed in the attribute space."""

    def __init__(self, styles: Sequence[Style]) -> None:
        self.styles = tuple(styles)
        self._by_name = {style.name: style for style in self.styles}

    @staticmethod
    def load(folder: Path, stylizer: Stylizer, estimate: Estimate) -> "StyleBook":
        """Every JPEG and PNG of `folder`. Raises BridgeError if there is none, or one cannot be read."""
        return StyleBook([_style(path, stylizer, estimate) for path in style_images(folder)])

    def named(self, name: str) -> Style:
        """The style called `name`. Raises BridgeError with the nearest names if there is none."""
        if name not in self._by_name:
            near = difflib.get_close_matches(name, self._by_name, n=3, cutoff=0)
            raise BridgeError(f"style {name!r}: no image of that name; the nearest names are {', '.join(near)}")
        return self._by_name[name]

    def nearest(self, sentiment: Sentiment) -> Style:
        """The style whose sentiment is nearest in the attribute space (paper section 2.3)."""
        return min(self.styles, key=lambda style: _distance(style.sentiment, sentiment))

    def by_threshold(self, sentiment: Sentiment, threshold: float = 0.5) -> Style:
        """The style named after the sentiment's mood (paper section 3.2).

        Raises BridgeError unless there is a style for each of MOODS.
        """
        missing = [name for name in MOODS if name not in self._by_name]
        if missing:
            raise BridgeError(f"style images: {', '.join(missing)} missing; thresholds need {', '.join(MOODS)}")
        return self._by_name[mood(sentiment, threshold)]

    def rule(self, choice: str) -> Callable[[Sentiment], Style]:
        """How a scene's style is found: by one of STYLE_RULES, or always one image. BridgeError if it is missing."""
        if choice in (AUTO, NEAREST):
            return self.nearest
        if choice == THRESHOLD:
            self.by_threshold(Sentiment(0.0, 0.0))  # complains at once if one of the three is missing
            return self.by_threshold
        style = self.named(choice)
        return lambda sentiment: style


def style_images(folder: Path) -> list[Path]:
    """The files of the style images in `folder`, by name. Raises BridgeError if there is none, or no name for each."""
    paths = sorted(path for path in folder.glob("[!.]*") if path.suffix.lower() in STYLE_SUFFIXES)
    if not paths:
        raise BridgeError(f"{folder}: no style images there; expected a folder with .jpg or .png files")
    if odd := [ascii(path.name) for path in paths if not is_plain(path.name)]:
        raise BridgeError(f"{folder}: {first_few(odd)}: a name that no file could hold; rename it")
    names = Counter(path.stem for path in paths)
    if unclear := sorted(name for name, count in names.items() if count > 1 or name in STYLE_RULES):
        raise BridgeError(
            f"{folder}: {', '.join(unclear)} would not say which image is meant; each needs a name of its own, "
            f"and none may be called {', '.join(STYLE_RULES)}"
        )
    return paths


def _refuse_large(path: Path, pixels: int) -> None:
    """Before it is decoded: half a megabyte can hold more pixels than there is memory for."""
    if pixels > MOST_PIXELS:
        raise BridgeError(f"{path}: has {pixels:,} pixels, expected at most {MOST_PIXELS:,}; make it smaller")


def _distance(one: Sentiment, other: Sentiment) -> float:
    return float(np.hypot(one.valence - other.valence, one.arousal - other.arousal))


def _style(path: Path, stylizer: Stylizer, estimate: Estimate) -> Style:
    picture = _read(path)
    return Style(path.stem, estimate(picture[None]).at(0), statistics(stylizer, picture))


def _read(path: Path) -> torch.Tensor:
    data = BytesIO(read_bytes(path))
    try:
        with Image.open(data, formats=FORMATS) as image:
            _refuse_large(path, image.width * image.height)
            image.thumbnail((STYLE_SIDE, STYLE_SIDE))
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.float32)
    except Image.DecompressionBombError as error:
        raise BridgeError(f"{path}: has more than {MOST_PIXELS:,} pixels; make it smaller") from error
    except (EOFError, MemoryError, OSError, SyntaxError, ValueError, struct.error, zlib.error) as error:
        raise BridgeError(f"{path}: not a readable picture; expected a JPEG or PNG file") from error
    return torch.from_numpy(pixels / 255).permute(2, 0, 1)
