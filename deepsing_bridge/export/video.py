"""Pictures into the streams of films, and out of films that are there, with PyAV.

The same pictures give the same bytes: no dates, no encoder names, a fixed number of threads.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.codec.context import Flags
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ..core.errors import BridgeError

Pixels = NDArray[np.uint8]


class Codec(NamedTuple):
    name: str
    pixel_format: str
    options: dict[str, str]


DNXHR = Codec("dnxhd", "yuv422p", {"profile": "dnxhr_hq"})
"""The clips' codec. Beside ProRes 422, at 512×512 on one core: 71 frames a second to 11, 2.7 MB a second to
3.2, 43.4 dB to 41.6. The free Resolve reads both on every system."""
PRORES = Codec("prores_ks", "yuv422p10le", {"profile": "standard", "vendor": "apl0"})
"""The clips' codec where the picture is too small for DNxHR."""
H264 = Codec("libx264", "yuv420p", {"crf": "20", "preset": "veryfast", "mbtree": "0"})
"""As small as "medium", twice as fast. With x264's macroblock trees one film in fifteen had other bytes, of the same
pictures on one thread; without them it is 3.5 % larger."""

PREVIEW_THREADS = 2  # x264's bytes depend on this number, so it does not follow the machine
KEYFRAMES_PER_SECOND = 2  # scrubbing lands on one of these

BITEXACT = {"fflags": "+bitexact"}
MOVIE = BITEXACT | {"movie_timescale": "120000"}  # whole ticks in a frame of every rate in units.FRAME_RATES
SCALER = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP | Interpolation.BITEXACT


def read_frames(path: Path, first: int = 0) -> Iterator[Pixels]:
    """The pictures of a film of this project, from number `first` on, (H, W, 3) uint8 RGB. Raises BridgeError
    for another file, or a damaged one."""
    for frame in _frames(path, first):
        picture = frame.reformat(format="rgb24", src_colorspace=Colorspace.ITU709, interpolation=SCALER, threads=1)
        yield np.asarray(picture.to_ndarray(), np.uint8)


def film_fault(path: Path, frames: int, size: tuple[int, int]) -> str:
    """What is wrong with a film of this project, of `frames` pictures of `size`; "" if nothing is.

    Every picture is decoded, since a damaged one is found in no other way.
    """
    found = 0
    try:
        for frame in _frames(path):
            if (frame.width, frame.height) != size:
                return f"pictures of {frame.width}×{frame.height}, not {size[0]}×{size[1]}"
            if frame.is_corrupt:
                return f"picture {found + 1} cannot be decoded"
            found += 1
    except BridgeError:
        return f"picture {found + 1} cannot be decoded" if found else "no film"
    return "" if found == frames else f"{found} pictures, not {frames}"


def _frames(path: Path, first: int = 0) -> Iterator[VideoFrame]:
    try:
        with av.open(path, format="mov") as film:  # and nothing else, as a playlist, which would open other files
            stream = film.streams.video[0]
            start = _ticks(stream, first)
            if first:
                film.seek(start, stream=stream)  # to the key frame before
            yield from (frame for frame in film.decode(stream) if frame.pts is None or frame.pts >= start)
    except (av.FFmpegError, IndexError) as error:  # IndexError: it has no pictures
        raise BridgeError(
            f"{path}: not a readable film, or cut off; remove it and run the same command again"
        ) from error


def _ticks(stream: VideoStream, frame: int) -> int:
    assert stream.average_rate is not None and stream.time_base is not None
    return round(frame / stream.average_rate / stream.time_base)


def add_picture(film: OutputContainer, codec: Codec, size: tuple[int, int], rate: Fraction) -> VideoStream:
    stream = film.add_stream(codec.name, rate=rate, options=codec.options)
    assert isinstance(stream, VideoStream)
    set_up(stream.codec_context, codec, size, rate)
    return stream


def set_up(context: VideoCodecContext, codec: Codec, size: tuple[int, int], rate: Fraction) -> None:
    context.width, context.height = size
    context.pix_fmt = codec.pixel_format
    context.framerate, context.time_base = rate, 1 / rate
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.flags |= Flags.bitexact
    context.thread_count = 1
    if codec is H264:
        context.gop_size = max(1, round(rate / KEYFRAMES_PER_SECOND))
        context.thread_count = PREVIEW_THREADS


def to_yuv(pixels: Pixels, pixel_format: str) -> VideoFrame:
    return VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(
        format=pixel_format,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=SCALER,
        threads=1,
    )


def refuse_odd(picture: Pixels) -> None:
    if picture.shape[0] % 2 or picture.shape[1] % 2:
        raise ValueError(f"picture of {picture.shape[1]}×{picture.shape[0]}: both sides must be even")
