"""A film that is open, and what one has to know to show its pictures as players do. Only the file itself is read.

Knows nothing of shots, and decodes nothing but the first picture.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc
from av.video.stream import VideoStream

from ..core.errors import BridgeError

UNREADABLE = (av.FFmpegError, OSError, ValueError, EOFError)  # what PyAV raises over files
TRANSFERS = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}
LARGEST_SIDE = 16_384  # pixels
_ITSELF = {"protocol_whitelist": ""}  # a playlist, or a film whose tracks lie elsewhere, gets nothing else opened
# PyAV takes any tags from 19 on, before that if it is told to
_ANY_TAGS: dict[str, Any] = {"metadata_errors": "ignore"} if int(av.__version__.split(".")[0]) < 19 else {}


@dataclass(frozen=True)
class OpenFilm:
    """`first` is the first picture that can be decoded. `turned`: by how many degrees clockwise, 0, 90, 180 or 270, it
    is shown. `pixel_aspect` is a pixel's width by its height before that. `hdr` is PQ or HLG, and empty for what is not
    of high dynamic range."""

    path: Path
    container: InputContainer
    stream: VideoStream
    first: VideoFrame
    turned: int
    pixel_aspect: Fraction
    interlaced: bool
    hdr: str

    @property
    def start(self) -> int:
        """When the film begins, in ticks of the stream."""
        if self.stream.start_time is not None:
            return self.stream.start_time
        return self.first.pts or 0

    @property
    def ticks(self) -> Fraction:
        """What a tick of the stream is, in seconds."""
        return self.stream.time_base or Fraction(1, av.time_base)

    @property
    def mean_rate(self) -> Fraction | None:
        """Frames a second on the whole, as the container tells it or FFmpeg finds; None where neither knows."""
        return self.stream.average_rate or self.stream.base_rate or self.stream.guessed_rate

    def time(self, ticks: int) -> Fraction:
        """Seconds from the film's start."""
        return (ticks - self.start) * self.ticks

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as it is shown: square pixels, the narrower way kept, upright."""
        width, height = self.first.width, self.first.height
        if self.pixel_aspect > 1:
            width = round(width * self.pixel_aspect)
        else:
            height = round(height / self.pixel_aspect)
        return (height, width) if self.turned % 180 else (width, height)


@contextmanager
def open_film(path: Path, threads: int = 0) -> Iterator[OpenFilm]:
    """The film in file `path`, at its start; `threads` that decode it, 0: as many as there are cores.

    Raises BridgeError for a file that cannot be read, or in which there is no picture that can be decoded.
    """
    with _file(path) as file, _container(path, file) as container:
        stream = _picture_track(path, container)
        if threads != 1:
            stream.thread_type = "AUTO"
        stream.codec_context.thread_count = threads
        first = _first(path, container, stream)
        yield OpenFilm(
            path,
            container,
            stream,
            first,
            turned=round(-first.rotation / 90) % 4 * 90,
            pixel_aspect=_pixel_aspect(stream),
            interlaced=bool(first.interlaced_frame),
            hdr=TRANSFERS.get(int(first.color_trc), ""),
        )


def decoded(film: OpenFilm) -> Iterator[VideoFrame]:
    """The pictures from where `film` stands, in order of time, without those that are damaged."""
    packets = film.container.demux(film.stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except UNREADABLE:  # cut off: what was read is taken
            packet = None
        with suppress(*UNREADABLE):
            yield from (frame for frame in film.stream.decode(packet) if frame.pts is not None)
        if packet is None:
            return


def references(film: OpenFilm) -> Iterator[VideoFrame]:
    """As `decoded`, but only pictures that others are made of; of H.264 not those either that are made of later ones: a
    quarter of all, for four tenths of the work. Other codecs may have no others."""
    context = film.stream.codec_context
    context.skip_frame = "BIDIR" if context.name == "h264" else "NONREF"
    try:
        yield from decoded(film)
    finally:
        context.skip_frame = "DEFAULT"


def rewind(film: OpenFilm) -> None:
    """To the file's first packet, which may be decoded before `film.start`."""
    _rewind(film.container, film.stream)


def _rewind(container: InputContainer, stream: VideoStream) -> None:
    container.seek(min(0, stream.start_time or 0), stream=stream)


@contextmanager
def _file(path: Path) -> Iterator[Any]:
    try:
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise BridgeError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    with file:
        yield file


@contextmanager
def _container(path: Path, file: Any) -> Iterator[InputContainer]:
    try:
        container = av.open(file, options=_ITSELF, **_ANY_TAGS)
    except UNREADABLE as error:
        raise BridgeError(f"{path}: not a readable film, or cut off") from error
    with container:
        yield container


def _picture_track(path: Path, container: InputContainer) -> VideoStream:
    for stream in container.streams.video:
        if stream.codec_context is not None and not stream.disposition & Disposition.attached_pic:
            return stream
    raise BridgeError(f"{path}: has no picture track that can be decoded")


def _first(path: Path, container: InputContainer, stream: VideoStream) -> VideoFrame:
    """Leaves the container at its start."""
    try:
        first = next(container.decode(stream), None)
        _rewind(container, stream)
    except UNREADABLE as error:
        raise BridgeError(f"{path}: its pictures cannot be decoded ({error})") from error
    if first is None:
        raise BridgeError(f"{path}: has no picture that can be decoded")
    if not (0 < first.width <= LARGEST_SIDE and 0 < first.height <= LARGEST_SIDE):
        raise BridgeError(f"{path}: pictures of {first.width}×{first.height}; expected at most {LARGEST_SIDE} a side")
    return first


def _pixel_aspect(stream: VideoStream) -> Fraction:
    """1 where it is not told, or told as what no camera has."""
    told = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    return told if told and Fraction(1, 4) <= told <= 4 else Fraction(1)
