"""Opens the sound of any file, for whoever listens to it and for whoever copies it: one rate, one layout, one track.

From PyAV, or from soundfile where PyAV cannot open the file. Only the file itself is read: nothing that it
refers to, on this disk or elsewhere. What is damaged is left out, as players do. Where rate or channels change
on the way, all becomes as it was at first. Samples are clipped to full scale.
Streamed, a block at a time. Knows nothing of what is done with the sound.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import soundfile
import soxr
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from ..core.errors import BridgeError
from . import chains
from .channels import Samples, is_unusual, layout_name, remix, unnamed, usual_layout

SHORTEST_S = 1.0
SILENCE_PEAK = 1e-4  # −80 dB of full scale: below it there is nothing to hear
LONGEST_S = 12 * 3600.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 10.0  # less is a lost packet; at a leap, another recording begins
RATES = range(1_000, 10_000_001)  # Hz; of a slower one, resampling makes more than memory holds
MOST_CHANNELS = 64  # libswresample's
EXPECTED = "wav, flac, ogg, opus, mp3, m4a or a video, of 1 to 64 channels at 1000 Hz or more"

_ITSELF = {"protocol_whitelist": ""}  # a playlist, or a film whose tracks lie elsewhere, gets nothing else opened
# PyAV takes any tags from 19 on, before that if it is told to
_ANY_TAGS: dict[str, Any] = {"metadata_errors": "ignore"} if int(av.__version__.split(".")[0]) < 19 else {}
_ASIDE = Disposition.comment | Disposition.visual_impaired | Disposition.hearing_impaired | Disposition.dub
_NEVER_FREED: list[AudioLayout] = []
_UNREADABLE = (av.FFmpegError, OSError, ValueError)


class Part(NamedTuple):
    """Some sound at `rate` Hz in the channels that `layout` names, and how much of the file is read, 0..1."""

    samples: Samples
    rate: int
    layout: str
    share: float


class Sound(NamedTuple):
    """A track as `parts` that all have its rate and its layout.

    `track` says which one it is where there are several, else it is empty; `damage` says where reading ended early.
    """

    rate: int
    layout: str
    parts: Iterator[Part]
    track: str
    damage: list[str]


@contextmanager
def open_sound(path: Path) -> Iterator[Sound]:
    """The sound of file `path`, of the track that a player would take: by the file's own choice, but not a silent one.

    Sound that starts later than the picture has silence before it, as has sound that pauses beside one. Raises
    BridgeError for a file without sound that can be decoded, and, here or later, for samples that are not numbers and
    for more than LONGEST_S.
    """
    with ExitStack() as opened:
        parts, track, damage = _open(path, opened)
        opened.callback(parts.close)
        first = next(parts, None)
        if first is None:
            raise BridgeError(
                f"{path}: holds no sound that can be decoded; expected at least {SHORTEST_S:g} s of {EXPECTED}"
            )
        alike = _alike(chain([first], parts), first.rate, first.layout)
        yield Sound(first.rate, first.layout, _bounded(path, alike), track, damage)


def _alike(parts: Iterable[Part], rate: int, layout: str) -> Iterator[Part]:
    """`parts` at `rate` and in `layout`."""
    mixed = (part._replace(samples=remix(part.samples, part.layout, layout), layout=layout) for part in parts)
    for own, group in groupby(mixed, key=lambda part: part.rate):
        if own == rate:
            yield from group
        else:
            yield from _resampled(group, own, rate)


def _resampled(parts: Iterable[Part], own: int, rate: int) -> Iterator[Part]:
    resampler: soxr.ResampleStream | None = None
    for part in parts:
        resampler = resampler or soxr.ResampleStream(own, rate, part.samples.shape[1], dtype="float32")
        yield part._replace(samples=_through(resampler, part.samples), rate=rate)
    if resampler is not None:
        yield part._replace(samples=_through(resampler, part.samples[:0], last=True), rate=rate)


def _through(resampler: soxr.ResampleStream, samples: Samples, last: bool = False) -> Samples:
    channels = samples.shape[1]
    return resampler.resample_chunk(samples if channels > 1 else samples[:, 0], last=last).reshape(-1, channels)


def _bounded(path: Path, parts: Iterable[Part]) -> Iterator[Part]:
    """`parts`, clipped. Raises BridgeError where they are no numbers, or too many."""
    read = 0
    for part in parts:
        read += len(part.samples)
        if not np.isfinite(part.samples).all():
            raise BridgeError(f"{path}: holds samples that are NaN or infinite; expected numbers in -1..1")
        if read > LONGEST_S * part.rate:
            raise BridgeError(f"{path}: lasts more than {LONGEST_S / 3600:g} hours; expected less")
        if len(part.samples):
            yield part._replace(samples=np.clip(part.samples, -1.0, 1.0))


def _open(path: Path, opened: ExitStack) -> tuple[Generator[Part], str, list[str]]:
    damage: list[str] = []
    try:
        file = opened.enter_context(path.open("rb"))
    except OSError as error:
        raise BridgeError(f"{path}: cannot be read ({error.strerror})") from error
    links = chains.links(file)
    try:
        index, track = _chosen(path, links[0])
    except _NotOpened:
        return _soundfile_parts(path, links[0]), "", damage
    return _linked(links, index, damage), track, damage


class _NotOpened(Exception):
    """PyAV cannot open the file."""


@contextmanager
def _container(file: chains.Link) -> Iterator[InputContainer]:
    """`file` opened by PyAV, whatever its tags are written in."""
    file.seek(0)
    try:
        container = av.open(file, options=_ITSELF, **_ANY_TAGS)
    except _UNREADABLE as error:
        raise _NotOpened from error
    with container:
        yield container


def _chosen(path: Path, file: chains.Link) -> tuple[int, str]:
    """The index among the streams of `file` of the track to play, and what to call it if there are others."""
    with _container(file) as container:
        tracks = container.streams.audio
        if not tracks:
            raise BridgeError(f"{path}: has no sound track; expected a sound file or a video with sound")
        ranked = [track.index for track in sorted(tracks, key=_rank) if track.codec_context is not None]
        names = {track.index: f"track {number} of {len(tracks)}" for number, track in enumerate(tracks, 1)}
    if not ranked:
        raise BridgeError(f"{path}: its sound has a codec that is not known here; expected {EXPECTED}")
    if len(tracks) == 1:
        return ranked[0], ""
    chosen = next((index for index in ranked if _is_heard(file, index)), ranked[0])
    return chosen, names[chosen]


def _rank(track: AudioStream) -> tuple[bool, bool, int]:
    return not track.disposition & Disposition.default, bool(track.disposition & _ASIDE), track.index


def _is_heard(file: chains.Link, index: int) -> bool:
    return any(np.abs(part.samples).max(initial=0.0) >= SILENCE_PEAK for part in _av_parts(file, index, []))


def _linked(links: Sequence[chains.Link], index: int, damage: list[str]) -> Generator[Part]:
    for number, link in enumerate(links):
        with suppress(_NotOpened):
            for part in _av_parts(link, index, damage):
                yield part._replace(share=(number + part.share) / len(links))


def _av_parts(file: chains.Link, index: int, damage: list[str]) -> Iterator[Part]:
    with _container(file) as container:
        stream = container.streams[index] if index < len(container.streams) else None
        if not isinstance(stream, AudioStream) or stream.codec_context is None:
            return
        _forget_order(stream)
        start_s, total_s = ((time or 0) / av.time_base for time in (container.start_time, container.duration))
        first, end_s = True, 0.0  # of what came last
        has_picture = any(not picture.disposition & Disposition.attached_pic for picture in container.streams.video)
        for frame in _packed(_frames(container, stream, damage)):
            time_s = (frame.time or 0.0) - start_s
            share = min(max(time_s / total_s, 0.0), 1.0) if total_s else 0.0
            samples = np.asarray(frame.to_ndarray(), np.float32).reshape(-1, frame.layout.nb_channels)
            if not stream.codec_context.name.startswith("pcm") and not np.isfinite(samples).all():
                samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)  # no coder means it: it is damage
            part = Part(samples, frame.sample_rate, layout_name(frame.layout), share)
            if first and 0 < time_s < total_s:
                yield from _silence(time_s, part)
            elif has_picture and SHORTEST_PAUSE_S < time_s - end_s < LONGEST_PAUSE_S and time_s < total_s:
                yield from _silence(time_s - end_s, part)
            first, end_s = False, time_s + len(samples) / frame.sample_rate
            yield part


def _forget_order(stream: AudioStream) -> None:
    """PyAV up to 19.0 frees the list of channels that are in an order of their own twice, and ends the process."""
    layout = stream.codec_context.layout
    if is_unusual(layout) and layout.name != unnamed(layout.nb_channels):
        _NEVER_FREED.append(layout)
        stream.codec_context.layout = unnamed(layout.nb_channels)


def _silence(length_s: float, before: Part) -> Iterator[Part]:
    """Nothing for `length_s`, in the form of the part that comes after it."""
    missing = round(length_s * before.rate)
    for first in range(0, missing, before.rate):
        length = min(before.rate, missing - first)
        yield before._replace(samples=np.zeros((length, before.samples.shape[1]), np.float32), share=0.0)


def _packed(frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
    """`frames` as floats, channels interleaved: PyAV reads past the end of planes if there are eight or more."""
    for _, alike in groupby(frames, key=lambda frame: (frame.format.name, frame.layout.name, frame.sample_rate)):
        packer = av.AudioResampler(format="flt")  # rate and layout stay as they are
        for frame in alike:
            with suppress(*_UNREADABLE):
                yield from packer.resample(frame)


def _frames(container: InputContainer, stream: AudioStream, damage: list[str]) -> Iterator[AudioFrame]:
    """The sound of `stream`, without what is damaged or beyond what is expected."""
    for packet in _packets(container, stream, damage):
        try:
            frames = packet.decode()
        except _UNREADABLE:
            continue
        yield from (frame for frame in frames if _is_expected(frame.sample_rate, frame.layout.nb_channels))


def _packets(container: InputContainer, stream: AudioStream, damage: list[str]) -> Iterator["av.Packet[AudioStream]"]:
    """Up to the file's end, or to where it cannot be read on; the last one is empty, for what the decoder holds."""
    try:
        yield from container.demux(stream)
    except IndexError:  # PyAV is about to flush a stream that began on the way; ours has been flushed
        return
    except _UNREADABLE as error:
        damage.append(str(error))
        last: av.Packet[Any] = av.Packet()
        last.stream = stream
        yield last


def _is_expected(rate: int, channels: int) -> bool:
    return rate in RATES and 1 <= channels <= MOST_CHANNELS


def _soundfile_parts(path: Path, file: chains.Link) -> Generator[Part]:
    file.seek(0)
    try:
        with soundfile.SoundFile(file) as sound:
            if not _is_expected(sound.samplerate, sound.channels):
                return
            read = 0
            while len(block := sound.read(2**16, dtype="float32", always_2d=True)):  # not `blocks`, which seeks
                read += len(block)
                yield Part(block, sound.samplerate, usual_layout(sound.channels), min(read / sound.frames, 1.0))
    except (soundfile.SoundFileError, TypeError):  # TypeError: a name that ends in .raw
        raise BridgeError(f"{path}: not sound that can be decoded; expected {EXPECTED}") from None
