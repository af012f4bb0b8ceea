"""A song's timbre and harmony become its sections, verse, chorus, drop, and the smaller changes within them.

Novelty after Foote ("Automatic audio segmentation using a measure of audio novelty", 2000). With the inner product as
similarity and a kernel that is the product of two tapers, what his checkerboard gives is the squared distance between
the weighted means of what follows a moment and of what came before it: no matrix of similarities is needed.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from scipy.signal import find_peaks

from .compiling import compiling
from .features import HOP_S, decibels, window_means

with compiling():
    import librosa

N_MFCC = 13
SECTION_S, SHORTEST_SECTION_S = 12.0, 10.0  # what is compared on either side of a border; between two of them
CHANGE_S, SHORTEST_CHANGE_S = 2.5, 2.0
NEAREST_END_S = 5.0  # how far from the song's ends
CLEAR = 0.5  # standard deviations: a border's novelty lies so far above the mean
NEAREST_BAR_S = 2.0  # a border lies on the downbeat nearest to it, if there is one so near

Array = NDArray[np.float64]
Frames = NDArray[np.float32]


def timbre_and_harmony(mel: Frames, chroma: Frames) -> Array:
    """(windows, 25), HOP_S each: MFCCs and chroma of frames, in standard deviations of this song."""
    means = np.concatenate(
        [
            window_means(np.concatenate([librosa.feature.mfcc(S=loudness, n_mfcc=N_MFCC), chroma[:, first:stop]]).T)
            for first, stop, loudness in decibels(mel)
        ]
    )
    return np.asarray(means / (means.std(axis=0) + 1e-6), np.float64)


def section_starts(heard: Array, bars: Array) -> Array:
    """Seconds at which each section after the first begins, ascending, on one of `bars` where one is near.

    `heard` is what `timbre_and_harmony` gives.
    """
    strength = novelty(heard, SECTION_S)
    found = peaks(strength, SHORTEST_SECTION_S, strength.mean() + CLEAR * strength.std())
    last_s = len(strength) * HOP_S - NEAREST_END_S
    return np.unique([_on_bar(border, bars) for border in found if NEAREST_END_S <= border <= last_s])


def change_times(heard: Array) -> Array:
    """Seconds at which something else begins to sound, ascending: where one may cut without a beat."""
    strength = novelty(heard, CHANGE_S)
    return peaks(strength, SHORTEST_CHANGE_S, strength.mean())


def novelty(heard: Array, width_s: float) -> Array:
    """(windows,) how different what follows the start of each window is from what came before it."""
    width = round(width_s / HOP_S)
    taper = np.hanning(2 * width + 1)[width + 1 :]
    kernel = np.concatenate([-taper[::-1], taper]) / taper.sum()
    step = correlate1d(heard, kernel, axis=0, mode="nearest")
    return np.asarray((step**2).sum(axis=1))


def peaks(strength: Array, apart_s: float, height: float) -> Array:
    """Seconds at which `strength`, HOP_S each, is highest, if above `height`, none within `apart_s` of another."""
    found, _ = find_peaks(strength, height=height, distance=round(apart_s / HOP_S))
    return np.asarray(found * HOP_S)


def _on_bar(time_s: float, bars: Array) -> float:
    if not len(bars):
        return time_s
    bar = float(bars[np.abs(bars - time_s).argmin()])
    return bar if abs(bar - time_s) <= NEAREST_BAR_S else time_s
