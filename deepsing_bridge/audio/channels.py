"""Channel layouts: what they are called, and how sound of one is made sound of another.

Names are those of FFmpeg: "stereo", "5.1(side)", or "16 channels" where nobody says what each of them is.
No matrix makes anything louder than its loudest channel. Knows nothing of files.
"""

import numpy as np
from av.audio.layout import AudioLayout
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""(n, channels), in −1..1."""

_USUAL = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1"}
"""Of so many channels without names; more of them are the tracks of a recording rather than a room's speakers."""
_CENTRE = 0.5**0.5  # ITU-R BS.775: what comes from between two speakers, or from behind, is 3 dB down


def layout_name(layout: AudioLayout) -> str:
    """What to call `layout`, so that the name makes it again, or one of as many channels where it has no name."""
    channels = layout.nb_channels
    return usual_layout(channels) if channels <= 2 or is_unusual(layout) else layout.name


def is_unusual(layout: AudioLayout) -> bool:
    """Whether it has no name of its own, but "3 channels", or "3 channels (FL+FR+BC)" if it lists them."""
    return layout.name.startswith(unnamed(layout.nb_channels))


def usual_layout(channels: int) -> str:
    """The layout of sound of which only the number of its channels is known."""
    return _USUAL.get(channels, unnamed(channels))


def unnamed(channels: int) -> str:
    """FFmpeg's name for `channels` that are not told apart."""
    return f"{channels} channels"


def remix(samples: Samples, source: str, target: str) -> Samples:
    """`samples` of layout `source` in as many channels as `target` has: as they are if that is no other number,
    their mean for one, and otherwise left and right in the first two."""
    channels = AudioLayout(target).nb_channels
    if samples.shape[1] == channels:
        return samples
    if channels == 1:
        return samples.mean(axis=1, keepdims=True, dtype=np.float32)
    mixed = np.zeros((len(samples), channels), np.float32)
    mixed[:, :2] = samples @ _to_stereo(source)
    return mixed


def _to_stereo(source: str) -> NDArray[np.float32]:
    """(channels, 2): the share of each channel of `source` in left and right, as ITU-R BS.775 has it, without LFE.

    The shares of each side sum to 1, as so many channels at full scale must not exceed it.
    """
    shares = np.array([_sides(channel.name) for channel in AudioLayout(source).channels], np.float32)
    return shares / shares.sum(axis=0).clip(1e-9)


def _sides(channel: str) -> tuple[float, float]:
    share = 1.0 if channel.startswith("F") else _CENTRE
    side = channel.removesuffix("C")[-1:]  # FLC is left, too
    if channel.startswith("LFE"):
        return 0.0, 0.0
    if side in ("L", "R"):
        return (share, 0.0) if side == "L" else (0.0, share)
    return _CENTRE, _CENTRE
