"""The sound of a live take as a FLAC that is written while it is heard, block by block, so that one that was cut short
by a crash is whole up to there: https://www.rfc-editor.org/rfc/rfc9639 has a length of 0 for one that is not known.

Owned by the recorder's thread.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr

from ..core.errors import BridgeError
from ..listening.device import SoundBlock
from ..listening.ring import CHANNELS

FILE = "sound.flac"
RATE = 48_000  # Hz
GAP_S = 0.05  # less than this between two blocks is rounding and resampling


class LiveRecording:
    """`path`, whose first sample was heard at `start_s`: stereo, 24 bits, silence where no sound came."""

    def __init__(self, path: Path, start_s: float) -> None:
        """Raises BridgeError where it cannot be made."""
        self.start_s = start_s
        self._samples = 0
        self._rate, self._resampler = RATE, _resampler(RATE)
        try:
            self._file = soundfile.SoundFile(path, "x", RATE, CHANNELS, "PCM_24", format="FLAC")
        except (OSError, soundfile.SoundFileError) as error:
            raise BridgeError(f"{path}: cannot be written ({error})") from error

    def write(self, blocks: Sequence[SoundBlock]) -> None:
        """Raises BridgeError where the disk is full or gone."""
        try:
            for block in blocks:
                self._write(block)
        except (OSError, soundfile.SoundFileError) as error:
            raise BridgeError(f"{self._file.name}: cannot be written ({error})") from error

    def close(self) -> None:
        """Raises BridgeError where what waits cannot be written."""
        try:
            self._file.close()
        except (OSError, soundfile.SoundFileError) as error:
            raise BridgeError(f"{self._file.name}: cannot be written ({error})") from error

    def _write(self, block: SoundBlock) -> None:
        missing = block.time_s - self.start_s - self._samples / RATE
        if missing > GAP_S:
            self._append(np.zeros((round(missing * RATE), CHANNELS), np.float32))
        early = round(-missing * block.rate) if missing < -GAP_S else 0  # from before the first sample
        if block.rate != self._rate:
            self._rate, self._resampler = block.rate, _resampler(block.rate)
        self._append(self._resampler.resample_chunk(block.samples[early:]))

    def _append(self, samples: np.ndarray) -> None:
        self._file.write(samples)
        self._samples += len(samples)


def _resampler(rate: int) -> soxr.ResampleStream:
    return soxr.ResampleStream(rate, RATE, CHANNELS, dtype="float32")
