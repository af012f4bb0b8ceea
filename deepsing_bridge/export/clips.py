"""A scene's clip, as editors take it: the same input gives the same bytes, and nothing in it knows of scenes."""

from __future__ import annotations  # PyAV's Packet takes its parameter in type stubs only

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Self

import av
from av.packet import Packet

from ..core.files import appearing
from ..core.threads import prefetch
from .video import DNXHR, MOVIE, PRORES, Codec, Pixels, add_picture, refuse_odd, to_yuv

DNXHR_SMALLEST = (256, 120)
VERSION_NOTE = "deepsing take "
"""How the comment begins that says which of a scene's clips this one is."""


def write_scene_clip(path: Path, frames: Iterable[Pixels], rate: Fraction, version: str = "") -> None:
    """Write (H, W, 3) uint8 RGB `frames` as a .mov for editors, as `ClipWriter` does. The next ones are made while one
    is encoded."""
    with closing(prefetch(frames)) as coming:
        first, frames = _peek(coming)
        with ClipWriter(path, first, rate, version) as clip:
            for frame in frames:
                clip.write(frame)


class ClipWriter:
    """A .mov for editors, written picture by picture: every picture a key frame, timecode from 0.

    DNxHR HQ, or ProRes 422 below 256×120; BT.709, limited range. A context manager: the file appears when it is left,
    and does not appear if it is left by an exception. Raises BridgeError where the disk is full.
    """

    def __init__(self, path: Path, first: Pixels, rate: Fraction, version: str = "") -> None:
        """`first` (H, W, 3) uint8 only tells the size, even on both sides; it is not written. `version` is what
        `clip_version` finds in it."""
        refuse_odd(first)
        self.frames = 0
        self._path, self._first, self._rate, self._version = path, first, rate, version
        self._open = ExitStack()
        self._last = b""

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            part = opening.enter_context(appearing(self._path))
            self._film = opening.enter_context(av.open(part, "w", format="mov", container_options=MOVIE))
            self._stream = add_picture(self._film, _clip_codec(self._first), self._first.shape[1::-1], self._rate)
            self._stream.metadata["timecode"] = "00:00:00:00"
            if self._version:
                self._film.metadata["comment"] = VERSION_NOTE + self._version
            self._open = opening.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        try:
            if exception[0] is None:
                self._mux(self._stream.encode(None))
        finally:
            self._open.__exit__(*exception)

    def write(self, pixels: Pixels) -> None:
        """Append one picture, (H, W, 3) uint8 RGB."""
        frame = to_yuv(pixels, str(self._stream.codec_context.pix_fmt))
        frame.pts, frame.time_base = self.frames, self._stream.codec_context.time_base
        self.frames += 1
        packets = self._stream.encode(frame)
        self._last = bytes(packets[-1]) if packets else self._last
        self._mux(packets)

    def hold(self, frames: int) -> None:
        """Append the last picture `frames` more times; costs no encoding."""
        for _ in range(frames):
            packet = Packet(self._last)
            packet.stream, packet.time_base = self._stream, 1 / self._rate
            packet.pts = packet.dts = self.frames
            packet.duration = 1
            packet.is_keyframe = True
            self.frames += 1
            self._film.mux(packet)

    def _mux(self, packets: Iterable[Packet[Any]]) -> None:
        for packet in packets:
            self._film.mux(packet)


def clip_version(path: Path) -> str:
    """The `version` that a clip was written with; "" for one without, and for what is no clip."""
    try:
        with av.open(path, format="mov") as film:
            note = film.metadata.get("comment", "")
    except (av.FFmpegError, OSError):
        return ""
    return note.removeprefix(VERSION_NOTE) if note.startswith(VERSION_NOTE) else ""


def _peek(frames: Iterable[Pixels]) -> tuple[Pixels, Iterator[Pixels]]:
    iterator = iter(frames)
    first = next(iterator)
    refuse_odd(first)
    return first, chain([first], iterator)


def _clip_codec(first: Pixels) -> Codec:
    height, width = first.shape[:2]
    return DNXHR if width >= DNXHR_SMALLEST[0] and height >= DNXHR_SMALLEST[1] else PRORES
