import numpy as np
import pytest
from numpy.typing import NDArray

from deepsing_bridge.attributes import sound_picture
from deepsing_bridge.attributes.sound_picture import CHANNELS, COLUMN, REGIONS, picture_columns
from tests.sounds import music


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = music(40)
    whole = picture_columns(samples)
    monkeypatch.setattr(sound_picture, "_SHOWN", 27)
    assert np.allclose(picture_columns(samples), whole, atol=1e-5)


def test_songs_of_any_length_are_shown_in_pictures_of_one_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """oneDNN keeps memory for each width."""
    widths: set[int] = set()

    def seen(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        widths.add(picture.shape[1])
        return np.zeros((picture.shape[1] // COLUMN, CHANNELS * REGIONS), np.float32)

    monkeypatch.setattr(sound_picture, "_seen", seen)
    for seconds in (33, 47, 52.5, 71):
        picture_columns(music(seconds))
    assert len(widths) == 1
