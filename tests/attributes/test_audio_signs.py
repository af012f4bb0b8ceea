"""What psychology is sure of: the same piece, played otherwise, is felt otherwise, and in which direction.

In at least three of four pieces each. What does not hold yet is told in models/README.md: distorted guitars, and the
real songs made faster.
"""

from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.core.types import Sentiment, Song
from tests.pieces import MANNERS, PIECES, play

SONGS = Path(__file__).parents[2] / "../shared/data/songs"
EXCERPT = slice(20 * SAMPLE_RATE, 60 * SAMPLE_RATE)
Array = NDArray[np.float32]


def felt(song: Song) -> Sentiment:
    """The mean over a song, compared with all music."""
    return audio_models.load(audio_models.CONTEXT).estimate(song, "dataset").between(0, song.duration_s)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Sentiment]]:
    """How each piece is felt, played in a manner."""
    folder, known = tmp_path_factory.mktemp("pieces"), dict[str, list[Sentiment]]()

    def in_manner(manner: str) -> list[Sentiment]:
        if manner not in known:
            sounds = [play(MANNERS[manner](piece), folder / f"{piece.name} {manner}.wav") for piece in PIECES]
            known[manner] = [felt(file_to_song(sound)) for sound in sounds]
        return known[manner]

    return in_manner


@pytest.mark.slow
@pytest.mark.program("fluidsynth")
@pytest.mark.parametrize(
    ("manner", "axis", "sign"),
    [
        ("slower", "arousal", -1),
        ("faster", "arousal", 1),
        ("softer", "arousal", -1),
        ("without drums", "arousal", -1),
        ("minor", "valence", -1),
    ],
)
def test_a_piece_played_otherwise_is_felt_otherwise(
    played: Callable[[str], list[Sentiment]], manner: str, axis: str, sign: int
) -> None:
    changes = [
        getattr(new, axis) - getattr(old, axis) for new, old in zip(played(manner), played("plain"), strict=True)
    ]
    assert sum(sign * change > 0 for change in changes) >= 3, changes


@pytest.mark.slow
@pytest.mark.skipif(not SONGS.is_dir(), reason="../shared/data/songs is not there")
@pytest.mark.parametrize(
    "change",
    [lambda samples: librosa.effects.time_stretch(samples, rate=0.75), lambda samples: samples / np.float32(4)],
    ids=["slower", "softer"],
)
def test_a_real_song_slower_or_softer_is_calmer(change: Callable[[Array], Array]) -> None:
    changes = []
    for path in sorted(SONGS.glob("*.ogg")):
        samples = file_to_song(path).samples[EXCERPT]
        plain, changed = (felt(Song(sound, SAMPLE_RATE, path, "")) for sound in (samples, change(samples)))
        changes.append(changed.arousal - plain.arousal)
    assert sum(value < 0 for value in changes) >= 3, changes
