"""Photos as they are shown: upright, in sRGB. HEIC wants the package pillow-heif, an extra."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps

from ..core.errors import BridgeError
from ..core.invocation import extra

HEIC_SUFFIXES = frozenset((".heic", ".heif", ".hif"))
_OTHERS = "avif bmp jfif jp2 jpe jpeg jpg mpo png tga tif tiff webp"
PHOTO_SUFFIXES = HEIC_SUFFIXES | {f".{name}" for name in _OTHERS.split()}
FORMATS = ("AVIF", "BMP", "JPEG", "JPEG2000", "PNG", "TGA", "TIFF", "WEBP")  # none runs a program
MOST_PIXELS = 178_000_000  # where Pillow itself takes a picture for an attack
_TURNED = (5, 6, 7, 8)  # of EXIF's orientations, those that lie on a side
_UNREADABLE = (
    Image.DecompressionBombError,
    EOFError,
    MemoryError,
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    zlib.error,
)

Pixels = NDArray[np.uint8]


def photo_size(path: Path) -> tuple[int, int]:
    """Width and height, upright. Raises BridgeError for what is no photo; what is damaged inside is not seen yet."""
    with _opened(path) as image:
        width, height = image.size
        return (height, width) if image.getexif().get(ExifTags.Base.Orientation) in _TURNED else (width, height)


def read_photo(path: Path, within: tuple[int, int] | None = None) -> Pixels:
    """(H, W, 3) uint8 sRGB, upright; made smaller, never larger, to lie `within` a width and a height.

    Raises BridgeError for what is no photo, or a damaged one.
    """
    with _opened(path) as image:
        if within:
            longest = max(within)
            image.draft("RGB", (longest, longest))  # a JPEG is decoded at a half, a quarter or an eighth
        upright = ImageOps.exif_transpose(image)
        if within:
            upright.thumbnail(within)
        return np.asarray(_in_srgb(upright), np.uint8)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    Image.init()
    formats = (*(name for name in FORMATS if name in Image.OPEN), *_heif(path))  # older Pillows have no AVIF
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=formats) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                yield image
    except Image.DecompressionBombError as error:
        raise BridgeError(f"{path}: has more than {MOST_PIXELS:,} pixels; make it smaller") from error
    except _UNREADABLE as error:
        raise BridgeError(f"{path}: not a readable photo, or damaged") from error


def _heif(path: Path) -> tuple[str, ...]:
    """The format's name, if `path` needs it."""
    if path.suffix.lower() not in HEIC_SUFFIXES:
        return ()
    if not _heif_is_there():
        raise BridgeError(f"{path}: HEIC wants another package: {extra('heic')}")
    return ("HEIF",)


@cache
def _heif_is_there() -> bool:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _in_srgb(image: Image.Image) -> Image.Image:
    """Transparent parts are black, as in an empty timeline; another colour profile is turned into sRGB."""
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        black = Image.new("RGBA", image.size, "black")
        image = Image.alpha_composite(black, image.convert("RGBA"))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
        except (
            ImageCms.PyCMSError,
            OSError,
            ValueError,
        ):  # a profile that nobody can read is no reason to pass it over
            pass
    return image.convert("RGB")
