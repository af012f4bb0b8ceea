"""The mel spectrogram, shown as a picture to the first stages of EfficientNet-Lite0 as ImageNet left them: edges,
textures and stripes there are attacks, timbres and rhythms here."""

import numpy as np
import torch
from numpy.typing import NDArray

from ..audio.compiling import compiling
from ..audio.decode import SAMPLE_RATE
from ..audio.features import WINDOW, under_frames
from ..core.types import Progress, no_progress
from .backbones import LITE0, pretrained

with compiling():
    import librosa

STAGES = 9  # of EfficientNet-Lite0: they halve the picture four times,
COLUMN = 16  # so 16 frames become one column, and a column is a window
REGIONS = 4  # a column's bands are averaged in four, from low to high
CHANNELS = 80  # of the last of these stages
_HOP = WINDOW // COLUMN  # 672 samples
_FFT = 2048
_BANDS = 128
_QUIETEST = 1e-8  # mel power; below it there is nothing
_GREY, _CONTRAST = -1.0, 2.5  # log10 mel power that is mid-grey, and how far from it the net's input is 1
_SHOWN = 64  # windows: what the net is shown at a time
_MARGIN = 8  # of them on either side, of which a column sees five

Array = NDArray[np.float32]


def picture_columns(samples: Array, progress: Progress = no_progress) -> Array:
    """(windows, 320): what the stages see in each window, 80 channels in REGIONS of pitch.

    The net is shown pictures of one width only, where a song is as long as that: for each other one oneDNN takes 3 to
    6 MB, and keeps them.
    """
    windows = len(samples) // WINDOW
    columns = np.empty((windows, CHANNELS * REGIONS), np.float32)
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
    sound = under_frames(samples, COLUMN * first, COLUMN * stop, _HOP, _FFT)
    mel = librosa.feature.melspectrogram(
        y=sound, sr=SAMPLE_RATE, n_fft=_FFT, hop_length=_HOP, n_mels=_BANDS, center=False
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
