"""One pass over a film: where its shots begin, how much they move, and pictures of them to be judged.

Where key frames are near to each other, as cameras make them, only these and one beside each are decoded, and all that
lies between two only where something may be cut. Else every picture is that others are made of.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from .cuts import Marked, Tiny, colour_difference, difference, marked
from .frames import SMALL, shown
from .gops import Gop, gops
from .media import MediaFile
from .opened import OpenFilm, references

JUDGED_PIXELS = 256 * 320  # of a picture that is judged: the image models look at no more
TINY = 64  # pixels of the longer side: enough to see a cut, and noise is gone
GATE, SURE = 6.0, 60.0  # of 255: between two key frames that differ by less, nothing is cut; by more, something may be
OTHER_COLOURS = 0.1  # share of pixels, from which on that is so for what lies between, too: cuts have 0.15 to 0.9
LONGEST_GOP_S = 2.5  # of a film that is not decoded whole
LOOKS_S = (0.0, 0.5, 1.0, 2.0)  # from a shot's beginning to its first look, from that to the second, …; then the last
SHORTEST_SHOT_S = 0.5

Pixels = NDArray[np.uint8]
Pictures = list[tuple[VideoFrame, Tiny]]


@dataclass(frozen=True)
class Glimpse:
    """Picture `number` of a film, after number `before`, −1 for the first: what is between was not seen. `begins`: if
    a shot does. `motion`: how fast it changes, in the mean over pixels and channels, 0..1 a second; NaN where that is
    not known. `picture`, (H, W, 3) RGB of about JUDGED_PIXELS, where it is to be judged. `share` of the film that has
    been seen, 0..1."""

    number: int
    before: int
    begins: bool
    motion: float
    picture: Pixels | None
    share: float


def scan(film: OpenFilm, media: MediaFile, longest_gop_s: float) -> Iterator[Glimpse]:
    """In order, from where `film` stands; it is `media`, and its key frames are as much as `longest_gop_s` apart."""
    pictures = _sampled(film) if longest_gop_s <= LONGEST_GOP_S else marked(_tinies(film, references(film)))
    began, due, looks, last = 0, 0.0, 0, -1
    rate = float(media.rate)
    for one, motion in _with_motion(film, pictures):
        number = min(round(film.time(one.of.pts or 0) * media.rate), media.frames - 1)
        if number <= last:
            continue
        begins = one.begins and number - began >= SHORTEST_SHOT_S * rate
        if begins:
            began, due, looks = number, number, 0
        picture = None
        if number >= due:
            picture = shown(film, one.of, judged_size(film.size), SMALL)
            looks += 1
            due = number + rate * LOOKS_S[min(looks, len(LOOKS_S) - 1)]
        yield Glimpse(number, last, begins, motion, picture, (number + 1) / media.frames)
        last = number


def judged_size(size: tuple[int, int]) -> tuple[int, int]:
    """Of that shape, of about JUDGED_PIXELS."""
    scale = (JUDGED_PIXELS / (size[0] * size[1])) ** 0.5
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _with_motion(film: OpenFilm, pictures: Iterable[Marked[VideoFrame]]) -> Iterator[tuple[Marked[VideoFrame], float]]:
    """NaN where it is not known: a cut is no motion, nor is what lies between two runs of pictures."""
    last_pts: int | None = None
    for one in pictures:
        pts = one.of.pts or 0
        gone_s = float((pts - last_pts) * film.ticks) if last_pts is not None else 0.0
        yield one, one.step / 255 / gone_s if gone_s > 0 and not one.begins else math.nan
        last_pts = pts


def _tinies(film: OpenFilm, frames: Iterable[VideoFrame]) -> Iterator[tuple[VideoFrame, Tiny]]:
    width, height = film.size
    size = max(1, round(TINY * width / max(film.size))), max(1, round(TINY * height / max(film.size)))
    for frame in frames:
        yield frame, shown(film, frame, size, SMALL).astype(np.float32)


def _sampled(film: OpenFilm) -> Iterator[Marked[VideoFrame]]:
    """Key frames and what soon follows each, and where something may be cut all between them; the last group, too."""
    waiting: tuple[Gop, Pictures] | None = None
    for gop in gops(film):
        pair = list(_tinies(film, gop.first_two()))
        if waiting:
            yield from _pictures_of(film, *waiting, pair)
        waiting = gop, pair
    if waiting:
        yield from _whole(film, waiting[0])


def _pictures_of(film: OpenFilm, gop: Gop, pair: Pictures, after: Pictures) -> Iterator[Marked[VideoFrame]]:
    """`pair` of its pictures, or all, if it may have a cut; `after` it are others."""
    if pair and after and not gop.has_large_picture and not _may_be_cut(pair[0][1], after[0][1]):
        yield from (replace(one, begins=False) for one in marked(pair))
    else:
        yield from _whole(film, gop)


def _may_be_cut(one: Tiny, other: Tiny) -> bool:
    """Between two key frames. A camera that moves changes most pixels, and few colours."""
    change = difference(one, other)
    return change >= SURE or (change >= GATE and colour_difference(one, other) >= OTHER_COLOURS)


def _whole(film: OpenFilm, gop: Gop) -> Iterator[Marked[VideoFrame]]:
    return marked(_tinies(film, gop.all()))
