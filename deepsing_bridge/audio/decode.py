"""A sound file becomes a `Song`: any container PyAV or soundfile decodes, one channel, 21,504 Hz.

Decoding and resampling are streamed, so an hour costs its 310 MB of samples and little more.
Knows nothing of music.
"""

import logging
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.files import is_file, is_there, sha256
from ..core.types import Progress, Song, no_progress
from .channels import Samples
from .tracks import SHORTEST_S, SILENCE_PEAK, Sound, open_sound

log = logging.getLogger(__name__)

SAMPLE_RATE = 21_504  # Hz; 42 hops of 512 samples a second, so that 500 ms are 21 whole frames
CANCELLED = 0.25  # of the power that the mean of unlike channels has: 6 dB under it, they are opposites
CANCELLED_SHARE = 0.02  # of a song's power: more of it would not be heard
WINDOW = 2**17  # samples, some three seconds: long enough that unlike channels are not opposites by chance

Mix = Callable[[Samples], NDArray[np.float32]]
"""Samples (n, channels) become one channel (n,)."""


def file_to_song(path: Path, progress: Progress = no_progress) -> Song:
    """The sound of `path` as `decode` gives it."""
    return samples_to_song(decode(path, progress), path)


def samples_to_song(samples: NDArray[np.float32], path: Path) -> Song:
    """The song that `samples` were decoded from `path` for."""
    return Song(samples, SAMPLE_RATE, path, sha256(path))


def decode(path: Path, progress: Progress = no_progress) -> NDArray[np.float32]:
    """Decode the sound of `path`, of the track that a player would take: (n,) at SAMPLE_RATE; `progress` counts
    per cent of the file.

    The channels' mean is taken; where they cancel each other in more than a moment of the song, the loudest of them.
    Samples are clipped to −1..1, as any player does.
    Raises BridgeError for a missing file, a folder, a file without sound that can be decoded, samples that
    are not numbers, silence (peak under −80 dB), and anything shorter than a second or longer than 12 hours.
    """
    refuse_missing(path)
    levels = _Levels()
    samples = _resampled(path, levels.mean, progress, _tell)
    _check(samples, levels.peak, path)
    if levels.cancel():
        samples = _resampled(path, levels.loudest, lambda done, total: progress(100, 100))
    return np.clip(samples, -1.0, 1.0, out=samples)


class _Levels:
    """What becomes of channels when their mean is taken, a window at a time. What does not swing is no sound."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._power: NDArray[np.float64] = np.zeros(1)  # of each channel, in all
        self._cancelled = 0.0  # of that, what is in windows in which the channels cancel
        self._window: list[Samples] = []

    def mean(self, samples: Samples) -> NDArray[np.float32]:
        self.peak = max(self.peak, float(np.abs(samples).max(initial=0.0)))
        self._window.append(samples)
        if sum(map(len, self._window)) >= WINDOW:
            self._measure()
        return samples.mean(axis=1, dtype=np.float32)

    def loudest(self, samples: Samples) -> NDArray[np.float32]:
        """The channel that has the most power in all that `mean` was given."""
        return samples[:, self._power.argmax()]

    def cancel(self) -> bool:
        if self._window:
            self._measure()
        return bool(self._cancelled > CANCELLED_SHARE * self._power.sum())

    def _measure(self) -> None:
        window = np.concatenate(self._window)
        self._window = []
        power = len(window) * window.var(axis=0, dtype=np.float64)
        mixed = len(window) * window.mean(axis=1, dtype=np.float64).var()
        self._power = self._power + power
        if mixed < CANCELLED * power.sum() / len(power) ** 2:
            self._cancelled += power.sum()


def refuse_unplayable(path: Path) -> None:
    """Raises BridgeError for what is plainly no song: missing, a folder, or nothing that begins to decode."""
    refuse_missing(path)
    with open_sound(path):
        pass


def refuse_unspellable(path: Path) -> None:
    """Raises BridgeError for a name that is no Unicode, as Linux allows: no timeline could hold it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode(errors="backslashreplace").decode()
        raise BridgeError(f"{shown}: a name that is not UTF-8; rename it, as a timeline cannot hold it") from None


def refuse_missing(path: Path) -> None:
    """Raises BridgeError for what is not there, or no file."""
    refuse_unspellable(path)
    if not is_there(path):  # nor is what no file can be called
        raise BridgeError(f"{path}: no such file; expected a sound file or a video with sound")
    if not is_file(path):
        raise BridgeError(f"{path}: not a file; expected a sound file or a video with sound")


def _resampled(
    path: Path, mix: Mix, progress: Progress, tell: Callable[[Path, Sound], None] = lambda path, sound: None
) -> NDArray[np.float32]:
    samples = bytearray()  # grows in place, where a list of blocks would need twice the memory to join
    with open_sound(path) as sound:
        resampler = soxr.ResampleStream(sound.rate, SAMPLE_RATE, 1, dtype="float32")
        for part in sound.parts:
            samples += resampler.resample_chunk(mix(part.samples)).tobytes()
            progress(round(100 * part.share), 100)
        samples += resampler.resample_chunk(np.zeros(0, np.float32), last=True).tobytes()
        tell(path, sound)
    progress(100, 100)
    return np.frombuffer(samples, np.float32)


def _tell(path: Path, sound: Sound) -> None:
    if sound.track:
        log.warning("%s: has several sound tracks; %s is taken", path, sound.track)
    if sound.damage:
        log.warning("%s: is damaged (%s); what can be played of it is taken", path, sound.damage[0])


def _check(samples: NDArray[np.float32], peak: float, path: Path) -> None:
    if len(samples) < SHORTEST_S * SAMPLE_RATE:
        length_s = math.floor(100 * len(samples) / SAMPLE_RATE) / 100  # not rounded up to what is expected
        raise BridgeError(f"{path}: lasts {length_s:.2f} s; expected at least {SHORTEST_S:g} s")
    if peak < SILENCE_PEAK:
        raise BridgeError(f"{path}: is silent; expected a peak above {SILENCE_PEAK:g} of full scale")
