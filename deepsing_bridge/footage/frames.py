"""Pictures of films and photos as they are shown: upright, with square pixels, without combs, in standard range.

A film's picture number n is the one that is shown at n over its rate, whatever its own times are, as editors count.
"""

import math
from collections.abc import Iterable, Iterator

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from ..core.errors import BridgeError
from .hdr import to_standard_range
from .media import MediaFile
from .opened import UNREADABLE, OpenFilm, decoded, open_film, rewind
from .photos import read_photo

FULL = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP | Interpolation.BITEXACT
SMALL = Interpolation.AREA
READ_ON_S = 4.0  # so far ahead it is decoded on rather than looked for: key frames are seldom nearer
BACK_S = (0.0, 2.0, 10.0, math.inf)  # a transport stream may be found behind the key frame that is needed
UNSPECIFIED, LEAST_HD = 2, 720  # of colour spaces; lines, from which on players take an unnamed one for BT.709

Pixels = NDArray[np.uint8]


def frames_at(
    media: MediaFile, numbers: Iterable[int], within: tuple[int, int] | None = None, threads: int = 0
) -> Iterator[Pixels]:
    """The pictures of `media` with these `numbers`, counted from 0, one by one, (H, W, 3) uint8 RGB, full size or made
    smaller, never larger, to lie `within` a width and a height.

    Ascending numbers are the fastest; one beyond the end gives the last picture; a photo has the same for all of them.
    Raises BridgeError for a file that is gone or cannot be decoded.
    """
    if media.is_photo:
        picture = read_photo(media.path, within)
        yield from (picture for _ in numbers)
        return
    with open_film(media.path, threads) as film:
        size = fitted(film.size, within)
        for frame in _at(film, media, numbers):
            yield shown(film, frame, size)


def fitted(size: tuple[int, int], within: tuple[int, int] | None) -> tuple[int, int]:
    """`size`, or the largest of its shape that lies `within` if that is smaller."""
    scale = min(1.0, *(most / side for most, side in zip(within, size, strict=True))) if within else 1.0
    width, height = (max(1, round(scale * side)) for side in size)
    return width, height


def shown(film: OpenFilm, frame: VideoFrame, size: tuple[int, int], scaler: Interpolation = FULL) -> Pixels:
    """A `frame` of `film` as (H, W, 3) uint8 RGB, of `size` as it is shown, a width and a height."""
    width, height = size[::-1] if film.turned % 180 else size
    scaled = frame.reformat(
        width,
        height,
        "rgb48le" if film.hdr else "rgb24",
        src_colorspace=_colour_space(frame),
        interpolation=scaler,
        threads=1,
    ).to_ndarray()
    pixels = to_standard_range(np.asarray(scaled, np.uint16), film.hdr) if film.hdr else np.asarray(scaled, np.uint8)
    return np.ascontiguousarray(np.rot90(pixels, -film.turned // 90))


def _colour_space(frame: VideoFrame) -> Colorspace | None:
    if int(frame.colorspace) != UNSPECIFIED or frame.format.is_rgb:
        return None
    return Colorspace.ITU709 if frame.height >= LEAST_HD else Colorspace.SMPTE170M


def _at(film: OpenFilm, media: MediaFile, numbers: Iterable[int]) -> Iterator[VideoFrame]:
    run = _Run(film, 0)
    for number in numbers:
        time_s = float((number + 0.5) / media.rate)  # half a frame on: containers round, and count in milliseconds
        if not run.reaches(time_s):
            run = _Run(film, time_s)
        yield run.at(time_s)


class _Run:
    """Pictures decoded one after the other, from the last key frame before `start_s` on."""

    def __init__(self, film: OpenFilm, start_s: float) -> None:
        self._film = film
        for back_s in BACK_S:
            self._look_for(max(0.0, start_s - back_s))
            if self._next is not None and self._next[0] <= start_s:
                break
        self._shown = self._next

    def _look_for(self, time_s: float) -> None:
        if time_s > 0:
            self._film.container.seek(self._film.start + int(time_s / self._film.ticks), stream=self._film.stream)
        else:
            rewind(self._film)
        self._frames = _timed(self._film)
        self._next = next(self._frames, None)

    def reaches(self, time_s: float) -> bool:
        """Whether going on leads to `time_s`, and soon."""
        return self._shown is not None and self._shown[0] <= time_s < self._shown[0] + READ_ON_S

    def at(self, time_s: float) -> VideoFrame:
        """The last picture that begins before `time_s`, or this run's first. Raises BridgeError if there is none."""
        while self._next is not None and self._next[0] <= time_s:
            self._shown, self._next = self._next, next(self._frames, None)
        if self._shown is None:
            raise BridgeError(f"{self._film.path}: cannot be decoded at {time_s:.2f} s; it is damaged, or has changed")
        return self._shown[1]


def _timed(film: OpenFilm) -> Iterator[tuple[float, VideoFrame]]:
    """Pictures and when each begins, in seconds."""
    frames = _without_combs(film) if film.interlaced else decoded(film)
    start_s = float(film.start * film.ticks)
    for frame in frames:
        if frame.pts is not None:
            yield float(frame.pts * (frame.time_base or film.ticks)) - start_s, frame


def _without_combs(film: OpenFilm) -> Iterator[VideoFrame]:
    """One picture for two fields."""
    graph = Graph()
    source = graph.add_buffer(template=film.stream)
    filters = (graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink"))
    graph.link_nodes(source, *filters).configure()
    for frame in decoded(film):
        graph.vpush(frame)
        yield from _pulled(graph)
    graph.vpush(None)
    yield from _pulled(graph)


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except UNREADABLE:  # it wants more, or has no more
            return
