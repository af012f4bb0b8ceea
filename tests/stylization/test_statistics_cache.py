"""What a style is to the stylizer is computed once on a machine, and never taken for another's."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from deepsing_bridge.stylization import statistics_cache
from deepsing_bridge.stylization.statistics_cache import statistics
from deepsing_bridge.stylization.wct import StyleStatistics, Stylizer


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(statistics_cache, "cache_folder", lambda: tmp_path)
    return tmp_path / "styles"


@pytest.fixture
def stylizer(monkeypatch: pytest.MonkeyPatch) -> Stylizer:
    """One that counts what it computes."""
    made, compute = Stylizer.load(), Stylizer.statistics

    def counted(self: Stylizer, picture: torch.Tensor) -> StyleStatistics:
        computed.append(picture)
        return compute(self, picture)

    computed.clear()
    monkeypatch.setattr(Stylizer, "statistics", counted)
    return made


computed: list[torch.Tensor] = []
PICTURE = torch.rand(3, 32, 48, generator=torch.Generator().manual_seed(0))


def same(one: StyleStatistics, other: StyleStatistics) -> bool:
    return all(
        torch.equal(a.mean, b.mean) and torch.equal(a.colouring, b.colouring)
        for a, b in zip(one.levels, other.levels, strict=True)
    )


def test_what_is_kept_is_what_was_computed_to_the_bit(stylizer: Stylizer) -> None:
    found = [statistics(stylizer, PICTURE) for _ in range(3)]
    assert len(computed) == 1
    assert all(same(each, stylizer.statistics(PICTURE)) for each in found)


def test_another_picture_stylizer_or_number_of_threads_is_computed(
    stylizer: Stylizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics(stylizer, PICTURE)
    statistics(stylizer, PICTURE.flip(1))
    statistics(Stylizer(stylizer.networks, digest="another"), PICTURE)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    statistics(stylizer, PICTURE)
    assert len(computed) == 4


def test_without_a_file_of_weights_nothing_is_kept(stylizer: Stylizer, folder: Path) -> None:
    nameless = Stylizer(stylizer.networks)
    assert same(statistics(nameless, PICTURE), statistics(nameless, PICTURE))
    assert len(computed) == 2 and not folder.exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "infinite", "misshapen", "large"])
def test_what_is_damaged_is_computed_again(
    damage: str, stylizer: Stylizer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = statistics(stylizer, PICTURE)
    (path,) = folder.iterdir()
    one, *others = wanted.levels
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[:-100])
        case "empty":
            path.write_bytes(b"")
        case "infinite":
            statistics_cache._keep(path, StyleStatistics((replace(one, mean=one.mean + torch.inf), *others)))
        case "misshapen":
            statistics_cache._keep(path, StyleStatistics((replace(one, colouring=one.colouring[1:]), *others)))
        case "large":
            monkeypatch.setattr(statistics_cache, "MOST_FILE_BYTES", 1000)
    assert same(statistics(stylizer, PICTURE), wanted)
    assert len(computed) == 2


def test_where_nothing_can_be_written_it_is_computed(stylizer: Stylizer, tmp_path: Path) -> None:
    (tmp_path / "styles").write_text("a file in the folder's place")
    wanted = stylizer.statistics(PICTURE)
    assert same(statistics(stylizer, PICTURE), wanted)


def test_of_too_many_the_oldest_go(stylizer: Stylizer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statistics(stylizer, PICTURE)
    (first,) = folder.iterdir()
    monkeypatch.setattr(statistics_cache, "MOST_BYTES", 3 * first.stat().st_size)
    for turn in range(1, 4):
        statistics(stylizer, PICTURE.roll(turn, 2))
    assert len([*folder.iterdir()]) == 3 and not first.exists()
