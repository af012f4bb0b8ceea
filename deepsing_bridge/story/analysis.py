"""A `Song` becomes a `SongAnalysis`: all that later stages want to know of its sound.

This takes nearly all of the time that planning takes, and depends on no picture. Knows nothing of scenes.
"""

from dataclasses import dataclass, field
from pathlib import Path

from ..attributes.audio_models import AudioEstimator
from ..core.options import Alignment
from ..core.types import LevelTrack, Progress, SentimentTrack, Song, SoundTrack, Structure, no_progress
from .levels_cache import Heard


@dataclass(frozen=True, eq=False)
class SongAnalysis:
    """What a song says for itself: its `sentiment` and `power` at 0.5 s, its `structure`, its `levels` and what can be
    shown of its `sound`.

    `path` and `digest` say which song it was, so that the sound itself need not be kept.
    """

    sentiment: SentimentTrack
    power: tuple[float, ...]
    duration_s: float
    path: Path
    digest: str
    structure: Structure = field(default_factory=Structure)
    levels: LevelTrack = field(default_factory=LevelTrack.quiet)
    sound: SoundTrack = field(default_factory=SoundTrack.silence)


def analyze(
    song: Song,
    audio_model: AudioEstimator,
    alignment: Alignment = "song",
    progress: Progress = no_progress,
    heard: Heard | None = None,
) -> SongAnalysis:
    """Sentiment, power, structure and levels of `song`. `progress` counts as the audio model does.

    `heard` is what `hear` gave of the song before, where it is known.
    """
    from ..audio.features import mel_to_power, song_to_mel  # and with them librosa, which takes a second
    from ..audio.structure import song_to_structure
    from .levels import hear

    sentiment = audio_model.estimate(song, alignment, progress)  # first, while nothing else of the song is kept
    mel = song_to_mel(song)
    levels, sound = heard or hear(song, mel)
    return SongAnalysis(
        sentiment=sentiment,
        power=tuple(mel_to_power(mel).tolist()),
        structure=song_to_structure(song, mel),
        levels=levels,
        sound=sound,
        duration_s=song.duration_s,
        path=song.source,
        digest=song.digest,
    )
