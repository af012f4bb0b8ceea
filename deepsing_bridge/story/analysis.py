"""A `Song` becomes a `SongAnalysis`: all that later stages want to know of its sound.

This takes nearly all of the time that planning takes, and depends on no picture. Knows nothing of scenes.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..attributes.audio_models import AudioEstimator
from ..audio.beats import mel_to_beats
from ..audio.features import mel_to_power, song_to_mel
from ..audio.levels import song_to_levels
from ..core.options import Alignment
from ..core.types import LevelTrack, Progress, SentimentTrack, Song, no_progress


@dataclass(frozen=True, eq=False)
class SongAnalysis:
    """What a song says for itself: its `sentiment` and `power` at 0.5 s, its `beats` (n,) in seconds, its `levels`.

    `path` and `digest` say which song it was, so that the sound itself need not be kept.
    """

    sentiment: SentimentTrack
    power: tuple[float, ...]
    beats: NDArray[np.float64]
    duration_s: float
    path: Path
    digest: str
    levels: LevelTrack = field(default_factory=LevelTrack.quiet)


def analyze(
    song: Song, audio_model: AudioEstimator, alignment: Alignment = "song", progress: Progress = no_progress
) -> SongAnalysis:
    """Sentiment, power, beats and levels of `song`. `progress` counts as the audio model does."""
    mel = song_to_mel(song)
    return SongAnalysis(
        sentiment=audio_model.estimate(song, alignment, progress),
        power=tuple(mel_to_power(mel).tolist()),
        beats=mel_to_beats(mel),
        levels=song_to_levels(song),
        duration_s=song.duration_s,
        path=song.source,
        digest=song.digest,
    )
