from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from deepsing_bridge.attributes import tagger
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from tests.sounds import music

SONGS = Path(__file__).parents[2] / "../shared/data/songs"
METAL, CHILLOUT = 11, 12  # of the Million Song Dataset's 50 tags


def tags(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 200) → (n, 50), how likely each is."""
    with torch.inference_mode():
        likely: NDArray[np.float32] = tagger._tagger().tags(torch.from_numpy(rows)).sigmoid().numpy()
    return likely


def test_a_row_for_every_half_second() -> None:
    rows = tagger.embed(music(7.3))
    assert rows.shape == (14, 200)
    assert np.isfinite(rows).all()


def test_a_row_hears_three_seconds() -> None:
    calm, wild = music(15, 60, level=0.05), music(15, 170, level=0.9, seed=1)
    rows, alone = tagger.embed(np.concatenate([calm, wild])), tagger.embed(calm)
    assert np.allclose(rows[:20], alone[:20], atol=1e-3)  # up to 10 s; frames depend on what is up to 1.2 s away
    assert np.abs(rows[29] - alone[29]).max() > 0.1


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = music(20)
    whole = tagger.embed(samples)
    monkeypatch.setattr(tagger, "_BLOCK", 4)
    assert np.allclose(tagger.embed(samples), whole, atol=1e-3)


def test_less_than_three_seconds_are_one_stretch() -> None:
    rows = tagger.embed(music(2))
    assert rows.shape == (4, 200)
    assert np.allclose(rows, rows[0])


def test_progress_counts_windows() -> None:
    told: list[tuple[int, int]] = []
    tagger.embed(music(70), lambda done, total: told.append((done, total)))
    assert told == [(120, 140), (140, 140)]


@pytest.mark.skipif(not SONGS.is_dir(), reason="../shared/data/songs is not there")
def test_tags_are_what_one_hears() -> None:
    """Hell is loud guitars over drums, the graveyard is not."""
    hell, graveyard = (
        tags(tagger.embed(file_to_song(SONGS / f"{name}.ogg").samples[: 30 * SAMPLE_RATE])).mean(axis=0)
        for name in ("hell", "graveyard")
    )
    assert hell[METAL] > graveyard[METAL]
    assert graveyard[CHILLOUT] > hell[CHILLOUT]
