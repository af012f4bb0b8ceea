"""Sound at any rate, as it comes, becomes sound at SAMPLE_RATE at once.

Libraries of resampling work in blocks of their own, soxr's shortest of 20 ms: until one is full, nothing comes out. An
onset cannot wait for that. Here each output is the sum of the newest inputs, weighted by a low-pass (FIR, polyphase),
so that what has come is there DELAY_S later and no lump is ever kept back.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import firwin, kaiser_beta

from ..audio.decode import SAMPLE_RATE

DELAY_S = 0.0007  # half the low-pass: the shorter, the less steep
PASSED = 0.93  # of the lower of both Nyquist frequencies: half is left there, and nothing a tenth above
STOPPED_DB = 60.0

Array = NDArray[np.float32]


class Resampler:
    """Hears blocks of mono sound at `rate` Hz, of any size."""

    def __init__(self, rate: int) -> None:
        shared = math.gcd(rate, SAMPLE_RATE)
        self._up, self._down = SAMPLE_RATE // shared, rate // shared
        taps = 2 * math.ceil(DELAY_S * rate)
        cutoff = PASSED * min(rate, SAMPLE_RATE) / 2
        low_pass = self._up * firwin(
            taps * self._up, cutoff, window=("kaiser", kaiser_beta(STOPPED_DB)), fs=rate * self._up
        )
        self._weights = low_pass.reshape(taps, self._up).T[:, ::-1].astype(np.float32)  # by phase, the newest last
        self._kept: Array = np.zeros(taps, np.float32)
        self._next = 0  # where the next output lies, from the next input on, in steps of 1/up of an input

    def hear(self, samples: Array) -> Array:
        """What `samples` (n,) complete, about n · SAMPLE_RATE / `rate` of them."""
        heard = np.concatenate([self._kept, samples])
        end = len(samples) * self._up
        places = np.arange(self._next, end, self._down)
        self._next += len(places) * self._down - end
        self._kept = heard[len(samples) :]
        windows = sliding_window_view(heard, self._weights.shape[1])[places // self._up + 1]
        resampled: Array = np.einsum("ij,ij->i", windows, self._weights[places % self._up])
        return resampled
