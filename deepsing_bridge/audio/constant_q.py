"""The constant-Q transform of sound, as `librosa.cqt` has it, in a third of its time.

librosa resamples the sound octave by octave, and takes Fourier frames of each. Here one Fourier transform of all the
sound gives each octave at its own rate: the lower part of the spectrum, transformed back. Filters are librosa's, with
what it leaves out of their spectra. At its own rate every octave has the same ones, so they are one matrix, and frames
are multiplied by it as they are.
"""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .compiling import compiling

with compiling():
    import librosa
    from librosa.filters import wavelet
    from librosa.util import sparsify_rows

OCTAVES = 7
BINS_PER_OCTAVE = 36
LEFT_OUT = 0.01  # of each filter's spectrum, what is faintest; librosa's default
_TAPER = 0.1  # of an octave's spectrum, at its upper end, where nothing is heard of it

Array = NDArray[np.float32]


def constant_q(samples: Array, hop_length: int, filters: Array) -> Array:
    """Magnitudes from C1 up, (OCTAVES · BINS_PER_OCTAVE, 1 + n // hop_length), each frame centred on its hop.

    `filters` are `filters_at` the samples' rate; `hop_length` is a multiple of 2 ** OCTAVES. Beyond `samples` (n,) is
    silence.
    """
    frames = 1 + len(samples) // hop_length
    silence = len(filters) // (hop_length >> OCTAVES)  # frames that the lowest octave sees around one
    size = hop_length * scipy.fft.next_fast_len(frames + silence, real=True)
    spectrum = scipy.fft.rfft(samples, size)
    octaves = (
        _responses(_octave(spectrum, size, number), hop_length >> number + 1, frames, filters)
        for number in reversed(range(OCTAVES))
    )
    return np.concatenate(list(octaves), axis=1).T


def filters_at(rate: int, tuning: float) -> Array:
    """(taps, 2 · BINS_PER_OCTAVE), real parts, then imaginary ones, of the top octave at half of `rate`.

    `tuning` is the deviation from 440 Hz in bins.
    """
    lowest = librosa.note_to_hz("C1") * 2 ** (tuning / BINS_PER_OCTAVE)
    pitches = librosa.cqt_frequencies(OCTAVES * BINS_PER_OCTAVE, fmin=lowest, bins_per_octave=BINS_PER_OCTAVE)
    waves, lengths = wavelet(freqs=pitches[-BINS_PER_OCTAVE:], sr=rate)
    taps = waves.shape[1] // 2
    whole = scipy.fft.fft(waves, axis=1)[:, : taps + 1] * (np.sqrt(lengths)[:, None] / waves.shape[1])
    spectra = sparsify_rows(whole, quantile=LEFT_OUT).toarray()[:, : taps // 2]
    matched = scipy.fft.fft(spectra, taps, axis=1)  # a frame times this is its spectrum times `spectra`
    return np.concatenate([matched.real, matched.imag]).T.astype(np.float32)


def _octave(spectrum: NDArray[np.complex64], size: int, number: int) -> Array:
    """The sound with what is up to octave `number` from the top, at the rate that this needs; louder by a factor of
    √2 for each, as librosa has it."""
    kept = size >> number + 1
    lower = spectrum[: kept // 2 + 1].copy()
    fading = round(_TAPER * len(lower))
    lower[-fading:] *= np.linspace(1, 0, fading, dtype=np.float32)
    sound: Array = scipy.fft.irfft(lower, kept) * np.float32(2 ** (-number / 2))
    return sound


def _responses(sound: Array, hop_length: int, frames: int, filters: Array) -> Array:
    """(frames, BINS_PER_OCTAVE)."""
    taps = len(filters)
    around = np.concatenate([sound[-(taps // 2) :], sound])  # it ends with silence
    seen = sliding_window_view(around, taps)[::hop_length][:frames]
    parts = np.ascontiguousarray(seen) @ filters
    magnitudes: Array = np.hypot(parts[:, :BINS_PER_OCTAVE], parts[:, BINS_PER_OCTAVE:])
    return magnitudes
