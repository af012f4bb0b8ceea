"""What pictures move with, heard in a song: quickly, since no sentiment is."""

from ..audio.features import Array, song_to_mel
from ..audio.levels import song_to_levels
from ..audio.sound import song_to_sound
from ..core.types import Song
from .levels_cache import Heard


def hear(song: Song, mel: Array | None = None) -> Heard:
    """To the bit as `analyze` hears it. `mel` is what `song_to_mel` gives of `song`, where it is there already."""
    return Heard(song_to_levels(song, song_to_mel(song) if mel is None else mel), song_to_sound(song))
