"""What is shown while no song is loaded: one scene that feels neither good nor bad, and answers to the knobs."""

from pathlib import Path

import numpy as np

from ..audio.features import HOP_S
from ..core.types import SentimentTrack
from ..story.analysis import SongAnalysis
from ..story.cuts import INTERVAL_S


def silence() -> SongAnalysis:
    """A `SongAnalysis` of one interval, valence and arousal 0, its path and digest empty."""
    windows = round(INTERVAL_S / HOP_S)
    level = np.zeros(windows, np.float32)
    sentiment, power = SentimentTrack(level, level, HOP_S), (1.0,) * windows
    return SongAnalysis(sentiment, power, INTERVAL_S, Path(), "")
