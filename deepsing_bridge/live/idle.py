"""What is shown while no song is loaded: one scene that feels neither good nor bad, and answers to the knobs."""

from pathlib import Path

import numpy as np

from ..core.types import SentimentTrack
from ..story.analysis import SongAnalysis
from ..story.cuts import INTERVAL_S


def silence() -> SongAnalysis:
    """A `SongAnalysis` of one interval, valence and arousal 0 all the time, its path and digest empty."""
    level = np.zeros(1, np.float32)
    return SongAnalysis(SentimentTrack(level, level, INTERVAL_S), (1.0,), INTERVAL_S, Path(), "")
