"""Reads DEAM (Aljanaki, Yang and Soleymani 2017) as it is published, and checks it before anything long begins.

1,802 songs and excerpts, rated every 500 ms from 15 s on. `DEAM_audio.zip` holds `MEMD_audio/`, `DEAM_Annotations.zip`
holds `annotations/`; the folder may hold both as they come out of the archives, or within folders that are named
after them. Knows nothing of features or networks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..audio.decode import refuse_unplayable
from ..audio.features import HOP_S
from ..core.errors import BridgeError, first_few
from ..core.files import sha256
from ..core.types import Progress, no_progress
from .dataset_checks import Row, number, read_rows, refuse_missing, refuse_unmatched
from .recipes import SKIPPED_S

AVERAGED = "annotations/annotations averaged per song"
DYNAMIC = f"{AVERAGED}/dynamic (per second annotations)"
AROUSAL, VALENCE = f"{DYNAMIC}/arousal.csv", f"{DYNAMIC}/valence.csv"
SONG_LEVEL = (
    f"{AVERAGED}/song_level/static_annotations_averaged_songs_1_2000.csv",
    f"{AVERAGED}/song_level/static_annotations_averaged_songs_2000_2058.csv",
)
SOUNDS = "MEMD_audio/"
EXPECTED = "DEAM as published: MEMD_audio/ and annotations/, of DEAM_audio.zip and DEAM_Annotations.zip"
UNPACKED = {SOUNDS: "DEAM_audio", "annotations/": "DEAM_Annotations"}
KEY, WHOLE = "song_id", ("valence_mean", "arousal_mean")


@dataclass(frozen=True)
class RatedSong:
    """`windows` (n,): numbers of the 500 ms windows that were rated; `valence` and `arousal` (n,) −1..1, raters' means.

    `whole_valence` and `whole_arousal`: what was said of all of it, 1..9.
    """

    name: str
    sound: Path
    windows: NDArray[np.int64]
    valence: NDArray[np.float32]
    arousal: NDArray[np.float32]
    whole_valence: float
    whole_arousal: float


@dataclass(frozen=True)
class Deam:
    """`songs` in order of their ids; `unrated`, names of sounds that nobody rated; `digest` of all the ratings."""

    songs: tuple[RatedSong, ...]
    unrated: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Table:
    """Ratings by song; `path` is what errors name."""

    path: Path
    rows: Mapping[str, Row]

    def number(self, song: str, column: str) -> float:
        return number(self.path, f"song {song}", column, self.rows[song][column])

    def curve(self, song: str) -> dict[int, float]:
        """The number of each rated window → its rating; empty cells are moments after the song's end."""
        found = {}
        for column, cell in self.rows[song].items():
            match = re.fullmatch(r"sample_(\d{1,9})ms", column)
            if match and cell and int(match[1]) >= SKIPPED_S * 1000:
                found[round(int(match[1]) / 1000 / HOP_S)] = self.number(song, column)
        return found


def read_deam(folder: Path, progress: Progress = no_progress) -> Deam:
    """Raises BridgeError for a file that is missing, ratings that do not match each other or the sounds, a cell that
    is no number, and sounds that cannot be decoded. `progress` counts sounds."""
    places = _places(folder)
    sounds = {path.stem: path for path in places[SOUNDS].glob("*.mp3")}
    arousal, valence = (Table(places[axis], read_rows(places[axis], KEY)) for axis in (AROUSAL, VALENCE))
    tables = [read_rows(places[name], KEY, WHOLE) for name in SONG_LEVEL]
    whole = Table(places[SONG_LEVEL[0]].parent, tables[0] | tables[1])
    refuse_unmatched(places[SOUNDS], arousal.rows, sounds, "sound")
    _refuse_different({table.path: table.rows for table in (arousal, valence, whole)})
    ids = sorted(arousal.rows, key=_numeric)
    songs = tuple(_song(one, sounds[one], arousal, valence, whole) for one in ids)
    _refuse_unplayable(songs, progress)
    files = (AROUSAL, VALENCE, *SONG_LEVEL)
    digest = " ".join(sha256(places[name])[:16] for name in files)
    return Deam(songs, tuple(sorted(set(sounds) - set(ids), key=_numeric)), digest)


def _places(folder: Path) -> dict[str, Path]:
    """Where each part of the layout lies."""
    roots = {part: _root(folder, part, archive) for part, archive in UNPACKED.items()}
    names = (SOUNDS, AROUSAL, VALENCE, *SONG_LEVEL)
    inside = {name: roots[SOUNDS if name == SOUNDS else "annotations/"] + name for name in names}
    refuse_missing(folder, inside.values(), EXPECTED)
    return {name: folder / path for name, path in inside.items()}


def _root(folder: Path, part: str, archive: str) -> str:
    return f"{archive}/" if (folder / archive / part).is_dir() else ""


def _numeric(name: str) -> tuple[int, str]:
    return (int(name) if name.isdecimal() else 0, name)


def _refuse_different(tables: Mapping[Path, Mapping[str, Row]]) -> None:
    """Every song must be in every table."""
    every = {song for rows in tables.values() for song in rows}
    for path, rows in tables.items():
        if lacking := sorted(every - rows.keys(), key=_numeric):
            raise BridgeError(f"{path}: has no ratings of songs that the other tables rate: {first_few(lacking)}")


def _song(name: str, sound: Path, arousal: Table, valence: Table, whole: Table) -> RatedSong:
    exciting, pleasant = arousal.curve(name), valence.curve(name)
    windows = sorted(exciting.keys() & pleasant.keys())
    if not windows:
        raise BridgeError(f"{arousal.path.parent}: song {name} has no moment from {SKIPPED_S:g} s on with both axes")
    return RatedSong(
        name,
        sound,
        np.array(windows, np.int64),
        np.array([pleasant[window] for window in windows], np.float32),
        np.array([exciting[window] for window in windows], np.float32),
        *(whole.number(name, column) for column in WHOLE),
    )


def _refuse_unplayable(songs: tuple[RatedSong, ...], progress: Progress) -> None:
    """One sentence for all of them, so that nobody mends a set file by file."""
    broken = []
    for done, song in enumerate(songs, 1):
        try:
            refuse_unplayable(song.sound)
        except BridgeError:
            broken.append(song.sound.name)
        progress(done, len(songs))
    if broken:
        raise BridgeError(f"{songs[0].sound.parent}: not sound that can be decoded: {first_few(broken)}")
