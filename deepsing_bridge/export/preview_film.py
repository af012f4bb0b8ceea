"""The preview film, for any player or browser: H.264 and AAC in an .mp4. The same input gives the same bytes."""

from __future__ import annotations  # PyAV's Packet takes its parameter in type stubs only

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ..audio.tracks import Sound, open_sound
from ..core.files import appearing
from ..core.threads import prefetch
from .segments import START_CODE, Segment, packets_in_a_row
from .sound import SONG_RATE, add_sound, sound_packets
from .video import H264, MOVIE, Pixels, add_picture, refuse_odd, set_up, to_yuv

# ffmpeg's default coder swells where a tone sets in (a peak of 0.4 became 0.63) and is 5 dB worse on music
AAC_OPTIONS = {"aac_coder": "fast"}
AAC_BITS = 96_000  # a second and channel
AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
AAC_LAYOUTS = {name: name for name in ("mono", "stereo", "3.0", "4.0", "5.0", "5.1")} | {
    "5.0(side)": "5.0",
    "5.1(side)": "5.1",
}
"""What AAC calls the layouts that it has; all others are folded to stereo."""


def write_preview(
    path: Path,
    segments: Iterable[Segment],
    size: tuple[int, int],
    rate: Fraction,
    song: Path,
    earlier: Path | None = None,
) -> None:
    """Write `segments` of (H, W, 3) uint8 RGB frames of `size` (width, height), and the sound of file `song`, as an
    .mp4 for any player or browser. `earlier` is the film that some of them are copied from.

    H.264 and AAC, the sound at the song's own rate and channels wherever AAC has them.
    Raises BridgeError where the disk is full.
    """
    options = MOVIE | {"movflags": "+faststart"}
    with ExitStack() as opened:
        sound = opened.enter_context(open_sound(song))
        known = opened.enter_context(av.open(earlier, format="mov")) if earlier else None
        part = opened.enter_context(appearing(path))
        film = opened.enter_context(av.open(part, "w", format="mp4", container_options=options))
        picture = add_picture(film, H264, size, rate)
        encode = partial(_preview_packets, size=size, rate=rate)
        heard = add_sound(film, "aac", _aac_rate(sound), _aac_layout(sound))
        heard.codec_context.bit_rate = AAC_BITS * heard.codec_context.layout.nb_channels
        heard.codec_context.options = AAC_OPTIONS
        seen = _into(picture, packets_in_a_row(segments, rate, encode, known))
        for packet in heapq.merge(seen, sound_packets(heard, sound), key=_time_of):
            film.mux(packet)


def is_preview_alike(path: Path, size: tuple[int, int], rate: Fraction) -> bool:
    """Whether the pictures of film `path` can be copied into a preview: they are encoded as its own are."""
    encoder = _preview_encoder(size, rate)
    encoder.open()
    try:
        with av.open(path, format="mov") as film:
            known = film.streams.video[0].codec_context.extradata or b""
    except (av.FFmpegError, IndexError):
        return False
    parameters = [unit for unit in (encoder.extradata or b"").split(START_CODE) if unit][:2]
    return all(unit in known for unit in parameters)


def _preview_packets(frames: Iterable[Pixels], size: tuple[int, int], rate: Fraction) -> Iterator[Packet[Any]]:
    """By an encoder of their own."""
    context = _preview_encoder(size, rate)
    with closing(prefetch(frames)) as coming:
        for index, pixels in enumerate(coming):
            refuse_odd(pixels)
            frame = to_yuv(pixels, H264.pixel_format)
            frame.pts, frame.time_base = index, context.time_base
            yield from context.encode(frame)
    yield from context.encode(None)


def _preview_encoder(size: tuple[int, int], rate: Fraction) -> VideoCodecContext:
    context = VideoCodecContext.create(H264.name, "w")
    assert isinstance(context, VideoCodecContext)
    context.options = H264.options
    context.flags |= Flags.global_header  # the film's stream says once what is the same for all
    set_up(context, H264, size, rate)
    return context


def _into(stream: VideoStream, packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
    for packet in packets:
        packet.stream = stream
        yield packet


def _time_of(packet: Packet[Any]) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


def _aac_rate(sound: Sound) -> int:
    return sound.rate if sound.rate in AAC_RATES else SONG_RATE


def _aac_layout(sound: Sound) -> str:
    return AAC_LAYOUTS.get(sound.layout, "stereo")
