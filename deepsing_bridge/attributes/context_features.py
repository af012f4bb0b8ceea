"""A `Song` becomes a `ContextTrack`: what is heard in the seconds around every 500 ms.

Four ways of listening, side by side: a picture of the sound (`sound_picture`), its harmony, a tagger that says what
kind of music it is like, and the dynamics, how bright, busy and driven it is; loudness stands by itself. Knows nothing
of sentiment.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.features import HOP_S
from ..audio.sections import novelty, peaks
from ..core.types import Progress, Song, no_progress
from . import tagger
from .dynamics import NAMES, song_to_dynamics
from .harmony import DETAILS, KEY, harmony, key
from .nets.musicnn import EMBEDDING
from .sound_picture import CHANNELS, REGIONS, picture_columns
from .surroundings import Surroundings

CONTEXT_S = 10.0
SENSES = (2 * CHANNELS * REGIONS, 2 * DETAILS + KEY, 2 * EMBEDDING, 2 * len(NAMES))
"""How many of a row's numbers come from the picture of the sound, its harmony, the tagger, and its dynamics."""
LOUDNESS, SWELL = sum(SENSES), sum(SENSES) + 1
"""The last two columns: the loudness of the LOUDNESS_S around, in dB, and how much that is above the song's mean."""
ROW = SWELL + 1
LOUDNESS_S = 5.0
LARGEST_SWELL_DB = 12.0  # silence before a song is not endlessly calm
CHANGE_S = 7.5  # what is compared on either side of a change
CHANGE = 0.33  # mean square over the tagger's numbers: joined clips mostly differ by more, and few songs have such

Array = NDArray[np.float32]
Windows = NDArray[np.intp]
NOWHERE: Windows = np.empty(0, np.intp)


@dataclass(frozen=True)
class ContextTrack:
    """`values` (windows, ROW) float32, one row for every `hop_s` seconds, of what is around it."""

    values: Array
    hop_s: float


@dataclass(frozen=True)
class Senses:
    """What each half second of a song sounds like by itself, (windows, n) each: `columns` of its picture, its `chroma`
    and the `details` of its harmony, the tagger's `embedding` of the 3 s around it, its `motion` (see `dynamics`);
    `loudness` (windows,), dB."""

    columns: Array
    chroma: Array
    details: Array
    embedding: Array
    motion: Array
    loudness: Array

    def changes(self) -> Windows:
        """The windows with which a song becomes another piece, ascending, by what the tagger hears on either side.

        Its numbers come in standard deviations of its own, so what is much is so in any song. No piece is shorter than
        the CONTEXT_S that were rated: a click in silence is none.
        """
        heard = self.embedding.astype(np.float64) / EMBEDDING**0.5
        found = peaks(novelty(heard, CHANGE_S), CONTEXT_S, CHANGE)
        whole = found[(found >= CONTEXT_S) & (found <= HOP_S * len(heard) - CONTEXT_S)]
        return np.round(whole / HOP_S).astype(np.intp)

    def context(
        self, context_s: float = CONTEXT_S, usual_db: float | None = None, changes: Windows = NOWHERE
    ) -> ContextTrack:
        """Means and spreads over the `context_s` around each, the key, and the loudness. A song's ends have half, and
        so have the windows next to `changes`.

        Loudness swells from `usual_db`, the song's mean if it is not given.
        """
        windows = len(self.loudness)
        around = Surroundings.of(windows, round(context_s / HOP_S), changes).describe
        harmonies = *around(self.details), key(around(self.chroma)[0])
        senses = *around(self.columns), *harmonies, *around(self.embedding), *around(self.motion)
        level, _ = Surroundings.of(windows, round(LOUDNESS_S / HOP_S), changes).describe(self.loudness[:, None])
        mean = self.loudness.mean() if usual_db is None else usual_db
        swell = np.clip(level - mean, -LARGEST_SWELL_DB, LARGEST_SWELL_DB)
        parts = [part.astype(np.float32) for part in (*senses, mean + swell, swell)]
        return ContextTrack(np.concatenate(parts, axis=1), HOP_S)


def song_to_context(song: Song, progress: Progress = no_progress) -> ContextTrack:
    """A row for every half second, of the CONTEXT_S around it, as rated clips are described. A last window that is not
    full is dropped. `progress` counts as `song_to_senses`."""
    return song_to_senses(song, progress).context()


def song_to_senses(song: Song, progress: Progress = no_progress) -> Senses:
    """`progress` counts windows, in three passes."""

    def of_pass(number: int) -> Progress:
        return lambda done, total: progress(number * total + done, 3 * total)

    columns = picture_columns(song.samples, of_pass(0))
    chroma, details = harmony(song.samples, of_pass(1))
    embedding = tagger.embed(song.samples, of_pass(2))
    return Senses(columns, chroma, details, embedding, *song_to_dynamics(song))
