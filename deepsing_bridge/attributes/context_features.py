"""A `Song` becomes a `ContextTrack`: what is heard in the seconds around every 500 ms.

Four ways of listening, side by side. The mel spectrogram is shown as a picture to the first stages of
EfficientNet-Lite0 as ImageNet left them: edges, textures and stripes there are attacks, timbres and rhythms here. The
pitches say how the harmony is: which key and how clearly, major or minor, how fast it changes, how rough it sounds. A
tagger of music says what kind of music it is like, and the dynamics how bright, busy and driven it is; loudness stands
by itself.
Computed in blocks, so that memory stays bounded for an hour of sound.
Knows nothing of sentiment.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from ..audio.compiling import compiling
from ..audio.decode import SAMPLE_RATE
from ..audio.features import HOP_S, under_frames
from ..audio.sections import novelty, peaks
from ..core.types import Progress, Song, no_progress
from . import tagger
from .backbones import LITE0, pretrained
from .dynamics import NAMES, song_to_dynamics
from .nets.musicnn import EMBEDDING
from .surroundings import Surroundings

with compiling():
    import librosa

CONTEXT_S = 10.0
WINDOW = round(HOP_S * SAMPLE_RATE)  # 10,752 samples

STAGES = 9  # of EfficientNet-Lite0: they halve the picture four times,
COLUMN = 16  # so 16 frames become one column, and a column is a window
REGIONS = 4  # a column's bands are averaged in four, from low to high
_MEL_HOP = WINDOW // COLUMN  # 672 samples
_MEL_FFT = 2048
_MEL_BANDS = 128
_QUIETEST = 1e-8  # mel power; below it there is nothing
_GREY, _CONTRAST = -1.0, 2.5  # log10 mel power that is mid-grey, and how far from it the net's input is 1
_BLOCK = 120  # windows: a minute
_SHOWN = 64  # windows: what the net is shown at a time
_MARGIN = 8  # of them on either side, of which a column sees five

PITCH_FRAMES = 4  # a window
_PITCH_HOP = WINDOW // PITCH_FRAMES
_PITCH_FFT = 8192  # 2.6 Hz a bin: the lowest semitone is 3.9 Hz wide
_OCTAVES = 6
_LOWEST_HZ = 65.406  # C2
_TUNINGS = 3  # bins a semitone
_PARTIALS = 20  # the strongest, for roughness

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each semitone over the root fits a key (Krumhansl and Kessler 1982)."""

SENSES = (2 * 80 * REGIONS, 2 * 19 + 23, 2 * EMBEDDING, 2 * len(NAMES))
"""How many of a row's numbers come from the picture of the sound, its harmony, the tagger, and its dynamics."""
LOUDNESS, SWELL = sum(SENSES), sum(SENSES) + 1
"""The last two columns: the loudness of the LOUDNESS_S around, in dB, and how much that is above the song's mean."""
ROW = SWELL + 1
LOUDNESS_S = 5.0
LARGEST_SWELL_DB = 12.0  # silence before a song is not endlessly calm
CHANGE_S = 7.5  # what is compared on either side of a change
CHANGE = 0.33  # mean square over the tagger's numbers: joined clips mostly differ by more, and few songs have such

Array = NDArray[np.float32]
Exact = NDArray[np.float64]
Windows = NDArray[np.intp]
NOWHERE: Windows = np.empty(0, np.intp)


@dataclass(frozen=True)
class ContextTrack:
    """`values` (windows, ROW) float32, one row for every `hop_s` seconds, of what is around it."""

    values: Array
    hop_s: float


@dataclass(frozen=True)
class Senses:
    """What each half second of a song sounds like by itself, (windows, n) each: `columns` of its picture, its `chroma`
    and the `details` of its harmony, the tagger's `embedding` of the 3 s around it, its `motion` (see `dynamics`);
    `loudness` (windows,), dB."""

    columns: Array
    chroma: Array
    details: Array
    embedding: Array
    motion: Array
    loudness: Array

    def changes(self) -> Windows:
        """The windows with which a song becomes another piece, ascending, by what the tagger hears on either side.

        Its numbers come in standard deviations of its own, so what is much is so in any song. No piece is shorter than
        the CONTEXT_S that were rated: a click in silence is none.
        """
        heard = self.embedding.astype(np.float64) / EMBEDDING**0.5
        found = peaks(novelty(heard, CHANGE_S), CONTEXT_S, CHANGE)
        whole = found[(found >= CONTEXT_S) & (found <= HOP_S * len(heard) - CONTEXT_S)]
        return np.round(whole / HOP_S).astype(np.intp)

    def context(
        self, context_s: float = CONTEXT_S, usual_db: float | None = None, changes: Windows = NOWHERE
    ) -> ContextTrack:
        """Means and spreads over the `context_s` around each, the key, and the loudness. A song's ends have half, and
        so have the windows next to `changes`.

        Loudness swells from `usual_db`, the song's mean if it is not given.
        """
        windows = len(self.loudness)
        around = Surroundings.of(windows, round(context_s / HOP_S), changes).describe
        harmonies = *around(self.details), key(around(self.chroma)[0])
        senses = *around(self.columns), *harmonies, *around(self.embedding), *around(self.motion)
        level, _ = Surroundings.of(windows, round(LOUDNESS_S / HOP_S), changes).describe(self.loudness[:, None])
        mean = self.loudness.mean() if usual_db is None else usual_db
        swell = np.clip(level - mean, -LARGEST_SWELL_DB, LARGEST_SWELL_DB)
        parts = [part.astype(np.float32) for part in (*senses, mean + swell, swell)]
        return ContextTrack(np.concatenate(parts, axis=1), HOP_S)


def song_to_context(song: Song, progress: Progress = no_progress) -> ContextTrack:
    """A row for every half second, of the CONTEXT_S around it, as rated clips are described. A last window that is not
    full is dropped. `progress` counts as `song_to_senses`."""
    return song_to_senses(song, progress).context()


def song_to_senses(song: Song, progress: Progress = no_progress) -> Senses:
    """`progress` counts windows, in three passes."""

    def of_pass(number: int) -> Progress:
        return lambda done, total: progress(number * total + done, 3 * total)

    columns = picture_columns(song.samples, of_pass(0))
    chroma, details = harmony(song.samples, of_pass(1))
    embedding = tagger.embed(song.samples, of_pass(2))
    return Senses(columns, chroma, details, embedding, *song_to_dynamics(song))


def picture_columns(samples: Array, progress: Progress = no_progress) -> Array:
    """(windows, 320): what the stages see in each window, 80 channels in REGIONS of pitch.

    The net is shown pictures of one width only, where a song is as long as that: for each other one oneDNN takes 3 to
    6 MB, and keeps them.
    """
    windows = len(samples) // WINDOW
    columns = np.empty((windows, 80 * REGIONS), np.float32)
    shown = min(_SHOWN, windows)
    for first in range(0, windows, _SHOWN - 2 * _MARGIN):
        stop = min(first + _SHOWN - 2 * _MARGIN, windows)
        start = min(max(first - _MARGIN, 0), windows - shown)
        seen = _seen(_mel_picture(samples, start, start + shown))
        columns[first:stop] = seen[first - start : stop - start]
        progress(stop, windows)
    return columns


def _mel_picture(samples: Array, first: int, stop: int) -> Array:
    """(128, 16 · windows) of the windows `first` to `stop`: log power, about −1..1."""
    sound = under_frames(samples, COLUMN * first, COLUMN * stop, _MEL_HOP, _MEL_FFT)
    mel = librosa.feature.melspectrogram(
        y=sound, sr=SAMPLE_RATE, n_fft=_MEL_FFT, hop_length=_MEL_HOP, n_mels=_MEL_BANDS, center=False
    )
    picture: Array = np.clip((np.log10(_QUIETEST + mel) - _GREY) / _CONTRAST, -1.5, 1.5)
    return picture


@torch.inference_mode()
def _seen(picture: Array) -> Array:
    """(128, 16 · windows) → (windows, 320)."""
    stages = pretrained(LITE0).stages[:STAGES]
    grey = torch.from_numpy(picture).expand(1, 3, *picture.shape).contiguous(memory_format=torch.channels_last)
    regions = stages(grey)[0].unflatten(1, (REGIONS, -1)).mean(2)
    seen: Array = regions.flatten(0, 1).T.numpy()
    return seen


def harmony(samples: Array, progress: Progress = no_progress) -> tuple[Array, Array]:
    """Chroma (windows, 12), and details of harmony (windows, 19)."""
    windows = len(samples) // WINDOW
    octaves = np.empty((windows * PITCH_FRAMES, _OCTAVES), np.float32)
    folded = np.empty((len(octaves), 12 * _TUNINGS), np.float32)
    roughness = np.empty(len(octaves), np.float32)
    for first in range(0, windows, _BLOCK):
        frames = slice(PITCH_FRAMES * first, PITCH_FRAMES * min(first + _BLOCK, windows))
        sound = under_frames(samples, frames.start, frames.stop, _PITCH_HOP, _PITCH_FFT)
        spectrum = np.abs(librosa.stft(sound, n_fft=_PITCH_FFT, hop_length=_PITCH_HOP, center=False))
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
    bins = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=_PITCH_FFT)
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
    hz = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=_PITCH_FFT)
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
