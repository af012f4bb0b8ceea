from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes import context_features
from deepsing_bridge.attributes.context_features import (
    COLUMN,
    REGIONS,
    ROW,
    SENSES,
    WINDOW,
    harmony,
    key,
    picture_columns,
    song_to_context,
    song_to_senses,
)
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.core.types import Song
from tests.sounds import music

EXAMPLES = Path(__file__).parents[2] / "examples"
BRIGHT_S = 49.81  # of the demo song
DIFFERENCE, BEST = 2, 3  # of what `key` gives


def song_of(samples: NDArray[np.float32]) -> Song:
    return Song(samples, SAMPLE_RATE, Path("song.wav"), "")


def chords(degrees: tuple[tuple[int, ...], ...], root_hz: float = 220.0) -> NDArray[np.float32]:
    """Two seconds of each chord, with a few partials."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    tones = [
        sum(np.sin(2 * np.pi * root_hz * 2 ** (step / 12) * k * time) / k for step in chord for k in (1, 2, 3))
        for chord in degrees
    ]
    return (0.05 * np.concatenate(tones)).astype(np.float32)


def key_of(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return key(harmony(samples)[0].mean(axis=0, keepdims=True))[0]


def roughness_of(samples: NDArray[np.float32]) -> float:
    return float(harmony(samples)[1][:, 12].mean())


MAJOR_CADENCE = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))
MINOR_CADENCE = ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))


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


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = music(40)
    whole, (chroma, details) = picture_columns(samples), harmony(samples)
    monkeypatch.setattr(context_features, "_BLOCK", 13)
    monkeypatch.setattr(context_features, "_SHOWN", 27)
    assert np.allclose(picture_columns(samples), whole, atol=1e-5)
    again = harmony(samples)
    assert np.allclose(again[0], chroma, atol=1e-5)
    assert np.allclose(again[1], details, atol=1e-3)


def test_songs_of_any_length_are_shown_in_pictures_of_one_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """oneDNN keeps memory for each width."""
    widths: set[int] = set()

    def seen(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        widths.add(picture.shape[1])
        return np.zeros((picture.shape[1] // COLUMN, 80 * REGIONS), np.float32)

    monkeypatch.setattr(context_features, "_seen", seen)
    for seconds in (33, 47, 52.5, 71):
        picture_columns(music(seconds))
    assert len(widths) == 1


def test_major_and_minor_are_told_apart() -> None:
    assert key_of(chords(MAJOR_CADENCE))[DIFFERENCE] > 0.1
    assert key_of(chords(MINOR_CADENCE))[DIFFERENCE] < -0.1


@pytest.mark.parametrize("semitones", [1, 5, 8.3])
def test_the_key_s_root_and_the_tuning_do_not_matter(semitones: float) -> None:
    here, there = (key_of(chords(MAJOR_CADENCE, hz)) for hz in (220.0, 220.0 * 2 ** (semitones / 12)))
    assert np.allclose(here, there, atol=0.12)


def test_a_cluster_is_rougher_and_in_no_key() -> None:
    triads, clusters = chords(MAJOR_CADENCE), chords(((0, 1, 2), (6, 7, 8), (3, 4, 5), (9, 10, 11)))
    assert roughness_of(clusters) > 1.5 * roughness_of(triads)
    assert key_of(clusters)[BEST] < key_of(triads)[BEST]


def test_silence_and_the_shortest_song_give_finite_numbers() -> None:
    for samples in (np.zeros(3 * SAMPLE_RATE, np.float32), music(1.0)):
        assert np.isfinite(song_to_context(song_of(samples)).values).all()


def test_progress_counts_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    song_to_context(song_of(music(90)), lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (3 * (90 * SAMPLE_RATE // WINDOW),) * 2
