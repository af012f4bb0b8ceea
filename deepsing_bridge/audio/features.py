"""A `Song` becomes a `FeatureTrack`: the paper's 9,156 numbers for every 500 ms (section 3.1).

The layout is the authors': per frame of 512 samples 40 MFCC, 384 tempogram and 12 CENS values by librosa's
defaults, 21 frames flattened. librosa computes them on the whole song at once; here it is done in blocks, so
that memory stays bounded for an hour of sound, two of them side by side, and what takes librosa longest is done
in shorter ways. The three things that depend on the whole song are taken from all of it: the loudest moment (80 dB
below it, MFCC and onsets are cut off), the onsets, and the tuning.
Knows nothing of sentiment.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..core.threads import WORKERS, parallel_map
from ..core.types import FeatureTrack, Progress, Song, no_progress
from .compiling import compiling
from .constant_q import BINS_PER_OCTAVE, constant_q, filters_at
from .decode import SAMPLE_RATE

with compiling():
    import librosa.core
    import librosa.feature
    from librosa.filters import get_window
    from librosa.onset import onset_strength

HOP_LENGTH = 512
FRAMES_PER_WINDOW = SAMPLE_RATE // 2 // HOP_LENGTH  # 21 feature frames in 500 ms
WINDOW = FRAMES_PER_WINDOW * HOP_LENGTH  # 10,752 samples
HOP_S = WINDOW / SAMPLE_RATE  # 0.5, exactly
N_MFCC = 40
N_TEMPOGRAM = 384
N_CENS = 12
FRAME_VALUES = N_MFCC + N_TEMPOGRAM + N_CENS  # 436, in this order
WINDOW_VALUES = FRAMES_PER_WINDOW * FRAME_VALUES  # 9,156

_FFT = 2048  # librosa's default
_MEL_BANDS = 128  # librosa's default
_CHROMA_FFT = 4096  # a semitone down to 90 Hz
_PITCHES_HZ, _PITCH_THRESHOLD = (150, 4000), 0.1  # librosa's defaults
_BLOCK_FRAMES = 60 * 42  # a minute, of whole windows
_DEEPEST_DB = 80.0  # below the loudest; librosa's default
ONSET_DELAY = 3  # frames: what lies between two is told so many later, to be centred on its hop
_CONTEXT_FRAMES = 2 * 42  # CENS looks 1.3 s to either side: lowest filter 0.8 s, smoothing 0.5 s

Array = NDArray[np.float32]
Made = TypeVar("Made")
Number = TypeVar("Number", np.float16, np.float32)


def song_to_features(song: Song, progress: Progress = no_progress, block_frames: int = _BLOCK_FRAMES) -> FeatureTrack:
    """`values` (windows, 9156) in float16, as the authors' are; `power` (windows,), the mean of each window's mel
    spectrogram, in float32 (theirs was float16 and overflowed).

    A last window that is not full is dropped. `block_frames` bounds memory and changes nothing else;
    `progress` counts feature frames in two passes.
    """
    samples = song.samples
    frames = 1 + len(samples) // HOP_LENGTH
    blocks = _Blocks(frames, _evenly(frames, block_frames), progress)
    mel, tuning = _mel_and_tuning(samples, blocks)
    filters = filters_at(SAMPLE_RATE, tuning)
    power = mel_to_power(mel)
    loudness = librosa.power_to_db(mel)
    onsets = _padded_onsets(loudness)

    def described(first: int, stop: int) -> NDArray[np.float16]:
        mfcc = librosa.feature.mfcc(S=loudness[:, first:stop], n_mfcc=N_MFCC).T
        tempogram = _tempogram(onsets[first : stop + N_TEMPOGRAM - 1])
        return np.concatenate([mfcc, tempogram, _cens(samples, first, stop, filters).T], axis=1).astype(np.float16)

    values = np.empty((frames, FRAME_VALUES), np.float16)
    for first, stop, block in blocks.each(described):
        values[first:stop] = block
    return FeatureTrack(in_windows(values).reshape(-1, WINDOW_VALUES), power, HOP_S)


def song_to_mel(song: Song) -> Array:
    """The mel power spectrogram alone, (128, frames of HOP_LENGTH samples), for whoever needs no features.

    By librosa's own transform, to the bit: stories are planned from it, and one that was begun is only taken up where
    it is planned again to the byte.
    """
    blocks = _Blocks(1 + len(song.samples) // HOP_LENGTH, _BLOCK_FRAMES, no_progress)

    def heard(first: int, stop: int) -> Array:
        sound = under_frames(song.samples, first, stop)
        return _mel(np.abs(librosa.stft(sound, n_fft=_FFT, hop_length=HOP_LENGTH, center=False)))

    mel = np.empty((_MEL_BANDS, blocks.frames), np.float32)
    for first, stop, block in blocks.each(heard):
        mel[:, first:stop] = block
    return mel


def mel_to_onsets(mel: Array, bands: slice = slice(None)) -> Array:
    """The onset envelope of `bands`, one value ≥ 0 per frame, (frames,); what beats are found in."""
    onsets = np.empty(mel.shape[1], np.float32)
    for first, stop, loudness in decibels(mel, ONSET_DELAY):
        onsets[first:stop] = decibels_to_onsets(loudness[bands])[first - stop :]
    return onsets


def decibels(mel: Array, before: int = 0) -> Iterator[tuple[int, int, Array]]:
    """What `librosa.power_to_db` gives of all of `mel`, to the bit, in blocks: which frames each is of, `first` to
    `stop`, and the decibels (bands, frames) of these, after those of up to `before` frames that lie before them.
    """
    loudest, frames = float(mel.max()), mel.shape[1]
    for first in range(0, frames, _BLOCK_FRAMES):
        stop = min(first + _BLOCK_FRAMES, frames)
        yield first, stop, above_deepest(mel[:, max(first - before, 0) : stop], loudest)


def above_deepest(power: Array, loudest: float) -> Array:
    """`power` of a part of a song in decibels, none further below the song's `loudest` than librosa has it."""
    deepest = librosa.power_to_db(np.array([loudest], power.dtype), top_db=None).item() - _DEEPEST_DB
    decibels: Array = np.maximum(librosa.power_to_db(power, top_db=None), deepest)
    return decibels


def mel_to_power(mel: Array) -> Array:
    """`FeatureTrack.power`, (windows,)."""
    return in_windows(mel.T).mean(axis=(1, 2))


def song_to_chroma(song: Song) -> Array:
    """How much of each pitch class sounds, 0..1, in the frames of `song_to_mel`: (12, frames)."""
    blocks = _Blocks(1 + len(song.samples) // HOP_LENGTH, _BLOCK_FRAMES, no_progress)

    def heard(first: int, stop: int) -> Array:
        sound = under_frames(song.samples, first, stop, fft=_CHROMA_FFT)
        return librosa.feature.chroma_stft(
            y=sound, sr=SAMPLE_RATE, n_fft=_CHROMA_FFT, hop_length=HOP_LENGTH, center=False, tuning=0.0
        )

    chroma = np.empty((12, blocks.frames), np.float32)
    for first, stop, block in blocks.each(heard):
        chroma[:, first:stop] = block
    return chroma


def window_means(per_frame: Array) -> Array:
    """(frames, n) → (windows, n), the means over HOP_S each."""
    return in_windows(per_frame).mean(axis=1)


class _Blocks:
    """The song's frames in blocks; each pass over them reports its progress, as one of two."""

    def __init__(self, frames: int, block_frames: int, progress: Progress) -> None:
        self.frames = frames
        self._block_frames = block_frames
        self._progress = progress
        self._done = 0

    def each(self, work: Callable[[int, int], Made]) -> Iterator[tuple[int, int, Made]]:
        """Which frames, `first` to `stop`, and what `work` makes of them, of block after block; they are worked on side
        by side."""
        firsts = range(0, self.frames, self._block_frames)
        blocks = [(first, min(first + self._block_frames, self.frames)) for first in firsts]
        for (first, stop), made in zip(blocks, parallel_map(lambda block: work(*block), blocks), strict=True):
            yield first, stop, made
            self._done += stop - first
            self._progress(self._done, 2 * self.frames)


def _evenly(frames: int, most: int) -> int:
    """Frames of blocks that are `most` at most, and of which all threads get as many."""
    rounds = -(-frames // (WORKERS * most))
    return -(-frames // (WORKERS * rounds))


def in_windows(per_frame: NDArray[Number]) -> NDArray[Number]:
    """(frames, n) as (windows, 21, n), without the frames left over."""
    windows = len(per_frame) // FRAMES_PER_WINDOW
    return per_frame[: windows * FRAMES_PER_WINDOW].reshape(windows, FRAMES_PER_WINDOW, per_frame.shape[1])


def under_frames(samples: Array, first: int, stop: int, hop: int = HOP_LENGTH, fft: int = _FFT) -> Array:
    """What the Fourier frames `first` to `stop`, each centred on its hop, see; zeros beyond the song."""
    start, end = first * hop - fft // 2, (stop - 1) * hop + fft // 2
    inside = samples[max(start, 0) : end]
    return np.pad(inside, (max(-start, 0), max(end - len(samples), 0)))


def _mel_and_tuning(samples: Array, blocks: _Blocks) -> tuple[Array, float]:
    """The song's mel power spectrogram, (128, frames), and its deviation from 440 Hz in bins."""

    def heard(first: int, stop: int) -> tuple[Array, Array]:
        spectrum = _spectrum(samples, first, stop)
        return _mel(spectrum), _pitch_peaks(spectrum)

    mel, peaks = np.empty((_MEL_BANDS, blocks.frames), np.float32), []
    for first, stop, (block, found) in blocks.each(heard):
        mel[:, first:stop] = block
        peaks.append(found)
    return mel, _tuning(*np.concatenate(peaks, axis=1))


def _spectrum(samples: Array, first: int, stop: int) -> Array:
    """The magnitudes of the Fourier frames `first` to `stop`, (1025, frames)."""
    heard = sliding_window_view(under_frames(samples, first, stop), _FFT)[::HOP_LENGTH]
    window = get_window("hann", _FFT).astype(np.float32)
    spectrum: Array = np.abs(scipy.fft.rfft(heard * window)).T
    return spectrum


def _mel(spectrum: Array) -> Array:
    """(128, frames) power."""
    mel: Array = librosa.feature.melspectrogram(S=spectrum**2, sr=SAMPLE_RATE)
    return mel


def decibels_to_onsets(loudness: Array) -> Array:
    """The onset envelope of mel bands in decibels, (bands, frames) → (frames,)."""
    onsets: Array = onset_strength(S=loudness, sr=SAMPLE_RATE, hop_length=HOP_LENGTH)
    return onsets


def _padded_onsets(loudness: Array) -> Array:
    """The song's onset envelope with the ramps at both ends that a centred tempogram puts there."""
    return np.pad(decibels_to_onsets(loudness), N_TEMPOGRAM // 2, mode="linear_ramp", end_values=0)


def _tempogram(onsets: Array) -> Array:
    """(frames, N_TEMPOGRAM): what `librosa.feature.tempogram` has in columns, each a row, so that many are transformed
    at once."""
    window = get_window("hann", N_TEMPOGRAM).astype(np.float32)
    spectra = scipy.fft.rfft(sliding_window_view(onsets, N_TEMPOGRAM) * window, 2 * N_TEMPOGRAM)
    alike: Array = scipy.fft.irfft(librosa.util.abs2(spectra), 2 * N_TEMPOGRAM)[:, :N_TEMPOGRAM]
    return librosa.util.normalize(alike, axis=1)


def _pitch_peaks(spectrum: Array) -> Array:
    """(2, n): frequency and strength of each peak, as `librosa.piptrack` finds them, which looks between all bins."""
    lowest, highest = (-(-hz * _FFT // SAMPLE_RATE) for hz in _PITCHES_HZ)
    below, here, above = (spectrum[lowest + step : highest + step] for step in (-1, 0, 1))
    found = (here > _PITCH_THRESHOLD * spectrum.max(axis=0)) & (here > below) & (here >= above)
    below, here, above = below[found], here[found], above[found]
    slope, curve = (above - below) / 2, above + below - 2 * here
    shift = np.where(np.abs(slope) < np.abs(curve), -slope / np.where(curve, curve, 1), 0)
    pitch = (lowest + np.nonzero(found)[0] + shift) * (SAMPLE_RATE / _FFT)
    return np.stack([pitch, here + slope * shift / 2])


def _tuning(pitch: Array, strength: Array) -> float:
    """As `librosa.estimate_tuning` has it, of all peaks."""
    clear = strength >= (np.median(strength) if len(strength) else 0)
    return float(librosa.pitch_tuning(pitch[clear], bins_per_octave=BINS_PER_OCTAVE))


def _cens(samples: Array, first: int, stop: int, filters: Array) -> Array:
    start = max(first - _CONTEXT_FRAMES, 0)
    context = samples[start * HOP_LENGTH : (stop + _CONTEXT_FRAMES) * HOP_LENGTH]
    heard = constant_q(context, HOP_LENGTH, filters)
    cens: Array = librosa.feature.chroma_cens(C=heard)
    return cens[:, first - start : stop - start]
