"""A film's pictures segment by segment: each is encoded for itself, so that one which has not changed is copied from an
earlier film without being painted, decoded or encoded. Both ways give the same bytes.

Knows neither scenes nor files' names.
"""

from __future__ import annotations  # PyAV's Packet takes its parameter in type stubs only

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Segment = range | Iterable[Pixels]
"""Pictures to be encoded, or the numbers of those that are copied from the earlier film, further on in each segment."""

REORDERED = 2  # frames: as far as x264 decodes one before it is shown; by itself it says less of a film of one frame
START_CODE, LENGTH = b"\0\0\0\1", 4  # bytes before a unit, by an encoder and in an .mp4

Encode = Callable[[Iterable[Pixels]], "Iterator[Packet[Any]]"]
"""Pictures → their packets, numbered from 0 in frames."""


def packets_in_a_row(
    segments: Iterable[Segment], rate: Fraction, encode: Encode, earlier: InputContainer | None
) -> Iterator[Packet[Any]]:
    """The packets of `segments` one after the other, in units of a frame. `earlier` is read from where it is."""
    known = _picture_packets(earlier) if earlier else iter(())
    position = read = 0
    packets: Iterable[Packet[Any]]
    for segment in segments:
        if isinstance(segment, range):
            packets = map(_as_encoded, islice(known, segment.start - read, segment.stop - read))
            shift, read = position - segment.start, segment.stop
        else:
            packets, shift = encode(segment), position
        for packet in packets:
            packet.pts = _shown(packet, rate) + shift
            packet.dts, packet.duration, packet.time_base = position - REORDERED, 1, 1 / rate
            yield packet
            position += 1


def lone_frames(film: Path, rate: Fraction) -> frozenset[int]:
    """At which frames of a film of this `rate` a segment can begin or end: no packet before refers to what comes after,
    nor the other way round. None, where it is no film."""
    found, latest = set(), -1
    try:
        with av.open(film, format="mov") as file:
            for number, packet in enumerate(_picture_packets(file)):
                shown = _shown(packet, rate)
                if packet.is_keyframe and shown == number and latest < number:
                    found.add(number)
                latest = max(latest, shown)
    except (av.FFmpegError, IndexError):
        return frozenset()
    return frozenset(found | {latest + 1})


def _picture_packets(film: InputContainer) -> Iterator[Packet[Any]]:
    return (packet for packet in film.demux(video=0) if packet.size)  # the last one is empty: it ends the stream


def _shown(packet: Packet[Any], rate: Fraction) -> int:
    """The number of the frame that is in it."""
    assert packet.pts is not None
    return round(packet.pts * packet.time_base * rate)


def _as_encoded(packet: Packet[Any]) -> Packet[Any]:
    """A film's packet as an encoder gives it: each unit of H.264 begins with a start code, not with its length."""
    data, units, place = bytes(packet), [], 0
    while place < len(data):
        end = place + LENGTH + int.from_bytes(data[place : place + LENGTH])
        units.append(START_CODE + data[place + LENGTH : end])
        place = end
    encoded: Packet[Any] = Packet(b"".join(units))
    encoded.pts, encoded.time_base, encoded.is_keyframe = packet.pts, packet.time_base, packet.is_keyframe
    return encoded
