"""Moving pictures and sound as files: a clip per scene, the preview film, the song as every editor reads it.

Encodes with PyAV. Frames come from an iterable and are taken one by one, so memory does not grow with the
song. The same input gives the same bytes: no dates, no encoder names, a fixed number of threads.
Knows nothing of scenes.
"""

from __future__ import annotations  # PyAV's Packet takes its parameter in type stubs only

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ..audio.channels import Samples, remix, usual_layout
from ..audio.tracks import Sound, open_sound
from ..core.ahead import ahead
from ..core.errors import BridgeError
from ..core.files import appearing
from .segments import START_CODE, Segment, packets_in_a_row

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
DNXHR_SMALLEST = (256, 120)
H264 = Codec("libx264", "yuv420p", {"crf": "20", "preset": "veryfast", "mbtree": "0"})
"""As small as "medium", twice as fast. With x264's macroblock trees one film in fifteen had other bytes, of the same
pictures on one thread; without them it is 3.5 % larger."""

PREVIEW_THREADS = 2  # x264's bytes depend on this number, so it does not follow the machine
KEYFRAMES_PER_SECOND = 2  # scrubbing lands on one of these
SONG_RATE = 48_000  # Hz; what editing programs work at, so they need not resample
SLACK_S = 0.01  # resampling may take a few samples of a sound's end
WAV_BYTES = 2**32 - 2**16  # of sound; a .wav proper ends at 4 GiB, its heads included, and an RF64 does not
# ffmpeg's default coder swells where a tone sets in (a peak of 0.4 became 0.63) and is 5 dB worse on music
AAC_OPTIONS = {"aac_coder": "fast"}
AAC_BITS = 96_000  # a second and channel
AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
AAC_LAYOUTS = {name: name for name in ("mono", "stereo", "3.0", "4.0", "5.0", "5.1")} | {
    "5.0(side)": "5.0",
    "5.1(side)": "5.1",
}
"""What AAC calls the layouts that it has; all others are folded to stereo."""

VERSION_NOTE = "deepsing take "
"""How the comment begins that says which of a scene's clips this one is."""

BITEXACT = {"fflags": "+bitexact"}
MOVIE = BITEXACT | {"movie_timescale": "120000"}  # whole ticks in a frame of every rate in units.FRAME_RATES
SCALER = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP | Interpolation.BITEXACT


def write_scene_clip(path: Path, frames: Iterable[Pixels], rate: Fraction, version: str = "") -> None:
    """Write (H, W, 3) uint8 RGB `frames` as a .mov for editors, as `ClipWriter` does. The next ones are made while one
    is encoded."""
    with closing(ahead(frames)) as coming:
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
        _refuse_odd(first)
        self.frames = 0
        self._path, self._first, self._rate, self._version = path, first, rate, version
        self._open = ExitStack()
        self._last = b""

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            part = opening.enter_context(appearing(self._path))
            self._film = opening.enter_context(av.open(part, "w", format="mov", container_options=MOVIE))
            self._stream = _add_picture(self._film, _clip_codec(self._first), self._first.shape[1::-1], self._rate)
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
        frame = _to_yuv(pixels, str(self._stream.codec_context.pix_fmt))
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
        picture = _add_picture(film, H264, size, rate)
        encode = partial(_preview_packets, size=size, rate=rate)
        heard = _add_sound(film, "aac", _aac_rate(sound), _aac_layout(sound))
        heard.codec_context.bit_rate = AAC_BITS * heard.codec_context.layout.nb_channels
        heard.codec_context.options = AAC_OPTIONS
        seen = _into(picture, packets_in_a_row(segments, rate, encode, known))
        for packet in heapq.merge(seen, _sound_packets(heard, sound), key=_time_of):
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


def _into(stream: VideoStream, packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
    for packet in packets:
        packet.stream = stream
        yield packet


def _preview_packets(frames: Iterable[Pixels], size: tuple[int, int], rate: Fraction) -> Iterator[Packet[Any]]:
    """By an encoder of their own."""
    context = _preview_encoder(size, rate)
    with closing(ahead(frames)) as coming:
        for index, pixels in enumerate(coming):
            _refuse_odd(pixels)
            frame = _to_yuv(pixels, H264.pixel_format)
            frame.pts, frame.time_base = index, context.time_base
            yield from context.encode(frame)
    yield from context.encode(None)


def _preview_encoder(size: tuple[int, int], rate: Fraction) -> VideoCodecContext:
    context = VideoCodecContext.create(H264.name, "w")
    assert isinstance(context, VideoCodecContext)
    context.options = H264.options
    context.flags |= Flags.global_header  # the film's stream says once what is the same for all
    _set_up(context, H264, size, rate)
    return context


def write_song_copy(path: Path, song: Path, at_least_s: float = 0.0) -> None:
    """Write the sound of file `song` as a 24-bit, 48 kHz .wav with its own channels, starting at 0.

    As long as the song, or with silence at its end up to `at_least_s` seconds: so a last frame that the song
    only half fills is there in full. Raises BridgeError where the disk is full.
    """
    options = BITEXACT | {"rf64": "auto"}  # a .wav proper ends at 4 GiB
    with (
        open_sound(song) as sound,
        appearing(path) as part,
        av.open(part, "w", format="wav", container_options=options) as copy,
    ):
        heard = _add_sound(copy, "pcm_s24le", SONG_RATE, sound.layout)
        for packet in _sound_packets(heard, sound, at_least_s):
            copy.mux(packet)


class Piece(NamedTuple):
    """`length_s` seconds of the sound of file `song`, from `start_s` on."""

    song: Path
    start_s: float
    length_s: float


def write_spliced_sound(path: Path, pieces: Sequence[Piece]) -> None:
    """Write `pieces` one after the other as a 24-bit, 48 kHz stereo .wav; silence where a song has ended.

    Raises BridgeError where a song is missing or the disk is full.
    """
    with (
        TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.", suffix=".part") as scratch,
        appearing(path) as part,
        soundfile.SoundFile(part, "w", SONG_RATE, 2, "PCM_24", format=_wav_format(pieces)) as splice,
    ):
        copies: dict[Path, Path] = {}
        written, end_s = 0, 0.0
        for piece in pieces:
            copy = copies.setdefault(piece.song, Path(scratch) / f"{len(copies)}.wav")
            if not copy.exists():
                _copy_for_splicing(copy, piece.song)
            end_s += piece.length_s
            frames = round(end_s * SONG_RATE) - written  # ends are rounded, not lengths: no drift
            for block in _stereo_blocks(copy, round(piece.start_s * SONG_RATE), frames):
                splice.write(block)
            written += frames


def _wav_format(pieces: Sequence[Piece]) -> str:
    """For 24 bits in two channels."""
    length_s = sum(piece.length_s for piece in pieces)
    return "RF64" if length_s * SONG_RATE * 2 * 3 > WAV_BYTES else "WAV"


def _copy_for_splicing(copy: Path, song: Path) -> None:
    if not song.is_file():
        raise BridgeError(f"{song}: no such file; the take played this song, so put it back there")
    write_song_copy(copy, song)


def _stereo_blocks(copy: Path, start: int, frames: int) -> Iterator[NDArray[np.float32]]:
    """`frames` samples from `start` on, (n, 2) at a time: more channels folded, or one twice."""
    with soundfile.SoundFile(copy) as file:
        file.seek(min(start, file.frames))
        for first in range(0, frames, SONG_RATE):
            length = min(SONG_RATE, frames - first)
            samples = file.read(length, dtype="float32", always_2d=True, fill_value=0.0)
            yield remix(samples, usual_layout(samples.shape[1]), "stereo")


def read_frames(path: Path, first: int = 0) -> Iterator[Pixels]:
    """The pictures of a film that this module wrote, from number `first` on, (H, W, 3) uint8 RGB. Raises BridgeError
    for another file, or a damaged one."""
    for frame in _frames(path, first):
        picture = frame.reformat(format="rgb24", src_colorspace=Colorspace.ITU709, interpolation=SCALER, threads=1)
        yield np.asarray(picture.to_ndarray(), np.uint8)


def film_fault(path: Path, frames: int, size: tuple[int, int]) -> str:
    """What is wrong with a film that this module wrote, of `frames` pictures of `size`; "" if nothing is.

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


def sound_fault(path: Path, least_s: float) -> str:
    """What is wrong with a sound that this module wrote, of at least `least_s` seconds; "" if nothing is."""
    try:
        with soundfile.SoundFile(path) as file:
            length_s = file.frames / file.samplerate
            rate = file.samplerate
    except (OSError, soundfile.SoundFileError):
        return "no sound"
    if rate != SONG_RATE:
        return f"{rate} Hz, not {SONG_RATE}"
    return "" if length_s > least_s - SLACK_S else f"{length_s:.2f} s, not {least_s:.2f}"


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


def _peek(frames: Iterable[Pixels]) -> tuple[Pixels, Iterator[Pixels]]:
    iterator = iter(frames)
    first = next(iterator)
    _refuse_odd(first)
    return first, chain([first], iterator)


def _refuse_odd(picture: Pixels) -> None:
    if picture.shape[0] % 2 or picture.shape[1] % 2:
        raise ValueError(f"picture of {picture.shape[1]}×{picture.shape[0]}: both sides must be even")


def _clip_codec(first: Pixels) -> Codec:
    height, width = first.shape[:2]
    return DNXHR if width >= DNXHR_SMALLEST[0] and height >= DNXHR_SMALLEST[1] else PRORES


def _add_picture(film: OutputContainer, codec: Codec, size: tuple[int, int], rate: Fraction) -> VideoStream:
    stream = film.add_stream(codec.name, rate=rate, options=codec.options)
    assert isinstance(stream, VideoStream)
    _set_up(stream.codec_context, codec, size, rate)
    return stream


def _set_up(context: VideoCodecContext, codec: Codec, size: tuple[int, int], rate: Fraction) -> None:
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


def _to_yuv(pixels: Pixels, pixel_format: str) -> VideoFrame:
    return VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(
        format=pixel_format,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=SCALER,
        threads=1,
    )


def _time_of(packet: Packet[Any]) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


def _to_frame(samples: NDArray[np.float32], rate: int, layout: str) -> AudioFrame:
    """`samples` (n, channels), interleaved: PyAV reads past the end of planes if there are eight or more."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="flt", layout=layout)
    frame.sample_rate = rate
    return frame


def _add_sound(film: OutputContainer, codec: str, rate: int, layout: str) -> AudioStream:
    stream = film.add_stream(codec, rate=rate)
    assert isinstance(stream, AudioStream)
    stream.codec_context.layout = layout
    stream.codec_context.time_base = Fraction(1, rate)
    stream.codec_context.flags |= Flags.bitexact
    return stream


def _aac_rate(sound: Sound) -> int:
    return sound.rate if sound.rate in AAC_RATES else SONG_RATE


def _aac_layout(sound: Sound) -> str:
    return AAC_LAYOUTS.get(sound.layout, "stereo")


def _sound_packets(stream: AudioStream, sound: Sound, at_least_s: float = 0.0) -> Iterator[Packet[Any]]:
    for frame in _in_a_row(sound, stream.codec_context.layout.name, at_least_s):
        yield from stream.encode(frame)  # which also resamples
    yield from stream.encode(None)


def _in_a_row(sound: Sound, layout: str, at_least_s: float) -> Iterator[AudioFrame]:
    """The frames of `sound` in `layout`, numbered from 0; then silence."""
    position = 0
    for samples in _filled_up(sound, at_least_s):
        frame = _to_frame(remix(samples, sound.layout, layout), sound.rate, layout)
        frame.pts, frame.time_base = position, Fraction(1, sound.rate)
        position += frame.samples
        yield frame


def _filled_up(sound: Sound, at_least_s: float) -> Iterator[Samples]:
    missing = math.ceil(at_least_s * sound.rate)
    for part in sound.parts:
        missing -= len(part.samples)
        channels = part.samples.shape[1]
        yield part.samples
    if missing > 0:
        yield np.zeros((missing, channels), np.float32)
