"""The song's sound as every editor reads it, and takes' sound out of several songs: .wav, 24 bits, 48 kHz."""

from __future__ import annotations  # PyAV's Packet takes its parameter in type stubs only

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

from ..audio.channels import Samples, remix, usual_layout
from ..audio.tracks import Sound, open_sound
from ..core.errors import BridgeError
from ..core.files import appearing
from .video import BITEXACT

SONG_RATE = 48_000  # Hz; what editing programs work at, so they need not resample
SLACK_S = 0.01  # resampling may take a few samples of a sound's end
WAV_BYTES = 2**32 - 2**16  # of sound; a .wav proper ends at 4 GiB, its heads included, and an RF64 does not


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
        heard = add_sound(copy, "pcm_s24le", SONG_RATE, sound.layout)
        for packet in sound_packets(heard, sound, at_least_s):
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


def sound_fault(path: Path, least_s: float) -> str:
    """What is wrong with a sound of this project, of at least `least_s` seconds; "" if nothing is."""
    try:
        with soundfile.SoundFile(path) as file:
            length_s = file.frames / file.samplerate
            rate = file.samplerate
    except (OSError, soundfile.SoundFileError):
        return "no sound"
    if rate != SONG_RATE:
        return f"{rate} Hz, not {SONG_RATE}"
    return "" if length_s > least_s - SLACK_S else f"{length_s:.2f} s, not {least_s:.2f}"


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


def add_sound(film: OutputContainer, codec: str, rate: int, layout: str) -> AudioStream:
    stream = film.add_stream(codec, rate=rate)
    assert isinstance(stream, AudioStream)
    stream.codec_context.layout = layout
    stream.codec_context.time_base = Fraction(1, rate)
    stream.codec_context.flags |= Flags.bitexact
    return stream


def sound_packets(stream: AudioStream, sound: Sound, at_least_s: float = 0.0) -> Iterator[Packet[Any]]:
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


def _to_frame(samples: NDArray[np.float32], rate: int, layout: str) -> AudioFrame:
    """`samples` (n, channels), interleaved: PyAV reads past the end of planes if there are eight or more."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="flt", layout=layout)
    frame.sample_rate = rate
    return frame
