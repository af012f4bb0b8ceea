"""How loud, bright, busy and driven a `Song` is at every half second: what raises or lowers arousal in any music.

All of it is read from the mel spectrogram. Loudness is weighed as ITU-R BS.1770-5 does (K), in dB; only differences of
it mean anything, since the spectrogram's scale is nobody's.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks, freqz

from ..audio.compiling import compiling
from ..audio.decode import SAMPLE_RATE
from ..audio.features import (
    FRAMES_PER_WINDOW,
    HOP_S,
    WINDOW,
    in_windows,
    mel_to_onsets,
    song_to_mel,
    window_means,
)
from ..core.types import Song

with compiling():
    import librosa

BANDS = (
    0,
    9,
    17,
    29,
    46,
    65,
    84,
    103,
)  # where each begins of 128 mel bands: 0, 256, 461, 768, 1233, 2037, 3364, 5556 Hz
ONSET_BANDS = (slice(0, 20), slice(20, 64), slice(64, 128))  # up to 500 Hz, to 2.2 kHz, and above
PULSES = (slice(10, 21), slice(21, 42), slice(42, 84))  # frames between beats: 250 to 120 a minute, to 60, to 30
PULSE_FRAMES = 8 * 42  # of the tempogram, 8 s
NAMES = (
    *("onsets", "low onsets", "middle onsets", "high onsets", "events", "fast pulse", "pulse", "slow pulse"),
    *("brightness", "flatness", *(f"band {number}" for number in range(8))),
    *("spread of brightness", "spread of onsets"),
)
"""Of the columns that `dynamics` gives. A band's is its share of all power, in tens of dB."""

_EVENT = 1.0  # how far an onset rises above what is around it, in dB, the mean over bands
_QUIETEST = 1e-8  # power
_BLOCK = 60 * 42  # frames
_SHELF = ((1.53512485958697, -2.69169619810638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_RATE = 48_000  # Hz, which these two filters of BS.1770's are for

Array = NDArray[np.float32]


def song_to_dynamics(song: Song) -> tuple[Array, Array]:
    """`NAMES` for each half second (windows, 20), and the loudness (windows,), dB. A last window that is not full is
    dropped."""
    windows = len(song.samples) // WINDOW
    mel = song_to_mel(song)[:, : windows * FRAMES_PER_WINDOW]
    onsets = [mel_to_onsets(mel), *(mel_to_onsets(mel, bands) for bands in ONSET_BANDS)]
    peaks, _ = find_peaks(onsets[0], prominence=_EVENT)
    events = np.bincount(peaks, minlength=mel.shape[1]) / HOP_S * FRAMES_PER_WINDOW
    blocks = [mel[:, first : first + _BLOCK] for first in range(0, mel.shape[1], _BLOCK)]
    timbre = np.concatenate([_timbre(block) for block in blocks], axis=1)
    columns = [*onsets, events, *_pulses(onsets[0]), *timbre]
    means = window_means(np.stack(columns, axis=1))
    spreads = in_windows(np.stack([timbre[0], onsets[0]], axis=1)).std(axis=1)
    values = np.concatenate([means, spreads], axis=1)
    return values.astype(np.float32), np.concatenate([_loudness(block) for block in blocks])


def _pulses(onsets: Array) -> Array:
    """(3, frames): how clear the clearest beat of each tempo is, 0..1."""
    padded = np.pad(onsets, PULSE_FRAMES // 2)
    pulses = np.empty((len(PULSES), len(onsets)), np.float32)
    for first in range(0, len(onsets), _BLOCK):
        heard = padded[first : first + _BLOCK + PULSE_FRAMES - 1]
        tempogram = librosa.feature.tempogram(onset_envelope=heard, win_length=PULSE_FRAMES, center=False)
        count = min(_BLOCK, len(onsets) - first)
        for row, lags in enumerate(PULSES):
            pulses[row, first : first + count] = tempogram[lags, :count].max(axis=0)
    return pulses


def _timbre(mel: Array) -> Array:
    """(10, frames): brightness, flatness, and the bands' shares."""
    brightness = np.log2(50 + (_centres()[:, None] * mel).sum(0) / (mel.sum(0) + _QUIETEST))
    return np.stack([brightness, _flatness(mel), *_shares(mel)])


def _flatness(mel: Array) -> Array:
    """0 for a hiss, less for tones: the logarithm (base 10) of the geometric over the arithmetic mean."""
    quiet = mel + _QUIETEST
    flatness: Array = np.log10(quiet).mean(axis=0) - np.log10(quiet.mean(axis=0))
    return flatness


def _shares(mel: Array) -> Array:
    """(8, frames)."""
    powers = np.add.reduceat(mel, BANDS, axis=0) + _QUIETEST
    shares: Array = np.log10(powers / powers.sum(axis=0))
    return shares


def _loudness(mel: Array) -> Array:
    centres = _centres()
    z = 2 * np.pi * centres / _RATE
    shelf, high_pass = (np.abs(freqz(*filters, worN=z)[1]) ** 2 for filters in (_SHELF, _HIGH_PASS))
    widths = np.gradient(centres)  # librosa divides each band by its width
    power = (shelf * high_pass * widths) @ mel
    loudness: Array = 10 * np.log10(window_means(power[:, None])[:, 0] + _QUIETEST)
    return loudness


def _centres() -> Array:
    """Hz, (128,)."""
    centres: Array = librosa.mel_frequencies(130, fmax=SAMPLE_RATE / 2)[1:-1].astype(np.float32)
    return centres
