"""What pictures move with, heard in a song: quickly, since no sentiment is."""

from ..audio.features import song_to_mel
from ..audio.levels import song_to_levels
from ..audio.sound import song_to_sound
from ..core.types import Song
from .levels_cache import Heard


def hear(song: Song) -> Heard:
    """To the bit as `analyze` hears it."""
    return Heard(song_to_levels(song, song_to_mel(song)), song_to_sound(song))
