"""Pictures of high dynamic range as a screen of standard range shows them.

Mid-tones keep their brightness, with the white of paper (203 cd/m², ITU-R BT.2408) as white; highlights beyond the knee
are pressed together, all channels by the same factor, so that hues stay.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

WHITE = 203.0  # cd/m²
KNEE = 0.6  # of white
PEAK_HLG = 1000.0  # cd/m², of the display that HLG is graded for
GAMMA_HLG = 1.2  # the system's, at that peak
GAMMA = 2.4  # of a display of standard range, ITU-R BT.1886
BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)
LUMINANCE_2020 = np.array([0.2627, 0.678, 0.0593], np.float32)


def to_standard_range(pixels: NDArray[np.uint16], transfer: str) -> NDArray[np.uint8]:
    """(H, W, 3) of BT.2020's RGB, 16 bits, full range, by `transfer` PQ or HLG → (H, W, 3) of BT.709's RGB."""
    light = _light(transfer)[pixels]
    if transfer == "HLG":
        light *= (light @ LUMINANCE_2020)[..., None] ** (GAMMA_HLG - 1) * (PEAK_HLG / WHITE)
    light = (light @ BT2020_TO_BT709.T).clip(0)
    brightest = light.max(axis=2, keepdims=True)
    pressed = np.where(brightest > KNEE, 1 - (1 - KNEE) * np.exp((KNEE - brightest) / (1 - KNEE)), brightest)
    light *= pressed / np.maximum(brightest, 1e-6)
    return _codes()[(light * 65535 + 0.5).astype(np.uint16)]


@cache
def _light(transfer: str) -> NDArray[np.float32]:
    """(65536,): what a code of 16 bits is, of WHITE for PQ (SMPTE ST 2084), of the scene's peak for HLG (BT.2100)."""
    code = np.arange(65536) / 65535
    if transfer == "PQ":
        power = code ** (32 / 2523)
        linear = (np.maximum(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)) ** (16384 / 2610)
        return (linear * 10_000 / WHITE).astype(np.float32)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12).astype(np.float32)


@cache
def _codes() -> NDArray[np.uint8]:
    """(65536,): light as a code of 8 bits."""
    return ((np.arange(65536) / 65535) ** (1 / GAMMA) * 255 + 0.5).astype(np.uint8)
