"""A sound file becomes a `Song`: any container PyAV or soundfile decodes, one channel, 21,504 Hz.

Decoding and resampling are streamed, so an hour costs its 310 MB of samples and little more.
Knows nothing of music.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.types import Progress, Song, no_progress
from ..weights.files import sha256

SAMPLE_RATE = 21_504  # Hz; 42 hops of 512 samples a second, so that 500 ms are 21 whole frames
SHORTEST_S = 1.0
SILENCE_PEAK = 1e-4  # −80 dB of full scale: below it there is nothing to hear
_ANY_TAGS: dict[str, Any] = {"metadata_errors": "ignore"} if int(av.__version__.split(".")[0]) < 19 else {}

Block = tuple[NDArray[np.float32], int, float]
"""Mono samples (n,), their rate in Hz, and how much of the file is read, 0..1."""


def file_to_song(path: Path, progress: Progress = no_progress) -> Song:
    """Decode the first sound track of `path`; `progress` counts per cent of the file.

    Samples are clipped to −1..1, as any player does.
    Raises BridgeError for a missing file, a folder, a file without sound that can be decoded, samples that
    are not numbers, silence (peak under −80 dB), and anything shorter than a second.
    """
    _refuse_missing(path)
    samples = _resampled(path, progress)
    _check(samples, path)
    np.clip(samples, -1.0, 1.0, out=samples)
    return Song(samples, SAMPLE_RATE, path, sha256(path))


def refuse_unplayable(path: Path) -> None:
    """Raises BridgeError for what is plainly no song: missing, a folder, or nothing that begins to decode."""
    _refuse_missing(path)
    if next(_blocks(path), None) is None:
        raise BridgeError(f"{path}: holds no sound that can be decoded; expected at least {SHORTEST_S:g} s")


def refuse_unspellable(path: Path) -> None:
    """Raises BridgeError for a name that is no Unicode, as Linux allows: no timeline could hold it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode(errors="backslashreplace").decode()
        raise BridgeError(f"{shown}: a name that is not UTF-8; rename it, as a timeline cannot hold it") from None


def _refuse_missing(path: Path) -> None:
    refuse_unspellable(path)
    if not path.exists():
        raise BridgeError(f"{path}: no such file; expected a sound file or a video with sound")
    if not path.is_file():
        raise BridgeError(f"{path}: not a file; expected a sound file or a video with sound")


def _resampled(path: Path, progress: Progress) -> NDArray[np.float32]:
    samples = bytearray()  # grows in place, where a list of blocks would need twice the memory to join
    resampler: soxr.ResampleStream | None = None
    for block, rate, share in _blocks(path):
        if not np.isfinite(block).all():
            raise BridgeError(f"{path}: holds samples that are NaN or infinite; expected numbers in -1..1")
        resampler = resampler or soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
        samples += resampler.resample_chunk(block).tobytes()
        progress(round(100 * share), 100)
    if resampler is not None:
        samples += resampler.resample_chunk(np.zeros(0, np.float32), last=True).tobytes()
    progress(100, 100)
    return np.frombuffer(samples, np.float32)


def open_container(path: Path) -> av.container.InputContainer:
    """`av.open`, whatever the file's tags are written in: PyAV takes any from 19 on, before that if it is told to.

    Raises av.FFmpegError or ValueError for what it cannot open.
    """
    return av.open(str(path), **_ANY_TAGS)


def _blocks(path: Path) -> Iterator[Block]:
    """From PyAV, or from soundfile where PyAV cannot open the file."""
    try:
        container = open_container(path)
    except (av.FFmpegError, ValueError):
        yield from _soundfile_blocks(path)
        return
    with container:
        yield from _av_blocks(container, path)


def _av_blocks(container: av.container.InputContainer, path: Path) -> Iterator[Block]:
    if not container.streams.audio:
        raise BridgeError(f"{path}: has no sound track; expected a sound file or a video with sound")
    stream = container.streams.audio[0]
    planar = av.AudioResampler(format="fltp")  # one row a channel; rate and layout stay as they are
    total_s = (container.duration or 0) / av.time_base
    for packet in container.demux(stream):
        for frame in _frames(packet):
            share = min((frame.time or 0.0) / total_s, 1.0) if total_s else 0.0
            for part in planar.resample(frame):
                yield part.to_ndarray().mean(axis=0, dtype=np.float32), part.sample_rate, share


def _frames(packet: "av.Packet[av.AudioStream]") -> list[av.AudioFrame]:
    """The sound in `packet`; a damaged packet is skipped, as players do."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []


def _soundfile_blocks(path: Path) -> Iterator[Block]:
    try:
        # not by name: what ends in .mp3 it takes for one, and that decoder writes its own notes to the terminal
        with path.open("rb") as raw, soundfile.SoundFile(raw) as file:
            for block in file.blocks(2**16, dtype="float32", always_2d=True):
                yield block.mean(axis=1), file.samplerate, file.tell() / file.frames
    except soundfile.LibsndfileError:
        raise BridgeError(
            f"{path}: not sound that can be decoded; expected wav, flac, ogg, opus, mp3, m4a or a video"
        ) from None


def _check(samples: NDArray[np.float32], path: Path) -> None:
    if not len(samples):
        raise BridgeError(f"{path}: holds no sound that can be decoded; expected at least {SHORTEST_S:g} s")
    if len(samples) < SHORTEST_S * SAMPLE_RATE:
        raise BridgeError(f"{path}: lasts {len(samples) / SAMPLE_RATE:.2f} s; expected at least {SHORTEST_S:g} s")
    if max(samples.max(), -samples.min()) < SILENCE_PEAK:
        raise BridgeError(f"{path}: is silent; expected a peak above {SILENCE_PEAK:g} of full scale")
