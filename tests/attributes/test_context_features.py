from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes.context_features import ROW, SENSES, song_to_context, song_to_senses
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import WINDOW
from deepsing_bridge.core.types import Song
from tests.sounds import music

EXAMPLES = Path(__file__).parents[2] / "examples"
BRIGHT_S = 49.81  # of the demo song


def song_of(samples: NDArray[np.float32]) -> Song:
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "")


def test_a_row_of_known_length_for_every_half_second() -> None:
    track = song_to_context(song_of(music(7.3)))
    assert track.values.shape == (14, ROW)
    assert track.hop_s == 0.5
    assert np.isfinite(track.values).all()


def test_a_row_hears_its_surroundings_and_nothing_beyond() -> None:
    calm, wild = music(30, 60, level=0.05), music(30, 170, level=0.9, seed=1)
    rows = song_to_context(song_of(np.concatenate([calm, wild]))).values
    alone = song_to_context(song_of(calm)).values
    picture = slice(0, SENSES[0])
    early, late = 20, 57  # 10 s, and 28.5 s: the second one's context reaches into what is wild
    assert np.allclose(rows[early, picture], alone[early, picture], atol=1e-3)
    assert not np.allclose(rows[late, picture], alone[late, picture], atol=0.1)


def test_a_row_is_told_of_the_middle_of_what_it_hears() -> None:
    """From nothing of what is wild to nothing else takes ten seconds; halfway is where it begins, at 20 s."""
    begins, half = 40, 10  # windows
    song = song_of(np.concatenate([music(20, 60, level=0.05), music(20, 170, level=0.9, seed=1)]))
    rows = song_to_context(song).values[:, : SENSES[0] // 2]  # the means over what it hears
    calm, wild = rows[: begins - half].mean(axis=0), rows[begins + half :].mean(axis=0)
    shares = (rows - calm) @ (wild - calm) / np.square(wild - calm).sum()
    assert shares[begins] == pytest.approx(0.5, abs=0.06)
    assert shares[begins - half // 2] == pytest.approx(0.25, abs=0.06)
    assert shares[begins + half // 2] == pytest.approx(0.75, abs=0.06)


def demo(first_s: float, last_s: float) -> Song:
    """A part of the demo song, whose tense piece ends and whose bright one begins at BRIGHT_S."""
    samples = file_to_song(EXAMPLES / "demo.ogg").samples
    return song_of(samples[round(first_s * SAMPLE_RATE) : round(last_s * SAMPLE_RATE)])


def test_a_context_ends_where_something_else_begins() -> None:
    """What another piece sounds like does not reach over the joint, as it does where no changes are told."""
    senses = song_to_senses(demo(BRIGHT_S - 15, BRIGHT_S + 15))
    (joint,) = senses.changes()
    assert joint == pytest.approx(30, abs=2)
    picture = slice(0, SENSES[0] // 2)
    tracks = senses.context(20, changes=senses.changes()), senses.context()
    rows = [track.values[:, picture] for track in tracks]
    across = [np.abs(row[joint] - row[joint - 1]).mean() for row in rows]
    assert across[0] > 5 * across[1]


def test_nothing_else_begins_in_a_piece_that_stays_what_it_is() -> None:
    assert not len(song_to_senses(song_of(music(40))).changes())


@pytest.mark.parametrize(("before_s", "after_s"), [(8, 15), (15, 8)])
def test_no_piece_is_shorter_than_what_was_rated(before_s: float, after_s: float) -> None:
    assert not len(song_to_senses(demo(BRIGHT_S - before_s, BRIGHT_S + after_s)).changes())


def test_silence_and_the_shortest_song_give_finite_numbers() -> None:
    for samples in (np.zeros(3 * SAMPLE_RATE, np.float32), music(1.0)):
        assert np.isfinite(song_to_context(song_of(samples)).values).all()


def test_progress_counts_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    song_to_context(song_of(music(90)), lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (3 * (90 * SAMPLE_RATE // WINDOW),) * 2
