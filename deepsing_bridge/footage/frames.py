"""Pictures of films and photos as they are shown: upright, with square pixels, without combs, in standard range.

What is on at a time is what MLT shows there, and with it Kdenlive and Shotcut: both the time and the pictures' own are
rounded to frames of the film's mean rate, and the first picture that does not come before is taken. Where the rate is
even, that is the nearest; where it varies and a frame has no picture, the one after.
"""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

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
    media: MediaFile, times: Iterable[Fraction], within: tuple[int, int] | None = None, threads: int = 0
) -> Iterator[Pixels]:
    """The pictures of `media` that are on at `times`, seconds from its first one, one by one: (H, W, 3) uint8 RGB, full
    size or made smaller, never larger, to lie `within` a width and a height. The same array where a picture stays.

    Ascending times are the fastest; one beyond the end gives the last picture; a photo has the same for all of them.
    Raises BridgeError for a file that is gone or cannot be decoded.
    """
    if media.is_photo:
        picture = read_photo(media.path, within)
        yield from (picture for _ in times)
        return
    with open_film(media.path, threads) as film:
        size, before, picture = fitted(film.size, within), None, np.empty(0, np.uint8)
        for frame in _at(film, float(film.mean_rate or media.rate), times):
            if frame is not before:
                before, picture = frame, shown(film, frame, size)
            yield picture


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


def _at(film: OpenFilm, rate: float, times: Iterable[Fraction]) -> Iterator[VideoFrame]:
    run = _Run(film, rate, 0)
    for time in times:
        number = _rounded(float(time) * rate)
        if not run.reaches(number):
            run = _Run(film, rate, number)
        yield run.at(number)


def _rounded(place: float) -> int:
    return math.floor(place + 0.5)


class _Run:
    """Pictures decoded one after the other, from the last key frame before frame `number` at `rate` on."""

    def __init__(self, film: OpenFilm, rate: float, number: int) -> None:
        self._film, self._rate, self._number = film, rate, number
        for back_s in BACK_S:
            self._look_for(max(0.0, number / rate - back_s))
            if self._shown is not None and self._place(self._shown) <= number:
                break

    def _look_for(self, time_s: float) -> None:
        if time_s > 0:
            self._film.container.seek(self._film.start + int(time_s / self._film.ticks), stream=self._film.stream)
        else:
            rewind(self._film)
        self._frames = _timed(self._film)
        self._shown = next(self._frames, None)

    def _place(self, timed: tuple[float, VideoFrame]) -> int:
        return _rounded(timed[0] * self._rate)

    def reaches(self, number: int) -> bool:
        """Whether going on leads to frame `number`, and soon."""
        if self._shown is None or number < self._number:
            return False
        return number < self._place(self._shown) + READ_ON_S * self._rate

    def at(self, number: int) -> VideoFrame:
        """The first picture that does not come before frame `number`, which is none before the last one that was asked
        for; or the film's last. Raises BridgeError if there is none."""
        self._number = number
        while self._shown is not None and self._place(self._shown) < number:
            following = next(self._frames, None)
            if following is None:
                break
            self._shown = following
        if self._shown is None:
            at_s = number / self._rate
            raise BridgeError(f"{self._film.path}: cannot be decoded at {at_s:.2f} s; it is damaged, or has changed")
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
