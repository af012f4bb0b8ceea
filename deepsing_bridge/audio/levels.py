"""A `Song` becomes its `LevelTrack`: onsets, bass, mid, treble and loudness, each 0..1 for this song.

What a picture moves with. The bands are those of a mixing desk; levels are in decibels between the song's own quiet and
loud, so that a soft piece moves as much as a loud one; they rise at once and fall slowly, as meters do.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..core.types import LEVEL_NAMES, LevelTrack, Song
from .compiling import compiling
from .decode import SAMPLE_RATE
from .features import HOP_LENGTH as MEL_HOP_LENGTH
from .features import ONSET_DELAY, above_deepest, mel_to_onsets, under_frames

with compiling():
    import librosa
    from librosa.filters import mel as mel_filters
    from librosa.onset import onset_strength

HOP_LENGTH = 256  # samples: 84 values a second at 21,504 Hz
FFT = 1024
BLOCK_FRAMES = 60 * 84  # a minute, which bounds the memory
BANDS_HZ = {"bass": (30.0, 150.0), "mid": (250.0, 2000.0), "treble": (4000.0, 10000.0)}
ALL = "all"  # weighed as the ear does (A)
DEEPEST_DB = 40.0  # below the loudest counts as silence
QUIET, LOUD = 0.10, 0.98  # of the song's own values, where 0 and 1 lie
FALL_S = {"bass": 0.20, "mid": 0.15, "treble": 0.10}  # time constants
PULSE_FALL_S, ENERGY_S = 0.16, 0.8
MEL_BANDS = 64
STRONG_ONSET = 0.99  # of frames have less
CLEAREST_ONSET = 0.97  # of the local peaks: where a pulse is 1
FAINT_ONSET = 0.15  # of that: less is no onset

Array = NDArray[np.float32]


def song_to_levels(song: Song, mel: Array) -> LevelTrack:
    """A value every HOP_LENGTH samples; of a silent song all are 0. `mel` is what `song_to_mel` gives of `song`."""
    bands, flux = _spectra(song)
    hop_s = HOP_LENGTH / song.sample_rate
    levels = {name: _falling(_relative(bands[name]), FALL_S[name], hop_s) for name in BANDS_HZ}
    levels["pulse"] = _falling(_onsets(flux), PULSE_FALL_S, hop_s)
    levels["energy"] = _smooth(_relative(bands[ALL]), ENERGY_S, hop_s)
    values = np.stack([levels[name] for name in LEVEL_NAMES], axis=1)
    return LevelTrack(values, hop_s, _onset_strength(mel_to_onsets(mel), len(values)))


def _onset_strength(onsets: Array, count: int) -> Array:
    """(count,) 0..1 of the onset envelope of mel frames; 1 is what a hundredth of them reach."""
    times = np.arange(count) * (HOP_LENGTH / MEL_HOP_LENGTH)
    strong = max(float(np.quantile(onsets, STRONG_ONSET)), 1e-6)
    return _unit(np.interp(times, np.arange(len(onsets)), onsets) / strong)


def _spectra(song: Song) -> tuple[dict[str, Array], Array]:
    """The power of each band and of all, and the onset strength, (frames,) each."""
    rows = band_weights(song.sample_rate)
    mel_rows = mel_filters(sr=song.sample_rate, n_fft=FFT, n_mels=MEL_BANDS)
    frames = 1 + len(song.samples) // HOP_LENGTH
    power, loudest = np.empty((len(rows), frames), np.float32), 0.0
    for first, stop, block in _power_blocks(song.samples, frames):
        power[:, first:stop] = [row @ block for row in rows.values()]
        loudest = max(loudest, float((mel_rows @ block).max()))
    # Heard once more rather than kept: mel bands would be most of what levels take.
    heard = _power_blocks(song.samples, frames, before=ONSET_DELAY)
    flux = [_flux(mel_rows @ block, loudest)[first - stop :] for first, stop, block in heard]
    return dict(zip(rows, power, strict=True)), np.concatenate(flux)


def _flux(mel: Array, loudest: float) -> Array:
    flux: Array = onset_strength(S=above_deepest(mel, loudest), sr=SAMPLE_RATE, hop_length=HOP_LENGTH, n_fft=FFT)
    return flux


def band_weights(sample_rate: int) -> dict[str, Array]:
    """How much each bin of a power spectrum of FFT samples counts for each of BANDS_HZ, and for ALL: (bins,) each."""
    frequencies = librosa.fft_frequencies(sr=sample_rate, n_fft=FFT)
    rows = {name: (low <= frequencies) & (frequencies < high) for name, (low, high) in BANDS_HZ.items()}
    rows[ALL] = librosa.db_to_power(librosa.A_weighting(np.maximum(frequencies, 1.0)))
    return {name: row.astype(np.float32) for name, row in rows.items()}


def _power_blocks(samples: Array, frames: int, before: int = 0) -> Iterator[tuple[int, int, Array]]:
    """(bins, frames) power spectra of the frames `first` to `stop`, each frame centred on its hop, after those of up to
    `before` frames that lie before them."""
    for first in range(0, frames, BLOCK_FRAMES):
        stop = min(first + BLOCK_FRAMES, frames)
        heard = under_frames(samples, max(first - before, 0), stop, HOP_LENGTH, FFT)
        yield first, stop, np.abs(librosa.stft(heard, n_fft=FFT, hop_length=HOP_LENGTH, center=False)) ** 2


def _relative(power: Array) -> Array:
    """In decibels, 0..1 between the song's quiet and its loud."""
    if power.max() <= 0:
        return np.zeros_like(power)
    level = np.maximum(10 * np.log10(np.maximum(power, 1e-12) / power.max()), -DEEPEST_DB)
    low, high = np.quantile(level, [QUIET, LOUD])
    return _unit((level - low) / max(high - low, 6.0))


def _onsets(flux: Array) -> Array:
    """Local peaks of the onset strength, 0..1, and 0 elsewhere."""
    before, after = np.r_[0.0, flux[:-1]], np.r_[flux[1:], 0.0]
    peaks = np.where((flux > before) & (flux >= after), flux, 0.0)
    if not peaks.any():
        return np.zeros_like(flux)
    clear = max(float(np.quantile(peaks[peaks > 0], CLEAREST_ONSET)), 1e-6)
    return _unit((peaks / clear - FAINT_ONSET) / (1 - FAINT_ONSET))


def _falling(level: Array, fall_s: float, hop_s: float) -> Array:
    """Rises at once, falls with a time constant of `fall_s`."""
    keep = np.exp(-hop_s / fall_s)
    held, out = 0.0, np.empty_like(level)
    for index, value in enumerate(level.tolist()):
        held = max(value, held * keep)
        out[index] = held
    return out


def _smooth(level: Array, width_s: float, hop_s: float) -> Array:
    """The mean over `width_s`, as far to one side as to the other."""
    width = max(round(width_s / hop_s), 1)
    weights = np.hanning(width + 2)[1:-1]
    known = np.convolve(np.ones_like(level), weights, "same")
    return (np.convolve(level, weights, "same") / known).astype(np.float32)


def _unit(values: NDArray[np.floating]) -> Array:
    return np.clip(values, 0.0, 1.0).astype(np.float32)
