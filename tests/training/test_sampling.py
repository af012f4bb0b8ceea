"""Sampling in blocks, in shards, again after a kill, and over Ray, with a generator of plain colours."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import sampling as module
from deepsing_bridge.training.sampling import BATCH, SampleStore, Shard, Survey, collect, fill, sample_space
from deepsing_bridge.translation.attribute_view import SampleTable
from tests.colours import CLASSES, Colours, see


@pytest.fixture
def survey(monkeypatch: pytest.MonkeyPatch) -> Survey:
    """Of six blocks."""
    monkeypatch.setattr(module, "CLASSES_A_BLOCK", 3)
    return Survey(Colours(), see, samples_per_class=5, seed=3)


def same(one: SampleTable, other: SampleTable) -> bool:
    columns = ("class_ids", "latents", "valence", "arousal")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


def test_the_space_is_sampled_evenly_in_small_batches() -> None:
    colours = Colours()
    table = sample_space(colours, see, samples_per_class=5, seed=3)
    assert np.bincount(table.class_ids).tolist() == [5] * CLASSES
    assert max(colours.batches) <= BATCH
    assert sum(colours.batches) == len(table)
    bright, dark = table.of_classes([3]), table.of_classes([0])
    red, pale = table.of_classes([12]), table.of_classes([0])
    assert bright.valence.min() > dark.valence.max()
    assert red.arousal.min() > pale.arousal.max()


def test_what_shards_saw_together_is_what_one_would_have_seen(survey: Survey, tmp_path: Path) -> None:
    store = SampleStore.of(survey, tmp_path, {})
    for part in ("2/3", "3/3", "1/3"):
        other = Survey(Colours(), see, samples_per_class=5, seed=3)  # another process, with its own generator
        fill(other, store, Shard.parse(part))
    assert same(collect(survey, store), sample_space(Colours(), see, 5, 3))


def test_shards_share_the_work_without_doing_any_of_it_twice(survey: Survey) -> None:
    blocks = [block for index in range(4) for block in Shard(index, 4).blocks(survey)]
    assert sorted(blocks) == list(range(survey.blocks)) == list(range(6))


def test_a_shard_alone_is_not_enough_and_says_so(survey: Survey, tmp_path: Path) -> None:
    store = SampleStore.of(survey, tmp_path, {})
    fill(survey, store, Shard.parse("1/2"))
    with pytest.raises(BridgeError, match="3 of 6 blocks are not there yet"):
        collect(survey, store)


def test_a_killed_run_goes_on_where_it_was(survey: Survey, tmp_path: Path) -> None:
    store = SampleStore.of(survey, tmp_path, {})

    def killed(done: int, total: int) -> None:
        if done > 35:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(survey, store, Shard(), killed)
    assert store.missing(range(6)) == [2, 3, 4, 5]
    again = Survey(Colours(), see, samples_per_class=5, seed=3)
    fill(again, store, Shard())
    assert sum(again.generator.batches) == (CLASSES - 6) * 5  # type: ignore[attr-defined]
    assert same(collect(again, store), sample_space(Colours(), see, 5, 3))


def test_progress_is_of_what_is_left_to_do(survey: Survey, tmp_path: Path) -> None:
    store, told = SampleStore.of(survey, tmp_path, {}), []
    fill(survey, store, Shard.parse("1/6"))
    fill(survey, store, Shard(), lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == ((CLASSES - 3) * 5, (CLASSES - 3) * 5)


@pytest.mark.parametrize("changed", ["seed", "samples", "weights"])
def test_what_another_survey_saw_is_not_taken_for_ones_own(survey: Survey, changed: str, tmp_path: Path) -> None:
    fill(survey, SampleStore.of(survey, tmp_path, {"visual": "1"}), Shard())
    other = Survey(Colours(), see, 6 if changed == "samples" else 5, 4 if changed == "seed" else 3)
    store = SampleStore.of(other, tmp_path, {"visual": "2" if changed == "weights" else "1"})
    assert store.missing(range(other.blocks)) == list(range(other.blocks))


def test_a_damaged_block_is_named(survey: Survey, tmp_path: Path) -> None:
    store = SampleStore.of(survey, tmp_path, {})
    fill(survey, store, Shard())
    victim = sorted(store.folder.iterdir())[2]
    victim.write_bytes(victim.read_bytes()[:40])
    with pytest.raises(BridgeError, match=rf"{victim.name}: a damaged file"):
        collect(survey, store)


@pytest.mark.parametrize("text", ["", "2", "0/4", "5/4", "a/b", "1/0", "-1/4", "1/2/3", "1/" + "9" * 5000])
def test_a_shard_is_a_part_of_a_number(text: str) -> None:
    with pytest.raises(BridgeError, match="expected a part and how many there are"):
        Shard.parse(text)


def test_the_cost_is_told_from_a_trial(survey: Survey) -> None:
    assert module.seconds_per_thousand(survey) > 0
    assert sum(survey.generator.batches) == 1 + module.TRIAL  # type: ignore[attr-defined]
