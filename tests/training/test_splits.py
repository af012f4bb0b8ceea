"""Train, validation and test: nothing that belongs together is on two sides, and a seed decides."""

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training.recipes import AUDIO
from deepsing_bridge.training.splits import split

SONGS = [f"song {number // 7}" for number in range(7 * 40)]


def test_no_song_is_on_two_sides() -> None:
    found = split(SONGS, AUDIO, 3, "songs")
    sides = [{SONGS[i] for i in part} for part in (found.train, found.val, found.test)]
    assert [len(side) for side in sides] == [32, 4, 4]
    assert set.union(*sides) == set(SONGS)


def test_every_example_is_in_one_part_in_order() -> None:
    found = split(SONGS, AUDIO, 0, "songs")
    assert sorted(np.concatenate([found.train, found.val, found.test])) == list(range(len(SONGS)))
    assert all((np.diff(part) > 0).all() for part in (found.train, found.val, found.test))


def test_a_seed_decides() -> None:
    one, same, other = (split(SONGS, AUDIO, seed, "songs").test.tolist() for seed in (0, 0, 1))
    assert one == same != other


def test_too_few_songs_are_refused() -> None:
    with pytest.raises(BridgeError, match="11 songs: expected at least 12"):
        split(list("abcdefghijk"), AUDIO, 0, "songs")
