"""A `Song` becomes its `Structure`: beats, bars, sections and changes."""

import numpy as np
from numpy.typing import NDArray

from ..core.types import Song, Structure
from .bars import beats_to_bars, onset_strengths
from .beats import mel_to_beats
from .features import song_to_chroma
from .sections import change_times, section_starts, timbre_and_harmony


def song_to_structure(song: Song, mel: NDArray[np.float32]) -> Structure:
    """`mel` is what `song_to_mel` gives of `song`."""
    chroma = song_to_chroma(song)
    beats = mel_to_beats(mel)
    bars = beats_to_bars(beats, mel, chroma)
    heard = timbre_and_harmony(mel, chroma)
    return Structure(
        beats=beats,
        bars=bars,
        accents=onset_strengths(bars, mel),
        beat_accents=onset_strengths(beats, mel),
        sections=section_starts(heard, bars),
        changes=change_times(heard),
    )
