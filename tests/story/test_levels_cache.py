"""What a song was heard as: kept to the bit, bounded, and heard again where it is damaged."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.types import LevelTrack, SoundTrack
from deepsing_bridge.story import levels_cache
from deepsing_bridge.story.levels_cache import Heard, keep, kept

DIGEST = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(levels_cache, "cache_folder", lambda: tmp_path)
    yield tmp_path / "levels"


def heard(seed: int = 0) -> Heard:
    chance = np.random.default_rng(seed)
    levels = LevelTrack(chance.random((9, 5), np.float32), 256 / 21_504, chance.random(9, np.float32))
    waveform, spectrum = chance.integers(0, 256, (2, 4, 128), np.uint8)
    return Heard(levels, SoundTrack(waveform, spectrum, 512 / 21_504))


def test_what_is_kept_is_the_same_to_the_bit() -> None:
    keep(DIGEST, one := heard())
    again = kept(DIGEST)
    assert again is not None
    assert again.levels.hop_s == one.levels.hop_s and again.sound.hop_s == one.sound.hop_s
    for value, other in (
        (again.levels.values, one.levels.values),
        (again.levels.onset_strength, one.levels.onset_strength),
        (again.sound.waveform, one.sound.waveform),
        (again.sound.spectrum, one.sound.spectrum),
    ):
        assert value.dtype == other.dtype and np.array_equal(value, other)


def test_another_song_is_not_known() -> None:
    keep(DIGEST, heard())
    assert kept(DIGEST[::-1]) is None


DAMAGE = (lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\x80\x04" * 99)


@pytest.mark.parametrize("damage", DAMAGE, ids=("empty", "cut off", "another"))
def test_a_damaged_file_is_not_believed(damage: Callable[[bytes], bytes], cache: Path) -> None:
    keep(DIGEST, heard())
    (path,) = cache.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert kept(DIGEST) is None
    keep(DIGEST, heard())
    assert kept(DIGEST) is not None


def test_one_of_another_shape_is_not_believed() -> None:
    one = heard()
    keep(DIGEST, one._replace(levels=LevelTrack(one.levels.values[:, :4], 0.1, one.levels.onset_strength)))
    assert kept(DIGEST) is None


def test_what_was_not_used_for_the_longest_time_goes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [f"{number:064x}" for number in range(3)]
    for age, digest in enumerate(digests):
        keep(digest, heard(age))
        os.utime(next(cache.glob(f"{digest}*")), (1000.0 + age, 1000.0 + age))
    size = next(cache.iterdir()).stat().st_size
    monkeypatch.setattr(levels_cache, "MOST_BYTES", 3 * size)
    assert kept(digests[0]) is not None  # and is of use again
    keep("f" * 64, heard())
    assert kept(digests[1]) is None
    assert all(kept(digest) is not None for digest in (digests[0], digests[2], "f" * 64))


def test_a_cache_that_cannot_be_written_is_no_error(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    keep(DIGEST, heard())
    assert kept(DIGEST) is None
