"""What pictures move with is not in `story.json`, and is heard again in its song: quickly, since no sentiment is."""

from dataclasses import replace

from ..audio.features import song_to_mel
from ..audio.levels import song_to_levels
from ..audio.sound import song_to_sound
from ..core.types import Song
from .storyboard import Storyboard


def with_levels(board: Storyboard, song: Song) -> Storyboard:
    """`board`, that was read from a file, with the levels and the sound of its `song`."""
    return replace(board, levels=song_to_levels(song, song_to_mel(song)), sound=song_to_sound(song))
