"""Synthetic music for tests, and a way to write it to any container."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # semitones over A3


def music(
    seconds: float,
    beats_per_minute: float = 100.0,
    level: float = 0.3,
    sample_rate: int = 21_504,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Plucked chords and a noise drum on every beat over a soft pad, (n,) float32 with peak `level`."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    samples = 0.3 * np.sum([np.sin(2 * np.pi * f * time) / f * 110 for f in (110, 165, 220, 330, 440)], axis=0)
    samples += 0.05 * rng.normal(size=len(time))  # breath and room: no recording falls to nothing between beats
    beat_s = 60 / beats_per_minute
    for beat in range(int(seconds / beat_s)):
        start = round(beat * beat_s * sample_rate)
        note = _chord(CHORDS[beat // 4 % 4], sample_rate) + _drum(rng, sample_rate)
        samples[start : start + len(note)] += note[: len(samples) - start]
    return (level * samples / np.abs(samples).max()).astype(np.float32)


def _chord(semitones: tuple[int, ...], sample_rate: int) -> NDArray[np.float64]:
    time = np.arange(sample_rate) / sample_rate
    pitches = [220 * 2 ** (semitone / 12) for semitone in semitones]
    partials = [np.sin(2 * np.pi * f * k * time) * np.exp(-3 * k * time) / k for f in pitches for k in range(1, 7)]
    return np.sum(partials, axis=0)


def _drum(rng: np.random.Generator, sample_rate: int) -> NDArray[np.float64]:
    time = np.arange(sample_rate // 5) / sample_rate
    hit = np.zeros(sample_rate)
    hit[: len(time)] = rng.normal(size=len(time)) * np.exp(-40 * time)
    return hit


def write_sound(
    path: Path,
    channels: NDArray[np.float32],
    sample_rate: int,
    codec: str,
    sample_format: str,
    with_picture: bool = False,
) -> Path:
    """Encode `channels` (channels, n) with PyAV; the container follows from the name."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=25, width=64, height=64) if with_picture else None
        stream = container.add_stream(codec, rate=sample_rate, layout="mono" if len(channels) == 1 else "stereo")
        stream.format = sample_format
        if picture is not None:
            blank = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(picture.encode(blank))
            container.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(channels, format="fltp", layout=stream.layout.name)
        frame.sample_rate = sample_rate
        resampler = av.AudioResampler(sample_format, stream.layout, sample_rate, frame_size=stream.frame_size or None)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def tones(channels: int, seconds: float, sample_rate: int, level: float = 0.5) -> NDArray[np.float32]:
    """(n, channels) float32, a tone of another pitch on each channel: 220 Hz on the first, 110 Hz more on the next."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return np.stack([level * np.sin(2 * np.pi * (220 + 110 * k) * time) for k in range(channels)], 1).astype(np.float32)


def write_track(
    path: Path,
    samples: NDArray[np.float32],
    sample_rate: int,
    codec: str,
    sample_format: str,
    layout: str,
    container: str | None = None,
) -> Path:
    """Encode `samples` (n, channels) of `layout` with PyAV, any number of channels; the container follows from the
    name if it is not told."""
    with av.open(str(path), "w", format=container) as film:
        stream = film.add_stream(codec, rate=sample_rate, layout=layout)
        stream.format = sample_format
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", layout)
        frame.sample_rate = sample_rate
        resampler = av.AudioResampler(sample_format, stream.layout, sample_rate, frame_size=stream.frame_size or None)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            film.mux(stream.encode(part))
        film.mux([packet for packet in stream.encode(None) if packet.size])
    return path


def joined(path: Path, *files: Path) -> Path:
    """`files` one after the other in one, as `cat` does."""
    path.write_bytes(b"".join(file.read_bytes() for file in files))
    return path
