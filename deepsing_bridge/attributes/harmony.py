"""Which pitches sound in each 500 ms, in which key and how clearly, major or minor, how fast that changes, and how
rough it is. Computed in blocks, so that memory stays bounded for an hour of sound."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from ..audio.compiling import compiling
from ..audio.decode import SAMPLE_RATE
from ..audio.features import WINDOW, under_frames
from ..core.types import Progress, no_progress

with compiling():
    import librosa

DETAILS, KEY = 19, 23  # how many numbers `harmony` and `key` give beside chroma
PITCH_FRAMES = 4  # a window
_HOP = WINDOW // PITCH_FRAMES
_FFT = 8192  # 2.6 Hz a bin: the lowest semitone is 3.9 Hz wide
_BLOCK = 120  # windows: a minute
_QUIETEST = 1e-8  # power; below it there is nothing
_OCTAVES = 6
_LOWEST_HZ = 65.406  # C2
_TUNINGS = 3  # bins a semitone
_PARTIALS = 20  # the strongest, for roughness

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each semitone over the root fits a key (Krumhansl and Kessler 1982)."""

Array = NDArray[np.float32]
Exact = NDArray[np.float64]


def harmony(samples: Array, progress: Progress = no_progress) -> tuple[Array, Array]:
    """Chroma (windows, 12), and details of harmony (windows, 19)."""
    windows = len(samples) // WINDOW
    octaves = np.empty((windows * PITCH_FRAMES, _OCTAVES), np.float32)
    folded = np.empty((len(octaves), 12 * _TUNINGS), np.float32)
    roughness = np.empty(len(octaves), np.float32)
    for first in range(0, windows, _BLOCK):
        frames = slice(PITCH_FRAMES * first, PITCH_FRAMES * min(first + _BLOCK, windows))
        sound = under_frames(samples, frames.start, frames.stop, _HOP, _FFT)
        spectrum = np.abs(librosa.stft(sound, n_fft=_FFT, hop_length=_HOP, center=False))
        prominent = _prominent(np.log10(_QUIETEST + spectrum.T**2 @ _pitch_filters()))
        octaves[frames], folded[frames] = prominent.sum(axis=2), prominent.sum(axis=1)
        roughness[frames] = _roughness(spectrum)
        progress(frames.stop // PITCH_FRAMES, windows)
    strengths = _in_tune(folded)
    chroma = strengths / (np.linalg.norm(strengths, axis=1, keepdims=True) + 1e-6)
    details = (
        _best_triads(chroma),
        _symmetries(chroma),
        np.stack(
            [_change(chroma, 1), _change(chroma, 2 * PITCH_FRAMES), (chroma**4).sum(1), strengths.sum(1), roughness], 1
        ),
        octaves,
    )
    return _by_window(chroma), _by_window(np.concatenate(details, axis=1))


def key(chroma: Array) -> Array:
    """(n, 12) mean chroma → (n, 23): best major and minor fit, their difference, the best fit, how far it is from the
    next best; the chroma's symmetries; the chroma from the best key's root on."""
    fits = _standard(chroma) @ _templates(_standard(np.array([_MAJOR, _MINOR]))).T / 12
    major, minor = fits[:, :12].max(1), fits[:, 12:].max(1)
    ranked = np.sort(fits, axis=1)
    root = fits.argmax(1) % 12
    from_root = np.take_along_axis(chroma, (root[:, None] + np.arange(12)) % 12, axis=1)
    clarity = np.stack([major, minor, major - minor, ranked[:, -1], ranked[:, -1] - ranked[:, -2]], 1)
    return np.concatenate([clarity, _symmetries(chroma), from_root], axis=1)


def _pitch_filters() -> Array:
    """(4097, 216): a bell in log frequency for every third of a semitone, of sum 1."""
    bins = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=_FFT)
    steps = 12 * _TUNINGS
    centres = _LOWEST_HZ * 2 ** ((np.arange(_OCTAVES * steps) - _TUNINGS // 2) / steps)
    distances = steps * np.log2(np.maximum(bins[:, None], 1) / centres)
    bells = np.exp(-0.5 * (distances / 0.8) ** 2)
    return (bells / bells.sum(0)).astype(np.float32)


def _prominent(pitches: Array) -> Array:
    """(frames, 216) → (frames, 6 octaves, 36): how far each rises above the octave around it."""
    around = uniform_filter1d(pitches, 12 * _TUNINGS + 1, axis=1, mode="nearest")
    prominent: Array = np.maximum(pitches - around, 0).reshape(len(pitches), _OCTAVES, -1)
    return prominent


def _in_tune(folded: Array) -> Array:
    """(frames, 36), all octaves → (frames, 12): the strongest tuning of the song is the centre of a semitone."""
    offset = int(folded.reshape(-1, 12, _TUNINGS).sum((0, 1)).argmax()) - _TUNINGS // 2
    semitones = np.roll(folded, -offset, axis=1).reshape(-1, 12, _TUNINGS)
    return semitones @ np.array([0.5, 1, 0.5], np.float32)


def _roughness(spectrum: Array) -> Array:
    """(4097, frames) → (frames,): how much the strongest partials beat against each other (Sethares 1993)."""
    hz = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=_FFT)
    low, high = np.searchsorted(hz, (60, 5000))
    below, here, above = spectrum[low - 1 : high - 1], spectrum[low:high], spectrum[low + 1 : high + 1]
    peaks = np.where((here > below) & (here >= above), here, 0)
    strongest = np.argpartition(-peaks, _PARTIALS, axis=0)[:_PARTIALS]
    level, tone = np.take_along_axis(peaks, strongest, 0), hz[low + strongest]
    apart = np.abs(tone[:, None] - tone) * 0.24 / (0.021 * np.minimum(tone[:, None], tone) + 19)
    beating = level[:, None] * level * (np.exp(-3.5 * apart) - np.exp(-5.75 * apart))
    return beating.sum((0, 1)) / ((level**2).sum(0) + 1e-9)


def _best_triads(chroma: Array) -> Array:
    """(n, 2): how well the best major and the best minor triad fit."""
    triads = np.zeros((2, 12))
    triads[0, [0, 4, 7]] = triads[1, [0, 3, 7]] = 3**-0.5
    return (chroma @ _templates(triads).T).reshape(-1, 2, 12).max(2)


def _symmetries(chroma: Array) -> Array:
    """(n, 6): size of each Fourier component around the circle of pitches; the fifth is how diatonic it is."""
    return np.abs(np.fft.rfft(chroma, axis=1))[:, 1:]


def _change(chroma: Array, frames: int) -> Array:
    """(n,): how far the chroma moved over the last `frames`."""
    before = np.concatenate([np.repeat(chroma[:1], frames, axis=0), chroma])[: len(chroma)]
    moved: Array = np.linalg.norm(chroma - before, axis=1)
    return moved


def _templates(profiles: Exact) -> Exact:
    """(k, 12) → (12 k, 12): each on every root."""
    return np.concatenate([[np.roll(profile, root) for root in range(12)] for profile in profiles])


def _standard(rows: NDArray[np.floating]) -> Exact:
    centred: Exact = rows.astype(np.float64) - rows.mean(1, keepdims=True)
    return centred / (centred.std(1, keepdims=True) + 1e-6)


def _by_window(frames: Array) -> Array:
    """(4 · windows, n) → (windows, n)."""
    return frames.reshape(-1, PITCH_FRAMES, frames.shape[1]).mean(1)
