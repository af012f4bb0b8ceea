"""What a tagger of music makes of a song: MusiCNN's embedding of the 3 s around every half second.

The song is taken a minute at a time, so an hour takes no more memory, but for the 200 numbers of each half second.
"""

from functools import cache

import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from .. import weights
from ..audio.compiling import compiling
from ..audio.decode import SAMPLE_RATE
from ..audio.features import HOP_S, WINDOW
from ..core.types import Progress, no_progress
from .nets.musicnn import BANDS, EMBEDDING, WEIGHTS, MusiCNN

with compiling():
    import librosa

RATE = 16_000  # Hz; this and what follows are as it was trained
HOP = 256
FFT = 512
STRETCH = 187  # frames, 3 s
GAIN = 10_000  # of mel power, before its logarithm
WINDOWS_AHEAD = 3  # of HOP_S: what is heard after the window that a row is of
_WINDOW_FRAMES = HOP_S * RATE / HOP  # 31.25
_BLOCK = 120  # windows
# Windows on either side of a block: half a stretch, and as far as its first and last frames depend on others.
_MARGIN = 8
# Both are multiples of 4 windows, after which frames begin where windows do.

Array = NDArray[np.float32]


def embed(samples: Array, progress: Progress = no_progress) -> Array:
    """Samples (n,) at SAMPLE_RATE → (windows, 200), one row for the 3 s around the middle of each HOP_S.

    At a song's ends it is the first and the last 3 s. A last window that is not full is dropped. `progress` counts
    windows.
    """
    windows = len(samples) // WINDOW
    rows = np.empty((windows, EMBEDDING), np.float32)
    for first in range(0, windows, _BLOCK):
        stop = min(first + _BLOCK, windows)
        start = max(first - _MARGIN, 0)
        rows[first:stop] = embed_windows(
            samples[start * WINDOW : (stop + _MARGIN) * WINDOW], first - start, stop - start
        )
        progress(stop, windows)
    return rows


@torch.inference_mode()
def embed_windows(samples: Array, first: int, stop: int) -> Array:
    """The rows of windows `first` to `stop` of `samples`, (stop − first, 200), as `embed` gives them."""
    tagger = _tagger()
    maps = tagger.maps(torch.from_numpy(_mel(samples)))
    length = min(STRETCH, len(maps))
    middles = (int((window + 0.5) * _WINDOW_FRAMES) for window in range(first, stop))
    starts = (min(max(middle - length // 2, 0), len(maps) - length) for middle in middles)
    rows: Array = torch.cat([tagger.embed(maps[start : start + length][None]) for start in starts]).numpy()
    return rows


def _mel(samples: Array) -> Array:
    """(frames, 96)."""
    sound = soxr.resample(samples, SAMPLE_RATE, RATE)
    power = librosa.feature.melspectrogram(y=sound, sr=RATE, hop_length=HOP, n_fft=FFT, n_mels=BANDS)
    return np.log10(1 + GAIN * power.T).astype(np.float32)


@cache
def _tagger() -> MusiCNN:
    net = MusiCNN()
    net.load_state_dict({name: tensor.float() for name, tensor in weights.load(WEIGHTS).items()})
    return net.eval()
