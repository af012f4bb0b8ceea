"""A film in groups of pictures, each of which can be decoded by itself: two pictures of it, or all of them.

A group here is one or more of the encoder's, together at least SHORTEST_S long, so that a film in which every picture
is a key frame is not decoded whole.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from av.video.frame import VideoFrame

from .opened import UNREADABLE, OpenFilm

SHORTEST_S = 0.5
LARGE = 0.5  # of a key frame's size: so large is a picture that has little in common with those before it

Packets = list[Any]


@dataclass(frozen=True)
class Gop:
    """`packets` from a key frame on, and what is needed of the next group to have every picture until it begins: its
    key frame and the pictures that are stored after that and shown before."""

    film: OpenFilm
    packets: Packets
    closing: Packets

    def first_two(self) -> list[VideoFrame]:
        """The key frame and one that soon follows; fewer where they cannot be decoded."""
        return self._decoded(self.packets[:2])

    def all(self) -> list[VideoFrame]:
        """In order, with the first of the next group."""
        frames = self._decoded([*self.packets, *self.closing])
        end = self.closing[0].pts if self.closing else None
        return [frame for frame in frames if end is None or (frame.pts or 0) <= end]

    @property
    def has_large_picture(self) -> bool:
        """Whether one that is no key frame is as large as if it had been new: a cut, mostly."""
        key, *others = self.packets
        return any(packet.size > LARGE * key.size for packet in others if not packet.is_keyframe)

    def _decoded(self, packets: Sequence[Any]) -> list[VideoFrame]:
        start, context = self.packets[0].pts, self.film.stream.codec_context
        frames: list[VideoFrame] = []
        for packet in (*packets, None):
            with suppress(*UNREADABLE):
                frames.extend(context.decode(packet))
        context.flush_buffers()
        shown = [frame for frame in frames if frame.pts is not None and (start is None or frame.pts >= start)]
        return sorted(shown, key=lambda frame: frame.pts or 0)


def gops(film: OpenFilm) -> Iterator[Gop]:
    """From where `film` stands to its end, or to where it cannot be read on."""
    own: Packets = []
    closing: Packets = []
    for packet in _packets(film):
        if closing:
            if packet.pts is not None and packet.pts < closing[0].pts:
                closing.append(packet)
                continue
            yield Gop(film, own, closing)
            own, closing = closing, []
        if packet.is_keyframe and packet.pts is not None and own and _lasts(film, own, packet):
            closing = [packet]
        elif own or packet.is_keyframe:
            own.append(packet)
    if own:
        yield Gop(film, own, closing)
    if closing:
        yield Gop(film, closing, [])


def _packets(film: OpenFilm) -> Iterator[Any]:
    with suppress(*UNREADABLE):
        yield from (packet for packet in film.container.demux(film.stream) if packet.size)


def _lasts(film: OpenFilm, own: Packets, packet: Any) -> bool:
    return bool((packet.pts - (own[0].pts or 0)) * film.ticks >= SHORTEST_S)
