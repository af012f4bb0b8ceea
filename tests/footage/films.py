"""Films as cameras make them, whose pictures tell their number, and photos."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import chain
from operator import xor
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray

BITS = 12
LIGHT = (40, 210)

Pixels = NDArray[np.uint8]


def numbered(count: int, width: int = 320, height: int = 180, colour: Sequence[int] = (120, 120, 120)) -> list[Pixels]:
    """Pictures with their number as a row of dark and light fields along the upper third, and a grey ramp below."""
    return [number_picture(number, width, height, colour) for number in range(count)]


def number_picture(number: int, width: int, height: int, colour: Sequence[int] = (120, 120, 120)) -> Pixels:
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    picture[height // 2 :, : width // 2] //= 2  # so that upside down, and left and right, are told apart
    gray = number ^ number >> 1  # of two pictures that follow each other, one field differs
    bits = [gray >> bit & 1 for bit in range(BITS)]
    for index, bit in enumerate(bits):
        picture[: height // 3, width * index // BITS : width * (index + 1) // BITS] = LIGHT[bit]
    return picture


def number_of(picture: Pixels) -> int:
    height, width = picture.shape[:2]
    row = picture[height // 6, [int(width * (index + 0.5) / BITS) for index in range(BITS)]].mean(axis=-1)
    gray = sum(1 << index for index, light in enumerate(row) if light > 125)
    return reduce(xor, (gray >> shift for shift in range(BITS)))


def peeked(pictures: Iterable[Pixels]) -> tuple[Pixels, Iterator[Pixels]]:
    iterator = iter(pictures)
    first = next(iterator)
    return first, chain([first], iterator)


def write_film(
    path: Path,
    pictures: Iterable[Pixels],
    rate: Fraction = Fraction(25),
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    times_s: Sequence[float] | None = None,
    timecode: str = "",
    rotation: int = 0,
    aspect: Fraction | None = None,
    interlaced: bool = False,
    colour: tuple[int, int, int] | None = None,
    options: dict[str, str] | None = None,
    gop: int = 12,
) -> Path:
    """`times_s`: when each picture is shown, else at an even `rate`. `rotation`: the flag, degrees counter-clockwise.
    `colour`: the numbers of primaries, transfer and matrix."""
    first, pictures = peeked(pictures)
    with av.open(path, "w") as film:
        stream = film.add_stream(codec, rate=rate, options=options or {})
        context = stream.codec_context
        context.height, context.width = first.shape[:2]
        context.pix_fmt, context.gop_size = pixel_format, gop
        context.time_base = Fraction(1, 90_000) if times_s else 1 / rate
        if rotation:
            stream.set_display_rotation(rotation)
        if aspect:
            context.sample_aspect_ratio = aspect
        if timecode:
            stream.metadata["timecode"] = timecode
        if interlaced:
            context.flags |= Flags.interlaced_dct | Flags.interlaced_me
        if colour:
            context.color_primaries, context.color_trc, context.colorspace = colour
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixel_format)
            frame.time_base = context.time_base
            frame.pts = round(times_s[index] * 90_000) if times_s else index
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path
